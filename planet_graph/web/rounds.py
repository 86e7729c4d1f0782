"""Work that every server takes up in rounds, beside everything else."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

log = structlog.get_logger()

LOOK_SECONDS = 1.0


async def run(name: str, work: Callable[[], Awaitable[bool]]) -> None:
    """Work for ever, at once again while there was something to do. Ends by cancellation. `name`: for the log."""
    while True:
        try:
            worked = await work()
        except (SQLAlchemyError, OSError, TimeoutError, RuntimeError) as error:
            log.warning(f"{name} wait", reason=type(error).__name__)
            worked = False
        except Exception:  # a fault in one round must not end all that follow, of which nobody would be told
            log.exception(f"{name} failed")
            worked = False
        if not worked:
            await asyncio.sleep(LOOK_SECONDS)
