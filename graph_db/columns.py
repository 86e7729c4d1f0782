"""Between the values of `store` and the rows of the query files."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from graph_db import sums
from graph_db.properties import (
    EDGE_PROPERTIES,
    NODE_PROPERTIES,
    OPTIONAL,
    RANKS,
    Label,
    Property,
    Rel,
    ranked_into,
)
from graph_db.store import Edge, Node, NodeState

Value: TypeAlias = Property | None
Row: TypeAlias = Sequence[Value]

NODE_COLUMNS: Mapping[Label, tuple[str, ...]] = {
    label: ("id", *own, *(name for rel in ranked_into(label) for name in sums.names(RANKS[rel])))
    for label, own in NODE_PROPERTIES.items()
}
"""The columns that reads of nodes return."""

_BOOLEANS = frozenset(
    name
    for properties in (*NODE_PROPERTIES.values(), *EDGE_PROPERTIES.values())
    for name, kind in properties.items()
    if kind is bool
)


def edge_columns(rel: Rel) -> tuple[str, ...]:
    """Return the columns that reads of edges return and that writes take."""
    return ("source", "target", *EDGE_PROPERTIES[rel])


def edge(rel: Rel, row: Row) -> Edge:
    """Read an edge from the row of `edge_columns`."""
    source, target, *values = row
    return Edge(_integer(source), _integer(target), _present(EDGE_PROPERTIES[rel], values))


def node(label: Label, row: Row) -> Node:
    """Read a node from the row of NODE_COLUMNS."""
    identity, *values = row
    return Node(_integer(identity), _present(NODE_COLUMNS[label][1:], values), label)


def edge_row(rel: Rel, source: int, target: int, properties: Mapping[str, Property]) -> dict[str, Value]:
    """Write an edge as a row. Raises: ValueError for a property that is unknown, missing, or of another type."""
    kinds = EDGE_PROPERTIES[rel]
    missing = kinds.keys() - properties.keys() - OPTIONAL[rel]
    unknown = properties.keys() - kinds.keys()
    if missing or unknown:
        raise ValueError(f"{rel} {source} {target}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    row: dict[str, Value] = {"source": source, "target": target}
    for name, kind in kinds.items():
        row[name] = _typed(name, kind, properties[name]) if name in properties else None
    return row


def node_row(state: NodeState) -> dict[str, Value]:
    """Write a node's state as a row. Raises: ValueError as `edge_row`."""
    properties = state.properties or {}
    kinds = NODE_PROPERTIES[state.label]
    unknown = properties.keys() - kinds.keys()
    if unknown:
        raise ValueError(f"{state.label} {state.id}: unknown {sorted(unknown)}")
    row: dict[str, Value] = {"id": state.id}
    for name, kind in kinds.items():
        row[name] = _typed(name, kind, properties[name]) if name in properties else None
    return row


def sums_row(rel: Rel, identity: int, found: Mapping[str, Property]) -> dict[str, Value]:
    """Write a node's sums as a row, absent ones as None. Raises: ValueError for a name that is no sum."""
    known = sums.names(RANKS[rel])
    unknown = found.keys() - set(known)
    if unknown:
        raise ValueError(f"node {identity}: no sums of {rel}: {sorted(unknown)}")
    return {"id": identity, **{name: found.get(name) for name in known}}


def _present(names: Sequence[str] | Mapping[str, object], values: Sequence[Value]) -> dict[str, Property]:
    """Name the values that are there; SQLite's 0 and 1 become booleans."""
    return {
        name: bool(value) if name in _BOOLEANS else value
        for name, value in zip(names, values, strict=True)
        if value is not None
    }


def _typed(name: str, kind: type[object], value: Property) -> Property:
    """Check a value. An integer is a float where one is asked for; what is not finite has no place in an order."""
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}, not a {kind.__name__}")
    return value


def _integer(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(f"an id is {value!r}")
    return value
