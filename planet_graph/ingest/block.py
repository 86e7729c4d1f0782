"""The ids of what an import makes: ascending in the order of the outside's ids, among nobody else's."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from planet_graph import ids
from planet_graph.ingest.steps import Import


class Block:
    """Draws the ids of one noun, a chunk at a time, each behind the one before.

    They begin at the machine's millisecond, not at `--at`, which may lie before the first id there can be.
    """

    def __init__(self, run: Import, column: Mapped[int], *among: ColumnElement[bool]) -> None:
        self._run = run
        self._column = column
        self._among = among
        self._last = 0

    async def draw(self, session: AsyncSession, count: int) -> list[int]:
        """Draw ids that have no other between them: where one has, the rest of the block moves behind it."""
        now_us = self._run.wall_us()
        while True:
            found = ids.block(count, now_us, self._run.random, self._last)
            inside = select(func.max(self._column)).where(self._column.between(found[0], found[-1]), *self._among)
            other = await session.scalar(inside)
            if other is None:
                self._last = found[-1]
                return found
            now_us = ids.drawn_us(other) + 1_000
