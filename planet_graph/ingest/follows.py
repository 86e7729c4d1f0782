"""Follows: what the file says, compared with what this source set before, and the differences made."""

from typing import Any

from sqlalchemy import (
    DDL,
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from planet_graph.database import UnitOfWork
from planet_graph.ingest import barriers
from planet_graph.ingest.staging import FOLLOW_CHANGES, FOLLOW_CLOSINGS, FOLLOW_ROWS, NAMES, WANTED_FOLLOWS
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models import blocks
from planet_graph.models.accounts import Account
from planet_graph.models.erasures import living
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.outbox.facts import Pair, Subjects

ABSENT, CLOSED, OPEN = 0, 1, 2
INTERVAL = ("follower", "followee", "until_us", "since_us", "dated")
LOCK_BLOCKS = DDL("LOCK TABLE %(fullname)s IN SHARE MODE").against(SQLModel.metadata.tables["blocks"])


async def compare(run: Import) -> None:
    """Find which follows the file opens or changes, and which are not in it any more.

    Of a follow that stands in several rows the earliest time counts.
    """
    async with staging(run) as connection:
        await gather(connection, WANTED_FOLLOWS, _wanted())
    await barriers.end_wanted(run)
    async with staging(run) as connection:
        await gather(connection, FOLLOW_CHANGES, _changes(run.source))
        closed = await gather(connection, FOLLOW_CLOSINGS, _closings(run.source))
        here, ends = FOLLOW_CHANGES.c, FOLLOW_CHANGES.c.until_us.is_not(None)
        kinds = select(ends, here.was, func.count()).group_by(ends, here.was)
        found = {(bool(ended), was): number for ended, was, number in await connection.execute(kinds)}
    run.counts["follows.opened"] = found.get((False, ABSENT), 0) + found.get((False, CLOSED), 0)
    run.counts["follows.changed"] = found.get((False, OPEN), 0) + found.get((True, CLOSED), 0)
    run.counts["blocks.follows_closed"] += found.get((True, ABSENT), 0) + found.get((True, OPEN), 0)
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
        col(Follow.open) != wanted.until_us.is_(None),
        col(Follow.since_us) != wanted.since_us,
        col(Follow.dated) != wanted.dated,
        and_(wanted.until_us.is_not(None), _is_kept_otherwise()),
    )
    absent = col(Follow.follower).is_(None)
    return (
        select(
            func.row_number().over(order_by=(wanted.follower, wanted.followee)).label("n"),
            wanted.follower,
            wanted.followee,
            wanted.since_us,
            wanted.dated,
            wanted.until_us,
            case((absent, ABSENT), (col(Follow.open), OPEN), else_=CLOSED).label("was"),
        )
        .select_from(WANTED_FOLLOWS)
        .outerjoin(Follow, _is_pair(wanted))
        .where(or_(absent, and_(col(Follow.origin) == source, differs)))
    )


def _is_kept_otherwise() -> ColumnElement[bool]:
    """Say that the interval which a block ended is missing, or is there with another end."""
    wanted, past = WANTED_FOLLOWS.c, FollowHistory
    of_pair = and_(col(past.follower) == wanted.follower, col(past.followee) == wanted.followee)
    began = and_(of_pair, col(past.since_us) == wanted.since_us)
    kept = exists().where(began, col(past.until_us) == wanted.until_us, col(past.dated) == wanted.dated)
    return or_(
        and_(wanted.since_us < wanted.until_us, ~kept), exists().where(began, col(past.until_us) != wanted.until_us)
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
            await _keep_blocks(run, unit)
            await _forget_covered(run, unit, here)
            pairs = await _set(run, unit, here)
            await _keep_ended(run, unit, here)
            told = await tell(run, unit, Subjects(follows=tuple(pairs)))
            await unit.session.execute(
                update(Follow)
                .where(_is_pair(FOLLOW_CHANGES.c), here, col(Follow.origin) == run.source)
                .values(fact=told)
                .execution_options(synchronize_session=False)
            )

        await chunk(run, work)


async def _keep_blocks(run: Import, unit: UnitOfWork) -> None:
    """Keep others from blocking until the transaction ends: whoever does then finds the follow that it opened."""
    if run.connection.dialect.name == "postgresql":
        await unit.session.execute(LOCK_BLOCKS)


async def _forget_covered(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Remove the intervals that an earlier file ended and this one says never ended, or ended otherwise."""
    again = FOLLOW_CHANGES.c
    covered = (
        select(col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.until_us))
        .join(
            FOLLOW_CHANGES,
            and_(col(FollowHistory.follower) == again.follower, col(FollowHistory.followee) == again.followee),
        )
        .join(Follow, _is_pair(again))
        .where(
            here,
            again.was == CLOSED,
            col(Follow.origin) == run.source,
            or_(
                col(FollowHistory.since_us) >= again.since_us,
                and_(
                    col(FollowHistory.since_us) == col(Follow.since_us),
                    col(FollowHistory.until_us) > again.since_us,
                ),
            ),
        )
    )
    key = tuple_(col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.until_us))
    await unit.session.execute(
        delete(FollowHistory).where(key.in_(covered)).execution_options(synchronize_session=False)
    )


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> list[Pair]:
    changes = FOLLOW_CHANGES.c
    opens = changes.until_us.is_(None)
    rows = select(
        changes.follower,
        changes.followee,
        opens,
        changes.since_us,
        changes.dated,
        literal(0),
        literal(run.source),
    ).where(here, or_(~opens, ~_is_blocked()), living(changes.follower, changes.followee))
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


def _is_blocked() -> ColumnElement[bool]:
    """Say that a person has blocked the other since the comparison."""
    return blocks.between(FOLLOW_CHANGES.c.follower, FOLLOW_CHANGES.c.followee)


async def _keep_ended(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Keep the intervals of the follows that a block ended."""
    ended = FOLLOW_CHANGES.c
    intervals = (
        select(ended.follower, ended.followee, ended.until_us, ended.since_us, ended.dated)
        .join(Follow, _is_pair(ended))
        .where(here, ended.since_us < ended.until_us, col(Follow.origin) == run.source, col(Follow.open).is_(False))
    )
    await unit.session.execute(upsert(run, FollowHistory, INTERVAL, intervals, key=INTERVAL[:3], changed=INTERVAL[3:]))


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
    # An interval that ends at the same moment is there already where the file had the follow closed, open and closed.
    await unit.session.execute(upsert(run, FollowHistory, INTERVAL, intervals, key=INTERVAL[:3], changed=INTERVAL[3:]))
    told = await tell(run, unit, Subjects(follows=tuple(pairs)))
    await unit.session.execute(
        update(Follow).where(still).values(open=False, fact=told).execution_options(synchronize_session=False)
    )
