"""What exported rows call accounts and posts: the API's ids, or those of an import."""

from collections.abc import Collection, Mapping, Sequence

from planet_graph import ids
from planet_graph.database import Database
from planet_graph.models import exports

NAMED_AT_ONCE = 5_000


class Names:
    """Names things. `source`: the import whose ids are used, without those of the API; None: the API's."""

    def __init__(self, database: Database, source: str | None) -> None:
        self._database = database
        self._source = source

    async def of(self, noun: str, numbers: Collection[int]) -> Mapping[int, str]:
        """Return our id -> name; a thing that the import did not name is left out."""
        distinct = sorted(set(numbers))
        if self._source is None:
            return {number: ids.to_global(noun, number) for number in distinct}
        found: dict[int, str] = {}
        async with self._database.read() as session:
            for start in range(0, len(distinct), NAMED_AT_ONCE):
                chunk = distinct[start : start + NAMED_AT_ONCE]
                found |= await exports.names(session, self._source, noun, chunk)
        return found

    async def both(self, pairs: Sequence[tuple[int, int]]) -> list[tuple[str, str] | None]:
        """Return the names of pairs of accounts; None where one has none. Order: as the pairs."""
        found = await self.of("Account", {number for pair in pairs for number in pair})
        named = ((found.get(one), found.get(other)) for one, other in pairs)
        return [(one, other) if one is not None and other is not None else None for one, other in named]
