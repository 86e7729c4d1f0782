"""Mutes: whom an account does not want to hear of. Nobody else ever learns of one."""

from sqlalchemy import BigInteger, Column, Index, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import Field, SQLModel, col

from planet_graph.models.blocks import Block, standing

Pair = tuple[int, int]


class Mute(SQLModel, table=True):
    """One account does not want to hear of another. Units: `since_us` microseconds since 1970."""

    __tablename__ = "mutes"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    __table_args__ = (Index("mutes_by_muted", "muted", "muter"),)

    muter: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    muted: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    since_us: int = Field(sa_type=BigInteger)


def standing_between(muter: int | SQLCoreOperations[int], muted: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """Say in a statement whether an account mutes one that rows name."""
    return select(col(Mute.muter)).where(col(Mute.muter) == muter, col(Mute.muted) == muted).exists()


async def locked(session: AsyncSession, pair: Pair) -> Mute | None:
    """Load a mute and keep others from changing it until the transaction ends."""
    statement = select(Mute).where(col(Mute.muter) == pair[0], col(Mute.muted) == pair[1])
    return await session.scalar(statement.with_for_update())


async def count(session: AsyncSession, muter: int) -> int:
    """Count whom an account mutes."""
    return await session.scalar(select(func.count()).where(col(Mute.muter) == muter)) or 0


async def page(session: AsyncSession, muter: int, before: tuple[int, int] | None, first: int) -> list[Mute]:
    """Return an account's newest mutes, older than a (since_us, muted) pair. Order: newest first, then by id."""
    key = tuple_(col(Mute.since_us), col(Mute.muted))
    statement = select(Mute).where(col(Mute.muter) == muter)
    if before is not None:
        statement = statement.where(key < tuple_(*before))
    return list(
        await session.scalars(statement.order_by(col(Mute.since_us).desc(), col(Mute.muted).desc()).limit(first))
    )


async def hidden_from(session: AsyncSession, viewer: int) -> tuple[list[int], list[int]]:
    """Return whom an account blocks, and whom it mutes, by one statement. Order: by id."""
    blocks = select(literal(0), col(Block.blocked)).where(col(Block.blocker) == viewer, standing())
    mutes = select(literal(1), col(Mute.muted)).where(col(Mute.muter) == viewer)
    rows = await session.execute(union_all(blocks, mutes))
    found = sorted((is_mute, account) for is_mute, account in rows)
    return [account for is_mute, account in found if not is_mute], [account for is_mute, account in found if is_mute]
