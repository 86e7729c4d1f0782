"""Why an edge stands where it stands."""

from collections.abc import Sequence
from decimal import Decimal

import strawberry

from planet_graph.scoring import explanations
from schema.scalars import points


@strawberry.type(description="One factor's part of a score.")
class Contribution:
    """A factor, its value, its points."""

    factor: str = strawberry.field(description="What counted, such as `expression`.")
    value: Decimal = strawberry.field(description="How much of it there was, in the factor's own unit.")
    points: Decimal = strawberry.field(description="Its points. All points together are the score, to the last digit.")


@strawberry.type(description="Why a factor was reduced. The points already include it.")
class Multiplier:
    """A reduction and its reason."""

    factor: str = strawberry.field(description="The factor that was reduced.")
    value: Decimal = strawberry.field(description="What it was multiplied by, 0 to 1.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="Something to look at.")
class Evidence:
    """A sentence and what it is about."""

    text: str = strawberry.field(description="What was found.")
    node: strawberry.ID | None = strawberry.field(description="The global id of what it is about, if any.")


@strawberry.type(description="Where a score comes from. The contributions' points add up to it exactly.")
class Explanation:
    """A score and its parts."""

    score: Decimal = strawberry.field(description="The score, with six digits.")
    contributions: list[Contribution] = strawberry.field(description="What it is made of, most points first.")
    multipliers: list[Multiplier] = strawberry.field(description="Why factors were reduced.")
    evidence: list[Evidence] = strawberry.field(
        description="What it rests on. Of a bond: seen by the fan, the creator, analysts and operators only."
    )
    formula_version: str = strawberry.field(description="The version of the formula that made it.")

    @classmethod
    def of(cls, found: explanations.Explanation, evidence: Sequence[explanations.Evidence] = ()) -> "Explanation":
        """Present an explanation, with evidence that was loaded apart."""
        return cls(
            score=points(found.score),
            contributions=[
                Contribution(factor=part.factor, value=Decimal(part.value), points=points(part.points))
                for part in found.contributions
            ],
            multipliers=[
                Multiplier(factor=part.factor, value=Decimal(part.value), reason=part.reason)
                for part in found.multipliers
            ],
            evidence=[
                Evidence(text=item.text, node=None if item.node is None else strawberry.ID(item.node))
                for item in (*found.evidence, *evidence)
            ],
            formula_version=found.formula_version,
        )
