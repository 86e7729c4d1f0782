"""Follows as they were at any instant: of the present rows those that were open then, and the intervals around it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from planet_graph.models import blocks
from planet_graph.models.follows import Follow, FollowHistory

Direction = Literal["in", "out"]

MAX_ACCOUNTS = 100
"""Each is two parts of one statement, and SQLite takes 500 of them."""


@dataclass(frozen=True, slots=True)
class PastFollow:
    """A follow that was open at an instant. Units: `since_us` microseconds since 1970; `dated` as in Follow."""

    follower: int
    followee: int
    since_us: int
    dated: bool


async def pages(
    session: AsyncSession,
    direction: Direction,
    accounts: Sequence[int],
    at_us: int,
    before: tuple[int, int] | None,
    first: int,
    viewer: int | None = None,
) -> list[list[PastFollow]]:
    """Return for each account the newest follows that were open at an instant, older than a (since_us, other) pair.

    What a block keeps from the viewer is left out. One statement; at most MAX_ACCOUNTS accounts.
    Order: as the accounts; since_us descending, then the other end's id descending.
    """
    parts = [
        _newest(table, direction, account, at_us, before, first, viewer)
        for account in dict.fromkeys(accounts)
        for table in (Follow, FollowHistory)
    ]
    found: defaultdict[int, list[tuple[int, int, PastFollow]]] = defaultdict(list)
    rows: Sequence[Any] = (await session.execute(union_all(*parts))).all() if parts else ()
    for own, other, since_us, dated in rows:
        pair = (other, own) if direction == "in" else (own, other)
        found[own].append((since_us, other, PastFollow(*pair, since_us, bool(dated))))
    for page in found.values():
        page.sort(key=lambda row: row[:2], reverse=True)
    return [[row for *_, row in found[account][:first]] for account in accounts]


def _newest(
    table: type[Follow] | type[FollowHistory],
    direction: Direction,
    account: int,
    at_us: int,
    before: tuple[int, int] | None,
    first: int,
    viewer: int | None,
) -> Select[Any]:
    """Choose one account's rows of one table, along its index."""
    followee: Mapped[int] = col(table.followee)
    follower: Mapped[int] = col(table.follower)
    own, other = (followee, follower) if direction == "in" else (follower, followee)
    open_then: ColumnElement[bool] = (
        col(FollowHistory.until_us) > at_us if issubclass(table, FollowHistory) else col(Follow.open).is_(True)
    )
    since_us: Mapped[int] = col(table.since_us)
    dated: Mapped[bool] = col(table.dated)
    statement = select(literal(account).label("own"), other, since_us, dated).where(
        own == account, since_us <= at_us, open_then
    )
    if before is not None:
        statement = statement.where(tuple_(since_us, other) < tuple_(*before))
    if viewer is not None:
        statement = statement.where(~blocks.between(viewer, other))
    return select(statement.order_by(since_us.desc(), other.desc()).limit(first).subquery())
