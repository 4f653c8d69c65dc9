"""A time that is still to come, at the end of what somebody typed: `2h`, `tomorrow`, `monday 14:00`, `2026-03-14`.

Pure. Times are in the zone of whoever asks; a day without a time means nine o'clock in the morning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.slack.times import MORNING
from scoring.instants import DAY, HOUR, MINUTE, Instant, from_datetime, to_datetime

MOST_WORDS: Final = 4
_SPAN: Final = re.compile(r"(\d{1,3})\s?([a-z]+)\Z")
_UNITS: Final = {
    unit: length
    for length, units in ((MINUTE, "m min mins minute minutes"), (HOUR, "h hour hours"), (DAY, "d day days"))
    for unit in units.split()
} | {"w": 7 * DAY, "week": 7 * DAY, "weeks": 7 * DAY}
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")
_ISO: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(Z)?)?\Z", re.IGNORECASE)
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


def _span(words: Sequence[str], now: Instant, _: datetime) -> Instant | None:
    found = _SPAN.match(" ".join(words))
    unit = _UNITS.get(found[2]) if found else None
    return now + int(found[1]) * unit if found and unit else None


def _day(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    """A day, with or without a time after it."""
    day = _named(words[0], today.date())
    clock = _time(words[1]) if len(words) == 2 else MORNING
    return _at(day, clock, today) if len(words) <= 2 and day is not None and clock is not None else None


def _iso(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    found = _ISO.match(words[0].upper())
    if not found or len(words) > 2 or (found[2] and len(words) == 2):
        return None
    typed = found[2] or (words[1] if len(words) == 2 else None)
    clock = MORNING if typed is None else _time(typed)
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    zoned = today.astimezone(UTC) if found[3] else today
    return _at(day, clock, zoned) if clock is not None and 1971 <= day.year <= 9998 else None


def _clock(words: Sequence[str], _: Instant, today: datetime) -> Instant | None:
    """`14:00` is the next time that it is two o'clock."""
    clock = _time(words[0]) if len(words) == 1 else None
    if clock is None:
        return None
    later = clock > today.time().replace(tzinfo=None)
    return _at(today.date() + timedelta(days=0 if later else 1), clock, today)


_READERS: Final[tuple[Callable[[Sequence[str], Instant, datetime], Instant | None], ...]] = (_span, _day, _iso, _clock)


def _named(word: str, today: date) -> date | None:
    if word == "tomorrow":
        return today + timedelta(days=1)
    weekday = next((n for n, name in enumerate(_WEEKDAYS) if word in (name, name[:3])), None)
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _time(word: str) -> time | None:
    found = _CLOCK.match(word)
    return time(int(found[1]), int(found[2])) if found else None


def _at(day: date, clock: time, today: datetime) -> Instant:
    return from_datetime(datetime.combine(day, clock, today.tzinfo))
