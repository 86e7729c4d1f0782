"""Memberships: one row per account and group for the present, one per closed interval for the past."""

from collections.abc import Collection, Sequence
from typing import Literal, TypeAlias, get_args

from sqlalchemy import BigInteger, Column, Index, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

Pair = tuple[int, int]
"""Shapes: (account, group)."""

Role: TypeAlias = Literal["member", "moderator", "admin", "owner"]

ROLES: tuple[Role, ...] = get_args(Role)
"""Order: from below."""


class Membership(SQLModel, table=True):
    """An account's present in a group.

    Units: `since_us` microseconds since 1970, of the last joining. `role`: one of ROLES; a group has at most one owner.
    `dated`: whether `since_us` is when it happened, not a stand-in for an unknown time. `fact`: the log's id of the
    change that made the row what it is. `origin`: the import that last set the row; empty once a person did.
    """

    __tablename__ = "memberships"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("memberships_by_group", "group_id", "account"),
        Index("memberships_by_origin", "origin"),
        Index("memberships_by_role", "group_id", "role", "since_us", "account"),
    )

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    open: bool
    role: str = Field(default="member", max_length=10)
    since_us: int = Field(sa_type=BigInteger)
    dated: bool = True
    fact: int = Field(default=0, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


class MembershipHistory(SQLModel, table=True):
    """A closed interval, `since_us` up to and without `until_us`."""

    __tablename__ = "membership_history"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    until_us: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    since_us: int = Field(sa_type=BigInteger)
    dated: bool = True


async def by_pairs(session: AsyncSession, pairs: Sequence[Pair]) -> list[Membership | None]:
    """Load the present of (account, group) pairs. Order: as the pairs."""
    wanted = tuple_(col(Membership.account), col(Membership.group_id)).in_(pairs)
    rows = await session.scalars(select(Membership).where(wanted))
    found = {(row.account, row.group_id): row for row in rows}
    return [found.get(pair) for pair in pairs]


async def open_by_pairs(session: AsyncSession, pairs: Sequence[Pair]) -> list[Membership | None]:
    """Load the memberships of (account, group) pairs that last. Order: as the pairs."""
    return [None if row is None or not row.open else row for row in await by_pairs(session, pairs)]


async def locked(session: AsyncSession, group: int, accounts: Sequence[int]) -> list[Membership | None]:
    """Load the present of accounts in a group and keep others from changing it until the transaction ends.

    Order: as the accounts.
    """
    statement = (
        select(Membership)
        .where(col(Membership.group_id) == group, col(Membership.account).in_(accounts))
        .order_by(col(Membership.account))
        .with_for_update()
    )
    found = {row.account: row for row in await session.scalars(statement)}
    return [found.get(account) for account in accounts]


async def open_after(session: AsyncSession, after: Pair, limit: int) -> list[Membership]:
    """Return open memberships behind a (group, account) pair. Order: by group, then account."""
    key = tuple_(col(Membership.group_id), col(Membership.account))
    statement = (
        select(Membership)
        .where(key > tuple_(*after), col(Membership.open))
        .order_by(col(Membership.group_id), col(Membership.account))
        .limit(limit)
    )
    return list(await session.scalars(statement))


async def owner_of(session: AsyncSession, group: int) -> int | None:
    """Return who owns a group."""
    mine = (col(Membership.group_id) == group, col(Membership.role) == "owner", col(Membership.open))
    return await session.scalar(select(col(Membership.account)).where(*mine))


async def staff_of(session: AsyncSession, group: int, most: int) -> list[int]:
    """Return at most so many who decide who comes into a group: its moderators and those above. Order: by account."""
    mine = (col(Membership.group_id) == group, col(Membership.role).in_(ROLES[1:]), col(Membership.open))
    some = select(col(Membership.account)).where(*mine).order_by(col(Membership.account)).limit(most)
    return list(await session.scalars(some))


async def inside(session: AsyncSession, group: int, accounts: Collection[int]) -> set[int]:
    """Return those of some accounts that are in a group."""
    mine = (col(Membership.group_id) == group, col(Membership.account).in_(accounts), col(Membership.open))
    return set(await session.scalars(select(col(Membership.account)).where(*mine)))


async def owned_by(session: AsyncSession, account: int, most: int) -> list[Membership]:
    """Load at most so many memberships of an account that owns the group. Order: by group."""
    mine = (col(Membership.account) == account, col(Membership.role) == "owner", col(Membership.open))
    return list(await session.scalars(select(Membership).where(*mine).order_by(col(Membership.group_id)).limit(most)))


async def heir_of(session: AsyncSession, group: int, owner: int) -> Membership | None:
    """Load the highest member of a group but one, of equals who joined first, along the index of roles."""
    for role in reversed(ROLES):
        others = (col(Membership.group_id) == group, col(Membership.role) == role, col(Membership.open))
        statement = select(Membership).where(*others, col(Membership.account) != owner)
        first = statement.order_by(col(Membership.since_us), col(Membership.account)).limit(1).with_for_update()
        if (found := await session.scalar(first)) is not None:
            return found
    return None
