"""The reading primitives' query files and what is passed to them."""

from collections.abc import Mapping
from typing import TypedDict

from graph_db.properties import Label, Rel
from graph_db.queries import Form, form
from graph_db.store import Direction


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
    ("MEMBER_OF", "in"): form("page_member_of_in", ListArguments),
    ("MEMBER_OF", "out"): form("page_member_of_out", ListArguments),
}
"""Only what has an index on since_us."""

TOPS: Mapping[tuple[Rel, Direction], Form[ListArguments]] = {
    ("BOND", "in"): form("top_bond_in", ListArguments),
    ("BOND", "out"): form("top_bond_out", ListArguments),
    ("MEMBER_OF", "in"): form("top_member_of_in", ListArguments),
}
"""Only what has an index on rank_key."""

TOP_NODES: Mapping[Rel, Form[NodeListArguments]] = {
    "BOND": form("top_account_bond", NodeListArguments),
    "MEMBER_OF": form("top_group_member_of", NodeListArguments),
}

DEGREES: Mapping[tuple[Rel, Direction], Form[IdsArguments]] = {
    ("FOLLOWS", "in"): form("degrees_follows_in", IdsArguments),
    ("FOLLOWS", "out"): form("degrees_follows_out", IdsArguments),
    ("BOND", "in"): form("degrees_bond_in", IdsArguments),
    ("BOND", "out"): form("degrees_bond_out", IdsArguments),
    ("MEMBER_OF", "in"): form("degrees_member_of_in", IdsArguments),
    ("MEMBER_OF", "out"): form("degrees_member_of_out", IdsArguments),
}

EDGES: Mapping[Rel, Form[PairsArguments]] = {
    "FOLLOWS": form("edges_follows", PairsArguments),
    "BOND": form("edges_bond", PairsArguments),
    "MEMBER_OF": form("edges_member_of", PairsArguments),
}

SCANS: Mapping[Rel, Form[EdgeScanArguments]] = {
    "FOLLOWS": form("scan_follows", EdgeScanArguments),
    "BOND": form("scan_bond", EdgeScanArguments),
    "MEMBER_OF": form("scan_member_of", EdgeScanArguments),
}

SCAN_NODES: Mapping[Label, Form[NodeScanArguments]] = {
    "Account": form("scan_account", NodeScanArguments),
    "Group": form("scan_group", NodeScanArguments),
}

POSITION: Form[NoArguments] = form("position", NoArguments)
