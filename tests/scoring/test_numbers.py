"""Exact points: hundredths, half away from zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.numbers import clamp, divide, percent_of, round_to, to_cents, to_decimal


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_a_quotient_is_the_nearest_whole_number_half_away_from_zero(numerator: int, denominator: int) -> None:
    exact, found = Fraction(numerator, denominator), divide(numerator, denominator)
    assert abs(exact - found) <= Fraction(1, 2)
    assert abs(exact - found) < Fraction(1, 2) or abs(found) > abs(exact)


@pytest.mark.parametrize(
    ("cents", "decimals", "wanted"),
    [(50, 0, 100), (-50, 0, -100), (49, 0, 0), (1234, 1, 1230), (1235, 1, 1240), (7, 2, 7)],
)
def test_rounding_to_decimals(cents: int, decimals: int, wanted: int) -> None:
    assert round_to(cents, decimals) == wanted


@pytest.mark.parametrize(("cents", "text"), [(1000, "10"), (1050, "10.5"), (-5, "-0.05"), (0, "0")])
def test_points_are_written_short(cents: int, text: str) -> None:
    assert str(to_decimal(cents)) == text
    assert to_cents(to_decimal(cents)) == cents


def test_more_than_two_decimals_have_no_cents() -> None:
    assert (to_cents(Decimal("0.125")), to_cents(Decimal("0.10")), to_cents(3)) == (None, 10, 300)


def test_percents_and_bounds() -> None:
    assert percent_of(5, 5000) == 3
    assert percent_of(-5, 5000) == -3
    assert [clamp(cents, 0, 100) for cents in (-1, 50, 101)] == [0, 50, 100]
