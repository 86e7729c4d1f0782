"""Follows: one row per ordered pair for the present, one per closed interval for the past."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

Pair = tuple[int, int]


class Follow(SQLModel, table=True):
    """A pair's present.

    Units: `since_us` microseconds since 1970, of the last opening. `dated`: whether `since_us` is when it happened,
    not a stand-in for an unknown time. `fact`: the log's id of the change that made the row
    what it is. `origin`: the import that last set the row; empty once a person did.
    """

    __tablename__ = "follows"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("follows_by_followee", "followee", "follower"),
        Index("follows_by_origin", "origin"),
        Index("follows_in", "followee", "since_us", "follower"),
        Index("follows_out", "follower", "since_us", "followee"),
    )

    follower: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    followee: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    open: bool
    since_us: int = Field(sa_type=BigInteger)
    dated: bool = True
    fact: int = Field(default=0, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


class FollowHistory(SQLModel, table=True):
    """A closed interval, `since_us` up to and without `until_us`."""

    __tablename__ = "follow_history"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("follow_history_in", "followee", "since_us", "follower"),
        Index("follow_history_out", "follower", "since_us", "followee"),
    )

    follower: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    followee: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    until_us: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    since_us: int = Field(sa_type=BigInteger)
    dated: bool = True


async def by_pairs(session: AsyncSession, pairs: Sequence[Pair]) -> list[Follow | None]:
    """Load the present of (follower, followee) pairs. Order: as the pairs."""
    wanted = tuple_(col(Follow.follower), col(Follow.followee)).in_(pairs)
    found = {(row.follower, row.followee): row for row in await session.scalars(select(Follow).where(wanted))}
    return [found.get(pair) for pair in pairs]


async def locked(session: AsyncSession, pair: Pair) -> Follow | None:
    """Load a pair's present and keep others from changing it until the transaction ends."""
    statement = select(Follow).where(col(Follow.follower) == pair[0], col(Follow.followee) == pair[1])
    return await session.scalar(statement.with_for_update())


async def open_after(session: AsyncSession, after: Pair, limit: int) -> list[Follow]:
    """Return open follows behind a (followee, follower) pair. Order: by followee, then follower."""
    key = tuple_(col(Follow.followee), col(Follow.follower))
    statement = (
        select(Follow)
        .where(key > tuple_(*after), col(Follow.open))
        .order_by(col(Follow.followee), col(Follow.follower))
        .limit(limit)
    )
    return list(await session.scalars(statement))
