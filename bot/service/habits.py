"""A source's habit, and whether it is quiet against it. Pure: hours in which events came, and a silence.

A silence is compared with the same hours of earlier weeks, so that nights and weekends raise no alarm. It is against
habit if, going by how often each of these hours had an event, it would happen less than once in 10,000 times.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.instants import DAY, HOUR, Duration, Instant

WEEK: Final = 7 * DAY
REMEMBERED: Final = 13 * WEEK
_WEEKS: Final = 4
_FEWEST_WEEKS: Final = 2
_FEWEST_HOURS: Final = 2
"""In every one of those stretches something came in so many hours at least; else there is no habit to speak of."""
_CHANCE: Final = 1e-4
_SUREST: Final = 0.98
"""No source is so sure that one silent hour says anything."""


@dataclass(frozen=True, slots=True)
class Usual:
    """In how many hours something came at the same time in earlier weeks, on average, and how many weeks those are."""

    hours: float
    weeks: int


def against_habit(active: Sequence[int], since: Instant, now: Instant) -> Usual | None:
    """What usually comes, where the silence from `since` to `now` is against it.

    `active` are the hours (counted from 1970) in which events came, in order.
    """
    length = (now - since) // HOUR
    if not active or length < 1:
        return None
    counts = _same_stretch(active, since, now)
    if len(counts) < _FEWEST_WEEKS or min(counts) < _FEWEST_HOURS:
        return None
    usual = sum(counts) / len(counts)
    busy = min(usual / length, _SUREST)
    return Usual(usual, len(counts)) if (1.0 - busy) ** length < _CHANCE else None


def _same_stretch(active: Sequence[int], since: Instant, now: Instant) -> list[int]:
    """In how many hours something came in the same stretch of earlier weeks, as far back as anything is known."""
    step: Duration = -(-(now - since) // WEEK) * WEEK
    counts = []
    for back in range(1, _WEEKS + 1):
        begin, end = -(-(since - back * step) // HOUR), (now - back * step) // HOUR
        if begin < active[0]:
            break
        counts.append(bisect_left(active, end) - bisect_left(active, begin))
    return counts
