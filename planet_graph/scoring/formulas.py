"""The formulas in words, with the constants of the modules that compute them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from planet_graph.scoring import bonds, creators, groups
from planet_graph.scoring.kinds import EFFORT_DENOMINATOR, KINDS

Surface = Literal["BOND", "TOP_FANS", "STRONGEST_BONDS", "POPULAR_CREATORS", "HOT_GROUPS"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number of a formula. Units: `value` exact, a whole number or a fraction, in `unit`."""

    name: str
    value: Fraction
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Formula:
    """How a surface is computed. `version`: as in the explanations of what is ranked by it."""

    surface: Surface
    version: str
    text: str
    constants: tuple[Constant, ...]


EFFORTS = tuple(
    Constant(
        f"effort.{kind.name}",
        Fraction(kind.effort, EFFORT_DENOMINATOR),
        f"per {kind.unit}",
        f"counts as {kind.channel}",
    )
    for kind in KINDS.values()
)
HALF_LIFE = Constant("halfLife", Fraction(bonds.HALF_LIFE), "days", "in which the value of a day falls to its half")
RECENT = Constant("recentHalfLife", Fraction(bonds.RECENT_HALF_LIFE), "days", "the same for the recent weight")
BOND_KAPPA = Constant("kappa", Fraction(bonds.KAPPA), "weight", "at which the strength is 50")
CREATOR_KAPPA = Constant("kappa", Fraction(creators.KAPPA), "effective fans", "at which the score is 50")
GROUP_HALF_LIFE = Constant(
    "halfLife", Fraction(groups.HALF_LIFE), "days", "in which the value of a day falls to its half"
)
GROUP_KAPPA = Constant("kappa", Fraction(groups.KAPPA), "activity", "at which the score is 50")
GROUP_EFFORTS = tuple(
    Constant(f"effort.{act}", Fraction(1), f"per {unit}", f"counts as {act}") for act, unit in groups.UNITS.items()
)

DAYS = (
    "The effort of a UTC day is the sum over all kinds of quantity times effort.<kind>; its value is "
    "log2(1 + effort), so that doubling the value takes the square of the effort."
)
STRENGTH = (
    f"{DAYS} The weight w of a bond on day t is the sum over its days d of value(d) * 2^(-(t - d) / halfLife). Its "
    "strength is 100 * w / (w + kappa). A day's value is divided among kinds by their shares of the effort, a kind "
    "belongs to one channel, and the strength is divided among channels by their shares of w, by largest remainder to "
    "six digits."
)
POPULAR = (
    f"{DAYS} The recent weight r of a bond on day t is the sum over its days d of value(d) * 2^(-(t - d) / "
    "recentHalfLife). The effective fans E of a creator are the sum over all bonds of the square root of r. The score "
    "is 100 * E / (E + kappa), divided among channels by the sums of sqrt(r) times the channel's share of the bond's "
    "weight (which falls by halfLife), by largest remainder to six digits. Equal scores: the greater account number "
    "first."
)
HOT = (
    "The effort of a member's UTC day is the sum over messages in the group, posts that carry its cashtag or name it, "
    "and reactions to these, of quantity times effort.<kind>; its value is log2(1 + effort). The weight X of a member "
    "on day t is the sum over its days d of value(d) * 2^(-(t - d) / halfLife). The activity A of a group is the sum "
    "over its members of the square root of X, so that many who do a little weigh more than one who does much. The "
    "score is 100 * A / (A + kappa), divided among kinds by the sums of sqrt(X) times the kind's share of the "
    "member's weight, by largest remainder to six digits. Equal scores: the greater group number first."
)
RANKED = f"{STRENGTH} Bonds are ordered by strength; equal ones by the other end's account number, the greater first."

_BOND = (HALF_LIFE, BOND_KAPPA, *EFFORTS)

FORMULAS: Mapping[str, Formula] = {
    "BOND": Formula("BOND", bonds.FORMULA_VERSION, STRENGTH, _BOND),
    "TOP_FANS": Formula("TOP_FANS", bonds.FORMULA_VERSION, RANKED, _BOND),
    "STRONGEST_BONDS": Formula("STRONGEST_BONDS", bonds.FORMULA_VERSION, RANKED, _BOND),
    "HOT_GROUPS": Formula("HOT_GROUPS", groups.FORMULA_VERSION, HOT, (GROUP_HALF_LIFE, GROUP_KAPPA, *GROUP_EFFORTS)),
    "POPULAR_CREATORS": Formula(
        "POPULAR_CREATORS", creators.FORMULA_VERSION, POPULAR, (RECENT, HALF_LIFE, CREATOR_KAPPA, *EFFORTS)
    ),
}
