"""What ranked edges add up to on the node they end in; exact up to one rounding a node."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graph_db.properties import Property, Rank

Addends: TypeAlias = tuple[float, ...]
"""What one edge adds: its total, then the total times each part's share, in the order of `Rank.parts`."""

Sums: TypeAlias = Mapping[str, Property]
"""Shapes: every name of `names`, or nothing at all."""

RESIDUE = 1e-3
"""A sum that falls below this share of what it was is made of rounding residues as much as of edges."""

RECOUNT_LIMIT = 1_000


@dataclass(slots=True)
class Move:
    """What joins and what leaves one node's sums."""

    plus: list[Addends] = field(default_factory=list[Addends])
    minus: list[Addends] = field(default_factory=list[Addends])


class Tally:
    """One node's addends while its edges stream by; 8 bytes a number, so that a celebrity's fit."""

    def __init__(self, rank: Rank) -> None:
        self._rank = rank
        self._columns = [array("d") for _ in (rank.total, *rank.parts)]

    def add(self, properties: Mapping[str, Property | None]) -> None:
        """Count an edge, unless it is in no rank."""
        found = addends(self._rank, properties)
        for column, addend in zip(self._columns, found or (), strict=False):
            column.append(addend)

    def sums(self) -> Sums:
        """Add up."""
        return named(self._rank, len(self._columns[0]), [math.fsum(column) for column in self._columns])


def names(rank: Rank) -> tuple[str, ...]:
    """Return the node properties that a rank is kept in. Order: count, total, parts, key."""
    return (rank.count, rank.total, *(f"{rank.total}_{part}" for part in rank.parts), rank.key)


def addends(rank: Rank, properties: Mapping[str, Property | None]) -> Addends | None:
    """Return what an edge adds; None for an edge without `rank_key`."""
    if properties.get("rank_key") is None:
        return None
    total = float(properties[rank.total] or 0)
    return (total, *(total * float(properties[part] or 0) for part in rank.parts))


def total(rank: Rank, edges: Iterable[Mapping[str, Property | None]]) -> Sums:
    """Add up all edges of one node."""
    return added(rank, [found for edge in edges if (found := addends(rank, edge)) is not None])


def added(rank: Rank, ranked: Sequence[Addends]) -> Sums:
    """Add up the addends of all ranked edges of one node."""
    return named(rank, len(ranked), [math.fsum(column) for column in zip(*ranked, strict=True)])


def moved(rank: Rank, before: Mapping[str, Property | None], move: Move) -> Sums | None:
    """Return a node's sums after a move; None when the difference says too little and the edges must be read."""
    count_, *totals_, _ = names(rank)
    count = int(before.get(count_) or 0) + len(move.plus) - len(move.minus)
    old = [float(before.get(name) or 0) for name in totals_]
    joined = zip(*move.plus, strict=True) if move.plus else [()] * len(old)
    left = zip(*move.minus, strict=True) if move.minus else [()] * len(old)
    new = [math.fsum((was, *p, *(-m for m in ms))) for was, p, ms in zip(old, joined, left, strict=True)]
    if 0 < count <= RECOUNT_LIMIT and new[0] < old[0] * RESIDUE:
        return None
    return named(rank, count, new)


def key(total: float) -> int:
    """Return the integer that orders positive sums as they order themselves."""
    return round(1e9 * math.log2(total))


def named(rank: Rank, count: int, totals: Sequence[float]) -> Sums:
    """Name the sums. A residue below nothing is nothing, and nothing has no place in a ranking."""
    if count <= 0:
        return {}
    values = [max(0.0, value) for value in totals]
    unranked: dict[str, Property] = dict(zip(names(rank), (count, *values), strict=False))
    return {**unranked, rank.key: key(values[0])} if values[0] > 0 else unranked
