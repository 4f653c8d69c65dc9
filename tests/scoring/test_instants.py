"""Instants and durations, read and written."""

from __future__ import annotations

from datetime import datetime

import pytest

from scoring.instants import (
    UnreadableInstant,
    format_duration,
    format_instant,
    from_datetime,
    parse_duration,
    parse_instant,
)


def test_an_instant_is_utc_and_finer_digits_are_cut_off() -> None:
    assert parse_instant("2026-01-01T01:00:00.1234569+01:00") == parse_instant("2026-01-01T00:00:00.123456Z")
    assert format_instant(parse_instant("2026-01-01T01:00:00+01:00")) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "yesterday", "", "2026-13-01T00:00:00Z"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInstant):
        parse_instant(text)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(UnreadableInstant):
        from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001  that is the point


@pytest.mark.parametrize("text", ["90s", "15m", "24h", "100d", "2w"])
def test_a_duration_is_a_whole_number_and_a_unit(text: str) -> None:
    assert parse_duration(format_duration(parse_duration(text))) == parse_duration(text)


@pytest.mark.parametrize("text", ["0d", "-1d", "1.5d", "1 d", "5", "3y", "1d12h", "", "١d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UnreadableInstant):
        parse_duration(text)
