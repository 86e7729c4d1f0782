"""Changing what a post says, and taking it away."""

from dataclasses import dataclass, replace

from planet_graph import facets, ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotAuthor, StaleRevision
from planet_graph.models import activity, posts, revisions
from planet_graph.models import facets as about
from planet_graph.models.posts import Post
from planet_graph.models.revisions import PostRevision
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, mentions, notices, notifications, pairs
from planet_graph.services.act import Caller, Services
from planet_graph.services.mentions import Meant
from planet_graph.services.posts import Content, Kind, check_act, check_there, missing, prepared
from planet_graph.services.publishing import take_back

NOTHING = Subjects()


@dataclass(frozen=True, slots=True)
class Edit:
    """What a post is to say; None: as it does. `revision`: the version that the editor saw."""

    revision: int
    body: str | None = None
    title: str | None = None
    cover_url: str | None = None


def check_author(own: int, row: Post) -> None:
    """Refuse who did not write a post. Raises: NotAuthor."""
    if row.author != own:
        raise NotAuthor("Only who wrote a post may change it or take it away.")


def check_edit(own: int, row: Post) -> None:
    """Refuse to change another's post, a tombstone, and what only passes another on. Raises: PostDeleted, NotAuthor."""
    check_there(row)
    check_author(own, row)
    if posts.is_plain_repost(row):
        raise NotAuthor("A repost without a comment says nothing of its own; repost with a comment instead.")


def check_revision(seen: int, row: Post) -> None:
    """Refuse to change what somebody else changed meanwhile. Raises: StaleRevision."""
    if seen != row.revision:
        raise StaleRevision(
            f"The post is at revision {row.revision}, and you changed {seen}; put both together and send it again.",
            revision=row.revision,
            title=row.title,
            body=row.body,
        )


def content_of(row: Post, edit: Edit) -> Content:
    """Return what a post would say."""
    kind: Kind = "article" if row.kind == "article" else "short"
    given = Content(row.body if edit.body is None else edit.body, kind)
    if kind != "article":
        return given
    title = row.title if edit.title is None else edit.title
    return replace(given, title=title, cover_url=row.cover_url if edit.cover_url is None else edit.cover_url)


async def edit_post(services: Services, caller: Caller, post: int, edit: Edit) -> tuple[Post, int]:
    """Change what a post of the caller's says, and keep what it said. The same texts change nothing.

    Return the post and the id of the fact, 0 when nothing was changed.
    Raises: ReadOnly, Unauthenticated, NotFound, NotAuthor, PostDeleted, StaleRevision, TextEmpty, TextTooLong,
    InvalidUrl, UnsafeMarkup.
    """
    own = check_act(services, caller)
    async with services.database.read() as session:
        (found,) = await posts.by_ids(session, [post], own)
    if found is None:
        raise missing(post)
    check_edit(own, found)
    content = await prepared(content_of(found, edit))

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        meant = await mentions.meant(unit, own, content.body)
        near = await pairs.near(unit, own, meant.accounts.values())
        row = await posts.locked(unit.session, post)
        if row is None:
            raise missing(post)
        check_edit(own, row)
        if (content.title, content.body, content.cover_url) == (row.title, row.body, row.cover_url):
            return row, 0
        for revision in (edit.revision, found.revision):
            check_revision(revision, row)
        return row, await _change(services, unit, row, content, meant.among(near))

    done, _ = await services.database.write(work)
    return done


async def _adopt(unit: UnitOfWork, row: Post) -> None:
    """Let what a person changes be no longer an import's to change, nor what it counted."""
    if not row.origin:
        return
    parent = await posts.by_id(unit.session, row.in_reply_to or 0)
    answered = [] if parent is None or parent.author == posts.NOBODY else [parent.author]
    rows = derived.towards(row.author, answered, "reply", row.in_reply_to or 0, row.created_us)
    for one in await about.mentions_of(unit.session, row.id):
        if one.open and one.counted:
            rows += derived.towards(row.author, [one.mentioned], "mention", row.id, one.at_us)
    await activity.adopt(unit.session, rows, row.origin)
    row.origin = ""


async def _change(services: Services, unit: UnitOfWork, row: Post, content: Content, meant: Meant) -> int:
    now_us = services.clock.now_us()
    await _adopt(unit, row)
    unit.session.add(
        PostRevision(
            post=row.id,
            revision=row.revision,
            title=row.title,
            body=row.body,
            cover_url=row.cover_url,
            at_us=row.edited_us or row.created_us,
        )
    )
    row.title, row.body, row.cover_url, row.html = content.title, content.body, content.cover_url, content.html
    row.facets = [facet.stored() for facet in meant.found]
    row.revision += 1
    row.edited_us = now_us
    return await _derive(unit, row, meant, now_us, "edit")


async def _derive(
    unit: UnitOfWork, row: Post, meant: Meant | None, now_us: int, kind: str, touched: Subjects = NOTHING
) -> int:
    """Let a post be about something else, nothing without `meant`, and tell of it."""
    rows = await about.mentions_of(unit.session, row.id)
    other = await posts.by_id(unit.session, row.in_reply_to or row.repost_of or 0)
    change = mentions.change(unit, row, rows, meant, {row.author, other.author if other is not None else 0}, now_us)
    await about.remove_cashtags(unit.session, [row.id])
    if meant is not None:
        await about.set_cashtags(unit.session, row.id, facets.cashtags(meant.found), row.created_us)
    await derived.undo(unit, change.ended)
    await derived.add(unit, change.begun)
    await unit.session.flush()
    groups = {found.mentioned for found in rows if found.noun == "group"} | (meant.group_ids if meant else set[int]())
    moved = derived.touched([*change.begun, *change.ended], groups)
    if meant is None:
        named = notices.mentions("post", row.id, (found.mentioned for found in rows if found.noun == "account"))
        written = [*notices.of_post(row, other), *notices.to_author(row.author, "post", row.id)]
        heard = await notifications.forget(unit, [*named, *written])
    else:
        begun, ended = (
            notices.mentions("post", row.id, (one.target for one in counted if one.target not in groups))
            for counted in (change.begun, change.ended)
        )
        heard = await notifications.withdraw(unit, row.author, ended)
        heard += await notifications.notify(unit, row.author, begun, now_us)
    listed = () if row.in_reply_to is not None else ((row.author, row.id),)
    subjects = merged([Subjects(posts=(row.id,), timelines=listed, notifications=heard), touched, moved])
    return await unit.tell(fact(kind, subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))


async def delete_post(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """Take a post of the caller's away, with what it said and did; a tombstone stays where it has replies.

    Return the row and the id of the fact, 0 when it was deleted already.
    Raises: ReadOnly, Unauthenticated, NotFound, NotAuthor.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        near = await pairs.near(unit, own, [])
        (found,) = await posts.by_ids(unit.session, [post], own)
        row = await posts.locked(unit.session, post)
        if row is None or (found is None and row.author not in near):
            raise missing(post)
        check_author(own, row)
        if row.deleted_us is not None:
            return row, 0
        if posts.is_plain_repost(row):
            original = await posts.locked(unit.session, row.repost_of or 0)
            return row, await take_back(services, unit, row, original)
        return row, await _delete(services, unit, row)

    done, _ = await services.database.write(work)
    return done


async def _delete(services: Services, unit: UnitOfWork, row: Post) -> int:
    now_us = services.clock.now_us()
    await _adopt(unit, row)
    other = await posts.by_id(unit.session, row.in_reply_to or row.repost_of or 0)
    kind = "reply" if row.in_reply_to is not None else "repost"
    ended = [] if other is None else derived.towards(row.author, [other.author], kind, other.id, row.created_us)
    await derived.undo(unit, ended)
    await revisions.remove(unit.session, [row.id])
    row.title = row.body = row.cover_url = row.html = ""
    row.facets, row.deleted_us = [], now_us
    await unit.session.flush()
    gone = {other.id: 1} if other is not None else {}
    if row.in_reply_to is None:
        await posts.add_to(unit.session, "repost_count", dict.fromkeys(gone, -1))
    elif not row.reply_count:
        await posts.uncount_replies(unit.session, gone)
    touched = merged([Subjects(posts=tuple(gone)), derived.touched(ended)])
    told = await _derive(unit, row, None, now_us, "delete_post", touched)
    await about.remove_mentions(unit.session, [row.id])
    return told
