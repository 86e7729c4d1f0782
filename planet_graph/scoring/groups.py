"""Hot groups, version 1: how many members are active in a group, each by the root of the weight of what they did.

Every act counts 1. Value of a day: log2(1 + acts). Weight X of a member at t: the sum of the values, halved every
HALF_LIFE days. A on a day: the sum over members of sqrt(X). Shown score: 100 A / (A + KAPPA). A sum of roots of
uniformly decaying numbers decays uniformly itself, so groups keep their order while nothing happens. Points per kind:
the score split by the kinds' sums.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from planet_graph.scoring.bonds import KEY_SCALE, DayTotal
from planet_graph.scoring.points import largest_remainder, to_micro

LAW = 1
"""The version of everything here that an edge holds; another number asks for a rebuild."""

FORMULA_VERSION = "hot-groups-1"

Act: TypeAlias = Literal["chat_line", "mention", "reaction"]

ACTS: tuple[Act, ...] = ("chat_line", "mention", "reaction")
"""A message in the group; a post with its cashtag or its name; a reaction to one of these. Order: by name."""

UNITS: Mapping[Act, str] = {"chat_line": "message", "mention": "post", "reaction": "reaction"}

HALF_LIFE = 3
KAPPA = 20.0
"""The A at which a group shows 50."""

PULL_HALF_LIFE = 2 * HALF_LIFE
"""A root decays half as fast as what is under it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a member does in a group, on the last day with an act.

    Units: `day` whole UTC days since 2026-01-01; `weight` X on that day; `shares` of it per act, all three, 0 to 1.
    """

    day: int
    weight: float
    shares: Mapping[Act, float]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a group's members add up to.

    Units: `pull` times 2^(-t/6) is A on day t; `acts`, all three, its parts in the same unit. `active`: members who
    ever did something.
    """

    active: int
    pull: float
    acts: Mapping[Act, float]


@dataclass(frozen=True, slots=True)
class Score:
    """What is shown of a group on a day. Units: millionths of a point; `acts` sum to `points`."""

    points: int
    acts: Mapping[Act, int]


def fold(rows: Iterable[DayTotal]) -> Part | None:
    """Make a member's part of its rows towards the group; None when nothing in them counts.

    The same bits for any order of the rows and any division of the totals among them; a total of 0 or less counts as
    nothing, and so does a kind that is none of ACTS.
    """
    days = _days(rows)
    if not days:
        return None
    last = max(days)
    by_act: dict[Act, float] = dict.fromkeys(ACTS, 0.0)
    for day in sorted(days):
        acts = sum(days[day].values())
        value = math.log2(1 + acts) * 2.0 ** ((day - last) / HALF_LIFE)
        for act, quantity in sorted(days[day].items()):
            by_act[act] += value * (quantity / acts)
    weight = math.fsum(by_act.values())
    return Part(last, weight, {act: part / weight for act, part in by_act.items()})


def _days(rows: Iterable[DayTotal]) -> dict[int, dict[Act, int]]:
    """Return day -> act -> how many, positive ones only."""
    totals: defaultdict[tuple[int, Act], int] = defaultdict(int)
    for row in rows:
        for act in ACTS:
            if row.kind == act:
                totals[row.day, act] += row.quantity
    days: defaultdict[int, dict[Act, int]] = defaultdict(dict)
    for (day, act), quantity in totals.items():
        if quantity > 0:
            days[day][act] = quantity
    return dict(days)


def rank_key(part: Part) -> int:
    """Return the integer that orders a group's members by their weight for ever, or until the next act."""
    return round(KEY_SCALE * (math.log2(part.weight) + part.day / HALF_LIFE))


def pull(part: Part) -> float:
    """Return the member's addend in the group's sum: the root of its weight, decaying forward.

    Units: times 2^(-t/6) it is the root on day t, so addends of different days simply add. A float carries it from
    2008 to 2042: what is older adds nothing, and before the end of that time a new origin has to be chosen.
    """
    return math.sqrt(part.weight) * 2.0 ** (part.day / PULL_HALF_LIFE)


def edge_properties(rows: Iterable[DayTotal]) -> dict[str, int | float]:
    """Return the properties that a member's activity gives its MEMBER_OF edge; of one without any the law alone."""
    part = fold(rows)
    if part is None:
        return {"law": LAW}
    return {
        "day": part.day,
        "weight": part.weight,
        **part.shares,
        "pull": pull(part),
        "rank_key": rank_key(part),
        "law": LAW,
    }


def from_properties(properties: Mapping[str, float | str]) -> Sums | None:
    """Read the sums that a node holds (`active`, `pull`, `pull_<act>`); None for a group where nobody did anything."""
    if not properties.get("active"):
        return None
    acts: dict[Act, float] = {act: float(properties[f"pull_{act}"]) for act in ACTS}
    return Sums(int(properties["active"]), float(properties["pull"]), acts)


def from_parts(parts: Iterable[Part]) -> Sums | None:
    """Add up the members of a group, in any order; None without any."""
    pulls = [(pull(part), part.shares) for part in parts]
    if not pulls:
        return None
    acts: dict[Act, float] = {act: math.fsum(addend * shares[act] for addend, shares in pulls) for act in ACTS}
    return Sums(len(pulls), math.fsum(addend for addend, _ in pulls), acts)


def activity(sums: Sums, day: int) -> float:
    """Return A on a day."""
    return sums.pull * 2.0 ** (-day / PULL_HALF_LIFE)


def shown(activity: float) -> float:
    """Return the score of an A. Units: 0 to 100."""
    return 100.0 * activity / (activity + KAPPA)


def score(sums: Sums, day: int) -> Score:
    """Return the shown score of a day and its points per act."""
    points = to_micro(shown(activity(sums, day)))
    # A sum moved by differences may keep a residue such as -3e-12 for an act that nobody does any more.
    split = largest_remainder(points, [max(0.0, sums.acts[act]) for act in ACTS])
    return Score(points, dict(zip(ACTS, split, strict=True)))


def group_key(pull: float) -> int:
    """Return the integer that orders groups by score for ever, or until the next act."""
    return round(KEY_SCALE * math.log2(pull))
