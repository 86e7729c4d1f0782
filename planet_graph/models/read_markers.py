"""Up to where people have read what is said in groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Select, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from planet_graph.models import each
from planet_graph.models.messages import Message, there

MAX_UNREAD = 100
"""How far unread messages are counted."""


class ReadMarker(SQLModel, table=True):
    """The last message that an account has read in a group. Units: `at_us` when that was sent, microseconds."""

    __tablename__ = "read_markers"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    message: int = Field(sa_type=BigInteger)
    at_us: int = Field(sa_type=BigInteger)


@dataclass(frozen=True, slots=True)
class Read:
    """Up to where an account has read a group. Shapes: `place` (created_us, id) of a message."""

    account: int
    group: int
    place: tuple[int, int]


async def by_pairs(session: AsyncSession, pairs: Sequence[tuple[int, int]]) -> list[ReadMarker | None]:
    """Load the markers of (account, group) pairs. Order: as the pairs."""
    wanted = tuple_(col(ReadMarker.account), col(ReadMarker.group_id)).in_(pairs)
    found = {(row.account, row.group_id): row for row in await session.scalars(select(ReadMarker).where(wanted))}
    return [found.get(pair) for pair in pairs]


async def unread(session: AsyncSession, reads: Sequence[Read]) -> list[int]:
    """Count what others said since, up to MAX_UNREAD; one statement up to each.AT_ONCE groups. Order: as the reads."""
    counts: dict[int, int] = {}
    for start in range(0, len(reads), each.AT_ONCE):
        parts = [_count(read) for read in reads[start : start + each.AT_ONCE]]
        for group, count in await session.execute(union_all(*parts)):
            counts[group] = count
    return [counts[read.group] for read in reads]


def _count(read: Read) -> Select[int, int]:
    newer = tuple_(col(Message.created_us), col(Message.id)) > tuple_(*read.place)
    said = select(col(Message.id)).where(
        col(Message.group_id) == read.group, newer, col(Message.author) != read.account, there()
    )
    return select(literal(read.group), func.count()).select_from(said.limit(MAX_UNREAD).subquery())
