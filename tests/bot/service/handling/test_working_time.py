"""Working time: business hours, holidays, quiet hours and DST, and lengths counted in them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.handling.working_time import (
    Calendar,
    PublicHolidays,
    UnreadableHours,
    quiet_until,
    read_clock,
    read_hours,
    read_period,
    read_quiet,
    read_zone,
)
from scoring.instants import DAY, HOUR, MINUTE, Instant, parse_duration, parse_instant

CPH = ZoneInfo("Europe/Copenhagen")
OFFICE = Calendar(zone=CPH, hours=read_hours("Mon-Fri 08:00-16:00"), closed=PublicHolidays("DK"))
ALWAYS = Calendar()


def local(text: str) -> Instant:
    """An instant of Copenhagen, in winter time unless it says otherwise."""
    return parse_instant(text if "+" in text else f"{text}+01:00")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-03-06T12:00", "4h", "2026-03-06T16:00"),  # Friday: over at closing, not on Monday at 08:00
        ("2026-03-06T15:00", "2h", "2026-03-09T09:00"),
        ("2026-03-06T20:00", "1h", "2026-03-09T09:00"),
        ("2026-03-02T10:00", "1d", "2026-03-03T10:00"),
        ("2026-03-06T10:00", "1d", "2026-03-09T10:00"),
        ("2026-03-06T20:00", "1d", "2026-03-09T16:00"),  # from the opening: over at closing
        ("2026-03-02T08:00", "2d", "2026-03-03T16:00"),
        ("2026-03-02T09:00", "24h", "2026-03-05T09:00"),  # hours are working hours
        ("2026-12-24T12:00", "8h", "2026-12-28T12:00"),  # Christmas is closed
        ("2026-03-02T09:00", "90s", "2026-03-02T09:01:30"),
    ],
)
def test_a_length_is_over_at_its_earliest_instant(start: str, length: str, end: str) -> None:
    assert OFFICE.add(local(start), parse_duration(length)) == local(end)


def test_without_hours_a_day_is_86400_seconds_over_a_change_of_the_clock_too() -> None:
    before = local("2026-03-28T12:00")
    assert ALWAYS.add(before, parse_duration("1d")) == before + DAY == local("2026-03-29T13:00+02:00")


def test_with_hours_a_day_is_the_same_hour_of_the_next_working_day_over_a_change_of_the_clock() -> None:
    assert OFFICE.add(local("2026-03-27T12:00"), parse_duration("1d")) == local("2026-03-30T12:00+02:00")


def test_a_day_that_the_clock_makes_shorter_has_less_working_time() -> None:
    night = Calendar(zone=CPH, hours=read_hours("Sun 00:00-06:00"))
    assert night.between(local("2026-03-28T00:00"), local("2026-03-30T00:00+02:00")) == 5 * HOUR
    assert night.between(local("2026-10-24T00:00+02:00"), local("2026-10-26T00:00")) == 7 * HOUR


def test_quiet_hours_count_as_outside() -> None:
    late = Calendar(zone=CPH, hours=read_hours("Mon-Fri 08:00-22:00"), quiet=read_quiet("20:00-09:00"))
    assert late.add(local("2026-03-02T19:00"), 2 * HOUR) == local("2026-03-03T10:00")
    assert not late.is_open(local("2026-03-02T08:30"))


def test_three_quarters_are_of_working_time() -> None:
    assert OFFICE.part(local("2026-03-06T12:00"), local("2026-03-09T12:00"), 75) == local("2026-03-09T10:00")


def test_a_lunch_break_is_no_working_time() -> None:
    lunch = Calendar(zone=CPH, hours=read_hours("Mon-Fri 08:00-12:00, Mon-Fri 13:00-16:00"))
    assert lunch.add(local("2026-03-02T11:00"), 2 * HOUR) == local("2026-03-02T14:00")
    assert lunch.next_open(local("2026-03-02T12:30")) == local("2026-03-02T13:00")


@given(st.integers(0, 400 * 24 * 60), st.integers(1, 60 * 60), st.integers(0, 60 * 60))
def test_adding_and_measuring_agree_and_nothing_ends_outside_hours(start: int, length: int, further: int) -> None:
    at = local("2026-01-01T00:00") + start * MINUTE
    end = OFFICE.add(at, length * MINUTE)
    assert OFFICE.between(at, end) == length * MINUTE
    assert OFFICE.is_open(end - 1)
    assert OFFICE.add(end, further * MINUTE + 1) == OFFICE.add(at, (length + further) * MINUTE + 1)


def test_the_next_time_of_a_day_is_on_a_working_day() -> None:
    assert OFFICE.next_time(local("2026-03-06T09:00"), read_clock("08:30")) == local("2026-03-09T08:30")
    assert OFFICE.next_time(local("2026-03-06T08:00"), read_clock("08:30")) == local("2026-03-06T08:30")
    assert OFFICE.next_time(local("2026-03-06T09:00"), read_clock("08:30"), working=False) == local("2026-03-07T08:30")


@pytest.mark.parametrize(
    ("at", "until"),
    [("2026-03-02T21:00", "2026-03-03T07:00"), ("2026-03-03T06:59", "2026-03-03T07:00"), ("2026-03-03T07:00", None)],
)
def test_quiet_hours_end_in_the_morning(at: str, until: str | None) -> None:
    assert quiet_until(CPH, read_quiet("20:00-07:00"), local(at)) == (local(until) if until else None)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_hours, "Mo-Fr 9-17"),
        (read_hours, "Mon-Fri 17:00-09:00"),
        (read_hours, "Mon 09:00-25:00"),
        (read_clock, "half past eight"),
        (read_quiet, "20:00"),
        (read_period, "2026-07-24..2026-07-06"),
        (read_period, "summer"),
        (read_zone, "Copenhagen"),
        (PublicHolidays, "ZZ"),
        (PublicHolidays, "DE-ZZ"),
    ],
)
def test_what_is_no_calendar_is_refused_in_words(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(UnreadableHours, match="allowed"):
        read(text)


def test_periods_and_a_part_of_a_country_are_read() -> None:
    assert read_period("2026-07-06..2026-07-24") == (date(2026, 7, 6), date(2026, 7, 24))
    assert read_period("2026-07-06") == (date(2026, 7, 6), date(2026, 7, 6))
    assert date(2026, 1, 6) in PublicHolidays("DE-BY")
    assert date(2026, 1, 6) not in PublicHolidays("DE-BE")
