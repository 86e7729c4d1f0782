"""Erasures that are under way, brought to their end beside everything else."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from planet_graph.services import erasures
from planet_graph.services.act import Services

log = structlog.get_logger()

LOOK_SECONDS = 1.0


async def run(services: Services) -> None:
    """Go on with what is under way, whoever began it and however that ended, for ever. Ends by cancellation."""
    while True:
        try:
            worked = await erasures.resume(services)
        except (SQLAlchemyError, OSError, TimeoutError, RuntimeError) as error:
            log.warning("erasures wait", reason=type(error).__name__)
            worked = False
        if not worked:
            await asyncio.sleep(LOOK_SECONDS)
