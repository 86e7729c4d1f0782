"""Publishing posts, replies and reposts."""

from dataclasses import asdict

from planet_graph import facets, ids
from planet_graph.database import UnitOfWork
from planet_graph.models import accounts, posts
from planet_graph.models import facets as about
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, idempotency, mentions, notices, notifications, pairs
from planet_graph.services.act import Caller, Services
from planet_graph.services.mentions import Meant
from planet_graph.services.posts import Content, check_act, check_creator, lock, missing, prepared, seen


async def create(services: Services, caller: Caller, content: Content, key: str | None = None) -> Post:
    """Publish a post that answers nothing; the same key and content answer the same.

    Raises: ReadOnly, Unauthenticated, CreatorRequired, TextEmpty, TextTooLong, InvalidUrl, UnsafeMarkup, InvalidKey,
    IdempotencyConflict, NotFound when what the key was answered is gone.
    """
    return await _once(services, caller, content, key, None)


async def reply(services: Services, caller: Caller, post: int, body: str, key: str | None = None) -> Post:
    """Answer a post; the same key, post and body answer the same.

    Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted, TextEmpty, TextTooLong, InvalidKey, IdempotencyConflict.
    """
    return await _once(services, caller, Content(body), key, post)


async def repost(services: Services, caller: Caller, post: int, comment: str | None, key: str | None = None) -> Post:
    """Pass a post on. Without a comment it is passed on once, however often it is asked for.

    Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted, TextEmpty, TextTooLong, InvalidKey, IdempotencyConflict.
    """
    return await _once(services, caller, Content(comment or "", "repost"), key, post)


async def unrepost(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """Pass a post on no more; reposts with a comment are posts of their own, and stay. Asked again it answers the same.

    Return the post and the id of the fact, 0 when it was not passed on.
    Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        row = await seen(unit, post)
        row = await lock(unit, row, await pairs.near(unit, own, [row.author]))
        found = await posts.plain_repost(unit.session, own, row.id)
        return row, 0 if found is None else await take_back(services, unit, found, row)

    done, _ = await services.database.write(work)
    return done


async def take_back(services: Services, unit: UnitOfWork, row: Post, original: Post | None) -> int:
    """Remove a plain repost, which nothing stands below; return the id of the fact. `original`: locked, if there."""
    rows = derived.towards(
        row.author, [] if original is None else [original.author], "repost", row.repost_of or 0, row.created_us
    )
    await derived.undo(unit, rows)
    if original is not None:
        original.repost_count -= 1
    await unit.session.delete(row)
    await unit.session.flush()
    heard = await notifications.withdraw(unit, row.author, notices.of_post(row, original))
    passed_on = [] if original is None else [original.id]
    touched = Subjects(posts=(row.id, *passed_on), timelines=((row.author, row.id),), notifications=heard)
    now_us = services.clock.now_us()
    act = ids.draw(now_us, unit.random)
    return await unit.tell(fact("unrepost", merged([touched, derived.touched(rows)]), at_us=now_us, act=act))


async def _once(services: Services, caller: Caller, content: Content, key: str | None, post: int | None) -> Post:
    own = check_act(services, caller)
    idempotency.check_key(key)
    asked = {"post": post, **asdict(content)}
    content = content if content.kind == "repost" and not content.body else await prepared(content)

    async def work(unit: UnitOfWork) -> Post:
        given = await idempotency.repeated(unit, caller, key, asked, services.clock.now_us())
        if given is not None:
            row = await posts.by_id(unit.session, given.answer["post"])
            if row is None or row.deleted_us is not None:
                raise missing(given.answer["post"])
            return row
        subject = None if post is None else await seen(unit, post)
        row = await publish(services, unit, own, content, subject)
        await idempotency.answered(unit, caller, key, {"post": row.id}, row.fact)
        return row

    row, _ = await services.database.write(work)
    return row


async def publish(
    services: Services, unit: UnitOfWork, author: int, content: Content, subject: Post | None = None
) -> Post:
    """Publish within a unit of work what was `prepared`; the post names the fact that was told.

    `subject`: what a repost passes on, or else what is answered, as `seen` found it. A plain repost that is there
    already is returned. Raises: Unauthenticated, CreatorRequired, NotFound, PostDeleted.
    """
    meant = await mentions.meant(unit, author, content.body)
    near = await pairs.near(unit, author, [*meant.accounts.values(), *([] if subject is None else [subject.author])])
    if subject is None:
        (identity,) = await accounts.creators_by_ids(unit.session, [author])
        check_creator(identity is not None)
    else:
        subject = await lock(unit, subject, near)
        if content.kind == "repost" and not content.body:
            found = await posts.plain_repost(unit.session, author, subject.id)
            if found is not None:
                return found
    now_us = services.clock.now_us()
    row = written(author, content, subject, ids.draw(now_us, unit.random), now_us)
    meant = meant.among(near)
    row.facets = [facet.stored() for facet in meant.found]
    unit.session.add(row)
    await unit.session.flush()
    kind = "post" if subject is None else "repost" if content.kind == "repost" else "reply"
    subjects = await _derive(unit, row, meant, subject, kind)
    row.fact = await unit.tell(fact(kind, subjects, at_us=now_us, act=row.id))
    return row


def written(author: int, content: Content, subject: Post | None, number: int, now_us: int) -> Post:
    """Make a post's row, without facets. `subject`: as of `publish`."""
    answered = None if subject is None or content.kind == "repost" else subject
    return Post(
        id=number,
        author=author,
        kind=content.kind,
        title=content.title,
        body=content.body,
        cover_url=content.cover_url,
        html=content.html,
        created_us=now_us,
        in_reply_to=None if answered is None else answered.id,
        root=number if answered is None else answered.root,
        repost_of=None if subject is None or answered is not None else subject.id,
    )


async def _derive(unit: UnitOfWork, row: Post, meant: Meant, subject: Post | None, kind: str) -> Subjects:
    """Count what a new post does to others; return what was touched."""
    apart_from = {row.author, *([] if subject is None else [subject.author])}
    rows = await mentions.begin(unit, row, meant, apart_from, row.created_us)
    touched = [row.id]
    if subject is not None:
        rows += derived.towards(row.author, [subject.author], kind, subject.id, row.created_us)
        touched.append(subject.id)
        if kind == "reply":
            subject.reply_count += 1
        else:
            subject.repost_count += 1
    await about.set_cashtags(unit.session, row.id, facets.cashtags(meant.found), row.created_us)
    await derived.add(unit, rows)
    told = [*notices.mentions("post", row.id, meant.people(apart_from)), *notices.of_post(row, subject)]
    heard = await notifications.notify(unit, row.author, told, row.created_us)
    listed = () if kind == "reply" else ((row.author, row.id),)
    named = Subjects(posts=tuple(touched), timelines=listed, notifications=heard)
    return merged([named, derived.touched(rows, meant.group_ids)])
