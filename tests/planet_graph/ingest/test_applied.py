from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from graph_db.store import Batch, Hook, Position, Store, Unavailable
from planet_graph.ingest.applied import TRIES, bring_to_graph
from planet_graph.ingest.run import Means, Order, import_folder
from planet_graph.ingest.steps import no_progress
from tests.planet_graph.ingest.homes import AT_US, Home, embedded, open_home, write


@dataclass
class Slow:
    """A graph that finishes a write only at the last of some tries, as a busy Neo4j does."""

    store: Store
    slow: int
    asked: list[int] = field(default_factory=list[int])

    async def position(self) -> Position | None:
        return await self.store.position()

    async def write(self, expected: Position, new: Position, batch: Batch, hook: Hook) -> bool:
        self.asked.append(new.position)
        if self.asked.count(new.position) <= self.slow:
            raise Unavailable("Neo4j did not finish a write within 5 s")
        return await self.store.write(expected, new, batch, hook)


async def import_rows(home: Home) -> None:
    write(home.folder, {"follows": [("ann", f"fan {n}", "") for n in range(30)]})
    imports = home.parts.settings.home / "imports"
    means = Means(home.parts.database, imports, lambda: AT_US, home.parts.random, size=7)
    await import_folder(means, Order(home.folder, "town", AT_US))


@pytest.mark.parametrize(("slow", "ends"), [(TRIES - 1, True), (TRIES, False)])
async def test_a_write_that_does_not_end_in_time_is_begun_again(tmp_path: Path, slow: int, ends: bool) -> None:
    async with open_home(embedded(tmp_path)) as home:
        await import_rows(home)
        store = Slow(home.parts.store, slow)
        outbox = replace(home.parts.outbox, store=store)
        if not ends:
            with pytest.raises(Unavailable, match="did not finish"):
                await bring_to_graph(outbox, no_progress)
            assert len(store.asked) == TRIES
            return
        at = await bring_to_graph(outbox, no_progress)
        assert [store.asked.count(position) for position in sorted(set(store.asked))] == [TRIES] * len(set(store.asked))
        assert at == max(store.asked)
        await home.assert_in_step()


async def test_a_graph_of_another_log_is_not_waited_for(tmp_path: Path) -> None:
    async with open_home(embedded(tmp_path)) as home:
        await import_rows(home)
        store = Slow(home.parts.store, 0)
        outbox = replace(home.parts.outbox, store=store, incarnation=1)
        with pytest.raises(Unavailable, match="another log"):
            await bring_to_graph(outbox, no_progress)
        assert store.asked == []
