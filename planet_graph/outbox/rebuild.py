"""From an empty graph to one that holds everything that SQL says, while writes go on."""

from array import array
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_db.properties import ENDS, RANKS, Label, Property, Rel
from graph_db.store import Batch, EdgeState, NodeState, Position
from graph_db.sums import Tally
from planet_graph.outbox.dispatch import Outbox, drain, number_all
from planet_graph.outbox.everything import all_bonds, all_follows, all_groups, all_memberships, all_nodes
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
    groups: int
    follows: int
    bonds: int
    memberships: int
    position: int
    former: str | None


@dataclass
class Loading:
    """A rebuild under way. `known`: the ids of the nodes that are loaded, ascending; 8 bytes each."""

    outbox: Outbox
    token: int
    progress: Progress
    size: int
    known: Mapping[Label, "array[int]"] = field(default_factory=lambda: {"Account": array("q"), "Group": array("q")})
    counts: dict[str, int] = field(default_factory=dict[str, int])

    async def load(self, step: str, batch: Batch, sums: Sums | None = None) -> None:
        """Add a batch and tell how far the step is."""
        await self.outbox.store.load(self.token, batch, sums or {}, self.outbox.hook)
        self.counts[step] = self.counts.get(step, 0) + len(batch.nodes) + len(batch.edges)
        self.progress(step, self.counts[step])

    def writable(self, states: Sequence[EdgeState]) -> list[EdgeState]:
        """Leave out edges of a node that was made after the nodes were read: the log brings both.

        The graph would leave such an edge out by itself, but it would be counted among the sums, and again when the log
        brings it.
        """
        return [state for state in states if self._knows(state)]

    def _knows(self, state: EdgeState) -> bool:
        begin, end = ENDS[state.rel]
        return _has(self.known[begin], state.source) and _has(self.known[end], state.target)


def _has(known: "array[int]", identity: int) -> bool:
    place = bisect_left(known, identity)
    return place < len(known) and known[place] == identity


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
        await _nodes(loading, "accounts", all_nodes(outbox.database, size))
        await _nodes(loading, "groups", all_groups(outbox.database, size))
        await _follows(loading)
        await _ranked(loading, "bonds", "BOND", all_bonds(outbox.database, size))
        await _ranked(loading, "memberships", "MEMBER_OF", all_memberships(outbox.database, size))
        progress("indexes", 0)
        outbox.hook("rebuild:finish")
        await outbox.store.finish_rebuild(token, Position(outbox.incarnation, begun_at))
        outbox.hook("rebuild:finished")
        progress("catching up", 0)
        position = await drain(outbox)
    steps = ("accounts", "groups", "follows", "bonds", "memberships")
    accounts, groups, follows, bonds, memberships = (loading.counts.get(step, 0) for step in steps)
    return Rebuilt(accounts, groups, follows, bonds, memberships, position, former)


async def _nodes(loading: Loading, step: str, nodes: AsyncIterator[list[NodeState]]) -> None:
    async for states in nodes:
        for state in states:
            loading.known[state.label].append(state.id)
        await loading.load(step, Batch(nodes=states))


async def _follows(loading: Loading) -> None:
    async for states in all_follows(loading.outbox.database, loading.size):
        await loading.load("follows", Batch(edges=loading.writable(states)))


async def _ranked(loading: Loading, step: str, rel: Rel, edges: AsyncIterator[list[EdgeState]]) -> None:
    """Load ranked edges with their sums: those into one node come together, be they in one batch or in many."""
    target: int | None = None
    tally = Tally(RANKS[rel])
    async for states in edges:
        known = loading.writable(states)
        sums: dict[int, Mapping[str, Property]] = {}
        for edge in known:
            if edge.target != target:
                if target is not None:
                    sums[target] = tally.sums()
                target, tally = edge.target, Tally(RANKS[rel])
            tally.add(edge.properties or {})
        await loading.load(step, Batch(edges=known), {rel: sums})
    if target is not None:
        await loading.load(step, Batch(), {rel: {target: tally.sums()}})
