"""Times to put a lead off until: a few that are chosen by a name, in the zone of whoever chooses. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.language import mark
from scoring.instants import HOUR, Instant, from_datetime, to_datetime

MORNING: Final = time(9)


def _today(now: Instant, zone: tzinfo) -> date:
    return to_datetime(now).astimezone(zone).date()


def morning(day: date, zone: tzinfo) -> Instant:
    """Nine o'clock of a day."""
    return from_datetime(datetime.combine(day, MORNING, zone))


def _in_days(count: int) -> Callable[[Instant, tzinfo], Instant]:
    return lambda now, zone: morning(_today(now, zone) + timedelta(days=count), zone)


def _monday(now: Instant, zone: tzinfo) -> Instant:
    today = _today(now, zone)
    return morning(today + timedelta(days=7 - today.weekday()), zone)


# key -> its words, and the instant that it means
TIMES: Final[Mapping[str, tuple[str, Callable[[Instant, tzinfo], Instant]]]] = {
    "1h": (mark("In an hour"), lambda now, _: now + HOUR),
    "3h": (mark("In three hours"), lambda now, _: now + 3 * HOUR),
    "tomorrow": (mark("Tomorrow at 9:00"), _in_days(1)),
    "2d": (mark("In two days at 9:00"), _in_days(2)),
    "monday": (mark("Next Monday at 9:00"), _monday),
    "week": (mark("In a week at 9:00"), _in_days(7)),
    "month": (mark("In 30 days at 9:00"), _in_days(30)),
}


def time_named(key: str | None, now: Instant, zone: tzinfo) -> Instant | None:
    """The instant of a key, None for what is none."""
    found = TIMES.get(key or "")
    return None if found is None else found[1](now, zone)
