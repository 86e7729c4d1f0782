"""Memberships: what the file says, compared with what this source set before, and the differences made."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.staging import NAMES
from planet_graph.ingest.staging_groups import (
    GROUP_NAMES,
    MEMBERSHIP_CHANGES,
    MEMBERSHIP_CLOSINGS,
    MEMBERSHIP_ROWS,
    WANTED_MEMBERSHIPS,
)
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models.accounts import Account
from planet_graph.models.erasures import living
from planet_graph.models.groups import Group
from planet_graph.models.memberships import ROLES, Membership, MembershipHistory
from planet_graph.outbox.facts import Pair, Subjects

ABSENT, CLOSED, OPEN = 0, 1, 2
INTERVAL = ("account", "group_id", "until_us", "since_us", "dated")
OWNER, ADMIN = ROLES.index("owner"), ROLES.index("admin")


async def compare(run: Import) -> None:
    """Find which memberships the file opens or changes, and which are not in it any more.

    Of a membership that stands in several rows the earliest time and the highest role count. A group has one owner:
    the one whom a person made it, else the first by time, then by the outside's id; other owners of the file are
    admins.
    """
    async with staging(run) as connection:
        await gather(connection, WANTED_MEMBERSHIPS, _wanted())
        await connection.execute(_one_owner(run.source))
        changed = await gather(connection, MEMBERSHIP_CHANGES, _changes(run.source))
        closed = await gather(connection, MEMBERSHIP_CLOSINGS, _closings(run.source))
        opened = await connection.scalar(select(func.count()).where(MEMBERSHIP_CHANGES.c.was != OPEN)) or 0
    run.counts["memberships.opened"] = opened
    run.counts["memberships.changed"] = changed - opened
    run.counts["memberships.closed"] = closed


def _wanted() -> Found:
    rows = MEMBERSHIP_ROWS.c
    joined_us, made_us = col(Account.created_us), col(Group.created_us)
    stated = func.min(rows.since_us)
    return (
        select(
            NAMES.c.id.label("account"),
            GROUP_NAMES.c.id.label("group_id"),
            NAMES.c.n,
            func.coalesce(stated, case((joined_us > made_us, joined_us), else_=made_us)).label("since_us"),
            stated.is_not(None).label("dated"),
            func.max(rows.rank).label("rank"),
        )
        .select_from(MEMBERSHIP_ROWS)
        .join(NAMES, NAMES.c.external_id == rows.account)
        .join(GROUP_NAMES, GROUP_NAMES.c.group_key == rows.group_key)
        .join(Account, col(Account.id) == NAMES.c.id)
        .join(Group, and_(col(Group.id) == GROUP_NAMES.c.id, col(Group.closed_us).is_(None)))
        .group_by(NAMES.c.id, GROUP_NAMES.c.id, NAMES.c.n, joined_us, made_us)
    )


def _one_owner(source: str) -> Any:
    """Make admins of those whom the file calls owners of a group that has another owner."""
    wanted = WANTED_MEMBERSHIPS.c
    place = func.row_number().over(partition_by=wanted.group_id, order_by=(wanted.since_us, wanted.n))
    owners = (
        select(wanted.account, wanted.group_id, place.label("place"))
        .select_from(WANTED_MEMBERSHIPS)
        .outerjoin(Membership, _is_pair(wanted))
        # What a person made of a membership is none of the file's.
        .where(wanted.rank == OWNER, or_(col(Membership.account).is_(None), col(Membership.origin) == source))
        .subquery()
    )
    others = select(owners.c.account, owners.c.group_id).where(
        or_(owners.c.place > 1, _is_owned(owners.c.group_id, source))
    )
    return update(WANTED_MEMBERSHIPS).where(tuple_(wanted.account, wanted.group_id).in_(others)).values(rank=ADMIN)


def _is_owned(group: ColumnElement[int], source: str) -> ColumnElement[bool]:
    """Say that a group has an owner whom this source did not make it."""
    owner = aliased(Membership)
    return exists().where(
        col(owner.group_id) == group, col(owner.role) == "owner", col(owner.open), col(owner.origin) != source
    )


def _is_pair(columns: Any) -> ColumnElement[bool]:
    return and_(col(Membership.account) == columns.account, col(Membership.group_id) == columns.group_id)


def _role(rank: ColumnElement[int]) -> ColumnElement[str]:
    return case(dict(enumerate(ROLES)), value=rank)


def _changes(source: str) -> Found:
    """What a person set stays, so only rows that are absent or of this source."""
    wanted = WANTED_MEMBERSHIPS.c
    differs = or_(
        ~col(Membership.open),
        col(Membership.since_us) != wanted.since_us,
        col(Membership.dated) != wanted.dated,
        col(Membership.role) != _role(wanted.rank),
    )
    absent = col(Membership.account).is_(None)
    order = (wanted.rank == OWNER, wanted.group_id, wanted.account)
    return (
        select(
            func.row_number().over(order_by=order).label("n"),
            wanted.account,
            wanted.group_id,
            wanted.since_us,
            wanted.dated,
            wanted.rank,
            case((absent, ABSENT), (col(Membership.open), OPEN), else_=CLOSED).label("was"),
        )
        .select_from(WANTED_MEMBERSHIPS)
        .outerjoin(Membership, _is_pair(wanted))
        .where(or_(absent, and_(col(Membership.origin) == source, differs)))
    )


def _closings(source: str) -> Found:
    pair = (col(Membership.account), col(Membership.group_id))
    return select(func.row_number().over(order_by=pair).label("n"), *pair).where(
        col(Membership.origin) == source, col(Membership.open), ~exists().where(_is_pair(WANTED_MEMBERSHIPS.c))
    )


async def open_and_change(run: Import) -> None:
    """Open what is new in the file, and give the rest the times and roles that it says."""
    async for first, last in spans_of(run, MEMBERSHIP_CHANGES, "memberships"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            here = MEMBERSHIP_CHANGES.c.n.between(first, last)
            await _lock_groups(unit, here)
            await _forget_covered(run, unit, here)
            demoted = await _demote(run, unit, here)
            pairs = dict.fromkeys([*demoted, *await _set(run, unit, here)])
            told = await tell(run, unit, Subjects(memberships=tuple(pairs)))
            await unit.session.execute(
                update(Membership)
                .where(_is_pair(MEMBERSHIP_CHANGES.c), here, col(Membership.origin) == run.source)
                .values(fact=told)
                .execution_options(synchronize_session=False)
            )

        await chunk(run, work)


async def _lock_groups(unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Keep people from joining, leaving and changing roles meanwhile, as whoever changes roles does."""
    some = select(MEMBERSHIP_CHANGES.c.group_id).where(here)
    await unit.session.execute(
        select(col(Group.id)).where(col(Group.id).in_(some)).order_by(col(Group.id)).with_for_update()
    )


async def _forget_covered(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    """Remove the intervals that an earlier file ended and this one says never ended."""
    again, past = MEMBERSHIP_CHANGES.c, MembershipHistory
    key = (col(past.account), col(past.group_id), col(past.until_us))
    covered = (
        select(*key)
        .join(MEMBERSHIP_CHANGES, and_(col(past.account) == again.account, col(past.group_id) == again.group_id))
        .join(Membership, _is_pair(again))
        .where(
            here,
            again.was == CLOSED,
            col(Membership.origin) == run.source,
            or_(
                col(past.since_us) >= again.since_us,
                and_(col(past.since_us) == col(Membership.since_us), col(past.until_us) > again.since_us),
            ),
        )
    )
    await unit.session.execute(
        delete(past).where(tuple_(*key).in_(covered)).execution_options(synchronize_session=False)
    )


async def _demote(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> list[Pair]:
    """Let those whom this source made owners be admins where the file now names another owner."""
    changes = MEMBERSHIP_CHANGES.c
    another = exists().where(
        here,
        changes.rank == OWNER,
        changes.group_id == col(Membership.group_id),
        changes.account != col(Membership.account),
    )
    statement = (
        update(Membership)
        .where(col(Membership.role) == "owner", col(Membership.origin) == run.source, another)
        .values(role="admin")
        .returning(col(Membership.account), col(Membership.group_id))
        .execution_options(synchronize_session=False)
    )
    return [(account, group) for account, group in await unit.session.execute(statement)]


async def _set(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> list[Pair]:
    changes = MEMBERSHIP_CHANGES.c
    # A person may have become the owner since the comparison.
    rank = case(
        (and_(changes.rank == OWNER, _is_owned(changes.group_id, run.source)), literal(ADMIN)), else_=changes.rank
    )
    rows = select(
        changes.account,
        changes.group_id,
        literal(True),
        _role(rank),
        changes.since_us,
        changes.dated,
        literal(0),
        literal(run.source),
    ).where(here, living(changes.account))
    statement = upsert(
        run,
        Membership,
        ["account", "group_id", "open", "role", "since_us", "dated", "fact", "origin"],
        rows,
        key=["account", "group_id"],
        changed=["open", "role", "since_us", "dated"],
        where=col(Membership.origin) == run.source,
    ).returning(col(Membership.account), col(Membership.group_id))
    return [(account, group) for account, group in await unit.session.execute(statement)]


async def close(run: Import) -> None:
    """Close what is not in the file any more, as of the import's time, and keep the intervals."""
    async for first, last in spans_of(run, MEMBERSHIP_CLOSINGS, "memberships that ended"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            await _close(run, unit, MEMBERSHIP_CLOSINGS.c.n.between(first, last))

        await chunk(run, work)


async def _close(run: Import, unit: UnitOfWork, here: ColumnElement[bool]) -> None:
    ended = MEMBERSHIP_CLOSINGS.c
    still = and_(_is_pair(ended), here, col(Membership.origin) == run.source, col(Membership.open))
    pair = (col(Membership.account), col(Membership.group_id))
    locked = select(*pair).join(MEMBERSHIP_CLOSINGS, _is_pair(ended)).where(still).order_by(ended.n)
    rows = await unit.session.execute(locked.with_for_update(of=Membership))
    pairs = [(account, group) for account, group in rows]
    intervals = (
        select(*pair, literal(run.at_us), col(Membership.since_us), col(Membership.dated))
        .join(MEMBERSHIP_CLOSINGS, _is_pair(ended))
        .where(still, col(Membership.since_us) < run.at_us)
    )
    history = upsert(run, MembershipHistory, INTERVAL, intervals, key=INTERVAL[:3], changed=INTERVAL[3:])
    await unit.session.execute(history)
    told = await tell(run, unit, Subjects(memberships=tuple(pairs)))
    await unit.session.execute(
        update(Membership)
        .where(still)
        .values(open=False, role="member", fact=told)
        .execution_options(synchronize_session=False)
    )
