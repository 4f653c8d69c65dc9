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
from scoring.rules.tally import NEVER, RuleLine, Tally


class FrequencyPlan:
    """What is prepared once per model for a frequency rule: its rows, the one furthest from 0 first."""

    __slots__ = ("most", "rows")

    def __init__(self, rule: FrequencyRule) -> None:
        self.rows = sorted((row for row in rule.rows if row.points), key=lambda row: -abs(row.points))
        self.most = max((row.at_least for row in self.rows), default=1)

    def new_tally(self, *, lean: bool = False) -> Tally:
        """A tally of one lead; a lean one knows no lines, and forgets what can count no more."""
        return FrequencyTally(self, lean=lean)


class FrequencyTally(Tally):
    """The matching events of one lead under a frequency rule."""

    __slots__ = ("_lean", "_plan")

    def __init__(self, plan: FrequencyPlan, *, lean: bool) -> None:
        super().__init__()
        self._plan = plan
        self._lean = lean

    def add(self, event: ScoringEvent) -> None:
        """One more matching event, later than those before."""
        self.at.append(event.occurred_at)
        if self._lean and len(self.at) > 2 * self._plan.most:
            del self.at[: -self._plan.most]
        self.until = self.start

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
            oldest = 0 if row.within is None else bisect_right(self.at, at - row.within)
            span = "" if row.within is None else f" in {format_duration(row.within)}"
            matched = f"at least {row.at_least}{span}"
            yield RuleLine(row.points, None, falls_at, seen=len(self.at) - oldest, matched=matched)
