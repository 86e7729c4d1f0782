"""Popular creators, version 1: how many fans pull, each by the root of the recent weight of its bond.

E on a day: the sum over fans of sqrt(recent weight). Shown score: 100 E / (E + KAPPA). A sum of roots of uniformly
decaying numbers decays uniformly itself, so creators keep their order while nothing happens. Points per channel: the
score split by the channels' sums.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planet_graph.scoring.bonds import KEY_SCALE, PULL_HALF_LIFE
from planet_graph.scoring.kinds import CHANNELS, Channel
from planet_graph.scoring.points import largest_remainder, to_micro

FORMULA_VERSION = "popular-creators-1"

KAPPA = 100.0
"""The E at which a creator shows 50."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a creator's bonds add up to.

    Units: `pull` times 2^(-t/28) is E on day t; `channels`, all four, its parts in the same unit.
    """

    fans: int
    pull: float
    channels: Mapping[Channel, float]


@dataclass(frozen=True, slots=True)
class Score:
    """What is shown of a creator on a day. Units: millionths of a point; `channels` sum to `points`."""

    points: int
    channels: Mapping[Channel, int]


def from_properties(properties: Mapping[str, float | str]) -> Sums | None:
    """Read the sums that a node holds (`fans`, `pull`, `pull_<channel>`); None for one without fans."""
    if not properties.get("fans"):
        return None
    channels: dict[Channel, float] = {channel: float(properties[f"pull_{channel}"]) for channel in CHANNELS}
    return Sums(int(properties["fans"]), float(properties["pull"]), channels)


def from_edges(edges: Iterable[Mapping[str, float | str]]) -> Sums | None:
    """Add up the properties of a creator's BOND edges, in any order; None without fans.

    An edge without `rank_key` counts in no sum.
    """
    ranked = [edge for edge in edges if "rank_key" in edge]
    if not ranked:
        return None
    pulls = [float(edge["pull"]) for edge in ranked]
    channels: dict[Channel, float] = {
        channel: math.fsum(pull * float(edge[channel]) for pull, edge in zip(pulls, ranked, strict=True))
        for channel in CHANNELS
    }
    return Sums(len(ranked), math.fsum(pulls), channels)


def effective_fans(sums: Sums, day: int) -> float:
    """Return E on a day."""
    return sums.pull * 2.0 ** (-day / PULL_HALF_LIFE)


def score(sums: Sums, day: int) -> Score:
    """Return the shown score of a day and its points per channel."""
    effective = effective_fans(sums, day)
    points = to_micro(100.0 * effective / (effective + KAPPA))
    # A sum moved by differences may keep a residue such as -3e-12 for a channel that is empty.
    split = largest_remainder(points, [max(0.0, sums.channels[channel]) for channel in CHANNELS])
    return Score(points, dict(zip(CHANNELS, split, strict=True)))


def creator_key(pull: float) -> int:
    """Return the integer that orders creators by score for ever, or until the next act."""
    return round(KEY_SCALE * math.log2(pull))
