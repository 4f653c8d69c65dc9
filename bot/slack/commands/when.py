"""A day or an instant at the end of what somebody typed: `14 March`, `2026-03-14 09:00`, `yesterday`. Pure.

A day without a time means its end (today: now); a day without a year the last one of that name. Times are in the
zone of whoever asks, unless they say otherwise (`Z`, `UTC`, `+01:00`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.slack.commands.days import read_day
from scoring.instants import Instant, UnreadableInstant, from_datetime, parse_instant, to_datetime

MOST_WORDS: Final = 4
_DAYS: Final = {"today": 0, "idag": 0, "vandaag": 0, "yesterday": 1, "igår": 1, "gisteren": 1}
_FILLERS: Final = frozenset({"on", "at", "the", "den", "d.", "op", "kl.", "kl"})
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(z|utc)?\Z", re.IGNORECASE)


def zone_of(name: str | None) -> tzinfo:
    """The zone of this name; UTC where there is none."""
    try:
        return ZoneInfo(name) if name else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def split_when(text: str, now: Instant, zone: tzinfo) -> tuple[str, Instant | None]:
    """WHO and the instant at the end of the text, None where there is none; WHO is never empty because of it."""
    words = text.split()
    for start in range(max(1, len(words) - MOST_WORDS), len(words)):
        at = read_when(words[start:], now, zone)
        if at is not None:
            who = words[:start]
            while len(who) > 1 and who[-1].casefold() in _FILLERS:
                who.pop()
            return " ".join(who), at
    return text, None


def read_when(words: Sequence[str], now: Instant, zone: tzinfo) -> Instant | None:
    """The instant that exactly these words mean."""
    if len(words) == 1 and "T" in words[0].upper() and words[0][:4].isdigit():
        return _instant(words[0], zone)
    rest, clock, utc = _clock([word for word in words if word.casefold() not in _FILLERS])
    today = to_datetime(now).astimezone(zone).date()
    day = next((found for read in _READERS if (found := read(rest, today)) is not None), None)
    if day is None:
        return None
    if clock is None:
        end = datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
        return min(from_datetime(end), now) if day == today else from_datetime(end)
    return from_datetime(datetime.combine(day, clock, ZoneInfo("UTC") if utc else zone))


def _instant(text: str, zone: tzinfo) -> Instant | None:
    try:
        return parse_instant(text)
    except UnreadableInstant:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return from_datetime(moment.replace(tzinfo=zone))


def _clock(words: Sequence[str]) -> tuple[list[str], time | None, bool]:
    """The words without a time at their end, the time, and whether it is said to be UTC."""
    rest = list(words)
    utc = len(rest) > 1 and rest[-1].casefold() in ("utc", "z")
    if utc:
        rest.pop()
    found = _CLOCK.match(rest[-1]) if len(rest) > 1 else None
    if found is None:
        return list(words), None, False
    return rest[:-1], time(int(found[1]), int(found[2])), utc or bool(found[3])


def _named(words: Sequence[str], today: date) -> date | None:
    back = _DAYS.get(words[0].casefold()) if len(words) == 1 else None
    return None if back is None else today - timedelta(days=back)


def _day(words: Sequence[str], today: date) -> date | None:
    return read_day(words, today, past=True)


def _ago(words: Sequence[str], today: date) -> date | None:
    """`3 days ago`, `2 weeks ago`."""
    if len(words) != 3 or words[2].casefold() != "ago" or not words[0].isdecimal() or len(words[0]) > 4:
        return None
    unit = {"day": 1, "days": 1, "week": 7, "weeks": 7}.get(words[1].casefold())
    return None if unit is None else _minus(today, int(words[0]) * unit)


def _minus(today: date, days: int) -> date | None:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return None


_READERS: Final[tuple[Callable[[Sequence[str], date], date | None], ...]] = (_named, _day, _ago)
