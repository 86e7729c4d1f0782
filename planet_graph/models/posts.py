"""Posts: what people publish, answer and pass on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Text,
    and_,
    delete,
    func,
    label,
    literal,
    not_,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, defer
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import Field, SQLModel, col

from planet_graph.models import blocks
from planet_graph.models.accounts import Account, ExternalId

NOBODY = 0
"""The author of an erased person's posts."""

UNCOUNTED_LEVELS = 20
"""So far up a thread a reply that goes is taken off the counts of tombstones that nothing else keeps."""

_PLAIN = text("kind = 'repost' AND body = '' AND deleted_us IS NULL")


class Post(SQLModel, table=True):
    """Something published, or what is left of it.

    Units: times in microseconds since 1970. `kind`: short, article or repost; a repost's body is its comment, empty for
    a plain one. `html`: an article's body, safe to show. `facets`: planet_graph.facets, as JSON. `root`: the first post
    of its thread, its own id where it answers none. `revision`: how often the texts changed. `deleted_us`: since when
    only a tombstone is left, without texts; `author` is then still who wrote it, NOBODY once they were erased.
    `reply_count` counts the replies that are there, and the tombstones among them that have replies. `fact`: the log's
    id of the change that made it. `origin`: the import that made it.
    """

    __tablename__ = "posts"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("posts_by_author", "author", "created_us", "id"),
        Index("posts_by_parent", "in_reply_to", "created_us", "id"),
        Index("posts_by_root", "root", "created_us", "id"),
        Index("posts_by_time", "created_us", "id"),
        Index("posts_plain_reposts", "author", "repost_of", unique=True, postgresql_where=_PLAIN, sqlite_where=_PLAIN),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    author: int = Field(sa_type=BigInteger)
    kind: str = Field(max_length=10)
    title: str = Field(default="", max_length=200)
    body: str = Field(default="", sa_type=Text)
    cover_url: str = Field(default="", max_length=500)
    html: str = Field(default="", sa_type=Text)
    facets: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]], sa_type=JSON)
    created_us: int = Field(sa_type=BigInteger)
    in_reply_to: int | None = Field(default=None, sa_type=BigInteger)
    root: int = Field(sa_type=BigInteger)
    repost_of: int | None = Field(default=None, sa_type=BigInteger)
    revision: int = 1
    edited_us: int | None = Field(default=None, sa_type=BigInteger)
    deleted_us: int | None = Field(default=None, sa_type=BigInteger)
    reaction_count: int = Field(default=0, sa_type=BigInteger)
    reply_count: int = Field(default=0, sa_type=BigInteger)
    repost_count: int = Field(default=0, sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


def is_plain_repost(row: Post) -> bool:
    """Say whether a post only passes another one on."""
    return row.kind == "repost" and not row.body and row.deleted_us is None


def there(post: type[Post] = Post) -> ColumnElement[bool]:
    """Say in a statement that a post has not been deleted."""
    return col(post.deleted_us).is_(None)


def shown(viewer: int | SQLCoreOperations[int] | None) -> ColumnElement[bool]:
    """Say in a statement that a viewer may see a post: there, or a tombstone with replies, and no block between.

    What only passes another one on is seen where that is.
    """
    original = aliased(Post)
    same = col(original.id) == col(Post.repost_of)
    passed_on = select(col(original.id)).where(same, there(original), *_near(viewer, original))
    plain = and_(col(Post.kind) == "repost", col(Post.body) == "", there())
    return and_(
        or_(there(), col(Post.reply_count) > 0),
        or_(not_(plain), passed_on.exists()),
        *_near(viewer, Post),
    )


def _near(viewer: int | SQLCoreOperations[int] | None, post: type[Post]) -> list[ColumnElement[bool]]:
    """Say of a post's author that no block stands between, and that an erasure under way has not left them nameless."""
    somebody = select(col(Account.id)).where(col(Account.id) == col(post.author)).exists()
    there_still = or_(col(post.author) == NOBODY, somebody)
    return [there_still] if viewer is None else [there_still, ~blocks.between(viewer, col(post.author))]


async def by_ids(session: AsyncSession, ids: Sequence[int], viewer: int | None = None) -> list[Post | None]:
    """Load posts as a viewer may see them, without `html`. Order: as the ids."""
    statement = select(Post).where(col(Post.id).in_(ids), shown(viewer))
    statement = statement.options(defer(Post.html, raiseload=True))  # pyright: ignore[reportArgumentType]  # SQLModel types a column as its value
    found = {row.id: row for row in await session.scalars(statement)}
    return [found.get(i) for i in ids]


async def html_by_ids(session: AsyncSession, ids: Sequence[int]) -> list[str]:
    """Load what articles look like, of posts that the viewer was found to see. Order: as the ids."""
    rows = await session.execute(select(col(Post.id), col(Post.html)).where(col(Post.id).in_(ids)))
    found = dict(rows.all())
    return [found.get(i, "") for i in ids]


async def by_id(session: AsyncSession, post: int) -> Post | None:
    """Load a post, also one that was deleted."""
    return await session.scalar(select(Post).where(col(Post.id) == post))


async def locked(session: AsyncSession, post: int) -> Post | None:
    """Load a post, also one that was deleted, and keep others from changing it until the transaction ends."""
    statement = select(Post).where(col(Post.id) == post).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def plain_repost(session: AsyncSession, author: int, original: int) -> Post | None:
    """Load the repost without a comment by which an account passes a post on."""
    plain = (col(Post.kind) == "repost", col(Post.body) == "", there())
    return await session.scalar(select(Post).where(col(Post.author) == author, col(Post.repost_of) == original, *plain))


async def passed_on(session: AsyncSession, account: int, originals: Sequence[int]) -> list[bool]:
    """Say which posts an account passes on without a comment. Order: as the posts."""
    plain = (col(Post.kind) == "repost", col(Post.body) == "", there())
    statement = select(col(Post.repost_of)).where(
        col(Post.author) == account, col(Post.repost_of).in_(originals), *plain
    )
    found = set(await session.scalars(statement))
    return [original in found for original in originals]


async def existing(session: AsyncSession, ids: Sequence[int]) -> set[int]:
    """Say which post ids name something: a post that is there, or one that an import only named."""
    here = select(col(Post.id)).where(col(Post.id).in_(ids), there())
    named = select(col(ExternalId.id)).where(col(ExternalId.id).in_(ids), col(ExternalId.noun) == "Post")
    gone = select(col(Post.id)).where(col(Post.id).in_(ids), ~there())
    return set(await session.scalars(union(here, named.where(col(ExternalId.id).not_in(gone)))))


async def add_to(session: AsyncSession, column: str, by: Mapping[int, int]) -> None:
    """Change one of the counts of some posts. Order: by id, so that two callers do not wait for each other."""
    counted = col(getattr(Post, column))
    for post, difference in sorted(by.items()):
        statement = update(Post).where(col(Post.id) == post).values({column: counted + difference})
        await session.execute(statement.execution_options(synchronize_session=False))


async def some_of(session: AsyncSession, author: int, most: int) -> list[Post]:
    """Load at most so many posts of an author, and keep others from changing them. Order: by id."""
    statement = select(Post).where(col(Post.author) == author).order_by(col(Post.id)).limit(most).with_for_update()
    return list(await session.scalars(statement))


async def remove_plain_reposts(session: AsyncSession, posts: Sequence[int]) -> None:
    """Remove those of some posts that only pass another one on: nothing stands below them."""
    plain = (col(Post.kind) == "repost", col(Post.body) == "", there())
    statement = delete(Post).where(col(Post.id).in_(posts), *plain)
    await session.execute(statement.execution_options(synchronize_session=False))


async def locked_all(session: AsyncSession, posts: Sequence[int]) -> list[Post]:
    """Load posts and keep others from changing them until the transaction ends. Order: by id."""
    statement = select(Post).where(col(Post.id).in_(posts)).order_by(col(Post.id)).with_for_update()
    return list(await session.scalars(statement))


async def empty(session: AsyncSession, posts: Sequence[int], at_us: int) -> None:
    """Leave a tombstone of nobody's of each of these posts: no text, no author. Units: microseconds since 1970."""
    nothing: dict[str, Any] = {"title": "", "body": "", "cover_url": "", "html": "", "facets": []}
    since = func.coalesce(col(Post.deleted_us), at_us)
    values = {**nothing, "author": NOBODY, "deleted_us": since, "origin": ""}
    statement = update(Post).where(col(Post.id).in_(posts)).values(values)
    await session.execute(statement.execution_options(synchronize_session=False))


async def uncount_replies(session: AsyncSession, gone: Mapping[int, int]) -> list[int]:
    """Take replies that are not to be seen any more off the counts of what they answered; return whose counts changed.

    Shapes: `gone` post -> how many of its replies. A tombstone without replies left is not to be seen either, and so on
    up the thread.
    """
    changed: list[int] = []
    for _ in range(UNCOUNTED_LEVELS):
        if not gone:
            break
        await add_to(session, "reply_count", {post: -count for post, count in gone.items()})
        changed += gone
        bare = select(col(Post.in_reply_to)).where(
            col(Post.id).in_(gone), ~there(), col(Post.reply_count) <= 0, col(Post.in_reply_to).is_not(None)
        )
        gone = Counter(post for post in await session.scalars(bare) if post is not None)
    return changed


async def ancestors(session: AsyncSession, post: int, most: int) -> list[int]:
    """Return what a post answers, what that answers and so on, at most so many. Order: the nearest first."""
    answered: ColumnElement[int | None] = label("id", col(Post.in_reply_to))
    start = select(answered, literal(1).label("level")).where(col(Post.id) == post, col(Post.in_reply_to).is_not(None))
    above = start.cte("above", recursive=True)
    further = (
        select(col(Post.in_reply_to), above.c.level + 1)
        .join(above, col(Post.id) == above.c.id)
        .where(col(Post.in_reply_to).is_not(None), above.c.level < most)
    )
    chained = above.union_all(further)
    rows = await session.execute(select(chained.c.id).order_by(chained.c.level))
    return list(rows.scalars())
