"""The sums on creators' and groups' nodes, computed again from the graph's own edges."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias, TypeVar

from graph_db.properties import ENDS, RANKS, Property, Rel
from graph_db.store import Position, Store, Unavailable
from graph_db.sums import Sums, Tally, names
from planet_graph.outbox.dispatch import Outbox, position
from planet_graph.outbox.lease import seized
from planet_graph.outbox.rebuild import Progress, silent

Item = TypeVar("Item")

GREATEST = 2**63 - 1
EDGES_AT_ONCE = 20_000
"""A stretch ends with the node whose edges pass this number, so that nothing is held still for long."""

NODES_AT_ONCE = 5_000
TRIES = 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """Nodes one after another by id, those in which `rel` ends. `last`: the last one's id, None behind the last of all.

    `differing`: id -> (what its edges add up to, what its node holds) where these are not the same.
    """

    rel: Rel
    position: Position
    last: int | None
    nodes: int
    differing: Mapping[int, tuple[Sums, Sums]]


Settle: TypeAlias = Callable[[Stretch], Awaitable[bool]]
"""Uses what was read; False: the graph moved meanwhile, so it was read in vain."""


async def first(batches: AsyncIterator[list[Item]]) -> list[Item]:
    """Return the first batch of a scan, empty where there is none."""
    async for batch in batches:
        return batch
    return []


async def refresh(outbox: Outbox, progress: Progress = silent) -> int:
    """Set every node's sums to what its edges in the graph add up to; return how many were not that to the bit.

    SQL is not asked: an edge that somebody changed by hand counts as it is.
    Raises: Unavailable, also when the graph never stood still long enough.
    """

    async def write(stretch: Stretch) -> bool:
        rest = iter(stretch.differing.items())
        while chunk := {node: sums for node, (sums, _) in islice(rest, NODES_AT_ONCE)}:
            if not await outbox.store.write_sums(stretch.rel, stretch.position, chunk, outbox.hook):
                return False
        return True

    done = changed = 0
    async for stretch in stretches(outbox, write):
        done += stretch.nodes
        changed += len(stretch.differing)
        progress("sums", done)
    return changed


async def stretches(outbox: Outbox, settle: Settle) -> AsyncIterator[Stretch]:
    """Stream all nodes' sums beside what their edges add up to, each stretch once it is settled.

    Order: by relationship, then by id.
    """
    for rel in RANKS:
        after: int | None = None
        while True:
            stretch = await _read(outbox, rel, after)
            if not await settle(stretch):
                stretch = await _read_in_peace(outbox, rel, after, settle)
            yield stretch
            if stretch.last is None:
                break
            after = stretch.last


async def _read_in_peace(outbox: Outbox, rel: Rel, after: int | None, settle: Settle) -> Stretch:
    """Read again while the dispatchers rest; one that was in the middle of a batch may still disturb."""
    async with seized(outbox):
        for _ in range(TRIES):
            stretch = await _read(outbox, rel, after)
            if await settle(stretch):
                return stretch
    raise Unavailable("the graph's position keeps moving while its sums are read")


async def _read(outbox: Outbox, rel: Rel, after: int | None) -> Stretch:
    store, rank = outbox.store, RANKS[rel]
    at = await position(outbox)
    nodes = await first(store.scan_nodes(after, ENDS[rel][1]))
    if not nodes:
        return Stretch(rel, at, None, 0, {})
    last, tallies = await _tallies(store, rel, after, nodes[-1].id)
    nodes = [node for node in nodes if node.id <= last]
    differing: dict[int, tuple[Sums, Sums]] = {}
    for node in nodes:
        found = {name: node.properties[name] for name in names(rank) if name in node.properties}
        expected: Mapping[str, Property] = tallies[node.id].sums() if node.id in tallies else {}
        if found != expected:
            differing[node.id] = (expected, found)
    return Stretch(rel, at, last, len(nodes), differing)


async def _tallies(store: Store, rel: Rel, after: int | None, last: int) -> tuple[int, dict[int, Tally]]:
    """Tally the edges into the nodes behind `after`, up to `last` or to where EDGES_AT_ONCE are passed."""
    tallies: dict[int, Tally] = {}
    edges = 0
    async for batch in store.scan(rel, None if after is None else (GREATEST, after)):
        for edge in batch:
            if edge.target > last:
                return last, tallies
            if edge.target not in tallies:
                if edges >= EDGES_AT_ONCE:
                    return max(tallies), tallies
                tallies[edge.target] = Tally(RANKS[rel])
            tallies[edge.target].add(edge.properties)
            edges += 1
    return last, tallies
