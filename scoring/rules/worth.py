"""What time takes from the points of an event.

Two families. `Staged`: the age of the event decides, in stages (no forgetting, `expires_after`, `recency`). `Daily`:
the number of UTC midnights since the event decides (`half_life`, `fades`), with `expires_after` beside it. Both answer
for a whole ascending list of instants at once, jumping from stage to stage and from day to day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from scoring.instants import DAY, Duration, Instant
from scoring.model import PointsRule
from scoring.numbers import HUNDRED, Cents, divide, percent_of
from scoring.rules.tally import NEVER

_PRECISE: Final = Context(prec=60, rounding=ROUND_HALF_UP)


class Staged:
    """Points by age: the cents of the first stage whose limit the age is under, then nothing."""

    __slots__ = ("_stages", "lifetime")

    def __init__(self, stages: list[tuple[Duration, Cents]]) -> None:
        self._stages = _merged(stages)
        self.lifetime = max((limit for limit, cents in self._stages if cents), default=0)
        """From this age on an event is worth nothing."""

    def measure(self, at: Sequence[Instant], now: Instant) -> tuple[Cents, Instant]:
        """The sum over the events at these instants, and when one of them next changes."""
        total, change, older, high = 0, NEVER, 0, len(at)
        for position, (limit, cents) in enumerate(self._stages):
            low = bisect_right(at, now - limit, older, high)
            total += cents * (high - low)
            following = self._stages[position + 1][1] if position + 1 < len(self._stages) else 0
            if cents != following and low < len(at):
                change = min(change, at[low] + limit)
            high = low
        return total, change

    def spread(self, at: Sequence[Instant], now: Instant) -> Iterator[tuple[int, Cents, Instant]]:
        """For each of the events that is worth something: its position, its points, and when they next change."""
        high = len(at)
        found = []
        for limit, cents in self._stages:
            low = bisect_right(at, now - limit, 0, high)
            if cents:
                found.append((low, high, limit, cents))
            high = low
        for low, high, limit, cents in reversed(found):
            for index in range(low, high):
                yield index, cents, at[index] + limit


def _merged(stages: list[tuple[Duration, Cents]]) -> list[tuple[Duration, Cents]]:
    merged: list[tuple[Duration, Cents]] = []
    for limit, cents in stages:
        if merged and merged[-1][1] == cents:
            merged.pop()
        merged.append((limit, cents))
    return merged


class Daily:
    """Points by the number of UTC midnights in (occurred_at, now], until the event expires."""

    __slots__ = ("_expires", "_next", "_steps", "_value", "_zero_from", "lifetime")

    def __init__(self, value: Callable[[int], Cents], zero_from: int | None, expires: Duration | None) -> None:
        self._value = value
        self._zero_from = zero_from
        self._expires = expires
        self._steps: dict[int, Cents] = {}
        self._next: dict[int, int] = {}
        by_days = NEVER if zero_from is None else (zero_from + 1) * DAY
        self.lifetime = by_days if expires is None else min(expires, by_days)

    def step(self, days: int) -> Cents:
        """The cents after so many midnights."""
        cents = self._steps.get(days)
        if cents is None:
            cents = self._steps[days] = self._value(days)
        return cents

    def next_step(self, days: int) -> int:
        """The number of midnights at which the cents first differ from those of now; -1: never."""
        found = self._next.get(days)
        if found is None:
            found = self._next[days] = self._find_next(days)
        return found

    def _find_next(self, days: int) -> int:
        now = self.step(days)
        if self._zero_from is None or now == 0:
            return -1
        low, width = days, 1  # the cents at `low` are those of now; they only ever come nearer to 0
        while low + width < self._zero_from and self.step(low + width) == now:
            low, width = low + width, 2 * width
        high = min(low + width, self._zero_from)
        return bisect_left(range(high), True, low + 1, high, key=lambda day: self.step(day) != now)

    def measure(self, at: Sequence[Instant], now: Instant) -> tuple[Cents, Instant]:
        """The sum over the events at these instants, and when one of them next changes."""
        today, total, change, high = now // DAY, 0, NEVER, len(at)
        low = 0 if self._expires is None else bisect_right(at, now - self._expires)
        while high > low:
            day = at[high - 1] // DAY
            cents = self.step(today - day)
            if not cents:
                break
            start = bisect_left(at, day * DAY, low, high)
            total += cents * (high - start)
            following = self.next_step(today - day)
            if following >= 0:
                change = min(change, (day + following) * DAY)
            high = start
        if self._expires is not None and high < len(at):
            change = min(change, at[high] + self._expires)
        return total, change

    def spread(self, at: Sequence[Instant], now: Instant) -> Iterator[tuple[int, Cents, Instant]]:
        """For each of the events that is worth something: its position, its points, and when they next change."""
        today = now // DAY
        low = 0 if self._expires is None else bisect_right(at, now - self._expires)
        for index in range(low, len(at)):
            day = at[index] // DAY
            cents = self.step(today - day)
            if cents:
                following = self.next_step(today - day)
                change = NEVER if following < 0 else (day + following) * DAY
                yield index, cents, change if self._expires is None else min(change, at[index] + self._expires)


def worth_of(rule: PointsRule) -> Staged | Daily:
    """What time takes under this rule."""
    points, expires = rule.points, rule.expires_after
    if rule.half_life is not None:
        days = rule.half_life
        return Daily(lambda day: _halved(points, day, days), days * (2 * abs(points)).bit_length() + 1, expires)
    if rule.fades is not None:
        percent, every = rule.fades.percent, rule.fades.every
        gone = -(-HUNDRED // percent) * every if percent else None
        return Daily(lambda day: percent_of(points, max(0, HUNDRED - percent * (day // every))), gone, expires)
    stages = [(row.within, percent_of(points, row.percent)) for row in rule.recency] or [(NEVER, points)]
    if expires is None:
        return Staged(stages)
    cut = [(min(limit, expires), cents) for limit, cents in stages]
    first_past = next((index for index, (limit, _) in enumerate(cut) if limit == expires), len(cut) - 1)
    return Staged(cut[: first_past + 1])


def _halved(points: Cents, days: int, half_life: int) -> Cents:
    whole, rest = divmod(days, half_life)
    if rest == 0:
        return divide(points, 1 << whole)  # exact, as only here a half cent can be
    exponent = _PRECISE.divide(Decimal(-days), Decimal(half_life))
    return int(
        _PRECISE.multiply(Decimal(points), _PRECISE.power(Decimal(2), exponent)).to_integral_value(ROUND_HALF_UP)
    )
