"""Accounts that the file describes otherwise than it did before."""

from sqlalchemy import and_, case, func, literal, or_, select, update
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.accounts import NO_KYC, VERIFIED
from planet_graph.ingest.staging import ACCOUNT_CHANGES, ACCOUNT_ROWS, NAMES
from planet_graph.ingest.steps import Found, Import, chunk, gather, spans_of, staging, tell
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects


async def correct(run: Import) -> None:
    """Set name, joining and verification of this source's accounts to what their rows say.

    What a row leaves open is what it would be in a new account; only the time of joining stays as stored.
    """
    async with staging(run) as connection:
        await gather(connection, ACCOUNT_CHANGES, _changes(run.source))
    async for first, last in spans_of(run, ACCOUNT_CHANGES, "accounts"):

        async def work(unit: UnitOfWork, first: int = first, last: int = last) -> int:
            changes = ACCOUNT_CHANGES.c
            statement = (
                update(Account)
                .where(col(Account.id) == changes.id, changes.n.between(first, last), col(Account.origin) == run.source)
                .values(
                    display_name=changes.display_name,
                    name_key=changes.name_key,
                    created_us=changes.created_us,
                    kyc=changes.kyc,
                )
                .returning(col(Account.id))
                .execution_options(synchronize_session=False)
            )
            touched = tuple(await unit.session.scalars(statement))
            await tell(run, unit, Subjects(accounts=touched))
            return len(touched)

        run.counts["accounts.updated"] += await chunk(run, work)


def _changes(source: str) -> Found:
    rows = ACCOUNT_ROWS.c
    display_name = func.coalesce(rows.display_name, col(Account.handle))
    name_key = func.coalesce(rows.name_key, col(Account.handle))
    created_us = func.coalesce(rows.created_us, col(Account.created_us))
    kyc = case((rows.creator == 1, literal(VERIFIED)), else_=func.coalesce(rows.kyc, literal(NO_KYC)))
    differs = or_(
        col(Account.display_name) != display_name, col(Account.created_us) != created_us, col(Account.kyc) != kyc
    )
    return (
        select(
            func.row_number().over(order_by=NAMES.c.n).label("n"),
            col(Account.id),
            display_name.label("display_name"),
            name_key.label("name_key"),
            created_us.label("created_us"),
            kyc.label("kyc"),
        )
        .select_from(ACCOUNT_ROWS)
        .join(NAMES, NAMES.c.external_id == rows.external_id)
        .join(Account, and_(col(Account.id) == NAMES.c.id, col(Account.origin) == source))
        .where(differs)
    )
