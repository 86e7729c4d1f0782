"""The kinds of activity: their units, their weights, and the channel each one counts in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Channel: TypeAlias = Literal["attention", "commitment", "expression", "trade_interest"]

CHANNELS: tuple[Channel, ...] = ("attention", "commitment", "expression", "trade_interest")
"""Order: by name, which is how equal remainders are settled."""

EFFORT_DENOMINATOR = 600
"""The smallest number that makes every weight whole: a second of dwell is 1/120, a click 1/4, a cent of tip 2/25."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of activity.

    Units: `effort` of one `unit`, in 1/600 (EFFORT_DENOMINATOR), so that the effort of a day is an exact integer.
    `quantity` of an act is 1 to `max_quantity` units. `reportable`: whether a client may report it; all others are
    made by the service that performs the act.
    """

    name: str
    unit: str
    effort: int
    channel: Channel
    max_quantity: int = 1_000_000
    reportable: bool = False


_ALL = (
    Kind("seen", "impression", 0, "attention", reportable=True),
    Kind("dwell", "second", 5, "attention", max_quantity=86_400, reportable=True),
    Kind("click", "click", 150, "attention", reportable=True),
    Kind("component_opened", "opening", 600, "trade_interest", reportable=True),
    Kind("reaction", "reaction", 600, "expression"),
    Kind("bookmark", "bookmark", 900, "expression"),
    Kind("reply", "reply", 1_200, "expression"),
    Kind("repost", "repost", 1_200, "expression"),
    Kind("mention", "mention", 1_200, "expression"),
    Kind("chat_line", "line", 300, "expression"),
    Kind("tip", "US cent", 48, "commitment"),
    Kind("paid_question", "question", 14_400, "commitment"),
    Kind("member_day", "day", 1_800, "commitment"),
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""By name; the name is what is stored and exchanged."""
