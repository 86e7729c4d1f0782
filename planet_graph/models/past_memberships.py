"""Memberships of any instant: what is open and what was closed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.models.memberships import Membership, MembershipHistory


@dataclass(frozen=True, slots=True)
class Interval:
    """When an account was in a group, `since_us` up to and without `until_us`; None: it still is."""

    account: int
    since_us: int
    until_us: int | None


async def of_groups(session: AsyncSession, groups: Sequence[int]) -> list[list[Interval]]:
    """Load all intervals of groups. Order: as the groups; intervals by time, then account."""
    now, past = Membership, MembershipHistory
    statement = union_all(
        select(col(now.group_id), col(now.account), col(now.since_us), literal(None)).where(
            col(now.open), col(now.group_id).in_(groups)
        ),
        select(col(past.group_id), col(past.account), col(past.since_us), col(past.until_us)).where(
            col(past.group_id).in_(groups)
        ),
    )
    found: dict[int, list[Interval]] = {group: [] for group in groups}
    for group, account, since_us, until_us in await session.execute(statement):
        found[group].append(Interval(account, since_us, until_us))
    for intervals in found.values():
        intervals.sort(key=lambda interval: (interval.since_us, interval.account))
    return [found[group] for group in groups]
