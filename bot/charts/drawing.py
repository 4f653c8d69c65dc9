"""The shapes of a picture, and a frame that knows where values lie in it. Sizes are pixels; y grows downwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

INK: Final = "#1d1c1d"
GREY: Final = "#8a8d91"
PALE: Final = "#e4e6e8"
BLUE: Final = "#1264a3"
RED: Final = "#d1352b"
GREEN: Final = "#2b8a5a"

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points."""

    points: tuple[Point, ...]
    color: str = INK
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    color: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    color: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: int = 12
    color: str = INK
    anchor: Literal["start", "middle", "end"] = "start"


Shape: TypeAlias = Path | Box | Dot | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture on white. `title` is what is read aloud of it."""

    width: int
    height: int
    title: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's rectangle: values from `low` to `high` in both directions."""

    left: float
    top: float
    width: float
    height: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        return self.left + self.width * (value - self.x_low) / ((self.x_high - self.x_low) or 1)

    def y(self, value: float) -> float:
        return self.top + self.height * (self.y_high - value) / ((self.y_high - self.y_low) or 1)

    def rules(self) -> Iterator[Shape]:
        """Pale lines across, at round values, with the values beside them."""
        for value in round_steps(self.y_low, self.y_high):
            y = self.y(value)
            yield Path(((self.left, y), (self.left + self.width, y)), PALE)
            yield Words(self.left - 6, y + 4, f"{value:g}", 11, GREY, "end")


def round_steps(low: float, high: float, about: int = 5) -> list[float]:
    """Round values between two bounds, about so many."""
    raw = (high - low) / about or 1
    size = 10 ** math.floor(math.log10(raw))
    step = size * next(factor for factor in (1, 2, 5, 10) if factor * size >= raw)
    first = math.ceil(low / step)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
