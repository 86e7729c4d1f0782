"""Keeping every dispatcher quiet while a command works on the graph."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from planet_graph.models import log as log_rows
from planet_graph.outbox.dispatch import Outbox, hold, leave


@contextlib.asynccontextmanager
async def seized(outbox: Outbox) -> AsyncGenerator[str | None]:
    """Take the lease from whoever has it and keep it until the block ends; yield who had it, None if nobody did.

    A courtesy to the others, no lock: a batch that is under way ends, and what must not be disturbed is guarded by the
    graph itself (its position, or a rebuild's token).
    """

    async def work(session: AsyncSession) -> str | None:
        return await log_rows.seize(session, outbox.holder, outbox.lease_seconds)

    former = await outbox.database.transact(work, outbox.hook)
    renewing = asyncio.create_task(_renew(outbox))
    try:
        yield former
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing
        await leave(outbox)


async def _renew(outbox: Outbox) -> None:
    """Renew until cancelled; one who seized it from us keeps it."""
    while True:
        await asyncio.sleep(outbox.lease_seconds / 3)
        with contextlib.suppress(SQLAlchemyError, OSError, TimeoutError):
            await hold(outbox)
