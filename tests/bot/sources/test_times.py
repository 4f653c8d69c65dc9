"""When an event happened, in every way in which senders say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.problems import BadEvent
from bot.sources.times import AHEAD, occurred
from scoring.instants import HOUR, SECOND, Instant, format_instant, from_datetime, parse_instant

ARRIVAL = parse_instant("2026-03-02T09:00:00Z")


def at(value: object, sent_at: object = None) -> str:
    return format_instant(occurred(value, ARRIVAL, sent_at)[0])


def flags(value: object, sent_at: object = None) -> tuple[str, ...]:
    return occurred(value, ARRIVAL, sent_at)[1]


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00.276Z", "2026-03-02T08:00:00.276000Z"),
        ("2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00Z"),
        ("2016-04-27T16:28:50.3963933-04:00", "2016-04-27T20:28:50.396393Z"),
        ("  2026-03-02 08:00:00+0000 ", "2026-03-02T08:00:00Z"),
        (1_772_438_400, "2026-03-02T08:00:00Z"),
        (1_772_438_400.25, "2026-03-02T08:00:00.250000Z"),
        (1_534_108_637.153125, "2018-08-12T21:17:17.153125Z"),
        (1_772_438_400_123, "2026-03-02T08:00:00.123000Z"),
        (1_772_438_400_123_456, "2026-03-02T08:00:00.123456Z"),
        ("1772438400", "2026-03-02T08:00:00Z"),
        ("1772438400123", "2026-03-02T08:00:00.123000Z"),
        ("1534108637.153125", "2018-08-12T21:17:17.153125Z"),
    ],
)
def test_a_time_is_read_in_every_form_that_senders_use(value: object, instant: str) -> None:
    assert at(value) == instant
    assert flags(value) == ()


def test_a_time_without_a_zone_is_utc_and_that_is_noted() -> None:
    for value in ("2026-03-02 08:00:00", "2026-03-02T08:00:00.000"):
        assert (at(value), flags(value)) == ("2026-03-02T08:00:00Z", ("no_zone",))
    assert (at("2026-03-01"), flags("2026-03-01")) == ("2026-03-01T00:00:00Z", ("no_zone",))


def test_without_a_time_it_is_the_arrival() -> None:
    for value in (None, ""):
        assert (at(value), flags(value)) == ("2026-03-02T09:00:00Z", ("no_time",))


def test_a_time_more_than_five_minutes_ahead_is_the_arrival() -> None:
    assert (at("2026-03-02T09:05:00Z"), flags("2026-03-02T09:05:00Z")) == ("2026-03-02T09:05:00Z", ())
    assert (at("2026-03-02T09:05:00.000001Z"), flags("2026-03-02T09:05:01Z")) == ("2026-03-02T09:00:00Z", ("clamped",))
    assert flags("9999-12-31T23:59:59-14:00") == ("clamped",)


def test_a_wrong_clock_is_set_right_by_what_it_said_when_it_sent() -> None:
    behind, ahead = "2026-03-02T06:59:00Z", "2027-03-02T08:59:00Z"
    assert at(behind, "2026-03-02T07:00:00Z") == at(ahead, "2027-03-02T09:00:00Z") == "2026-03-02T08:59:00Z"
    assert flags(behind, "2026-03-02T07:00:00Z") == ("skew",)


def test_the_time_under_way_is_no_wrong_clock() -> None:
    assert at("2026-03-02T08:59:00Z", "2026-03-02T08:59:50Z") == "2026-03-02T08:59:00Z"
    assert flags("2026-03-02T08:59:00Z", "2026-03-02T09:00:20Z") == ()


@pytest.mark.parametrize(
    "value",
    [
        "yesterday", "2015-2-02T00:30:08.276Z", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "0", "-5", 0, -1, True,
        10**18, 10**300, 1e300, [], {}, "１772438400", "99999999999999999999", object(),
    ],
)  # fmt: skip
def test_what_is_no_time_refuses_the_event(value: object) -> None:
    with pytest.raises(BadEvent) as caught:
        occurred(value, ARRIVAL)
    assert caught.value.code == "bad_time"


def test_an_unreadable_sent_at_is_as_none() -> None:
    values: tuple[object, ...] = ("soon", 0, True, [], "")
    for value in values:
        assert occurred("2026-03-02T08:00:00Z", ARRIVAL, value) == (ARRIVAL - HOUR, ())


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 3, 1)), OFFSETS)  # noqa: DTZ001 -- the offset is drawn apart
def test_every_way_to_write_an_instant_is_that_instant(naive: datetime, offset: timezone) -> None:
    moment = naive.replace(tzinfo=offset)
    expected = from_datetime(moment)
    assert occurred(moment.isoformat(), ARRIVAL)[0] == expected
    assert occurred(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), ARRIVAL)[0] == expected
    assert occurred(expected, ARRIVAL)[0] == expected
    assert occurred(expected // SECOND, ARRIVAL)[0] == expected // SECOND * SECOND


@given(st.text() | st.integers() | st.floats() | st.none() | st.booleans(), st.text() | st.integers() | st.none())
def test_any_value_is_an_instant_not_ahead_of_the_arrival_or_a_bad_event(value: object, sent_at: object) -> None:
    try:
        instant: Instant = occurred(value, ARRIVAL, sent_at)[0]
    except BadEvent:
        return
    assert 0 <= instant <= ARRIVAL + AHEAD < ARRIVAL + HOUR
