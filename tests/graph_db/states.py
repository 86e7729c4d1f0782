"""Short ways to say states, and the plain meaning of a batch to hold the engines to."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_db.properties import ENDS, NODE_PROPERTIES, RANKS, Label, Property, Rel
from graph_db.store import Batch, EdgeState, NodeState, Position

INCARNATION = 7_309_000_000_000_000_007

ORIGIN = 812_345_678_901_234_567
"""A first id of the size that ids have, so that nothing passes for working that rounds them."""

PARTS = RANKS["BOND"].parts


def at(position: int) -> Position:
    return Position(INCARNATION, position)


def account(identity: int, creator: bool = False) -> NodeState:
    return NodeState(identity, {"handle": f"h{identity}", "creator": creator})


def follow(source: int, target: int, since_us: int = 0, dated: bool = True) -> EdgeState:
    return EdgeState("FOLLOWS", source, target, {"since_us": since_us, "dated": dated})


def bond(
    source: int,
    target: int,
    rank_key: int | None = 0,
    pull: float = 1.0,
    shares: tuple[float, float, float, float] = (0.1, 0.2, 0.3, 0.4),
    since_us: int = 0,
) -> EdgeState:
    properties: dict[str, Property] = {
        "since_us": since_us,
        "day": 2_000,
        "weight": 1 / 3,
        "recent": 2 / 3,
        **dict(zip(PARTS, shares, strict=True)),
        "pull": pull,
        "law": 1,
    }
    if rank_key is not None:
        properties["rank_key"] = rank_key
    return EdgeState("BOND", source, target, properties)


def group(identity: int, by_approval: bool = False) -> NodeState:
    return NodeState(identity, {"slug": f"g{identity}", "by_approval": by_approval}, "Group")


def membership(
    source: int,
    target: int,
    rank_key: int | None = None,
    pull: float = 1.0,
    shares: tuple[float, float, float] = (0.5, 0.25, 0.25),
    since_us: int = 0,
    dated: bool = True,
) -> EdgeState:
    """Without a rank key that of a member who did nothing."""
    properties: dict[str, Property] = {"since_us": since_us, "dated": dated, "law": 1}
    if rank_key is not None:
        properties |= {"day": 2_000, "weight": 1 / 3, "pull": pull, "rank_key": rank_key}
        properties |= zip(RANKS["MEMBER_OF"].parts, shares, strict=True)
    return EdgeState("MEMBER_OF", source, target, properties)


def none(state: EdgeState) -> EdgeState:
    return EdgeState(state.rel, state.source, state.target, None)


@dataclass
class Model:
    """What a graph ought to hold after batches."""

    nodes: dict[tuple[Label, int], Mapping[str, Property]] = field(
        default_factory=dict[tuple[Label, int], Mapping[str, Property]]
    )
    edges: dict[Rel, dict[tuple[int, int], Mapping[str, Property]]] = field(
        default_factory=lambda: {rel: {} for rel in ENDS}
    )

    def write(self, batch: Batch) -> None:
        for node in batch.nodes:
            key = (node.label, node.id)
            if node.properties is not None:
                self.nodes[key] = node.properties
            else:
                self.nodes.pop(key, None)
                for rel, edges in self.edges.items():
                    for pair in [pair for pair in edges if key in zip(ENDS[rel], pair, strict=True)]:
                        del edges[pair]
        for edge in batch.edges:
            pair = (edge.source, edge.target)
            if edge.properties is None:
                self.edges[edge.rel].pop(pair, None)
            elif set(zip(ENDS[edge.rel], pair, strict=True)) <= self.nodes.keys():
                self.edges[edge.rel][pair] = edge.properties

    def sums(self, rel: Rel) -> dict[int, tuple[int, tuple[float, ...]]]:
        """Count, and the exactly rounded total and parts, of every node in which any ranked edge ends."""
        addends: defaultdict[int, list[tuple[float, ...]]] = defaultdict(list)
        for (_, target), properties in self.edges[rel].items():
            if "rank_key" in properties:
                pull = float(properties["pull"])
                addends[target].append((pull, *(pull * float(properties[part]) for part in RANKS[rel].parts)))
        return {
            target: (len(rows), tuple(math.fsum(column) for column in zip(*rows, strict=True)))
            for target, rows in addends.items()
        }


def assert_sums(
    properties: Mapping[str, Property], expected: tuple[int, tuple[float, ...]] | None, rel: Rel = "BOND"
) -> None:
    """Compare a node's sums; a part's error is measured by the total, because the addends it lost were of that size."""
    rank = RANKS[rel]
    sums = {name: value for name, value in properties.items() if name not in NODE_PROPERTIES[ENDS[rel][1]]}
    if expected is None:
        assert sums == {}
        return
    count, (total, *parts) = expected
    assert sums[rank.count] == count
    assert math.isclose(float(sums["pull"]), total, rel_tol=1e-9)
    for part, value in zip(rank.parts, parts, strict=True):
        assert math.isclose(float(sums[f"pull_{part}"]), value, abs_tol=1e-9 * total)
    assert abs(int(sums[rank.key]) - 1e9 * math.log2(total)) <= 3
    assert len(sums) == 3 + len(rank.parts)
