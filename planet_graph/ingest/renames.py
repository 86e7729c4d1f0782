"""Handles that a file says otherwise than it did before."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.database import UnitOfWork
from planet_graph.ingest.handles import LOOKED_UP, Suffixes, is_numbered
from planet_graph.ingest.staging import ACCOUNT_ROWS, NAMES
from planet_graph.ingest.steps import Import, chunk, tell
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects


@dataclass(frozen=True, slots=True)
class Renaming:
    """An account that is called otherwise than its row wants."""

    id: int
    handle: str
    wanted: str


async def rename(run: Import) -> None:
    """Give accounts of this source the handles their rows want, in one transaction, since they may exchange them.

    One whose wanted handle another account has keeps a number behind it.
    """
    async with AsyncSession(run.connection) as session, session.begin():
        if not _differing(await settle(session, run.source)):
            return

    async def work(unit: UnitOfWork) -> int:
        changed = _differing(await settle(unit.session, run.source))
        if not changed:
            return 0
        step = update(Account).where(col(Account.id) == bindparam("of")).values(handle=bindparam("to"))
        connection = await unit.session.connection()
        # No account has such a handle, and nobody sees it: it frees what is exchanged.
        await connection.execute(step, [{"of": one.id, "to": f"#{one.id}"} for one, _ in changed])
        await connection.execute(step, [{"of": one.id, "to": handle} for one, handle in changed])
        await tell(run, unit, Subjects(accounts=tuple(one.id for one, _ in changed)))
        return len(changed)

    run.counts["accounts.renamed"] = await chunk(run, work)


def _differing(settled: Sequence[tuple[Renaming, str]]) -> list[tuple[Renaming, str]]:
    return [(one, handle) for one, handle in settled if handle != one.handle]


async def settle(session: AsyncSession, source: str) -> list[tuple[Renaming, str]]:
    """Find who wants another handle, and say which one it gets. Order: by the outside's ids."""
    rows = ACCOUNT_ROWS.c
    found = (
        select(col(Account.id), col(Account.handle), rows.handle)
        .join(NAMES, NAMES.c.id == col(Account.id))
        .join(ACCOUNT_ROWS, rows.external_id == NAMES.c.external_id)
        .where(col(Account.origin) == source, rows.handle != col(Account.handle))
        .order_by(NAMES.c.n)
    )
    wishes = [Renaming(*values) for values in await session.execute(found)]
    taken = await _kept_by_others(session, wishes)
    settled: dict[int, str] = {}
    given: set[str] = set()
    for one in wishes:
        if one.wanted not in taken and one.wanted not in given:
            settled[one.id] = one.wanted
            given.add(one.wanted)
    for one in wishes:
        if one.id not in settled and is_numbered(one.handle, one.wanted) and one.handle not in given:
            settled[one.id] = one.handle
    others = [one for one in wishes if one.id not in settled]
    numbers = await Suffixes().find(session, [one.wanted for one in others], given)
    settled.update(zip((one.id for one in others), numbers, strict=True))
    return [(one, settled[one.id]) for one in wishes]


async def _kept_by_others(session: AsyncSession, wishes: Sequence[Renaming]) -> set[str]:
    """Say which wanted handles are of accounts that do not want another one themselves."""
    moving = {one.id for one in wishes}
    wanted = [one.wanted for one in wishes]
    kept: set[str] = set()
    for start in range(0, len(wanted), LOOKED_UP):
        some = wanted[start : start + LOOKED_UP]
        holders = await session.execute(
            select(col(Account.id), col(Account.handle)).where(col(Account.handle).in_(some))
        )
        kept.update(handle for number, handle in holders if number not in moving)
    return kept
