"""Follows that blocks end: what of them is kept, and what an earlier file said of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, delete, insert, select, tuple_, update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.staging import BARRIERS, BLOCK_CHANGES
from planet_graph.ingest.steps import Import
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.outbox.facts import Pair

Span: TypeAlias = tuple[int, int | None]
"""From when until when, None: for good."""


@dataclass(frozen=True, slots=True)
class Past:
    """A follow that a block ends. `until_us`: None where nothing of it is kept."""

    pair: Pair
    since_us: int
    dated: bool
    until_us: int | None


def both_ways(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return pairs in both directions, each once."""
    return tuple(dict.fromkeys(both for one, other in pairs for both in ((one, other), (other, one))))


async def cut(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Let what an earlier file said of the past end with the block, too."""
    changes, past = BLOCK_CHANGES.c, FollowHistory
    there = and_(col(past.follower) == changes.blocker, col(past.followee) == changes.blocked)
    back = and_(col(past.follower) == changes.blocked, col(past.followee) == changes.blocker)
    key = (col(past.follower), col(past.followee), col(past.until_us))
    for pair in (there, back):
        over = (
            select(*key)
            .join(BLOCK_CHANGES, pair)
            .join(Follow, and_(col(Follow.follower) == col(past.follower), col(Follow.followee) == col(past.followee)))
            .where(here, col(Follow.origin) == run.source)
        )
        refused = delete(past).where(tuple_(*key).in_(over.where(col(past.since_us) >= changes.since_us)))
        await unit.session.execute(refused.execution_options(synchronize_session=False))
        longer = tuple_(*key).in_(over.where(col(past.until_us) > changes.since_us))
        shorter = update(past).where(longer, pair, here).values(until_us=changes.since_us)
        await unit.session.execute(shorter.execution_options(synchronize_session=False))


async def find(run: Import, unit: UnitOfWork, pairs: Sequence[Pair], here: ColumnElement[bool]) -> list[Past]:
    """Find the open follows of the pairs and lock them."""
    follow = (col(Follow.follower), col(Follow.followee))
    still = select(Follow).where(tuple_(*follow).in_(both_ways(pairs)), col(Follow.open))
    found = list(await unit.session.scalars(still.order_by(*follow).with_for_update())) if pairs else []
    if not found:
        return []
    changes, barrier = BLOCK_CHANGES.c, BARRIERS.c
    barriers = (
        select(changes.blocker, changes.blocked, barrier.since_us, barrier.until_us)
        .join(BARRIERS, and_(barrier.follower == changes.one, barrier.followee == changes.other))
        .where(here)
    )
    of_pair: defaultdict[Pair, set[Span]] = defaultdict(set)
    for blocker, blocked, *span in await unit.session.execute(barriers):
        for pair in both_ways([(blocker, blocked)]):
            of_pair[pair].add(tuple(span))
    return [_past(run, row, of_pair[row.follower, row.followee]) for row in found]


def _past(run: Import, row: Follow, barriers: set[Span]) -> Past:
    """Let a follow end with the first block after it.

    One of this source that began while a block stood was never to be; one of a person's was there until now.
    """
    ends = [since_us for since_us, _ in barriers if since_us > row.since_us]
    if row.origin != run.source:
        ends = ends or [run.at_us] * (run.at_us > row.since_us)
    elif row.dated and any(
        since_us <= row.since_us and (until_us is None or row.since_us < until_us) for since_us, until_us in barriers
    ):
        ends = []
    return Past((row.follower, row.followee), row.since_us, row.dated, min(ends, default=None))


async def end(unit: UnitOfWork, ended: Sequence[Past], told: int) -> None:
    """Close follows and keep their intervals; whose they are stays, so that they come back where the block goes."""
    if not ended:
        return
    pair = tuple_(col(Follow.follower), col(Follow.followee)).in_([past.pair for past in ended])
    closed = update(Follow).where(pair).values(open=False, fact=told)
    await unit.session.execute(closed.execution_options(synchronize_session=False))
    kept = [
        {
            "follower": past.pair[0],
            "followee": past.pair[1],
            "since_us": past.since_us,
            "until_us": past.until_us,
            "dated": past.dated,
        }
        for past in ended
        if past.until_us is not None
    ]
    if kept:
        interval = (col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.until_us))
        same = tuple_(*interval).in_([(row["follower"], row["followee"], row["until_us"]) for row in kept])
        await unit.session.execute(delete(FollowHistory).where(same).execution_options(synchronize_session=False))
        await unit.session.execute(insert(FollowHistory), kept)
