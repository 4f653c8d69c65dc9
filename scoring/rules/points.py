"""The kind `points`: each counted event gives points, less what time has taken.

Which events count: with `once_per` only the latest of each value; then, with `at_most`, the latest so many, or, with
`per`, walking from the newest to the oldest, an event while fewer than so many counted ones lie in
[occurred_at, occurred_at + per). The walk jumps to the next event that can count, and ends where all older ones are
worth nothing anyway.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeAlias

from scoring import texts
from scoring.conditions.compiled import Facts, read_property
from scoring.conditions.operators import as_text, folding
from scoring.conditions.values import read_value
from scoring.events import ScoringEvent
from scoring.instants import Duration, Instant
from scoring.model import PointsRule
from scoring.numbers import Cents
from scoring.rules.tally import ROOMY, RuleLine, Tally
from scoring.rules.worth import Daily, Staged, worth_of

OnceKey: TypeAlias = Callable[[ScoringEvent], Hashable]


class PointsPlan:
    """What is prepared once per model for a points rule."""

    __slots__ = ("at_most", "once", "per", "worth")

    def __init__(self, rule: PointsRule) -> None:
        self.worth: Staged | Daily = worth_of(rule)
        self.once = None if rule.once_per is None else once_key(rule.once_per)
        self.at_most = rule.at_most
        self.per = rule.per

    def new_tally(self, *, lean: bool = False) -> Tally:
        """A tally of one lead; a lean one keeps numbers for events, and forgets what can count no more."""
        return PointsTally(self, lean=lean)


class PointsTally(Tally):
    """The events of one lead that count under a points rule."""

    __slots__ = ("_events", "_latest", "_numbers", "_plan", "_roomy")

    def __init__(self, plan: PointsPlan, *, lean: bool) -> None:
        super().__init__()
        self._plan = plan
        self._events: list[ScoringEvent] | None = None if lean else []
        self._numbers: array[int] = array("q")
        """The numbers of the events that may count, where they are not kept themselves."""
        self._latest: dict[Hashable, tuple[Instant, int]] = {}
        self._roomy = ROOMY

    def add(self, event: ScoringEvent) -> None:
        """One more matching event, later than those before. An answer that still holds is adjusted, not forgotten."""
        once, gone = self._plan.once, None
        if once is not None:
            gone = self._supersede(event, once(event))
        self.at.append(event.occurred_at)
        if self._events is not None:
            self._events.append(event)
        else:
            self._numbers.append(event.number)
            if len(self.at) > self._roomy:
                self._forget()
        moment = max(self.start, event.occurred_at)
        if moment < self.until and self._plan.at_most is None:
            self._adjust(moment, event.occurred_at, gone)
        else:
            self.until = self.start

    def _adjust(self, moment: Instant, came: Instant, gone: Instant | None) -> None:
        """Add what came and take away what was superseded; the others are as they were until `until`."""
        measure = self._plan.worth.measure
        cents, change = measure([came], moment)
        if gone is not None:
            lost, lost_change = measure([gone], moment)
            cents -= lost
            if lost_change == self.until < change:  # who changes next is not known without the one that is gone
                self.until = self.start
                return
        self.cents += cents
        self.start = moment
        self.until = min(self.until, change)

    def _supersede(self, event: ScoringEvent, value: Hashable) -> Instant | None:
        """The instant of the event whose place this one takes."""
        if value is None:
            return None
        before = self._latest.get(value)
        self._latest[value] = event.occurred_at, event.number
        if before is None:
            return None
        index = self._position(value, *before)
        if index is None:
            return None
        del self.at[index]
        if self._events is not None:
            del self._events[index]
        else:
            del self._numbers[index]
        return before[0]

    def _position(self, value: Hashable, at: Instant, number: int) -> int | None:
        """Where an event stands, among others of its instant; None where it is forgotten."""
        once = self._plan.once
        for index in range(bisect_left(self.at, at), bisect_right(self.at, at)):
            if self._events is None:
                if self._numbers[index] == number:
                    return index
            elif once is not None and once(self._events[index]) == value:
                return index
        return None

    def _forget(self) -> None:
        """Without what is worth nothing from now on, or is not among the latest that count."""
        plan = self._plan
        worthless = self.at[-1] - plan.worth.lifetime
        first = bisect_right(self.at, worthless)
        if plan.at_most is not None and plan.per is None and plan.once is None:
            first = max(first, len(self.at) - plan.at_most)
        first = min(first, len(self.at) - 1)  # the latest tells when the rule was met last
        del self.at[:first], self._numbers[:first]
        self._latest = {value: latest for value, latest in self._latest.items() if latest[0] > worthless}
        self._roomy = max(ROOMY, 2 * len(self.at))

    def measure(self, at: Instant) -> tuple[Cents, Instant]:
        """The points at an instant, and the next instant at which a line changes."""
        plan = self._plan
        if plan.at_most is None:
            return plan.worth.measure(self.at, at)
        return plan.worth.measure([self.at[index] for index in self._counted(plan.at_most)], at)

    def lines(self, at: Instant) -> Iterator[RuleLine]:
        """One line per counted event that is worth something."""
        known: Sequence[ScoringEvent | int] = self._numbers if self._events is None else self._events
        instants: Sequence[Instant] = self.at
        at_most = self._plan.at_most
        if at_most is not None:
            counted = self._counted(at_most)
            instants, known = [instants[index] for index in counted], [known[index] for index in counted]
        for index, cents, changes_at in self._plan.worth.spread(instants, at):
            yield RuleLine(cents, known[index], changes_at)

    def _counted(self, at_most: int) -> range | list[int]:
        per = self._plan.per
        if per is None:
            return range(max(0, len(self.at) - at_most), len(self.at))
        return self._walk(at_most, per)

    def _walk(self, at_most: int, per: Duration) -> list[int]:
        at = self.at
        counted: list[int] = []
        index = len(at) - 1
        oldest = at[-1] - self._plan.worth.lifetime if at else 0
        while index >= 0 and at[index] > oldest:
            counted.append(index)
            index -= 1
            if len(counted) >= at_most:  # the next must leave the at_most-th counted before it out of its window
                index = bisect_right(at, at[counted[-at_most]] - per, 0, index + 1) - 1
        counted.reverse()
        return counted


def once_key(field: str) -> OnceKey:
    """What `once_per` compares: the value as text, a list whole; None for an event without it, which counts alone."""
    read, fold = read_property(field), folding(texts.is_url_field(field))
    nobody: Facts = None  # type: ignore[assignment]  # a property of the event is read, never the lead

    def key(event: ScoringEvent) -> Hashable:
        value = read_value(read(event, nobody))
        if isinstance(value, list):
            return tuple(as_text(element, fold) for element in value)
        return None if value is None else as_text(value, fold)

    return key
