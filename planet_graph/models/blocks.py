"""Blocks: who is kept from whom."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import Field, SQLModel, col

Pair = tuple[int, int]

PAIRS_AT_ONCE = 5_000
"""PostgreSQL's stack of 2 MB does not hold a list of 10,000 pairs."""


class Block(SQLModel, table=True):
    """One account keeps another from itself, and itself from the other, until it lifts the block.

    Units: `since_us` and `until_us` microseconds since 1970. `until_us`: when a person lifted it; None while it stands.
    A lifted one keeps nobody away; it is what an import must not set again. `dated`: whether `since_us` is when it
    happened, not a stand-in for an unknown time. `fact`: the log's id of the change that made the row. `origin`: the
    import that last set it; empty once a person did.
    """

    __tablename__ = "blocks"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("blocks_by_blocked", "blocked", "blocker"), Index("blocks_by_origin", "origin"))

    blocker: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    blocked: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    since_us: int = Field(sa_type=BigInteger)
    until_us: int | None = Field(default=None, sa_type=BigInteger)
    dated: bool = True
    fact: int = Field(default=0, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


def standing() -> ColumnElement[bool]:
    """Say in a statement that a row's block has not been lifted."""
    return col(Block.until_us).is_(None)


def between(one: int | SQLCoreOperations[int], other: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """Say in a statement whether a block of either stands between two accounts, of which rows name one or both."""
    there = and_(col(Block.blocker) == one, col(Block.blocked) == other)
    back = and_(col(Block.blocker) == other, col(Block.blocked) == one)
    return select(col(Block.blocker)).where(or_(there, back), standing()).exists()


async def locked(session: AsyncSession, pair: Pair) -> Block | None:
    """Load a block, also a lifted one, and keep others from changing it until the transaction ends."""
    statement = select(Block).where(col(Block.blocker) == pair[0], col(Block.blocked) == pair[1])
    return await session.scalar(statement.with_for_update())


async def blockers(session: AsyncSession, pairs: Sequence[Pair]) -> list[set[int]]:
    """Say of pairs of accounts which of the two block the other; one statement up to 2,500 pairs.

    Order: as the pairs.
    """
    both = list({*pairs, *((target, source) for source, target in pairs)})
    found: set[Pair] = set()
    for start in range(0, len(both), PAIRS_AT_ONCE):
        key = tuple_(col(Block.blocker), col(Block.blocked))
        wanted = key.in_(both[start : start + PAIRS_AT_ONCE])
        rows = await session.execute(select(col(Block.blocker), col(Block.blocked)).where(wanted, standing()))
        found.update((blocker, blocked) for blocker, blocked in rows)
    return [{one for one, other in ((a, b), (b, a)) if (one, other) in found} for a, b in pairs]


async def count(session: AsyncSession, blocker: int) -> int:
    """Count whom an account blocks."""
    return await session.scalar(select(func.count()).where(col(Block.blocker) == blocker, standing())) or 0


async def page(session: AsyncSession, blocker: int, before: tuple[int, int] | None, first: int) -> list[Block]:
    """Return an account's newest blocks, older than a (since_us, blocked) pair. Order: newest first, then by id."""
    key = tuple_(col(Block.since_us), col(Block.blocked))
    statement = select(Block).where(col(Block.blocker) == blocker, standing())
    if before is not None:
        statement = statement.where(key < tuple_(*before))
    return list(
        await session.scalars(statement.order_by(col(Block.since_us).desc(), col(Block.blocked).desc()).limit(first))
    )
