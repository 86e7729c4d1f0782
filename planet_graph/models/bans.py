"""Bans from groups, those that ended too."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel, col

from planet_graph.models import each

Pair = tuple[int, int]
"""Shapes: (account, group)."""


class Ban(SQLModel, table=True):
    """A time in which an account may not join a group.

    Units: `at_us`, `until_us` and `lifted_us` microseconds since 1970. `by`: who banned, None once their account is
    erased. `until_us`: None without an end. `lifted_us`: when somebody ended it early. `fact`: the log's id of the
    change that made the row what it is.
    """

    __tablename__ = "bans"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("bans_by_author", "by", "group_id"),
        Index("bans_of_group", "group_id", "at_us", "account"),
    )

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at_us: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    by: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(default="", max_length=500)
    until_us: int | None = Field(default=None, sa_type=BigInteger)
    lifted_us: int | None = Field(default=None, sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)


def standing(now_us: int) -> list[ColumnElement[bool]]:
    """Say in a statement that a row's ban holds."""
    return [col(Ban.lifted_us).is_(None), or_(col(Ban.until_us).is_(None), col(Ban.until_us) > now_us)]


async def by_pairs(session: AsyncSession, pairs: Sequence[Pair], now_us: int) -> list[Ban | None]:
    """Load the bans of (account, group) pairs that hold. Order: as the pairs."""
    wanted = tuple_(col(Ban.account), col(Ban.group_id)).in_(pairs)
    rows = await session.scalars(select(Ban).where(wanted, *standing(now_us)).order_by(col(Ban.at_us)))
    found = {(row.account, row.group_id): row for row in rows}
    return [found.get(pair) for pair in pairs]


async def last(session: AsyncSession, pair: Pair) -> Ban | None:
    """Load a pair's last ban, also one that ended. Whoever changes it has the pair's group for change."""
    statement = select(Ban).where(col(Ban.account) == pair[0], col(Ban.group_id) == pair[1])
    return await session.scalar(statement.order_by(col(Ban.at_us).desc()).limit(1))


async def pages(
    session: AsyncSession, groups: Sequence[int], before: tuple[int, int] | None, first: int, now_us: int
) -> list[list[Ban]]:
    """Return for each group the bans that hold, older than an (at_us, account) pair.

    Order: as the groups; newest first.
    """
    key = ("at_us", "account")
    return await each.pages(session, Ban, "group_id", groups, key, before, first, *standing(now_us))
