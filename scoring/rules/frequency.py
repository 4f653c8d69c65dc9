"""The kind `frequency`: of the rows that are reached, the one furthest from 0 gives its points.

A row is reached while its at_least-th latest matching event is younger than `within`; by time alone it can only fall.
Of rows worth the same the first in the file counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from scoring.events import ScoringEvent
from scoring.instants import Instant, format_duration
from scoring.model import FrequencyRow, FrequencyRule
from scoring.numbers import Cents
from scoring.rules.tally import NEVER, ROOMY, RuleLine, Tally


class FrequencyPlan:
    """What is prepared once per model for a frequency rule: its rows, the one furthest from 0 first."""

    __slots__ = ("longest", "most", "rows")

    def __init__(self, rule: FrequencyRule) -> None:
        self.rows = sorted((row for row in rule.rows if row.points), key=lambda row: -abs(row.points))
        self.most = max((row.at_least for row in self.rows), default=1)
        self.longest = max((row.within or 0 for row in self.rows), default=0)

    def new_tally(self, *, lean: bool = False) -> Tally:
        """A tally of one lead; a lean one forgets what can count no more."""
        return FrequencyTally(self, lean=lean)


class FrequencyTally(Tally):
    """The matching events of one lead under a frequency rule."""

    __slots__ = ("_forgotten", "_plan", "_roomy")

    def __init__(self, plan: FrequencyPlan, *, lean: bool) -> None:
        super().__init__()
        self._plan = plan
        self._forgotten = 0
        self._roomy = ROOMY if lean else NEVER

    def add(self, event: ScoringEvent) -> None:
        """One more matching event, later than those before."""
        self.at.append(event.occurred_at)
        if len(self.at) > self._roomy:
            self._forget()
        self.until = self.start

    def _forget(self) -> None:
        """Without what is in no row's time any more, and not among the latest that reach a row without one."""
        gone = min(bisect_right(self.at, self.at[-1] - self._plan.longest), len(self.at) - self._plan.most)
        if gone > 0:
            del self.at[:gone]
            self._forgotten += gone
        self._roomy = max(ROOMY, 2 * len(self.at))

    def measure(self, at: Instant) -> tuple[Cents, Instant]:
        """The points at an instant, and the instant at which the row falls."""
        row, falls_at = self._reached(at)
        return (0 if row is None else row.points), falls_at

    def _reached(self, at: Instant) -> tuple[FrequencyRow | None, Instant]:
        for row in self._plan.rows:
            if len(self.at) >= row.at_least:
                falls_at = NEVER if row.within is None else self.at[-row.at_least] + row.within
                if falls_at > at:
                    return row, falls_at
        return None, NEVER

    def lines(self, at: Instant) -> Iterator[RuleLine]:
        """One line, for the row that is reached."""
        row, falls_at = self._reached(at)
        if row is not None:
            oldest = -self._forgotten if row.within is None else bisect_right(self.at, at - row.within)
            span = "" if row.within is None else f" in {format_duration(row.within)}"
            matched = f"at least {row.at_least}{span}"
            yield RuleLine(row.points, None, falls_at, seen=len(self.at) - oldest, matched=matched)
