"""The kind `inactivity`: gives its points once the latest matching event is old enough."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from scoring.events import ScoringEvent
from scoring.instants import Instant, format_duration
from scoring.model import InactivityRule
from scoring.numbers import Cents
from scoring.rules.tally import NEVER, RuleLine, Tally


class InactivityPlan:
    """What is prepared once per model for an inactivity rule."""

    __slots__ = ("rule",)

    def __init__(self, rule: InactivityRule) -> None:
        self.rule = rule

    def new_tally(self, *, lean: bool = False) -> Tally:  # noqa: ARG002 - every tally of this kind is lean
        """A tally of one lead."""
        return InactivityTally(self.rule)


class InactivityTally(Tally):
    """The latest matching event of one lead under an inactivity rule."""

    __slots__ = ("_rule",)

    remembers = False

    def __init__(self, rule: InactivityRule) -> None:
        super().__init__()
        self._rule = rule

    def add(self, event: ScoringEvent) -> None:
        """One more matching event, later than those before."""
        self.at[:1] = array("q", [event.occurred_at])
        self.until = self.start

    def measure(self, at: Instant) -> tuple[Cents, Instant]:
        """The points at an instant, and the instant at which they come."""
        comes_at = self.at[0] + self._rule.after
        if at >= comes_at:
            return self._rule.points, NEVER
        return 0, comes_at if self._rule.points else NEVER

    def lines(self, at: Instant) -> Iterator[RuleLine]:
        """One line, when the lead has been silent for so long."""
        if self.value(at):
            yield RuleLine(self._rule.points, None, NEVER, matched=f"nothing for {format_duration(self._rule.after)}")
