"""Explanations: where the points of a ranked edge come from, to the last digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from planet_graph.scoring import bonds, creators, groups
from planet_graph.scoring.kinds import CHANNELS, Channel
from planet_graph.scoring.points import decimal, largest_remainder, to_micro

Factor = TypeVar("Factor", bound=str)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One factor's part of a score. Units: `value` a decimal in the factor's own unit, `points` millionths."""

    factor: str
    value: str
    points: int


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Why a factor was reduced; the points already include it. Units: `value` a decimal, 0 to 1."""

    factor: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to look at: a sentence and, where there is one, the global id of what it is about."""

    text: str
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and what it is made of.

    Units: `score` millionths of a point. Raises: ValueError when the contributions do not sum to it.
    """

    score: int
    contributions: Sequence[Contribution]
    formula_version: str
    multipliers: Sequence[Multiplier] = ()
    evidence: Sequence[Evidence] = ()

    def __post_init__(self) -> None:
        if sum(contribution.points for contribution in self.contributions) != self.score:
            raise ValueError("the contributions do not sum to the score")


def of_bond(
    weight: float,
    day: int,
    shares: Mapping[Channel, float],
    at: int,
    evidence: Sequence[Evidence] = (),
) -> Explanation:
    """Explain a bond's strength on the day `at` by its channels; `value`: the channel's weight that day."""
    shown = bonds.strength_from_shares(weight, day, shares, at)
    contributions = _by_factor(CHANNELS, bonds.weight_at(weight, day, at), shares, shown.channels)
    return Explanation(shown.points, contributions, bonds.FORMULA_VERSION, evidence=evidence)


def of_edge(properties: Mapping[str, float | str], at: int, evidence: Sequence[Evidence] = ()) -> Explanation:
    """Explain the strength of a BOND edge on the day `at`, from its properties alone."""
    shares: dict[Channel, float] = {channel: float(properties[channel]) for channel in CHANNELS}
    return of_bond(float(properties["weight"]), int(properties["day"]), shares, at, evidence)


def of_creator(sums: creators.Sums, at: int, evidence: Sequence[Evidence] = ()) -> Explanation:
    """Explain a creator's score on the day `at` by channels; `value`: the effective fans the channel stands for."""
    shown = creators.score(sums, at)
    parts: dict[Channel, float] = {channel: max(0.0, part) for channel, part in sums.channels.items()}
    contributions = _by_factor(CHANNELS, creators.effective_fans(sums, at), parts, shown.channels)
    return Explanation(shown.points, contributions, creators.FORMULA_VERSION, evidence=evidence)


def of_group(sums: groups.Sums, at: int, evidence: Sequence[Evidence] = ()) -> Explanation:
    """Explain a group's score on the day `at` by kinds of acts; `value`: the part of A that the kind stands for."""
    shown = groups.score(sums, at)
    parts: dict[groups.Act, float] = {act: max(0.0, part) for act, part in sums.acts.items()}
    contributions = _by_factor(groups.ACTS, groups.activity(sums, at), parts, shown.acts)
    return Explanation(shown.points, contributions, groups.FORMULA_VERSION, evidence=evidence)


def _by_factor(
    factors: Sequence[Factor], whole: float, shares: Mapping[Factor, float], points: Mapping[Factor, int]
) -> tuple[Contribution, ...]:
    """List the factors that have any share. Order: points descending, then name. The values sum to the whole."""
    values = largest_remainder(to_micro(whole), [shares[factor] for factor in factors])
    found = [
        Contribution(factor, decimal(value), points[factor])
        for factor, value in zip(factors, values, strict=True)
        if shares[factor] > 0
    ]
    return tuple(sorted(found, key=lambda contribution: (-contribution.points, contribution.factor)))
