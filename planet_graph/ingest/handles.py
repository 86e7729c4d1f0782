"""Handles of imported accounts: what one would like to be called, and what it is called where that is taken."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from planet_graph.ingest.staging import NAMES

HANDLES = SQLModel.metadata.tables["accounts"].c.handle

LONGEST = 30
SHORTEST = 3
LOOKED_UP = 5_000
FIRST = 2
"""The first number behind a handle that is taken."""

_OTHER = re.compile(r"[^a-z0-9_]")
_BEGINS_WELL = re.compile(r"[a-z]")


def derived(external_id: str) -> str:
    """Make a handle of an id: lower case, every other character as `_`, `u_` before what begins otherwise."""
    handle = _OTHER.sub("_", external_id.lower())
    if len(handle) < SHORTEST or not _BEGINS_WELL.match(handle):
        handle = f"u_{handle}"
    return handle[:LONGEST]


def numbered(handle: str, number: int) -> str:
    """Put a number behind a handle, at the cost of its end where it would be too long."""
    suffix = f"_{number}"
    return handle[: LONGEST - len(suffix)] + suffix


def is_numbered(handle: str, wanted: str) -> bool:
    """Say whether a handle is the wanted one with some number behind it."""
    _, _, digits = handle.rpartition("_")
    return digits.isdecimal() and handle == numbered(wanted, int(digits))


@dataclass
class Suffixes:
    """Finds the lowest numbers that make handles which nobody has and no new account wants.

    Numbers below one that was given away are taken, so none is looked up twice. `held`, `wanted`: the columns of the
    handles that there are, and of those that new ones want.
    """

    held: Column[str] = HANDLES
    wanted: Column[str] = NAMES.c.wanted
    next: dict[str, int] = field(default_factory=dict[str, int])

    async def find(self, session: AsyncSession, wanted: Sequence[str], given: Collection[str] = ()) -> list[str]:
        """Give handles away, those of one wanted handle by ascending numbers, none that is given already.

        Order: as the wanted ones.
        """
        open_: dict[str, list[int]] = {}
        for place, handle in enumerate(wanted):
            open_.setdefault(handle, []).append(place)
        found = [""] * len(wanted)
        gone = set(given)
        margin = 1
        while open_:
            candidates = {handle: self._candidates(handle, len(places) + margin) for handle, places in open_.items()}
            asked = [one for some in candidates.values() for one in some]
            taken = await among(session, self.held, asked) | await among(session, self.wanted, asked)
            for handle, some in candidates.items():
                places = open_[handle]
                for candidate in some:
                    if not places:
                        break
                    self.next[handle] = self.next.get(handle, FIRST) + 1
                    if candidate not in taken and candidate not in gone:
                        gone.add(candidate)
                        found[places.pop(0)] = candidate
            open_ = {handle: places for handle, places in open_.items() if places}
            margin *= 2
        return found

    def _candidates(self, handle: str, many: int) -> list[str]:
        number = self.next.get(handle, FIRST)
        return [numbered(handle, n) for n in range(number, number + many)]


async def among(session: AsyncSession, column: Column[str], texts: Sequence[str]) -> set[str]:
    """Say which texts a column holds."""
    found: set[str] = set()
    for start in range(0, len(texts), LOOKED_UP):
        some = texts[start : start + LOOKED_UP]
        found.update(await session.scalars(select(column).where(column.in_(some))))
    return found
