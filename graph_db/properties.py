"""What nodes and relationships carry, and what ranked relationships add up to on the nodes they end in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Property: TypeAlias = int | float | str | bool
Kind: TypeAlias = type[int] | type[float] | type[str] | type[bool]

Label = Literal["Account", "Group"]
"""Ids are unique within a label; the same number may name an account and a group."""

Rel = Literal["FOLLOWS", "BOND", "MEMBER_OF"]

ENDS: Mapping[Rel, tuple[Label, Label]] = {
    "FOLLOWS": ("Account", "Account"),
    "BOND": ("Account", "Account"),
    "MEMBER_OF": ("Account", "Group"),
}
"""Where each relationship begins and where it ends."""


@dataclass(frozen=True, slots=True)
class Rank:
    """How a relationship's edges add up on the node they end in.

    `total` names an addend on the edge; each of `parts` names a share (0 to 1) of it on the edge. The node holds
    `count`, `total`, `<total>_<part>` for each part, and the integer `key` = round(1e9 log2(total)). An edge without
    `rank_key` counts in no sum. A node whose count is 0 holds none of them.
    """

    count: str
    total: str
    parts: tuple[str, ...]
    key: str


RANKS: Mapping[Rel, Rank] = {
    "BOND": Rank(
        count="fans",
        total="pull",
        parts=("attention", "expression", "commitment", "trade_interest"),
        key="creator_key",
    ),
    "MEMBER_OF": Rank(
        count="active",
        total="pull",
        parts=("chat_line", "mention", "reaction"),
        key="group_key",
    ),
}

EDGE_PROPERTIES: Mapping[Rel, Mapping[str, Kind]] = {
    "FOLLOWS": {"since_us": int, "dated": bool},
    "BOND": {
        "since_us": int,
        "day": int,
        "weight": float,
        "recent": float,
        "attention": float,
        "expression": float,
        "commitment": float,
        "trade_interest": float,
        "pull": float,
        "rank_key": int,
        "law": int,
    },
    "MEMBER_OF": {
        "since_us": int,
        "dated": bool,
        "day": int,
        "weight": float,
        "chat_line": float,
        "mention": float,
        "reaction": float,
        "pull": float,
        "rank_key": int,
        "law": int,
    },
}
"""Every property an edge may carry, its type."""

OPTIONAL: Mapping[Rel, frozenset[str]] = {
    "FOLLOWS": frozenset(),
    "BOND": frozenset({"rank_key"}),
    "MEMBER_OF": frozenset({"day", "weight", "chat_line", "mention", "reaction", "pull", "rank_key"}),
}
"""What may be absent; an edge without `rank_key` is in no rank."""

NODE_PROPERTIES: Mapping[Label, Mapping[str, Kind]] = {
    "Account": {"handle": str, "creator": bool},
    "Group": {"slug": str, "by_approval": bool},
}
"""What a NodeState sets. The sums of RANKS stand beside them and are not a NodeState's business."""


def ranked_into(label: Label) -> tuple[Rel, ...]:
    """Return the ranked relationships that end in a label's nodes."""
    return tuple(rel for rel in RANKS if ENDS[rel][1] == label)


def ranked_from(label: Label) -> tuple[Rel, ...]:
    """Return the ranked relationships that begin in a label's nodes."""
    return tuple(rel for rel in RANKS if ENDS[rel][0] == label)
