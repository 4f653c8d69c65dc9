"""When an event happened, from all the ways in which senders say it (SOURCES, "front door" 9).

Flags: `no_zone` (UTC was assumed), `no_time` (none was sent: it is the arrival), `skew` (the sender's clock was wrong,
as its sentAt shows), `clamped` (it was more than five minutes ahead of the arrival, and is the arrival).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.sources.problems import BadEvent
from scoring.instants import MINUTE, SECOND, Duration, Instant

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBER: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,9})?\Z", re.ASCII)
_SUCH: Final = "such as 2026-03-02T09:00:00Z is"
_UNITS: Final = ((10**11, 1_000_000), (10**14, 1000), (10**17, 1))
"""A number under the first (the year 5138 in seconds, 1973 in milliseconds) is in the unit of so many microseconds."""

AHEAD: Final = 5 * MINUTE
SKEW: Final = 30 * SECOND
"""A sentAt that is off by less is the time under way, no wrong clock."""

Moment = tuple[Instant, tuple[str, ...]]


def occurred(value: object, received_at: Instant, sent_at: object = None) -> Moment:
    """The instant of an event and what was noted about it. BadEvent when what was sent is no time."""
    if value is None or value == "":
        return received_at, ("no_time",)
    at, flags = read_instant(value)
    skew = _skew(sent_at, received_at) if sent_at is not None else 0
    if skew:
        at, flags = at + skew, (*flags, "skew")
    if at > received_at + AHEAD:
        return received_at, (*flags, "clamped")
    if at < 0:
        raise BadEvent("bad_time", "the time is before 1970, so no time was meant")
    return at, flags


def _skew(sent_at: object, received_at: Instant) -> Duration:
    """How far the sender's clock is behind; one that cannot be read says nothing, and costs no event."""
    try:
        skew = received_at - read_instant(sent_at)[0]
    except BadEvent:
        return 0
    return 0 if -SKEW <= skew <= SKEW else skew


def read_instant(value: object) -> Moment:
    """An ISO 8601 text, or a number of seconds, milliseconds or microseconds, also written as a text."""
    if isinstance(value, str):
        text = value.strip()
        return _of_text(text) if "-" in text or not _NUMBER.match(text) else (_of_number(Decimal(text)), ())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(Decimal(repr(value))), ()
    raise BadEvent("bad_time", f"the time is neither a text nor a number; {_SUCH}")


def _of_number(number: Decimal) -> Instant:
    for below, unit in _UNITS:
        if number.is_finite() and 0 < number < below:
            return int(number * unit)
    raise BadEvent("bad_time", "the time is a number that is none of seconds, milliseconds or microseconds since 1970")


def _of_text(text: str) -> Moment:
    try:
        moment = datetime.fromisoformat(text)  # cuts what is finer than a microsecond
    except ValueError:
        raise BadEvent("bad_time", f"{text[:40]!r} is no time; {_SUCH}") from None
    if moment.tzinfo is None:
        return (moment.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND, ("no_zone",)
    return (moment - _EPOCH) // _MICROSECOND, ()
