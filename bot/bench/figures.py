"""A figure beside its floor, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: `values` and `floors` of the rounds; for latencies lower is better."""

    name: str
    unit: str
    values: tuple[float, ...]
    floor_name: str
    floors: tuple[float, ...]
    goal: str
    lower_is_better: bool = False

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def floor(self) -> float:
        """The floor's median."""
        return median(self.floors)

    @property
    def ratio(self) -> float:
        """The figure as a multiple of its floor: the median of the rounds' own ratios."""
        return median(value / floor for value, floor in zip(self.values, self.floors, strict=True))

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "value": round(self.value, 4),
            "values": [round(value, 4) for value in self.values],
            "floor_name": self.floor_name,
            "floor": round(self.floor, 4),
            "ratio": round(self.ratio, 4),
            "goal": self.goal,
        }


def columns(figure: Figure) -> Sequence[str]:
    """The figure as a row of the table."""
    digits = 2 if figure.value < 100 else 0
    return (
        figure.name,
        f"{figure.value:,.{digits}f} {figure.unit}",
        f"{figure.floor:,.{digits}f} {figure.unit}",
        f"{figure.ratio:.2f}",
        figure.goal,
    )
