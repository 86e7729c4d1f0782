"""The relationship store: seven primitives and the values they take and return."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from graph_db.properties import Label, Property, Rel

Pair: TypeAlias = tuple[int, int]

Direction = Literal["in", "out"]
"""`in`: the edges that end in the id (followers, fans); `out`: those that begin there (following, bonds held)."""

GREATEST = 2**63 - 1
"""Before every entry of a descending list: no key and no id is as great."""


class Unavailable(Exception):
    """The graph cannot answer: away, too slow, empty, being rebuilt, or built from another log."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One relationship as the graph holds it.

    Units: `properties` never repeats `source` and `target`; every edge has `since_us`, microseconds since 1970.
    """

    source: int
    target: int
    properties: Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class Node:
    """One account or group as the graph holds it, `id` apart."""

    id: int
    properties: Mapping[str, Property]
    label: Label = "Account"


@dataclass(frozen=True, slots=True)
class EdgeState:
    """What ought to be there for a pair; `properties` of None: no edge."""

    rel: Rel
    source: int
    target: int
    properties: Mapping[str, Property] | None


@dataclass(frozen=True, slots=True)
class NodeState:
    """What ought to be there of a node, its sums excepted; `properties` of None: no node and none of its edges."""

    id: int
    properties: Mapping[str, Property] | None
    label: Label = "Account"


@dataclass(frozen=True, slots=True)
class Position:
    """How far the graph has followed which log."""

    incarnation: int
    position: int


@dataclass(frozen=True, slots=True)
class Key:
    """A keyset position: the sort key (`since_us`, `rank_key` or a rank's `key`) and the id that breaks its ties."""

    value: int
    id: int


Hook: TypeAlias = Callable[[str], None]
"""Called with the name of the point before every statement of a write and around its commit; may end the process.

The points are `graph:` and the name of the query file, then `graph:commit` and, when it is done, `graph:committed`.
"""


def no_hook(point: str) -> None:
    """Stop nowhere."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One guarded write: each pair of a relationship and each node of a label at most once."""

    nodes: Sequence[NodeState] = field(default=())
    edges: Sequence[EdgeState] = field(default=())


class Store(Protocol):
    """One engine, opened for one incarnation of the log.

    Every reading primitive raises Unavailable when the store cannot be reached within its time limit, holds no
    position, or holds the position of another incarnation; it tells so in the same statement as the answer.
    Each is one statement and one round trip, whatever the number of ids (a scan: one for each batch). Ids and pairs may
    repeat or be unknown; answers stand in the order of what was asked. One Key serves all ids of a call.
    """

    async def page(
        self,
        rel: Rel,
        direction: Direction,
        ids: Sequence[int],
        before: Key | None,
        first: int,
        hidden: Sequence[int] = (),
    ) -> list[list[Edge]]:
        """Return for each id its `first` newest edges older than `before`.

        Order: since_us descending, then the other end's id descending. `hidden` are ids of other ends left out.
        Raises: ValueError for BOND, which has no index by time, and for a `first` below 1.
        """
        ...

    async def top(
        self,
        rel: Rel,
        direction: Direction,
        ids: Sequence[int],
        after: Key | None,
        first: int,
        hidden: Sequence[int] = (),
    ) -> list[list[Edge]]:
        """Return for each id its `first` strongest edges below `after`.

        Order: rank_key descending, then the other end's id descending; edges without rank_key are in no rank.
        Raises: ValueError for FOLLOWS, which has no rank, for MEMBER_OF but `in`, and for a `first` below 1.
        """
        ...

    async def top_nodes(self, rel: Rel, after: Key | None, first: int, hidden: Sequence[int] = ()) -> list[Node]:
        """Return the nodes, where `rel` ends, with the greatest sum over it (RANKS), with their sums.

        Order: RANKS[rel].key descending, then id descending.
        """
        ...

    async def degrees(self, rel: Rel, direction: Direction, ids: Sequence[int]) -> list[int]:
        """Count each id's edges; 0 for an id the graph does not hold."""
        ...

    async def edges(self, rel: Rel, pairs: Sequence[Pair]) -> list[Edge | None]:
        """Look up (source, target) pairs."""
        ...

    async def known_followers(
        self, viewer: int, ids: Sequence[int], before: Key | None, first: int, hidden: Sequence[int] = ()
    ) -> list[list[Edge]]:
        """Say for each id who of those that the viewer followed last follow it: `walks.known_followers`."""
        ...

    def scan(self, rel: Rel, after: Pair | None = None) -> AsyncIterator[list[Edge]]:
        """Stream every edge after a pair, in batches of at most 10,000, each read when it is asked for.

        What is written meanwhile may be in it or not: it is no snapshot. `after` is (source, target), as pairs are.
        Order: by (target, source), so that what adds up on one node comes together.
        """
        ...

    def scan_nodes(self, after: int | None = None, label: Label = "Account") -> AsyncIterator[list[Node]]:
        """Stream every node of a label after an id, with its sums, in batches. Order: by id."""
        ...

    async def position(self) -> Position | None:
        """Return how far the graph is, of whatever incarnation; None when it is empty or being rebuilt.

        Raises: Unavailable only when the store cannot be reached, or was never migrated.
        """
        ...

    async def write(self, expected: Position, new: Position, batch: Batch, hook: Hook = no_hook) -> bool:
        """Bring the batch's pairs and nodes to their states and move the position, in one transaction.

        The guard locks the position, then compares it: of any number of callers with one `expected` exactly one
        wins, the others get False and change nothing. Every property of a touched edge is replaced (also removed).
        Sums move by new addends minus old, read after the guard, with one rounding a node (`math.fsum`). A node
        whose sum falls below a thousandth of what it was is recomputed from its edges, up to 1,000 of them.
        An edge whose ends are not both there is not written. Nodes come before edges. Repeatable after an unknown
        outcome. A batch holds up to 5,000 pairs: the transaction ends after 5 s for each thousand. A node that is
        removed takes all its edges with it in this one transaction, so those of a celebrity are removed by batches
        before it.
        Raises: ValueError for a property that is unknown, missing or of another type, for a pair or node twice;
        Unavailable, also where the outcome is unknown.
        """
        ...

    async def write_sums(
        self, rel: Rel, expected: Position, sums: Mapping[int, Mapping[str, Property]], hook: Hook = no_hook
    ) -> bool:
        """Set the sums over `rel` of these nodes to what a scan found; {} removes them. Guarded, the position stays.

        `graph_db.sums.total` makes them of a node's edges. Up to 5,000 nodes a call.
        """
        ...

    async def begin_rebuild(self, token: int) -> None:
        """Take the position away, empty the graph, and let only this token load. No reader is served until it ends."""
        ...

    async def load(
        self,
        token: int,
        batch: Batch,
        sums: Mapping[Rel, Mapping[int, Mapping[str, Property]]],
        hook: Hook = no_hook,
    ) -> None:
        """Add new nodes and edges to a graph being rebuilt, with the sums of nodes where known.

        An edge whose ends are not both there is not written. Sums may be of nodes that an earlier call added.
        Raises: Unavailable when another rebuild has begun; ValueError for a state of None, and as `write`.
        """
        ...

    async def finish_rebuild(self, token: int, position: Position) -> None:
        """Create the indexes and, in the last transaction, the position. Raises: Unavailable as `load`."""
        ...

    async def create_position(self, position: Position) -> bool:
        """Create the position of an empty graph for an empty log (`migrate` alone).

        False when there is one already, when the graph holds nodes, or while it is being rebuilt.
        """
        ...

    async def migrate(self) -> None:
        """Create tables, constraints and indexes where missing; no indexes while the graph is being rebuilt."""
        ...

    async def warm(self) -> None:
        """Run each reading primitive once, so that the first caller does not pay for plans and start-up.

        Needs no position. It waits longer than a read would. Raises: Unavailable when the store cannot be reached.
        """
        ...

    async def close(self) -> None:
        """Return connections and end threads."""
        ...
