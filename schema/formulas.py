"""The formulas behind what is ranked."""

from enum import Enum

import strawberry

from planet_graph.scoring.formulas import FORMULAS


@strawberry.enum(description="What is ranked or weighed.")
class RankingSurface(Enum):
    """The surfaces that have a formula."""

    BOND = strawberry.enum_value("BOND", description="`Bond.strength`.")
    TOP_FANS = strawberry.enum_value("TOP_FANS", description="`Creator.topFans`.")
    STRONGEST_BONDS = strawberry.enum_value("STRONGEST_BONDS", description="`Account.strongestBonds`.")
    HOT_GROUPS = strawberry.enum_value("HOT_GROUPS", description="`hotGroups`.")
    POPULAR_CREATORS = strawberry.enum_value("POPULAR_CREATORS", description="`popularCreators`.")


@strawberry.type(description="A number in a formula.")
class FormulaConstant:
    """A constant."""

    name: str = strawberry.field(description="Its name in the text.")
    value: str = strawberry.field(description="Exact: a whole number, or a fraction such as `1/120`.")
    unit: str = strawberry.field(description="What it is counted in.")
    meaning: str = strawberry.field(description="What it does.")


@strawberry.type(description="How a ranking is computed, with the numbers that the server computes with.")
class RankingFormula:
    """A formula in words."""

    surface: RankingSurface = strawberry.field(description="What it ranks or weighs.")
    version: str = strawberry.field(description="The `formulaVersion` of its explanations.")
    text: str = strawberry.field(description="The formula in words.")
    constants: list[FormulaConstant] = strawberry.field(description="The numbers in it.")

    @classmethod
    def of(cls, surface: RankingSurface) -> "RankingFormula":
        """Present a formula."""
        formula = FORMULAS[surface.name]
        return cls(
            surface=surface,
            version=formula.version,
            text=formula.text,
            constants=[
                FormulaConstant(
                    name=constant.name, value=str(constant.value), unit=constant.unit, meaning=constant.meaning
                )
                for constant in formula.constants
            ],
        )
