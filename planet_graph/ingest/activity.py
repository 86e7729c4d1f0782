"""Activity: what the files tell of added up by day, compared with what this source stored; the differences made."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest import derived
from planet_graph.ingest.folder import ACTIVITY
from planet_graph.ingest.reserved_posts import POST
from planet_graph.ingest.staging import (
    ACTIVITY_CHANGES,
    ACTIVITY_REMOVALS,
    ACTIVITY_ROWS,
    ACTIVITY_SUMS,
    NAMES,
    WANTED_ACTIVITY,
)
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models import groups as group_rows
from planet_graph.models.accounts import ExternalId
from planet_graph.models.activity import Activity
from planet_graph.models.erasures import living
from planet_graph.outbox.facts import Pair, Subjects
from planet_graph.scoring.days import day_of

KEY = ("fan", "target", "day", "kind", "subject")
TOTALS = ("quantity", "last_at_us", "dated")


async def compare(run: Import) -> None:
    """Find which totals the files set otherwise than they are, and which they do not have any more.

    Without `activity` what this source counted beside its posts and messages stays.
    """
    has_file = ACTIVITY.name in run.present
    if has_file:
        await derived.count_once(run)
    async with staging(run) as connection:
        await gather(connection, ACTIVITY_SUMS, _sums(run.source) if has_file else derived.not_derived(run.source))
        await gather(connection, ACTIVITY_SUMS, derived.derived(run.source))
        await gather(connection, WANTED_ACTIVITY, _wanted(run))
        changed = await gather(connection, ACTIVITY_CHANGES, _changes(run.source))
        removed = await gather(connection, ACTIVITY_REMOVALS, _removals(run.source))
        rows = ACTIVITY_ROWS.c
        kinds = select(rows.kind, cast(func.sum(rows.quantity), BigInteger)).group_by(rows.kind)
        sums = dict((await connection.execute(kinds)).all())
    run.counts["activity.set"] = changed
    run.counts["activity.removed"] = removed
    run.sums.update(sums)


def _sums(source: str) -> Found:
    rows, fan, target = ACTIVITY_ROWS.c, NAMES.alias("fan"), NAMES.alias("target")
    subject = func.coalesce(col(ExternalId.id), 0)
    of_post = and_(
        col(ExternalId.origin) == source,
        col(ExternalId.noun) == literal(POST, String),
        col(ExternalId.external_id) == rows.post,
    )
    key = (fan.c.id, target.c.id, rows.day, rows.kind, subject)
    return (
        select(
            fan.c.id.label("fan"),
            target.c.id.label("target"),
            rows.day,
            rows.kind,
            subject.label("subject"),
            cast(func.sum(rows.quantity), BigInteger).label("quantity"),
            func.max(rows.at_us).label("last_at_us"),
        )
        .select_from(ACTIVITY_ROWS)
        .join(fan, fan.c.external_id == rows.fan)
        .join(target, target.c.external_id == rows.target)
        .outerjoin(ExternalId, of_post)
        .group_by(*key)
    )


def _stored_undated(source: str) -> Subquery:
    """The totals of this source whose rows named no time, with the day on which they are stored."""
    key = (col(Activity.fan), col(Activity.target), col(Activity.kind), col(Activity.subject))
    day, last_at_us = func.min(col(Activity.day)), func.max(col(Activity.last_at_us))
    return (
        select(*key, day.label("day"), last_at_us.label("last_at_us"))
        .where(col(Activity.origin) == source, col(Activity.dated).is_(False))
        .group_by(*key)
        .subquery()
    )


def _wanted(run: Import) -> Found:
    """Give the rows without a time the day on which they are stored already, else the import's."""
    sums, stored = ACTIVITY_SUMS.c, _stored_undated(run.source)
    same = and_(
        sums.day.is_(None),
        stored.c.fan == sums.fan,
        stored.c.target == sums.target,
        stored.c.kind == sums.kind,
        stored.c.subject == sums.subject,
    )
    day = func.coalesce(sums.day, stored.c.day, day_of(run.at_us))
    at_us = func.coalesce(sums.last_at_us, stored.c.last_at_us, run.at_us)
    undated = func.max(case((sums.day.is_(None), 1), else_=0))
    return (
        select(
            sums.fan,
            sums.target,
            day.label("day"),
            sums.kind,
            sums.subject,
            cast(func.sum(sums.quantity), BigInteger).label("quantity"),
            func.max(at_us).label("last_at_us"),
            (undated == 0).label("dated"),
        )
        .select_from(ACTIVITY_SUMS)
        .outerjoin(stored, same)
        .group_by(sums.fan, sums.target, day, sums.kind, sums.subject)
    )


def _is_total(source: str, columns: Any) -> ColumnElement[bool]:
    here = [getattr(Activity, name) == columns[name] for name in KEY]
    return and_(col(Activity.origin) == source, *here)


def _changes(source: str) -> Found:
    wanted = WANTED_ACTIVITY.c
    differs = or_(*(getattr(Activity, name) != wanted[name] for name in TOTALS))
    key = [wanted[name] for name in KEY]
    return (
        select(func.row_number().over(order_by=key).label("n"), *key, *(wanted[name] for name in TOTALS))
        .select_from(WANTED_ACTIVITY)
        .outerjoin(Activity, _is_total(source, wanted))
        .where(or_(col(Activity.fan).is_(None), differs))
    )


def _removals(source: str) -> Found:
    key = [col(getattr(Activity, name)) for name in KEY]
    return select(func.row_number().over(order_by=key).label("n"), *key).where(
        col(Activity.origin) == source, ~exists().where(_is_total(source, WANTED_ACTIVITY.c))
    )


async def set_totals(run: Import) -> None:
    """Set the totals that differ."""
    async for first, last in spans_of(run, ACTIVITY_CHANGES, "activity"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            changes = ACTIVITY_CHANGES.c
            rows = select(
                literal(run.source), *(changes[name] for name in KEY), *(changes[name] for name in TOTALS)
            ).where(changes.n.between(first, last), living(changes.fan, changes.target))
            key = ["origin", *KEY]
            statement = upsert(run, Activity, [*key, *TOTALS], rows, key=key, changed=TOTALS)
            await _tell(run, unit, statement.returning(col(Activity.fan), col(Activity.target)))

        await chunk(run, work)


async def remove(run: Import) -> None:
    """Remove the totals that the file does not have any more."""
    async for first, last in spans_of(run, ACTIVITY_REMOVALS, "activity that ended"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> None:
            gone = ACTIVITY_REMOVALS.c
            here = select(*(gone[name] for name in KEY)).where(gone.n.between(first, last))
            key = tuple_(*(col(getattr(Activity, name)) for name in KEY))
            statement = delete(Activity).where(col(Activity.origin) == run.source, key.in_(here))
            await _tell(run, unit, statement.returning(col(Activity.fan), col(Activity.target)))

        await chunk(run, work)


async def _tell(run: Import, unit: UnitOfWork, statement: Any) -> None:
    touched = await unit.session.execute(statement.execution_options(synchronize_session=False))
    pairs: dict[Pair, None] = dict.fromkeys(tuple(pair) for pair in touched)
    among = {target for _, target in pairs}
    groups = {row.id for row in await group_rows.by_ids(unit.session, list(among)) if row is not None}
    bonds = tuple(pair for pair in pairs if pair[1] not in groups)
    await tell(run, unit, Subjects(bonds=bonds, memberships=tuple(pair for pair in pairs if pair[1] in groups)))
