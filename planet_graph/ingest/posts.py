"""Posts: what the file says, compared with what this source set before, and the differences made."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.reserved_posts import POST
from planet_graph.ingest.staging import NAMES
from planet_graph.ingest.staging_posts import (
    POST_CHANGES,
    POST_ENDS,
    POST_IDS,
    POST_ROWS,
    THREADS,
    WANTED_POST_GROUPS,
    WANTED_POSTS,
    WANTED_SYMBOLS,
)
from planet_graph.ingest.steps import Found, Import, chunk, gather, named, spans_of, staging, tell, upsert
from planet_graph.ingest.texts import BETWEEN
from planet_graph.models.accounts import ExternalId
from planet_graph.models.erasures import living
from planet_graph.models.facets import PostCashtag, PostMention
from planet_graph.models.groups import Group
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects

TEXTS = ("kind", "title", "body", "html")
PLACE = ("author", "created_us", "in_reply_to", "root")
LONGEST_SYMBOL = 12
"""Longer ones only name groups: the table of cashtags holds those that a text can have."""


async def compare(run: Import) -> None:
    """Find which posts the file sets otherwise than they are, and which are not in it any more."""
    async with staging(run) as connection:
        await gather(connection, POST_IDS, _ids(run))
        await gather(connection, WANTED_POSTS, _wanted(run.source))
    await _want_symbols(run)
    async with staging(run) as connection:
        await gather(connection, WANTED_POST_GROUPS, _wanted_groups())
        changed = await gather(connection, POST_CHANGES, _changes(run.source))
        new = await connection.scalar(select(func.count()).where(POST_CHANGES.c.new)) or 0
        ended = await gather(connection, POST_ENDS, _ends(run.source))
    run.counts["posts.created"] = new
    run.counts["posts.changed"] = changed - new
    run.counts["posts.removed"] = ended


def _named(source: str, name: Any, known: Any) -> ColumnElement[bool]:
    return and_(known.origin == source, known.noun == literal(POST, String), known.external_id == name)


def _ids(run: Import) -> Found:
    rows, own, other = POST_ROWS.c, aliased(ExternalId), aliased(ExternalId)
    return (
        select(
            rows.line,
            named("id", col(own.id)),
            NAMES.c.id.label("author"),
            func.coalesce(rows.created_us, col(Post.created_us), run.at_us).label("created_us"),
            named("answers", col(other.id)),
        )
        .select_from(POST_ROWS)
        .join(NAMES, NAMES.c.external_id == rows.author)
        .join(own, _named(run.source, rows.post_key, own))
        .outerjoin(other, _named(run.source, rows.in_reply_to, other))
        .outerjoin(Post, col(Post.id) == col(own.id))
    )


def _wanted(source: str) -> Found:
    """Only what is a post is answered: another row, or one of which people made something else."""
    own, parent, first = POST_IDS, POST_IDS.alias("parent"), POST_IDS.alias("first")
    changed, above = aliased(Post), aliased(Post)
    is_post = or_(parent.c.id.is_not(None), col(changed.id).is_not(None))
    return (
        select(
            own.c.id,
            own.c.line,
            own.c.author,
            own.c.created_us,
            case((is_post, own.c.answers)).label("in_reply_to"),
            func.coalesce(col(above.root), first.c.id).label("root"),
        )
        .select_from(POST_IDS)
        .join(THREADS, THREADS.c.line == own.c.line)
        .join(first, first.c.line == THREADS.c.root_line)
        .outerjoin(parent, parent.c.id == own.c.answers)
        .outerjoin(changed, and_(col(changed.id) == own.c.answers, col(changed.origin) != source))
        .outerjoin(above, and_(col(above.id) == first.c.answers, col(above.origin) != source))
    )


async def _want_symbols(run: Import) -> None:
    """Take the rows' cashtags apart."""
    rows = POST_ROWS.c
    async with staging(run) as connection:
        last_line = await connection.scalar(select(func.max(rows.line))) or 0
    for first in range(1, last_line + 1, run.size):
        some = (
            select(POST_IDS.c.id, rows.symbols)
            .join(POST_IDS, POST_IDS.c.line == rows.line)
            .where(rows.line.between(first, first + run.size - 1), rows.symbols != "")
        )
        async with staging(run) as connection:
            values = [
                {"post": post, "symbol": symbol, "slug": symbol.lower()}
                for post, symbols in await connection.execute(some)
                for symbol in symbols.split(BETWEEN)
            ]
            if values:
                await connection.execute(insert(WANTED_SYMBOLS), values)


def _wanted_groups() -> Found:
    wanted = WANTED_SYMBOLS.c
    return (
        select(wanted.post, named("group_id", col(Group.id)))
        .select_from(WANTED_SYMBOLS)
        .join(Group, and_(col(Group.slug) == wanted.slug, col(Group.closed_us).is_(None)))
        .distinct()
    )


def _changes(source: str) -> Found:
    """What a person changed stays, so only rows that are absent or of this source."""
    wanted, rows = WANTED_POSTS.c, POST_ROWS.c
    absent = col(Post.id).is_(None)
    differs = or_(
        col(Post.deleted_us).is_not(None),
        *(col(getattr(Post, name)) != rows[name] for name in TEXTS),
        *(col(getattr(Post, name)).is_distinct_from(wanted[name]) for name in PLACE),
        *_about_others(),
    )
    return (
        select(func.row_number().over(order_by=wanted.id).label("n"), wanted.id, wanted.line, absent.label("new"))
        .select_from(WANTED_POSTS)
        .join(POST_ROWS, rows.line == wanted.line)
        .outerjoin(Post, col(Post.id) == wanted.id)
        .where(or_(absent, and_(col(Post.origin) == source, differs)))
    )


def _about_others() -> list[ColumnElement[bool]]:
    """Say that a post's cashtags or groups are not those that are wanted."""
    post, symbols, groups = WANTED_POSTS.c.id, WANTED_SYMBOLS.c, WANTED_POST_GROUPS.c
    tag, about = PostCashtag, PostMention
    tagged = and_(col(tag.post) == post, col(tag.symbol) == symbols.symbol)
    mentions = and_(col(about.post) == post, col(about.noun) == "group", col(about.open))
    mentioned = and_(mentions, col(about.mentioned) == groups.group_id)
    short = func.length(symbols.symbol) <= LONGEST_SYMBOL
    return [
        exists().where(symbols.post == post, short, ~exists().where(tagged)),
        exists().where(col(tag.post) == post, ~exists().where(symbols.post == post, tagged)),
        exists().where(groups.post == post, ~exists().where(mentioned)),
        exists().where(mentions, ~exists().where(groups.post == post, mentioned)),
    ]


def _ends(source: str) -> Found:
    wanted = exists().where(WANTED_POSTS.c.id == col(Post.id))
    return select(func.row_number().over(order_by=col(Post.id)).label("n"), named("id", col(Post.id))).where(
        col(Post.origin) == source, col(Post.deleted_us).is_(None), ~wanted
    )


async def create_and_change(run: Import) -> None:
    """Set what is new in the file or otherwise than it says."""
    async for first, last in spans_of(run, POST_CHANGES, "posts"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            await _set(run, unit, POST_CHANGES.c.n.between(first, last))

        await chunk(run, work)


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    changes, wanted, rows = POST_CHANGES.c, WANTED_POSTS.c, POST_ROWS.c
    facets = type_coerce(rows.facets, JSON) if run.connection.dialect.name == "sqlite" else cast(rows.facets, JSON)
    nothing = dict.fromkeys(("reaction_count", "reply_count", "repost_count", "fact"), literal(0))
    columns: dict[str, Any] = {
        "id": wanted.id,
        **{name: wanted[name] for name in PLACE},
        **{name: rows[name] for name in TEXTS},
        "facets": facets,
        "deleted_us": null(),
        "cover_url": literal(""),
        "revision": literal(1),
        **nothing,
        "origin": literal(run.source),
    }
    found = (
        select(*columns.values())
        .select_from(POST_CHANGES)
        .join(WANTED_POSTS, wanted.id == changes.id)
        .join(POST_ROWS, rows.line == changes.line)
        .where(here, living(wanted.author))
    )
    changed = [*PLACE, *TEXTS, "facets", "deleted_us"]
    statement = upsert(
        run, Post, list(columns), found, key=["id"], changed=changed, where=col(Post.origin) == run.source
    )
    touched = tuple(await unit.session.scalars(statement.returning(col(Post.id))))
    await _set_about(run, unit, here)
    told = await tell(run, unit, Subjects(posts=touched))
    mine = update(Post).where(col(Post.id) == changes.id, here, col(Post.origin) == run.source).values(fact=told)
    await unit.session.execute(mine.execution_options(synchronize_session=False))


async def _set_about(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Let a chunk's posts be about what their rows say."""
    changes = POST_CHANGES.c
    mine = (
        select(changes.id, named("created_us", col(Post.created_us)))
        .join(Post, and_(col(Post.id) == changes.id, col(Post.origin) == run.source))
        .where(here)
        .subquery()
    )
    await _forget_about(unit, select(mine.c.id))
    symbols, groups = WANTED_SYMBOLS.c, WANTED_POST_GROUPS.c
    tags = select(symbols.symbol, symbols.post, mine.c.created_us).join(mine, mine.c.id == symbols.post)
    tags = tags.where(func.length(symbols.symbol) <= LONGEST_SYMBOL)
    about = select(
        groups.post,
        literal("group"),
        groups.group_id,
        literal(""),
        mine.c.created_us,
        literal(True),
        literal(True),
    ).join(mine, mine.c.id == groups.post)
    mentions = ["post", "noun", "mentioned", "name", "at_us", "open", "counted"]
    await unit.session.execute(insert(PostCashtag).from_select(["symbol", "post", "created_us"], tags))
    await unit.session.execute(insert(PostMention).from_select(mentions, about))


async def _forget_about(unit: UnitOfWork, posts: Found) -> None:
    for statement in (
        delete(PostCashtag).where(col(PostCashtag.post).in_(posts)),
        delete(PostMention).where(col(PostMention.post).in_(posts)),
    ):
        await unit.session.execute(statement.execution_options(synchronize_session=False))


async def remove(run: Import) -> None:
    """Leave tombstones of the posts that the file does not have any more; their ids stay theirs."""
    async for first, last in spans_of(run, POST_ENDS, "posts that ended"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            some = select(POST_ENDS.c.id).where(POST_ENDS.c.n.between(first, last))
            still = (col(Post.id).in_(some), col(Post.origin) == run.source, col(Post.deleted_us).is_(None))
            locked = select(col(Post.id)).where(*still).order_by(col(Post.id)).with_for_update()
            touched = tuple(await unit.session.scalars(locked))
            await _forget_about(unit, some.join(Post, col(Post.id) == POST_ENDS.c.id).where(*still))
            empty: dict[str, Any] = {"title": "", "body": "", "html": "", "facets": [], "deleted_us": run.at_us}
            told = await tell(run, unit, Subjects(posts=touched))
            gone = update(Post).where(*still).values(**empty, fact=told)
            await unit.session.execute(gone.execution_options(synchronize_session=False))

        await chunk(run, work)
