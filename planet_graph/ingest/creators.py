"""Who becomes a creator, and who is one no longer, among the accounts that are there."""

from sqlalchemy import and_, case, delete, false, func, or_, select, update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.accounts import VERIFIED
from planet_graph.ingest.folder import ACCOUNTS
from planet_graph.ingest.staging import ACCOUNT_ROWS, CREATOR_CHANGES, CREATOR_ENDS, NAMES
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell, upsert
from planet_graph.models import activity
from planet_graph.models.accounts import Account, Creator
from planet_graph.outbox.facts import Subjects

AT_ONCE = 100
"""Creators in one transaction: each touches all of its fans."""


async def compare(run: Import) -> None:
    """Find who is to become a creator, who since another time, and who is one no longer.

    A row of one's own decides. Activity towards somebody without one makes a creator, unless there is no `accounts`
    to look into: then whoever is there stays what it is.
    """
    async with staging(run) as connection:
        await gather(connection, CREATOR_CHANGES, _changes(run))
        await gather(connection, CREATOR_ENDS, _ends(run.source))


def _known(source: str) -> Found:
    """Everybody of this source, with the row of its own and the creator it is, each if there is one."""
    return (
        select()
        .select_from(NAMES)
        .join(Account, and_(col(Account.id) == NAMES.c.id, col(Account.origin) == source))
        .outerjoin(ACCOUNT_ROWS, ACCOUNT_ROWS.c.external_id == NAMES.c.external_id)
        .outerjoin(Creator, col(Creator.account_id) == NAMES.c.id)
    )


def _changes(run: Import) -> Found:
    rows = ACCOUNT_ROWS.c
    new = col(Creator.account_id).is_(None)
    own_us = func.coalesce(rows.created_us, col(Creator.activated_us), run.at_us)
    by_row = and_(rows.creator == 1, or_(new, col(Creator.activated_us) != own_us))
    by_activity = and_(rows.line.is_(None), NAMES.c.as_creator == 1, new) if ACCOUNTS.name in run.present else false()
    since_us = case((rows.line.is_(None), col(Account.created_us)), else_=own_us)
    return (
        _known(run.source)
        .add_columns(func.row_number().over(order_by=NAMES.c.n).label("n"), NAMES.c.id, since_us.label("activated_us"))
        .where(or_(by_row, by_activity))
    )


def _ends(source: str) -> Found:
    return (
        _known(source)
        .add_columns(func.row_number().over(order_by=NAMES.c.n).label("n"), NAMES.c.id)
        .where(ACCOUNT_ROWS.c.creator == 0, col(Creator.account_id).is_not(None))
    )


async def activate(run: Import) -> None:
    """Make creators; whatever was done towards them before becomes bonds."""
    changes = CREATOR_CHANGES.c
    async for first, last in spans_of(run, CREATOR_CHANGES, "creators", AT_ONCE):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> int:
            here = changes.n.between(first, last)
            verified = (
                update(Account)
                .where(col(Account.id) == changes.id, here, col(Account.origin) == run.source)
                .values(kyc=VERIFIED)
                .returning(col(Account.id))
                .execution_options(synchronize_session=False)
            )
            touched = list(await unit.session.scalars(verified))
            rows = select(changes.id, changes.activated_us).where(here, changes.id.in_(touched))
            await unit.session.execute(
                upsert(
                    run,
                    Creator,
                    ["account_id", "activated_us"],
                    rows,
                    key=["account_id"],
                    changed=["activated_us"],
                )
            )
            await _tell(run, unit, touched)
            return len(touched)

        run.counts["creators.activated"] += await chunk(run, work)


async def end(run: Import) -> None:
    """Let creators be one no longer; what was done towards them stays in the tables, without bonds."""
    ends = CREATOR_ENDS.c
    async for first, last in spans_of(run, CREATOR_ENDS, "creators that ended", AT_ONCE):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> int:
            still = select(ends.id).join(Account, col(Account.id) == ends.id)
            still = still.where(ends.n.between(first, last), col(Account.origin) == run.source)
            touched = list(
                await unit.session.scalars(
                    delete(Creator)
                    .where(col(Creator.account_id).in_(still))
                    .returning(col(Creator.account_id))
                    .execution_options(synchronize_session=False)
                )
            )
            await _tell(run, unit, touched)
            return len(touched)

        run.counts["creators.ended"] += await chunk(run, work)


async def _tell(run: Import, unit: UnitOfWork, creators: list[int]) -> None:
    pairs = await activity.fans_of(unit.session, creators)
    await tell(run, unit, Subjects(accounts=tuple(sorted(creators)), bonds=tuple(pairs)))
