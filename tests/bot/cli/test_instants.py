"""The instants that people type after `--at`, `--since` and `--until`."""

from __future__ import annotations

import pytest

from bot.cli.model_files import instant_of
from bot.errors import HotleadError
from scoring.instants import format_instant, parse_instant

NOW = parse_instant("2026-03-02T00:30:00Z")


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("today", "2026-03-02T00:00:00Z", "2026-03-02T00:30:00Z"),
        ("Yesterday", "2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999999Z"),
        ("2026-02-28", "2026-02-28T00:00:00Z", "2026-02-28T23:59:59.999999Z"),
        ("2026-02-28T12:00+01:00", "2026-02-28T11:00:00Z", "2026-02-28T11:00:00Z"),
    ],
)
def test_a_day_means_its_beginning_or_its_end_and_may_be_today_or_yesterday(typed: str, begins: str, ends: str) -> None:
    assert format_instant(instant_of(typed, ends=False, clock=lambda: NOW)) == begins
    assert format_instant(instant_of(typed, clock=lambda: NOW)) == ends


@pytest.mark.parametrize("typed", ["tomorrow", "", "2026-02-30", "last week"])
def test_what_cannot_be_read_is_answered_with_what_can(typed: str) -> None:
    with pytest.raises(HotleadError, match="a day, such as 2026-03-02 or yesterday, for its beginning"):
        instant_of(typed, ends=False)
