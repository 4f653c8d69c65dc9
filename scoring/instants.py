"""Instants and durations: whole microseconds, so that comparing and storing them is exact and cheap."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from scoring.errors import ScoringError

Instant: TypeAlias = int
"""Microseconds since 1970-01-01T00:00:00Z."""

Duration: TypeAlias = int
"""Microseconds."""


class Days(int):
    """A duration that was said in days or weeks: with business hours it is whole working days, not so many hours."""


SECOND: Final[Duration] = 1_000_000
MINUTE: Final[Duration] = 60 * SECOND
HOUR: Final[Duration] = 60 * MINUTE
DAY: Final[Duration] = 24 * HOUR

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNITS: Final = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_DURATION: Final = re.compile(r"([0-9]{1,9})([smhdw])\Z")
_FINE_DIGITS: Final = re.compile(r"(\.[0-9]{6})[0-9]+")


class UnreadableInstant(ScoringError):
    """A text is no instant with an offset (or, for a duration, no whole number and unit)."""


def to_datetime(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=at)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is refused with UnreadableInstant."""
    if moment.tzinfo is None:
        raise UnreadableInstant(f"{moment.isoformat()} has no offset; allowed: an instant with an offset, such as Z")
    return (moment - _EPOCH) // _MICROSECOND


def parse_instant(text: str) -> Instant:
    """Read an ISO 8601 text with an offset; digits finer than a microsecond are cut off."""
    try:
        moment = datetime.fromisoformat(_FINE_DIGITS.sub(r"\1", text.strip()))
    except ValueError:
        raise UnreadableInstant(f"{text!r} is no instant; allowed: such as 2026-03-02T09:00:00Z") from None
    return from_datetime(moment)


def format_instant(at: Instant) -> str:
    """ISO 8601 in UTC with Z, as short as it is exact."""
    return to_datetime(at).isoformat().replace("+00:00", "Z")


def parse_duration(text: str) -> Duration:
    """Read one whole number above 0 and one unit: 90s 15m 24h 100d 2w (1d is exactly 24 h, but see Days)."""
    found = _DURATION.match(text)
    if found is None or int(found[1]) == 0:
        raise UnreadableInstant(f'{text!r} is no duration; allowed: a whole number above 0 and s, m, h, d or w ("24h")')
    length = int(found[1]) * _UNITS[found[2]]
    return Days(length) if found[2] in "dw" else length


def format_duration(length: Duration) -> str:
    """The duration in its largest unit that is whole: 86,400,000,000 is "1d"."""
    for unit in "wdhm":
        if length and length % _UNITS[unit] == 0:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length // SECOND}s"
