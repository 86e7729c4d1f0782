"""The store: primitives in terms of an engine's statements."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

from graph_db import columns, reads, rebuild, walks, write
from graph_db.columns import Row
from graph_db.engine import Engine, Hooked, Refused, Transaction, Walker
from graph_db.properties import ENDS, RANKS, Label, Property, Rel
from graph_db.queries import Arguments, Form
from graph_db.store import (
    GREATEST,
    Batch,
    Direction,
    Edge,
    Hook,
    Key,
    Node,
    Pair,
    Position,
    Unavailable,
    no_hook,
)

LEAST = -(2**63)

SCAN_SIZE = 10_000
WRITE_SECONDS = 5.0
"""For each thousand subjects, and no less. A worker that freezes inside its transaction keeps the position locked for
as long; a limit that a slow server cannot meet would keep the graph from ever going on."""

SCAN_SECONDS = 30.0
WARM_SECONDS = 10.0

EMPTY = "the graph is empty, being rebuilt, or built from another log"


class Graph:
    """A `store.Store` over an engine, for one incarnation of the log."""

    def __init__(self, engine: Engine, incarnation: int) -> None:
        self._engine = engine
        self._incarnation = incarnation

    async def page(
        self,
        rel: Rel,
        direction: Direction,
        ids: Sequence[int],
        before: Key | None,
        first: int,
        hidden: Sequence[int] = (),
    ) -> list[list[Edge]]:
        """Return for each id its newest edges."""
        form = reads.PAGES.get((rel, direction))
        if form is None:
            raise ValueError(f"{rel} is not kept by time")
        return await self._lists(form, rel, direction, ids, before, first, hidden, "since_us")

    async def top(
        self,
        rel: Rel,
        direction: Direction,
        ids: Sequence[int],
        after: Key | None,
        first: int,
        hidden: Sequence[int] = (),
    ) -> list[list[Edge]]:
        """Return for each id its strongest edges."""
        form = reads.TOPS.get((rel, direction))
        if form is None:
            raise ValueError(f"{rel} is not ranked, or not in this direction")
        return await self._lists(form, rel, direction, ids, after, first, hidden, "rank_key")

    async def top_nodes(self, rel: Rel, after: Key | None, first: int, hidden: Sequence[int] = ()) -> list[Node]:
        """Return the nodes with the greatest sums."""
        form = reads.TOP_NODES.get(rel)
        if form is None:
            raise ValueError(f"{rel} adds up to nothing")
        rows = await self._ask(form, self._node_list(after, first, hidden))
        key = RANKS[rel].key
        nodes = [columns.node(ENDS[rel][1], row) for row in rows]
        return sorted(nodes, key=lambda node: (node.properties[key], node.id), reverse=True)

    async def degrees(self, rel: Rel, direction: Direction, ids: Sequence[int]) -> list[int]:
        """Count each id's edges."""
        rows = await self._ask(
            reads.DEGREES[rel, direction],
            reads.IdsArguments(incarnation=self._incarnation, ids=list(dict.fromkeys(ids))),
        )
        counts = {row[0]: row[1] for row in rows}
        return [int(counts.get(identity) or 0) for identity in ids]

    async def edges(self, rel: Rel, pairs: Sequence[Pair]) -> list[Edge | None]:
        """Look up pairs."""
        rows = await self._ask(
            reads.EDGES[rel], reads.PairsArguments(incarnation=self._incarnation, pairs=list(dict.fromkeys(pairs)))
        )
        found = {(edge.source, edge.target): edge for edge in (columns.edge(rel, row) for row in rows)}
        return [found.get(pair) for pair in pairs]

    async def known_followers(
        self, viewer: int, ids: Sequence[int], before: Key | None, first: int, hidden: Sequence[int] = ()
    ) -> list[list[Edge]]:
        """Say for each id who of those that the viewer followed last follow it."""
        if not isinstance(self._engine, Walker):
            return await walks.known_followers(self, viewer, ids, before, first, hidden)
        arguments: walks.KnownArguments = {
            **self._node_list(before, first, hidden),
            "viewer": viewer,
            "bound": walks.KNOWN_BOUND,
            "ids": list(dict.fromkeys(ids)),
        }
        rows = await self._engine.walk(walks.KNOWN_FOLLOWERS, arguments)
        return _divided(_guarded(rows), "FOLLOWS", "in", ids, "since_us")

    async def scan(self, rel: Rel, after: Pair | None = None) -> AsyncIterator[list[Edge]]:
        """Stream edges by (target, source): one statement a batch, so that nobody holds a long transaction."""
        source, target = after or (LEAST, LEAST)
        while True:
            arguments: reads.EdgeScanArguments = {
                "incarnation": self._incarnation,
                "target": target,
                "source": source,
                "first": SCAN_SIZE,
            }
            rows = await self._ask(reads.SCANS[rel], arguments, SCAN_SECONDS)
            batch = sorted((columns.edge(rel, row) for row in rows), key=lambda edge: (edge.target, edge.source))
            if batch:
                yield batch
                source, target = batch[-1].source, batch[-1].target
            if len(batch) < SCAN_SIZE:
                return

    async def scan_nodes(self, after: int | None = None, label: Label = "Account") -> AsyncIterator[list[Node]]:
        """Stream nodes by id, as `scan` does edges."""
        last = LEAST if after is None else after
        while True:
            arguments: reads.NodeScanArguments = {"incarnation": self._incarnation, "id": last, "first": SCAN_SIZE}
            rows = await self._ask(reads.SCAN_NODES[label], arguments, SCAN_SECONDS)
            batch = sorted((columns.node(label, row) for row in rows), key=lambda node: node.id)
            if batch:
                yield batch
                last = batch[-1].id
            if len(batch) < SCAN_SIZE:
                return

    async def position(self) -> Position | None:
        """Return how far the graph is."""
        for incarnation, position in await self._engine.ask(reads.POSITION, reads.NoArguments()) or ():
            if isinstance(incarnation, int) and isinstance(position, int):
                return Position(incarnation, position)
        return None

    async def write(self, expected: Position, new: Position, batch: Batch, hook: Hook = no_hook) -> bool:
        """Bring the batch to its states and move the position."""
        write.check(expected, new, batch)

        async def work(tx: Transaction) -> None:
            await write.guard(tx, expected, new)
            await write.apply(tx, batch)

        return await self._write(work, hook, write_seconds(batch))

    async def write_sums(
        self, rel: Rel, expected: Position, sums: Mapping[int, Mapping[str, Property]], hook: Hook = no_hook
    ) -> bool:
        """Set sums where the position is still the expected one."""

        async def work(tx: Transaction) -> None:
            await write.guard(tx, expected, expected)
            await write.set_sums(tx, rel, sums)

        return await self._write(work, hook)

    async def begin_rebuild(self, token: int) -> None:
        """Take the position away and empty the graph."""
        await rebuild.begin(self._engine, token)

    async def load(
        self,
        token: int,
        batch: Batch,
        sums: Mapping[Rel, Mapping[int, Mapping[str, Property]]],
        hook: Hook = no_hook,
    ) -> None:
        """Add to a graph being rebuilt."""

        async def work(tx: Transaction) -> None:
            await rebuild.load(tx, token, batch, sums)

        if not await self._write(work, hook, rebuild.LOAD_SECONDS):
            raise Unavailable(rebuild.TAKEN_OVER)

    async def finish_rebuild(self, token: int, position: Position) -> None:
        """Create the indexes, then the position."""
        await rebuild.finish(self._engine, token, position)

    async def create_position(self, position: Position) -> bool:
        """Create the first position of an empty graph."""
        return await rebuild.create_first_position(self._engine, position)

    async def migrate(self) -> None:
        """Create tables, constraints and indexes where they are missing."""
        await self._engine.create_schema()
        await rebuild.create_indexes_unless_loading(self._engine)

    async def warm(self) -> None:
        """Run every reading statement once; its plan is made also where there is nothing to read."""
        lists: reads.ListArguments = {**self._node_list(None, 1, ()), "ids": [0]}
        pairs: reads.PairsArguments = {"incarnation": self._incarnation, "pairs": [(0, 0)]}
        ids: reads.IdsArguments = {"incarnation": self._incarnation, "ids": [0]}
        for list_form in (*reads.PAGES.values(), *reads.TOPS.values()):
            await self._engine.ask(list_form, lists, WARM_SECONDS)
        for node_form in reads.TOP_NODES.values():
            await self._engine.ask(node_form, self._node_list(None, 1, ()), WARM_SECONDS)
        for pair_form in reads.EDGES.values():
            await self._engine.ask(pair_form, pairs, WARM_SECONDS)
        for ids_form in reads.DEGREES.values():
            await self._engine.ask(ids_form, ids, WARM_SECONDS)

    async def close(self) -> None:
        """Return connections and end threads."""
        await self._engine.close()

    async def _lists(
        self,
        form: Form[reads.ListArguments],
        rel: Rel,
        direction: Direction,
        ids: Sequence[int],
        last: Key | None,
        first: int,
        hidden: Sequence[int],
        key: str,
    ) -> list[list[Edge]]:
        """Ask once for all ids and give each its own; the engines limit and need not order."""
        arguments: reads.ListArguments = {**self._node_list(last, first, hidden), "ids": list(dict.fromkeys(ids))}
        return _divided(await self._ask(form, arguments), rel, direction, ids, key)

    def _node_list(self, last: Key | None, first: int, hidden: Sequence[int]) -> reads.NodeListArguments:
        if first < 1:
            raise ValueError(f"a list of {first} entries")
        value, identity = (last.value, last.id) if last else (GREATEST, GREATEST)
        return {
            "incarnation": self._incarnation,
            "last_key": value,
            "last_id": identity,
            "first": first,
            "hidden": list(hidden),
        }

    async def _ask(self, form: Form[Arguments], arguments: Arguments, limit: float | None = None) -> list[Row]:
        return _guarded(await self._engine.ask(form, arguments, limit))

    async def _write(
        self, work: Callable[[Transaction], Awaitable[None]], hook: Hook, limit: float | None = None
    ) -> bool:
        """Run one transaction with the hook's points; False when it was refused."""

        async def hooked(tx: Transaction) -> None:
            await work(Hooked(tx, hook))
            hook("graph:commit")

        try:
            await self._engine.transact(hooked, limit or WRITE_SECONDS)
        except Refused:
            return False
        hook("graph:committed")
        return True


def write_seconds(batch: Batch) -> float:
    """Return how long a batch may take."""
    return WRITE_SECONDS * max(1, (len(batch.nodes) + len(batch.edges)) / 1_000)


def _guarded(rows: list[Row] | None) -> list[Row]:
    """Return what a statement found. Raises: Unavailable where its guard did not hold."""
    if rows is None:
        raise Unavailable(EMPTY)
    return rows


def _divided(rows: Sequence[Row], rel: Rel, direction: Direction, ids: Sequence[int], key: str) -> list[list[Edge]]:
    """Give each id its edges. Order: `key` descending, then the other end's id descending."""
    lists: defaultdict[int, list[tuple[Property, int, Edge]]] = defaultdict(list)
    for row in rows:
        edge = columns.edge(rel, row)
        own, other = (edge.target, edge.source) if direction == "in" else (edge.source, edge.target)
        lists[own].append((edge.properties[key], other, edge))
    for entries in lists.values():
        entries.sort(key=lambda entry: entry[:2], reverse=True)
    return [[edge for _, _, edge in lists.get(identity, ())] for identity in ids]
