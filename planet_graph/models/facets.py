"""What posts are about: their cashtags, and whom and which groups they mention."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, String, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class PostCashtag(SQLModel, table=True):
    """A symbol that a post names. Units: `created_us` the post's, microseconds since 1970."""

    __tablename__ = "post_cashtags"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("post_cashtags_by_time", "symbol", "created_us", "post"), Index("post_cashtags_of", "post"))

    symbol: str = Field(sa_column=Column(String(12), primary_key=True))
    post: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    created_us: int = Field(sa_type=BigInteger)


class PostMention(SQLModel, table=True):
    """Whom or which group a post mentions, or mentioned before an edit.

    Units: `at_us` microseconds since 1970. `name`: as the text says it, in lower case; empty for a group that only its
    cashtag names. `open`: whether the post does so now. `counted`: whether it made activity; the answer to somebody
    counts as the reply alone, and nobody's own name counts.
    """

    __tablename__ = "post_mentions"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("post_mentions_of", "noun", "mentioned", "post"),)

    post: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    noun: str = Field(sa_column=Column(String(10), primary_key=True))
    mentioned: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    name: str = Field(default="", max_length=30)
    at_us: int = Field(sa_type=BigInteger)
    open: bool = True
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Whom a name in a post means. `noun`: account or group."""

    name: str
    noun: str
    number: int


async def set_cashtags(session: AsyncSession, post: int, symbols: Sequence[str], created_us: int) -> None:
    """Let a new post be about these symbols, as one statement."""
    if symbols:
        values = [{"symbol": symbol, "post": post, "created_us": created_us} for symbol in symbols]
        await session.execute(insert(PostCashtag).values(values))


async def remove_cashtags(session: AsyncSession, posts: Sequence[int]) -> None:
    """Let posts be about no symbol."""
    statement = delete(PostCashtag).where(col(PostCashtag.post).in_(posts))
    await session.execute(statement.execution_options(synchronize_session=False))


async def mentions_of(session: AsyncSession, post: int) -> list[PostMention]:
    """Load whom a post mentions or ever mentioned. Order: by noun, then id."""
    statement = select(PostMention).where(col(PostMention.post) == post)
    return list(await session.scalars(statement.order_by(col(PostMention.noun), col(PostMention.mentioned))))


async def groups_of(session: AsyncSession, post: int) -> list[int]:
    """Return the groups that a post is about or ever was. Order: by id."""
    return [row.mentioned for row in await _groups(session, post)]


async def open_groups_of(session: AsyncSession, post: int) -> list[int]:
    """Return the groups that a post is about. Order: by id."""
    return [row.mentioned for row in await _groups(session, post) if row.open]


async def _groups(session: AsyncSession, post: int) -> list[PostMention]:
    statement = select(PostMention).where(col(PostMention.post) == post, col(PostMention.noun) == "group")
    return list(await session.scalars(statement.order_by(col(PostMention.mentioned))))


async def mentioned_by(session: AsyncSession, posts: Sequence[int]) -> list[list[Mentioned]]:
    """Say whom the names in posts mean. Order: as the posts."""
    statement = select(
        col(PostMention.post), col(PostMention.name), col(PostMention.noun), col(PostMention.mentioned)
    ).where(col(PostMention.post).in_(posts), col(PostMention.open), col(PostMention.name) != "")
    found: dict[int, list[Mentioned]] = {post: [] for post in posts}
    for post, name, noun, number in await session.execute(statement):
        found[post].append(Mentioned(name, noun, number))
    return [found[post] for post in posts]


async def remove_mentions(session: AsyncSession, posts: Sequence[int]) -> None:
    """Let posts mention nobody, and forget whom they ever did."""
    statement = delete(PostMention).where(col(PostMention.post).in_(posts))
    await session.execute(statement.execution_options(synchronize_session=False))


async def some_mentions_of(session: AsyncSession, account: int, most: int) -> dict[int, str]:
    """Return at most so many posts that mention an account or ever did -> the name they call it by."""
    of = (col(PostMention.noun) == "account", col(PostMention.mentioned) == account)
    some = select(col(PostMention.post), col(PostMention.name)).where(*of).order_by(col(PostMention.post)).limit(most)
    return dict((await session.execute(some)).all())


async def forget(session: AsyncSession, account: int, posts: Sequence[int]) -> None:
    """Let posts mention an account no more, now or ever."""
    of = (col(PostMention.noun) == "account", col(PostMention.mentioned) == account)
    statement = delete(PostMention).where(*of, col(PostMention.post).in_(posts))
    await session.execute(statement.execution_options(synchronize_session=False))
