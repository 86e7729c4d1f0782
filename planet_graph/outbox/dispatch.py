"""The dispatcher: gives committed facts their order, and brings the graph from its own position to the newest one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from graph_db.store import Position, Store, Unavailable
from planet_graph.database import Database, Hook, no_hook
from planet_graph.models import log as log_rows
from planet_graph.models.log import Fact
from planet_graph.outbox.bus import Bus
from planet_graph.outbox.facts import MAX_SUBJECTS, Subjects, merged, subjects_of
from planet_graph.outbox.project import project

log = structlog.get_logger()

NUMBERED_AT_ONCE = 5_000
POLL_SECONDS = 0.2
NEVER = float("-inf")


@dataclass(frozen=True)
class Outbox:
    """What a dispatcher works with.

    Units: `lease_seconds`. `holder` names this worker, differently from every other one. `hook` is called before every
    statement and around commits, and may end the process.
    """

    database: Database
    store: Store
    bus: Bus
    incarnation: int
    holder: str
    lease_seconds: float = 2.0
    hook: Hook = field(default=no_hook)


async def hold(outbox: Outbox, applied: int = 0) -> bool:
    """Take or renew the lease. It keeps two workers from doing the same work, no more."""

    async def work(unit: AsyncSession) -> bool:
        return await log_rows.hold(unit, outbox.holder, outbox.lease_seconds, applied)

    return await outbox.database.transact(work, outbox.hook)


async def release(outbox: Outbox) -> None:
    """Give the lease to whoever wants it next."""

    async def work(session: AsyncSession) -> None:
        await log_rows.release(session, outbox.holder)

    await outbox.database.transact(work, outbox.hook)


async def number(outbox: Outbox) -> int:
    """Give committed facts the next positions; return how many."""

    async def work(session: AsyncSession) -> int:
        return await log_rows.number(session, NUMBERED_AT_ONCE)

    return await outbox.database.transact(work, outbox.hook)


def batch_of(facts: Sequence[Fact]) -> tuple[int, Subjects]:
    """Take facts from the front as long as they name at most MAX_SUBJECTS together, but at least one.

    Return the position of the last one taken, and all subjects.
    """
    taken: list[Subjects] = []
    total = 0
    last = 0
    for fact in facts:
        subjects = subjects_of(fact)
        total += len(subjects)
        if taken and total > MAX_SUBJECTS:
            break
        taken.append(subjects)
        last = fact.position or 0
    return last, merged(taken)


async def number_all(outbox: Outbox) -> int:
    """Give every fact that is committed by now its position; return the last position given."""
    while await number(outbox) == NUMBERED_AT_ONCE:
        pass
    async with outbox.database.read() as session:
        return (await log_rows.state(session)).last


async def position(outbox: Outbox) -> Position:
    """Return how far the graph is. Raises: Unavailable when it is away, empty, being rebuilt, or of another log."""
    at = await outbox.store.position()
    if at is None:
        raise Unavailable("the graph is empty or being rebuilt: planet_graph graph rebuild fills it")
    if at.incarnation != outbox.incarnation:
        raise Unavailable("the graph was built from another log: planet_graph graph rebuild replaces it")
    return at


async def apply(outbox: Outbox) -> int | None:
    """Bring the graph one batch further and return its new position.

    None when there was nothing to do, or another worker was there first.
    Raises: Unavailable as `position`.
    """
    at = await position(outbox)
    async with outbox.database.read() as session:
        facts = await log_rows.after(session, at.position, NUMBERED_AT_ONCE)
        if not facts:
            return None
        last, subjects = batch_of(facts)
        batch = await project(session, subjects)
    new = Position(outbox.incarnation, last)
    if not await outbox.store.write(at, new, batch, outbox.hook):
        return None
    return last


async def drain(outbox: Outbox) -> int:
    """Apply everything that is committed by now, beside whoever has the lease; return the graph's position.

    Raises: Unavailable as `position`.
    """
    until = await number_all(outbox)
    while (at := (await position(outbox)).position) < until:
        last = await apply(outbox)
        if last is not None:
            await outbox.bus.tell("applied", last)
    await saw(outbox, at)
    return at


async def saw(outbox: Outbox, at: int) -> None:
    """Let the readers know what the graph holds, those too whom the bus does not reach."""

    async def work(session: AsyncSession) -> None:
        await log_rows.saw(session, at)

    await outbox.database.transact(work, outbox.hook)


async def run(outbox: Outbox) -> None:
    """Dispatch for ever, whenever the lease is this worker's; faults are waited out. Ends by cancellation."""
    seen = 0
    renewed = NEVER
    try:
        while True:
            try:
                if monotonic() - renewed > outbox.lease_seconds / 3:
                    if not await hold(outbox):
                        seen, _ = await outbox.bus.wait("facts", seen, min(POLL_SECONDS, outbox.lease_seconds))
                        continue
                    renewed = monotonic()
                seen, renewed = await work(outbox, seen, renewed)
            except (Unavailable, SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("dispatcher waits", reason=str(error).splitlines()[0][:200] if str(error) else repr(error))
                renewed = NEVER
                await asyncio.sleep(POLL_SECONDS)
    finally:
        await leave(outbox)


async def work(outbox: Outbox, seen: int, renewed: float) -> tuple[int, float]:
    """Number, apply and tell once, or wait a little when there is nothing to do.

    Return how often the bus had told of facts, and when the lease was last known to be this worker's.
    """
    numbered = await number(outbox)
    last = await apply(outbox)
    if last is not None:
        await outbox.bus.tell("applied", last)
        if await hold(outbox, applied=last):
            renewed = monotonic()
        else:
            await saw(outbox, last)
            renewed = NEVER
    elif not numbered:
        seen, _ = await outbox.bus.wait("facts", seen, min(POLL_SECONDS, outbox.lease_seconds / 3))
    return seen, renewed


async def leave(outbox: Outbox) -> None:
    """Release the lease if the database is there to hear it; else it ends by itself."""
    try:
        async with asyncio.timeout(1):
            await release(outbox)
    except (SQLAlchemyError, OSError, TimeoutError):
        return
