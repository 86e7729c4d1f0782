"""Follows: what the file says, compared with what this source set before, and the differences made."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.staging import FOLLOW_CHANGES, FOLLOW_CLOSINGS, FOLLOW_ROWS, NAMES, WANTED_FOLLOWS
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models.accounts import Account
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.outbox.facts import Pair, Subjects

ABSENT, CLOSED, OPEN = 0, 1, 2


async def compare(run: Import) -> None:
    """Find which follows the file opens or changes, and which are not in it any more.

    Of a follow that stands in several rows the earliest time counts.
    """
    async with staging(run) as connection:
        await gather(connection, WANTED_FOLLOWS, _wanted())
        await gather(connection, FOLLOW_CHANGES, _changes(run.source))
        closed = await gather(connection, FOLLOW_CLOSINGS, _closings(run.source))
        kinds = select(FOLLOW_CHANGES.c.was, func.count()).group_by(FOLLOW_CHANGES.c.was)
        found = dict((await connection.execute(kinds)).all())
    run.counts["follows.opened"] = found.get(ABSENT, 0) + found.get(CLOSED, 0)
    run.counts["follows.changed"] = found.get(OPEN, 0)
    run.counts["follows.closed"] = closed


def _wanted() -> Found:
    rows, one, other = FOLLOW_ROWS.c, NAMES.alias("one"), NAMES.alias("other")
    follower, followee = aliased(Account), aliased(Account)
    a_us, b_us = col(follower.created_us), col(followee.created_us)
    stated = func.min(rows.since_us)
    return (
        select(
            one.c.id.label("follower"),
            other.c.id.label("followee"),
            func.coalesce(stated, case((a_us > b_us, a_us), else_=b_us)).label("since_us"),
            stated.is_not(None).label("dated"),
        )
        .select_from(FOLLOW_ROWS)
        .join(one, one.c.external_id == rows.follower)
        .join(other, other.c.external_id == rows.followee)
        .join(follower, col(follower.id) == one.c.id)
        .join(followee, col(followee.id) == other.c.id)
        .group_by(one.c.id, other.c.id, a_us, b_us)
    )


def _is_pair(columns: Any) -> ColumnElement[bool]:
    return and_(col(Follow.follower) == columns.follower, col(Follow.followee) == columns.followee)


def _changes(source: str) -> Found:
    """What a person set stays, so only rows that are absent or of this source."""
    wanted = WANTED_FOLLOWS.c
    differs = or_(
        col(Follow.open).is_(False), col(Follow.since_us) != wanted.since_us, col(Follow.dated) != wanted.dated
    )
    absent = col(Follow.follower).is_(None)
    return (
        select(
            func.row_number().over(order_by=(wanted.follower, wanted.followee)).label("n"),
            wanted.follower,
            wanted.followee,
            wanted.since_us,
            wanted.dated,
            case((absent, ABSENT), (col(Follow.open), OPEN), else_=CLOSED).label("was"),
        )
        .select_from(WANTED_FOLLOWS)
        .outerjoin(Follow, _is_pair(wanted))
        .where(or_(absent, and_(col(Follow.origin) == source, differs)))
    )


def _closings(source: str) -> Found:
    pair = (col(Follow.follower), col(Follow.followee))
    return select(func.row_number().over(order_by=pair).label("n"), *pair).where(
        col(Follow.origin) == source, col(Follow.open), ~exists().where(_is_pair(WANTED_FOLLOWS.c))
    )


async def open_and_change(run: Import) -> None:
    """Open what is new in the file, and give the rest the times that it says."""
    async for first, last in spans_of(run, FOLLOW_CHANGES, "follows"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            here = FOLLOW_CHANGES.c.n.between(first, last)
            await _forget_covered(run, unit, here)
            pairs = await _set(run, unit, here)
            told = await tell(run, unit, Subjects(follows=tuple(pairs)))
            await unit.session.execute(
                update(Follow)
                .where(_is_pair(FOLLOW_CHANGES.c), here, col(Follow.origin) == run.source)
                .values(fact=told)
                .execution_options(synchronize_session=False)
            )

        await chunk(run, work)


async def _forget_covered(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Remove the intervals that an earlier file ended and this one says never ended."""
    again = FOLLOW_CHANGES.c
    covered = (
        select(col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.until_us))
        .join(
            FOLLOW_CHANGES,
            and_(col(FollowHistory.follower) == again.follower, col(FollowHistory.followee) == again.followee),
        )
        .join(Follow, _is_pair(again))
        .where(
            here, again.was == CLOSED, col(Follow.origin) == run.source, col(FollowHistory.since_us) >= again.since_us
        )
    )
    key = tuple_(col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.until_us))
    await unit.session.execute(
        delete(FollowHistory).where(key.in_(covered)).execution_options(synchronize_session=False)
    )


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> list[Pair]:
    changes = FOLLOW_CHANGES.c
    rows = select(
        changes.follower,
        changes.followee,
        literal(True),
        changes.since_us,
        changes.dated,
        literal(0),
        literal(run.source),
    ).where(here)
    statement = upsert(
        run,
        Follow,
        ["follower", "followee", "open", "since_us", "dated", "fact", "origin"],
        rows,
        key=["follower", "followee"],
        changed=["open", "since_us", "dated"],
        where=col(Follow.origin) == run.source,
    ).returning(col(Follow.follower), col(Follow.followee))
    return [(one, other) for one, other in (await unit.session.execute(statement))]


async def close(run: Import) -> None:
    """Close what is not in the file any more, as of the import's time, and keep the intervals."""
    async for first, last in spans_of(run, FOLLOW_CLOSINGS, "follows that ended"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            await _close(run, unit, FOLLOW_CLOSINGS.c.n.between(first, last))

        await chunk(run, work)


async def _close(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    ended = FOLLOW_CLOSINGS.c
    still = and_(_is_pair(ended), here, col(Follow.origin) == run.source, col(Follow.open))
    locked = (
        select(col(Follow.follower), col(Follow.followee))
        .join(FOLLOW_CLOSINGS, _is_pair(ended))
        .where(still)
        .order_by(ended.n)
        .with_for_update(of=Follow)
    )
    pairs = [(one, other) for one, other in (await unit.session.execute(locked))]
    intervals = (
        select(col(Follow.follower), col(Follow.followee), literal(run.at_us), col(Follow.since_us), col(Follow.dated))
        .join(FOLLOW_CLOSINGS, _is_pair(ended))
        .where(still, col(Follow.since_us) < run.at_us)
    )
    names = ["follower", "followee", "until_us", "since_us", "dated"]
    # An interval that ends at the same moment is there already where the file had the follow closed, open and closed.
    await unit.session.execute(
        upsert(run, FollowHistory, names, intervals, key=names[:3], changed=["since_us", "dated"])
    )
    told = await tell(run, unit, Subjects(follows=tuple(pairs)))
    await unit.session.execute(
        update(Follow).where(still).values(open=False, fact=told).execution_options(synchronize_session=False)
    )
