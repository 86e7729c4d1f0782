"""Bookmarks: what people keep for themselves. Nobody else learns of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Index, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class Bookmark(SQLModel, table=True):
    """A post that an account keeps. Units: `at_us` microseconds since 1970. `fact`: the log's id of the change."""

    __tablename__ = "bookmarks"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("bookmarks_by_time", "account", "at_us", "post"),)

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    post: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at_us: int = Field(sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)


async def by_key(session: AsyncSession, account: int, post: int) -> Bookmark | None:
    """Load a bookmark."""
    return await session.get(Bookmark, (account, post))


async def add(session: AsyncSession, account: int, post: int, at_us: int) -> bool:
    """Insert a bookmark; False: it was there."""
    values: dict[str, Any] = {"account": account, "post": post, "at_us": at_us, "fact": 0}
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Bookmark) if on_sqlite else postgresql.insert(Bookmark)
    statement = insert.values(values).on_conflict_do_nothing().returning(col(Bookmark.post))
    return (await session.execute(statement)).first() is not None


async def set_fact(session: AsyncSession, account: int, post: int, fact: int) -> None:
    """Let a bookmark name the fact that told of it."""
    statement = update(Bookmark).where(col(Bookmark.account) == account, col(Bookmark.post) == post)
    await session.execute(statement.values(fact=fact).execution_options(synchronize_session=False))


async def remove(session: AsyncSession, account: int, post: int) -> int | None:
    """Take a bookmark away; return when it was made, None where there was none. Units: microseconds since 1970."""
    statement = delete(Bookmark).where(col(Bookmark.account) == account, col(Bookmark.post) == post)
    returned = statement.returning(col(Bookmark.at_us)).execution_options(synchronize_session=False)
    return await session.scalar(returned)


async def kept(session: AsyncSession, account: int, posts: Sequence[int]) -> list[bool]:
    """Say which posts an account keeps. Order: as the posts."""
    statement = select(col(Bookmark.post)).where(col(Bookmark.account) == account, col(Bookmark.post).in_(posts))
    found = set(await session.scalars(statement))
    return [post in found for post in posts]


async def page(session: AsyncSession, account: int, before: tuple[int, int] | None, first: int) -> list[Bookmark]:
    """Return an account's newest bookmarks, older than an (at_us, post) pair. Order: newest first, then by id."""
    key = tuple_(col(Bookmark.at_us), col(Bookmark.post))
    statement = select(Bookmark).where(col(Bookmark.account) == account)
    if before is not None:
        statement = statement.where(key < tuple_(*before))
    ordered = statement.order_by(col(Bookmark.at_us).desc(), col(Bookmark.post).desc())
    return list(await session.scalars(ordered.limit(first)))


async def remove_some(session: AsyncSession, account: int, most: int) -> list[int]:
    """Take at most so many of an account's bookmarks away; return the posts. Order: by id."""
    mine = select(col(Bookmark.post)).where(col(Bookmark.account) == account)
    found = list(await session.scalars(mine.order_by(col(Bookmark.post)).limit(most)))
    statement = delete(Bookmark).where(col(Bookmark.account) == account, col(Bookmark.post).in_(found))
    await session.execute(statement.execution_options(synchronize_session=False))
    return found
