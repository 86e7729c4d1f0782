"""Figures beside the yardstick that was measured in the same run: machines differ, ratios less."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measurement. `ratio`: how many times the yardstick it is."""

    title: str
    value: float
    unit: str
    yardstick: str
    ratio: float

    def cells(self) -> tuple[str, str, str]:
        """Show it as the cells of a row."""
        return self.title, f"{self.value:,.4g} {self.unit}", f"{self.ratio:,.3g} x {self.yardstick}"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
