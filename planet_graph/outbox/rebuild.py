"""From an empty graph to one that holds everything that SQL says, while writes go on."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_db.properties import RANKS, Property, Rel
from graph_db.store import Batch, EdgeState, Position
from graph_db.sums import Tally
from planet_graph.outbox.dispatch import Outbox, drain, number_all
from planet_graph.outbox.everything import all_bonds, all_follows, all_nodes
from planet_graph.outbox.facts import MAX_SUBJECTS
from planet_graph.outbox.lease import seized

Sums: TypeAlias = Mapping[Rel, Mapping[int, Mapping[str, Property]]]
Progress: TypeAlias = Callable[[str, int], None]
"""Told the step that is under way and how many items of it are done."""


def silent(step: str, done: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild loaded, and where the graph stands. `former`: who held the lease until then, None for nobody."""

    accounts: int
    follows: int
    bonds: int
    position: int
    former: str | None


@dataclass
class Loading:
    """A rebuild under way. `known`: the ids of the accounts that are loaded, ascending; 8 bytes each."""

    outbox: Outbox
    token: int
    progress: Progress
    size: int
    known: "array[int]" = field(default_factory=lambda: array("q"))
    counts: dict[str, int] = field(default_factory=dict[str, int])

    async def load(self, step: str, batch: Batch, sums: Sums | None = None) -> None:
        """Add a batch and tell how far the step is."""
        await self.outbox.store.load(self.token, batch, sums or {}, self.outbox.hook)
        self.counts[step] = self.counts.get(step, 0) + len(batch.nodes) + len(batch.edges)
        self.progress(step, self.counts[step])

    def writable(self, states: Sequence[EdgeState]) -> list[EdgeState]:
        """Leave out edges of an account that joined after the accounts were read: the log brings both.

        The graph would leave such an edge out by itself, but its bond would be counted among the sums, and again when
        the log brings it.
        """
        return [state for state in states if self._knows(state.source) and self._knows(state.target)]

    def _knows(self, account: int) -> bool:
        place = bisect_left(self.known, account)
        return place < len(self.known) and self.known[place] == account


async def rebuild(outbox: Outbox, token: int, progress: Progress = silent, size: int = MAX_SUBJECTS) -> Rebuilt:
    """Empty the graph, load everything, and follow the log from where it stood when the load began.

    The position is read before the rows, so whatever is committed meanwhile is behind it and is projected again; states
    are absolute, so a repeat changes nothing. `token` is random; a later rebuild with another one takes over. `size`:
    how many accounts or edges one transaction loads.
    Raises: Unavailable when the graph is away, or another rebuild has begun.
    """
    async with seized(outbox) as former:
        begun_at = await number_all(outbox)
        await outbox.store.migrate()
        outbox.hook("rebuild:begin")
        await outbox.store.begin_rebuild(token)
        loading = Loading(outbox, token, progress, size)
        await _accounts(loading)
        await _follows(loading)
        await _bonds(loading)
        progress("indexes", 0)
        outbox.hook("rebuild:finish")
        await outbox.store.finish_rebuild(token, Position(outbox.incarnation, begun_at))
        outbox.hook("rebuild:finished")
        progress("catching up", 0)
        position = await drain(outbox)
    counts = loading.counts
    return Rebuilt(counts.get("accounts", 0), counts.get("follows", 0), counts.get("bonds", 0), position, former)


async def _accounts(loading: Loading) -> None:
    async for states in all_nodes(loading.outbox.database, loading.size):
        loading.known.extend(state.id for state in states)
        await loading.load("accounts", Batch(nodes=states))


async def _follows(loading: Loading) -> None:
    async for states in all_follows(loading.outbox.database, loading.size):
        await loading.load("follows", Batch(edges=loading.writable(states)))


async def _bonds(loading: Loading) -> None:
    """Load bonds with their sums: those of one creator come together, be they in one batch or in many."""
    target: int | None = None
    tally = Tally(RANKS["BOND"])
    async for states in all_bonds(loading.outbox.database, loading.size):
        edges = loading.writable(states)
        sums: dict[int, Mapping[str, Property]] = {}
        for edge in edges:
            if edge.target != target:
                if target is not None:
                    sums[target] = tally.sums()
                target, tally = edge.target, Tally(RANKS["BOND"])
            tally.add(edge.properties or {})
        await loading.load("bonds", Batch(edges=edges), {"BOND": sums})
    if target is not None:
        await loading.load("bonds", Batch(), {"BOND": {target: tally.sums()}})
