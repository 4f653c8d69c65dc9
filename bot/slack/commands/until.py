"""A time that is still to come, at the end of what somebody typed: `2h`, `tomorrow`, `monday 14:00`, `14 March`. Pure.

Times are in the zone of whoever asks; a day without a time means nine o'clock in the morning, one without a year the
next of that name.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.slack.commands.days import read_day
from bot.slack.times import MORNING
from scoring.instants import DAY, HOUR, MINUTE, Instant, from_datetime, to_datetime

MOST_WORDS: Final = 6  # until 14 March 2027 at 09:00
_SPAN: Final = re.compile(r"(\d{1,3}|an?)\s?([a-z]+)\Z")
_UNITS: Final = {
    unit: length
    for length, units in ((MINUTE, "m min mins minute minutes"), (HOUR, "h hour hours"), (DAY, "d day days"))
    for unit in units.split()
} | {"w": 7 * DAY, "week": 7 * DAY, "weeks": 7 * DAY}
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")
_HALF_DAY: Final = re.compile(r"(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))? ?([ap])m\Z")
_MINUTE_OF_A_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})t(\d{2}:\d{2})(z)?\Z")
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FILLERS: Final = frozenset({"until", "till", "to", "at", "on", "in", "for", "next"})


def split_until(text: str, now: Instant, zone: tzinfo) -> tuple[str, Instant | None]:
    """WHO and the time at the end of the text, None where there is none; WHO is never empty because of it."""
    words = text.split()
    for start in range(max(1, len(words) - MOST_WORDS), len(words)):
        at = read_until([word for word in words[start:] if word.casefold() not in _FILLERS], now, zone)
        if at is not None:
            who = words[:start]
            while len(who) > 1 and who[-1].casefold() in _FILLERS:
                who.pop()
            return " ".join(who), at
    return text, None


def read_until(words: Sequence[str], now: Instant, zone: tzinfo) -> Instant | None:
    """The time that exactly these words mean."""
    said = [word.casefold() for word in words]
    today = to_datetime(now).astimezone(zone)
    return next((at for read in _READERS if said and (at := read(said, now, today)) is not None), None)


def _span(words: Sequence[str], now: Instant, today: datetime) -> Instant | None:
    found = _SPAN.match(" ".join(words))
    if found is None:
        return None
    count = int(found[1]) if found[1].isdecimal() else 1
    if found[2] in ("month", "months"):
        return _at(_months_on(today.date(), count), today.time(), today)
    unit = _UNITS.get(found[2])
    return now + count * unit if unit else None


def _months_on(day: date, count: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + count, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _day(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    """A day, with or without a time after it."""
    for end in (len(words), len(words) - 1, len(words) - 2):
        day = _named(words[:end], today.date()) if end > 0 else None
        clock = MORNING if end == len(words) else _time(" ".join(words[end:]))
        if day is not None and clock is not None:
            return _at(day, clock, today)
    return None


def _minute(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    """`2026-03-14T10:30`, and with a `Z` in UTC."""
    found = _MINUTE_OF_A_DAY.match(words[0]) if len(words) == 1 else None
    if found is None:
        return None
    day, clock = read_day([found[1]], today.date(), past=False), _time(found[2])
    return _at(day, clock, today.astimezone(UTC) if found[3] else today) if day and clock else None


def _clock(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    """`14:00` is the next time that it is two o'clock."""
    clock = _time(" ".join(words))
    if clock is None:
        return None
    later = clock > today.time().replace(tzinfo=None)
    return _at(today.date() + timedelta(days=0 if later else 1), clock, today)


_READERS: Final[tuple[Callable[[Sequence[str], Instant, datetime], Instant | None], ...]] = (
    _span,
    _day,
    _minute,
    _clock,
)


def _named(words: Sequence[str], today: date) -> date | None:
    """`today`, `tomorrow`, a day of the week, `next week` (its Monday), or a day of the calendar."""
    word = words[0] if len(words) == 1 else ""
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    weekday = next((n for n, name in enumerate(_WEEKDAYS) if word in (name, name[:3])), 0 if word == "week" else None)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return read_day(words, today, past=False)


def _time(words: str) -> time | None:
    """`14:00`, `14.00`, `2pm`, `2:30 pm`."""
    if found := _HALF_DAY.match(words):
        return time(int(found[1]) % 12 + 12 * (found[3] == "p"), int(found[2] or 0))
    found = _CLOCK.match(words)
    return time(int(found[1]), int(found[2])) if found else None


def _at(day: date, clock: time, today: datetime) -> Instant:
    return from_datetime(datetime.combine(day, clock, today.tzinfo))
