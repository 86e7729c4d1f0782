"""What exported rows call accounts and posts: the API's ids, or those of an import."""

from collections.abc import Collection, Mapping, Sequence

from planet_graph import ids
from planet_graph.database import Database
from planet_graph.models import exports

NAMED_AT_ONCE = 5_000
REMEMBERED = 500_000
"""How many names are kept at hand, about 60 MB; a name is asked for again once as many others came between."""


class Names:
    """Names things. `source`: the import whose ids are used, without those of the API; None: the API's."""

    def __init__(self, database: Database, source: str | None) -> None:
        self._database = database
        self._source = source
        self._known: dict[tuple[str, int], str | None] = {}

    async def of(self, noun: str, numbers: Collection[int]) -> Mapping[int, str]:
        """Return our id -> name; a thing that the import did not name is left out."""
        distinct = set(numbers)
        unknown = sorted(number for number in distinct if (noun, number) not in self._known)
        if len(self._known) + len(unknown) > REMEMBERED:
            self._known.clear()
            unknown = sorted(distinct)
        for start in range(0, len(unknown), NAMED_AT_ONCE):
            chunk = unknown[start : start + NAMED_AT_ONCE]
            found = await self._ask(noun, chunk)
            self._known.update({(noun, number): found.get(number) for number in chunk})
        return {number: name for number in distinct if (name := self._known[noun, number]) is not None}

    async def _ask(self, noun: str, numbers: Sequence[int]) -> Mapping[int, str]:
        if self._source is None:
            return {number: ids.to_global(noun, number) for number in numbers}
        async with self._database.read() as session:
            return await exports.names(session, self._source, noun, numbers)

    async def both(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[str, str] | None]:
        """Return the names of pairs of accounts; None where one has none. Order: as the pairs."""
        found = await self.of("Account", {number for pair in pairs for number in pair})
        named = ((found.get(one), found.get(other)) for one, other in pairs)
        return [(one, other) if one is not None and other is not None else None for one, other in named]
