"""A silence is held against the same stretch of the weeks before."""

from __future__ import annotations

import pytest

from bot.service.habits import against_habit
from scoring.instants import DAY, HOUR
from tests.rig import T0

NOW = T0 + 3 * HOUR
"""A Monday at noon."""


def weeks_of(hours: range, days: range, *, weeks: int = 4) -> list[int]:
    """Active hours of the day, on days of the week (Monday is 0), in the weeks before NOW."""
    monday = T0 // HOUR - 9
    found = (monday - 24 * 7 * week + 24 * day + hour for week in range(1, weeks + 1) for day in days for hour in hours)
    return sorted(found)


OFFICE = weeks_of(range(8, 18), range(5))
ALWAYS = weeks_of(range(24), range(7))
FRIDAY_EVENING = T0 - 9 * HOUR - 2 * DAY - 6 * HOUR


def test_a_weekend_is_no_silence_for_who_never_sends_on_weekends() -> None:
    assert against_habit(OFFICE, FRIDAY_EVENING, T0 - HOUR) is None


def test_a_silent_monday_morning_is_one() -> None:
    assert against_habit(OFFICE, FRIDAY_EVENING, NOW + 5 * HOUR) is not None


@pytest.mark.parametrize(("hours", "told"), [(1, False), (2, False), (3, True), (30, True)])
def test_who_sends_at_every_hour_is_missed_after_three(hours: int, told: bool) -> None:
    assert (against_habit(ALWAYS, NOW - hours * HOUR, NOW) is not None) == told


def test_who_sends_once_a_day_is_missed_after_days_and_not_after_hours() -> None:
    daily = weeks_of(range(9, 10), range(7), weeks=12)
    assert against_habit(daily, NOW - 2 * DAY, NOW) is None
    assert against_habit(daily, NOW - 11 * DAY, NOW) is not None


@pytest.mark.parametrize("active", [[], [NOW // HOUR - 1], weeks_of(range(24), range(7), weeks=1)])
def test_without_weeks_behind_it_there_is_no_habit(active: list[int]) -> None:
    assert against_habit(active, NOW - 20 * HOUR, NOW) is None


def test_one_week_with_nothing_in_it_means_that_it_may_happen() -> None:
    without_one = [hour for hour in ALWAYS if not 2 * 168 <= NOW // HOUR - hour < 3 * 168]
    assert against_habit(without_one, NOW - 20 * HOUR, NOW) is None


def test_the_usual_is_told_in_hours_and_weeks() -> None:
    usual = against_habit(ALWAYS, NOW - 10 * HOUR, NOW)
    assert usual is not None
    assert (usual.hours, usual.weeks) == (10, 4)
