"""Requests to join a group: one row per account and group, the last time that it asked."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, delete, literal_column, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from planet_graph.models import each

Pair = tuple[int, int]
"""Shapes: (account, group)."""


class JoinRequest(SQLModel, table=True):
    """A request.

    Units: `asked_us` and `decided_us` microseconds since 1970. `decision`: accepted, rejected, or empty while it waits.
    `fact`: the log's id of the change that made the row what it is.
    """

    __tablename__ = "join_requests"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index(
            "join_requests_waiting",
            "group_id",
            "asked_us",
            "account",
            postgresql_where=text("decision = ''"),
            sqlite_where=text("decision = ''"),
        ),
    )

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    asked_us: int = Field(sa_type=BigInteger)
    decision: str = Field(default="", max_length=8)
    decided_us: int | None = Field(default=None, sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)


async def by_pairs(session: AsyncSession, pairs: Sequence[Pair]) -> list[JoinRequest | None]:
    """Load the last requests of (account, group) pairs. Order: as the pairs."""
    wanted = tuple_(col(JoinRequest.account), col(JoinRequest.group_id)).in_(pairs)
    rows = await session.scalars(select(JoinRequest).where(wanted))
    found = {(row.account, row.group_id): row for row in rows}
    return [found.get(pair) for pair in pairs]


async def locked(session: AsyncSession, pair: Pair) -> JoinRequest | None:
    """Load the last request of a pair and keep others from changing it until the transaction ends."""
    statement = select(JoinRequest).where(col(JoinRequest.account) == pair[0], col(JoinRequest.group_id) == pair[1])
    return await session.scalar(statement.with_for_update())


async def withdraw(session: AsyncSession, pair: Pair) -> bool:
    """Remove a request that waits; say whether there was one."""
    waiting = delete(JoinRequest).where(
        col(JoinRequest.account) == pair[0], col(JoinRequest.group_id) == pair[1], col(JoinRequest.decision) == ""
    )
    removed = await session.execute(
        waiting.returning(col(JoinRequest.account)).execution_options(synchronize_session=False)
    )
    return removed.first() is not None


async def pages(
    session: AsyncSession, groups: Sequence[int], after: tuple[int, int] | None, first: int
) -> list[list[JoinRequest]]:
    """Return for each group the requests that wait, behind an (asked_us, account) pair.

    Order: as the groups; the longest waiting first.
    """
    # Written as in the index, whose condition a parameter would not meet
    waiting = literal_column("decision").op("=")(literal_column("''"))
    key = ("asked_us", "account")
    return await each.pages(session, JoinRequest, "group_id", groups, key, after, first, waiting, newest=False)
