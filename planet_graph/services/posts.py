"""Publishing."""

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Literal

from planet_graph import facets, ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import CreatorRequired, NotFound, PostDeleted
from planet_graph.models import accounts, activity, posts
from planet_graph.models import facets as about
from planet_graph.models.facets import Mentioned, PostMention
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, idempotency, mentions, pairs
from planet_graph.services.accounts import check_url
from planet_graph.services.act import Caller, Services, check_changes, own_account
from planet_graph.services.articles import html_of
from planet_graph.services.mentions import Meant
from planet_graph.services.texts import checked

MAX_SHORT = 2_000
MAX_ARTICLE = 100_000
MAX_TITLE = 200

Kind = Literal["short", "article", "repost"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says.

    `body`: of an article Markdown, of a repost its comment. `html`: an article's, once it is prepared.
    """

    body: str
    kind: Kind = "short"
    title: str = ""
    cover_url: str = ""
    html: str = ""


async def prepared(content: Content) -> Content:
    """Return a content as it is stored. Raises: TextEmpty, TextTooLong, InvalidUrl, UnsafeMarkup."""
    if content.kind != "article":
        return replace(content, body=checked(content.body, "body", MAX_SHORT))
    cover = content.cover_url.strip()
    title = checked(" ".join(content.title.split()), "title", MAX_TITLE)
    body = checked(content.body, "body", MAX_ARTICLE)
    cover_url = check_url(cover, "coverUrl") if cover else ""
    # Hostile Markdown of this length takes more than a second, for which nobody else should wait.
    html = await asyncio.to_thread(html_of, body)
    return replace(content, title=title, body=body, cover_url=cover_url, html=html)


def check_act(services: Services, caller: Caller) -> int:
    """Return who writes, answers, reacts or keeps. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


def check_creator(active: bool) -> None:
    """Refuse who is no creator. Raises: CreatorRequired."""
    if not active:
        raise CreatorRequired("Only creators publish posts; anybody may reply. Call `activateCreator` first.")


def check_there(row: Post) -> None:
    """Refuse to act on a tombstone. Raises: PostDeleted."""
    if row.deleted_us is not None:
        raise PostDeleted("This post was deleted.", id=ids.to_global("Post", row.id))


def missing(post: int) -> NotFound:
    """Return the refusal of a post that is not there, or that a block keeps from the caller."""
    return NotFound("There is no such post.", id=ids.to_global("Post", post))


async def seen(unit: UnitOfWork, post: int) -> Post:
    """Find what an act on a post is about: of one that only passes another on, that other. Raises: NotFound."""
    row = await posts.by_id(unit.session, post)
    if row is not None and posts.is_plain_repost(row):
        row = await posts.by_id(unit.session, row.repost_of or 0)
    if row is None:
        raise missing(post)
    return row


async def lock(unit: UnitOfWork, row: Post, near: set[int]) -> Post:
    """Keep a post as it is until the transaction ends. `near`: who may be met (services.pairs).

    Raises: NotFound, the same for one that a block keeps from the caller; PostDeleted for a tombstone.
    """
    if row.author not in {*near, posts.NOBODY}:
        raise missing(row.id)
    found = await posts.locked(unit.session, row.id)
    if found is None or (found.deleted_us is not None and not found.reply_count):
        raise missing(row.id)
    check_there(found)
    return found


async def publish(
    services: Services, unit: UnitOfWork, author: int, content: Content, subject: Post | None = None
) -> Post:
    """Publish within a unit of work. `subject`: what a repost passes on, or else what is answered, as `seen` found it.

    The post's `fact` is told. Raises: Unauthenticated, CreatorRequired, NotFound, PostDeleted.
    """
    meant = await mentions.meant(unit, author, content.body)
    near = await pairs.near(unit, author, [*meant.accounts.values(), *([] if subject is None else [subject.author])])
    if subject is None:
        (identity,) = await accounts.creators_by_ids(unit.session, [author])
        check_creator(identity is not None)
    else:
        subject = await lock(unit, subject, near)
    row = written(author, content, subject, ids.draw(services.clock.now_us(), unit.random), services.clock.now_us())
    meant = meant.among(near)
    row.facets = [facet.stored() for facet in meant.found]
    unit.session.add(row)
    await unit.session.flush()
    kind = "post" if subject is None else "repost" if content.kind == "repost" else "reply"
    subjects = await _derive(unit, row, meant, subject, kind)
    row.fact = await unit.tell(fact(kind, subjects, at_us=row.created_us, act=row.id))
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
    rows = await mention(unit, row, meant, apart_from={row.author, subject.author if subject is not None else 0})
    touched: list[int] = [row.id]
    if subject is not None:
        rows += derived.towards(row.author, [subject.author], kind, subject.id, row.created_us)
        touched.append(subject.id)
        if kind == "reply":
            subject.reply_count += 1
        else:
            subject.repost_count += 1
    await about.set_cashtags(unit.session, row.id, facets.cashtags(meant.found), row.created_us)
    await derived.add(unit, rows)
    return merged([Subjects(posts=tuple(touched)), derived.touched(rows, meant.groups.values())])


async def mention(unit: UnitOfWork, row: Post, meant: Meant, apart_from: set[int]) -> list[activity.Row]:
    """Let a post mention those whom its text means; return the activity, none towards those `apart_from`."""
    named = [Mentioned(name, "account", number) for name, number in meant.accounts.items()]
    named += [Mentioned(name, "group", number) for name, number in meant.groups.items()]
    at_us = row.edited_us or row.created_us
    unit.session.add_all(
        PostMention(
            post=row.id,
            noun=found.noun,
            mentioned=found.number,
            name=found.name,
            at_us=at_us,
            counted=found.number not in apart_from,
        )
        for found in named
    )
    counted = [found.number for found in named if found.number not in apart_from]
    return derived.towards(row.author, counted, "mention", row.id, at_us)


async def create(services: Services, caller: Caller, content: Content, key: str | None = None) -> Post:
    """Publish a post that answers nothing; the same key and content answer the same.

    Raises: ReadOnly, Unauthenticated, CreatorRequired, TextEmpty, TextTooLong, InvalidUrl, UnsafeMarkup, InvalidKey,
    IdempotencyConflict, NotFound when what the key was answered is gone.
    """
    own = check_act(services, caller)
    idempotency.check_key(key)
    content = await prepared(content)

    async def work(unit: UnitOfWork) -> Post:
        asked = {"act": "createPost", **asdict(content)}
        given = await idempotency.repeated(unit, caller, key, asked, services.clock.now_us())
        if given is not None:
            return await published(unit, given.answer["post"])
        row = await publish(services, unit, own, content)
        await idempotency.answered(unit, caller, key, {"post": row.id}, row.fact)
        return row

    row, _ = await services.database.write(work)
    return row


async def published(unit: UnitOfWork, post: int) -> Post:
    """Load what a key was answered. Raises: NotFound when it is gone."""
    row = await posts.by_id(unit.session, post)
    if row is None:
        raise missing(post)
    return row
