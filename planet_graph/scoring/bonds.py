"""The bond of a fan with a creator: a pure function of the pair's activity by day.

Effort of a day: e = sum of weight x quantity, exact. Value of a day: log2(1 + e), so that doubling a day's value takes
the square of the effort. Weight at t: the sum of the values, halved every HALF_LIFE days. Shown strength:
100 X / (X + KAPPA). Each kind's part is its share of each day's effort; all parts decay alike, so shares are constant
while nothing happens, and the order of bonds by `rank_key` is their order by strength at any later time.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from planet_graph.scoring.kinds import CHANNELS, EFFORT_DENOMINATOR, KINDS, Channel
from planet_graph.scoring.points import largest_remainder, to_micro

LAW = 1
"""The version of everything here that an edge holds; another number asks for a rebuild."""

FORMULA_VERSION = "bond-1"

HALF_LIFE = 365
RECENT_HALF_LIFE = 14
KAPPA = 200.0
"""The weight at which a bond shows 50."""

PULL_HALF_LIFE = 2 * RECENT_HALF_LIFE
"""A root decays half as fast as what is under it."""

KEY_SCALE = 1_000_000_000


class DayTotal(Protocol):
    """What a bond needs to know of a row of activity."""

    @property
    def day(self) -> int:
        """Whole UTC days since 2026-01-01."""
        ...

    @property
    def kind(self) -> str:
        """A name in KINDS."""
        ...

    @property
    def quantity(self) -> int:
        """How many, in the kind's unit."""
        ...

    @property
    def last_at_us(self) -> int:
        """When the last of it happened, microseconds since 1970."""
        ...


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One total of a kind on a day, of one origin and subject."""

    day: int
    kind: str
    quantity: int
    last_at_us: int


@dataclass(frozen=True, slots=True)
class Bond:
    """A pair's bond on its last day with effort.

    Units: `day` whole UTC days since 2026-01-01; `weight` and `recent` with half-lives of 365 and 14 days; `shares`
    of `weight` per channel, all four, 0 to 1; `kinds` the weight of each kind that has any. `since_us`: the first
    effort as far as totals can tell, the earliest `last_at_us` among the rows with effort.
    """

    since_us: int
    day: int
    weight: float
    recent: float
    shares: Mapping[Channel, float]
    kinds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Strength:
    """What is shown of a bond on a day.

    Units: millionths of a point. `channels`, all four, sum to `points`; `kinds` of a channel sum to the channel.
    `kinds` is empty where only the edge is known.
    """

    points: int
    channels: Mapping[Channel, int]
    kinds: Mapping[str, int]


def fold(rows: Iterable[DayTotal]) -> Bond | None:
    """Make the bond of a pair's rows; None when no row has effort.

    The same bits for any order of the rows and any division of the totals among them. Rows of one day and kind add
    up; a total of 0 or less counts as nothing.
    """
    efforts, since_us = _efforts(rows)
    if not efforts:
        return None
    last = max(efforts)
    kinds: defaultdict[str, float] = defaultdict(float)
    recent = 0.0
    for day in sorted(efforts):
        effort = sum(efforts[day].values())
        value = math.log2((EFFORT_DENOMINATOR + effort) / EFFORT_DENOMINATOR)
        recent += value * 2.0 ** ((day - last) / RECENT_HALF_LIFE)
        value *= 2.0 ** ((day - last) / HALF_LIFE)
        for kind, part in sorted(efforts[day].items()):
            kinds[kind] += value * (part / effort)
    weight = math.fsum(kinds.values())
    return Bond(since_us, last, weight, recent, _shares(kinds, weight), dict(sorted(kinds.items())))


def as_of(rows: Iterable[DayTotal], day: int) -> Bond | None:
    """Make the bond as it was at the end of a day: from the rows up to and with that day."""
    return fold(row for row in rows if row.day <= day)


def _efforts(rows: Iterable[DayTotal]) -> tuple[dict[int, dict[str, int]], int]:
    """Return day -> kind -> effort in 1/600, positive ones only, and the earliest time among the rows that have any."""
    totals: defaultdict[tuple[int, str], int] = defaultdict(int)
    first: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (row.day, row.kind)
        effort = KINDS[row.kind].effort * row.quantity
        totals[key] += effort
        if effort > 0:
            first[key] = min(row.last_at_us, first.get(key, row.last_at_us))
    efforts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for (day, kind), effort in totals.items():
        if effort > 0:
            efforts[day][kind] = effort
    since_us = min((at_us for key, at_us in first.items() if totals[key] > 0), default=0)
    return dict(efforts), since_us


def _shares(kinds: Mapping[str, float], weight: float) -> dict[Channel, float]:
    by_channel: dict[Channel, float] = dict.fromkeys(CHANNELS, 0.0)
    for name in sorted(kinds):
        by_channel[KINDS[name].channel] += kinds[name]
    return {channel: part / weight for channel, part in by_channel.items()}


def weight_at(weight: float, day: int, at: int) -> float:
    """Let a weight of a day decay until another.

    A day before its own counts as its own: an act may be reported up to a minute ahead of the clock and so fall into
    tomorrow, and a bond of the past is made from the rows of the past (`as_of`), never by running time backwards.
    """
    return weight * 2.0 ** (min(0, day - at) / HALF_LIFE)


def shown(weight: float) -> float:
    """Return the strength of a weight. Units: 0 to 100."""
    return 100.0 * weight / (weight + KAPPA)


def weight(bond: Bond, day: int) -> float:
    """Return a bond's weight on a day."""
    return weight_at(bond.weight, bond.day, day)


def strength(bond: Bond, day: int) -> float:
    """Return a bond's strength on a day, unrounded. Units: 0 to 100."""
    return shown(weight(bond, day))


def rank_key(bond: Bond) -> int:
    """Return the integer that orders bonds by strength for ever, or until the next act."""
    return round(KEY_SCALE * (math.log2(bond.weight) + bond.day / HALF_LIFE))


def pull(bond: Bond) -> float:
    """Return the bond's addend in its creator's sum: the root of its recent weight, decaying forward.

    Units: times 2^(-t/28) it is the root on day t, so addends of different days simply add.
    """
    return math.sqrt(bond.recent) * 2.0 ** (bond.day / PULL_HALF_LIFE)


def parts(bond: Bond, day: int) -> Strength:
    """Split a bond's strength on a day into channels and these into kinds, without a rest."""
    edge = strength_from_shares(bond.weight, bond.day, bond.shares, day)
    return Strength(edge.points, edge.channels, split_kinds(edge.channels, bond.kinds))


def edge_parts(properties: Mapping[str, float | str], day: int) -> Strength:
    """Split what an edge alone tells: the same points and channels as `parts` of the same bond.

    Raises: KeyError for an edge that lacks a property, ValueError for one that is no number.
    """
    shares: dict[Channel, float] = {channel: float(properties[channel]) for channel in CHANNELS}
    return strength_from_shares(float(properties["weight"]), int(properties["day"]), shares, day)


def strength_from_shares(weight: float, day: int, shares: Mapping[Channel, float], at: int) -> Strength:
    """Round the strength on the day `at` to millionths and split it over the channels by largest remainder."""
    points = to_micro(shown(weight_at(weight, day, at)))
    split = largest_remainder(points, [shares[channel] for channel in CHANNELS])
    return Strength(points, dict(zip(CHANNELS, split, strict=True)), {})


def split_kinds(channels: Mapping[Channel, int], kinds: Mapping[str, float]) -> dict[str, int]:
    """Split each channel's points over its kinds by their weights. Order: by kind.

    Raises: ValueError when a channel has points and none of its kinds has weight.
    """
    split: dict[str, int] = {}
    for channel in CHANNELS:
        names = sorted(name for name in kinds if KINDS[name].channel == channel)
        points = largest_remainder(channels[channel], [kinds[name] for name in names])
        split.update(zip(names, points, strict=True))
    return dict(sorted(split.items()))


def edge_properties(rows: Iterable[DayTotal]) -> dict[str, int | float] | None:
    """Return every property of a pair's BOND edge; None when there is no bond."""
    bond = fold(rows)
    if bond is None:
        return None
    return {
        "since_us": bond.since_us,
        "day": bond.day,
        "weight": bond.weight,
        "recent": bond.recent,
        **bond.shares,
        "pull": pull(bond),
        "rank_key": rank_key(bond),
        "law": LAW,
    }
