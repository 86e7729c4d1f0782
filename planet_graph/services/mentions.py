"""Whom a text mentions: names become accounts, unless one of the two blocks the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planet_graph import facets
from planet_graph.database import UnitOfWork
from planet_graph.facets import Facet
from planet_graph.models import accounts

MAX_MENTIONED = 50
"""How many accounts and groups one text may reach; further names stay plain text."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's facets, and whom the names in it mean: name -> id."""

    found: Sequence[Facet]
    accounts: Mapping[str, int] = field(default_factory=dict[str, int])
    groups: Mapping[str, int] = field(default_factory=dict[str, int])

    def among(self, near: set[int]) -> "Meant":
        """Return what is left of it where only some accounts may be mentioned: other names stay plain text."""
        known = {name: number for name, number in self.accounts.items() if number in near}
        return Meant(facets.resolved(self.found, {**self.groups, **known}), known, self.groups)


async def meant(unit: UnitOfWork, author: int, text: str) -> Meant:
    """Find whom a text may mention."""
    found = facets.parse(text)
    wanted = facets.names(found)[:MAX_MENTIONED]
    rows = await accounts.by_handles(unit.session, wanted, author) if wanted else []
    return Meant(found, {row.handle: row.id for row in rows if row is not None})
