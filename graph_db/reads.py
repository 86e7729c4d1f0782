"""The reading primitives' query files and what is passed to them."""

from collections.abc import Mapping
from typing import TypedDict

from graph_db.queries import Form, form
from graph_db.store import Direction, Rel


class ListArguments(TypedDict):
    """A list per id: the `first` entries below (last_key, last_id)."""

    incarnation: int
    ids: list[int]
    last_key: int
    last_id: int
    first: int
    hidden: list[int]


class NodeListArguments(TypedDict):
    """One list: the `first` nodes below (last_key, last_id)."""

    incarnation: int
    last_key: int
    last_id: int
    first: int
    hidden: list[int]


class IdsArguments(TypedDict):
    """An answer per id."""

    incarnation: int
    ids: list[int]


class PairsArguments(TypedDict):
    """An answer per (source, target)."""

    incarnation: int
    pairs: list[tuple[int, int]]


class EdgeScanArguments(TypedDict):
    """The `first` edges after (target, source)."""

    incarnation: int
    target: int
    source: int
    first: int


class NodeScanArguments(TypedDict):
    """The `first` nodes after an id."""

    incarnation: int
    id: int
    first: int


class NoArguments(TypedDict):
    """Nothing to pass."""


PAGES: Mapping[tuple[Rel, Direction], Form[ListArguments]] = {
    ("FOLLOWS", "in"): form("page_follows_in", ListArguments),
    ("FOLLOWS", "out"): form("page_follows_out", ListArguments),
}
"""Only what has an index on since_us."""

TOPS: Mapping[tuple[Rel, Direction], Form[ListArguments]] = {
    ("BOND", "in"): form("top_bond_in", ListArguments),
    ("BOND", "out"): form("top_bond_out", ListArguments),
}
"""Only what has a rank_key."""

TOP_NODES: Mapping[Rel, Form[NodeListArguments]] = {"BOND": form("top_account_bond", NodeListArguments)}

DEGREES: Mapping[tuple[Rel, Direction], Form[IdsArguments]] = {
    ("FOLLOWS", "in"): form("degrees_follows_in", IdsArguments),
    ("FOLLOWS", "out"): form("degrees_follows_out", IdsArguments),
    ("BOND", "in"): form("degrees_bond_in", IdsArguments),
    ("BOND", "out"): form("degrees_bond_out", IdsArguments),
}

EDGES: Mapping[Rel, Form[PairsArguments]] = {
    "FOLLOWS": form("edges_follows", PairsArguments),
    "BOND": form("edges_bond", PairsArguments),
}

SCANS: Mapping[Rel, Form[EdgeScanArguments]] = {
    "FOLLOWS": form("scan_follows", EdgeScanArguments),
    "BOND": form("scan_bond", EdgeScanArguments),
}

SCAN_NODES: Form[NodeScanArguments] = form("scan_account", NodeScanArguments)

POSITION: Form[NoArguments] = form("position", NoArguments)
