"""The ids of what an import makes: ascending in the order of the outside's ids, behind all that there are."""

from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from planet_graph import ids
from planet_graph.ingest.steps import Import


@dataclass(frozen=True, slots=True)
class Numbers:
    """Draws the ids of one noun, a chunk at a time; `greatest` finds the greatest one that there is.

    They begin at the machine's millisecond, not at `--at`, which may lie before the first id there can be. Where a
    later id is there already, the whole block moves behind it, so that what one import makes stands behind what an
    earlier one made.
    """

    run: Import
    greatest: Select[int]

    async def draw(self, session: AsyncSession, count: int) -> list[int]:
        """Draw ids in the transaction that inserts them."""
        after = await session.scalar(self.greatest)
        return ids.block(count, self.run.wall_us(), self.run.random, after or 0)
