"""Exact points: whole hundredths (cents) inside the package, Decimal outside, rounding half away from zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, TypeAlias

Cents: TypeAlias = int
"""Hundredths of a point; of a percent, a weight or a share it is hundredths of a percent."""

ONE: Final[Cents] = 100
HUNDRED: Final[Cents] = 100 * ONE


def divide(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, half away from zero; the denominator is above 0."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def percent_of(cents: Cents, percent: Cents) -> Cents:
    """So many percent of so many points, rounded to a hundredth."""
    return divide(cents * percent, HUNDRED)


def clamp(cents: Cents, lowest: Cents, highest: Cents) -> Cents:
    """The nearest value that is not outside the two bounds."""
    return max(lowest, min(cents, highest))


def round_to(cents: Cents, decimals: int) -> Cents:
    """The cents of the value rounded to 0, 1 or 2 decimals."""
    step = (100, 10, 1)[decimals]
    return divide(cents, step) * step


def to_decimal(cents: Cents) -> Decimal:
    """Points as people write them: 10, 10.5, 10.25."""
    if cents % 100 == 0:
        return Decimal(cents // 100)
    if cents % 10 == 0:
        return Decimal(cents // 10).scaleb(-1)
    return Decimal(cents).scaleb(-2)


def to_cents(points: int | Decimal) -> Cents | None:
    """The hundredths of a number, None when it has more than two decimals."""
    cents = points * 100
    return int(cents) if cents == int(cents) else None
