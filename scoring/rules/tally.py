"""What one rule has seen of one lead: the base of the rule kinds.

A tally is told of each matching event in order of time (never of an earlier one), and is asked for its points at any
instant from the latest of them on. It remembers its last answer together with the instant until which it holds, so
that asking again costs next to nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterator
from typing import Final, NamedTuple

from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.numbers import Cents

NEVER: Final[Instant] = 1 << 62
"""Later than any instant."""
ROOMY: Final = 64
"""Instants that a lean tally holds before it looks which of them may go."""


class RuleLine(NamedTuple):
    """A line that a rule puts into the ledger."""

    cents: Cents
    event: ScoringEvent | int | None
    """The event that gives it; its number where the tally keeps no events."""
    changes_at: Instant
    seen: int | None = None
    matched: str | None = None


class Tally(ABC):
    """What one rule has seen of one lead."""

    __slots__ = ("at", "cents", "start", "until")

    remembers = True
    """Whether its matching events keep a category from being forgotten."""

    def __init__(self) -> None:
        self.at: array[Instant] = array("q")
        """When the events occurred that may count, oldest first."""
        self.cents: Cents = 0
        self.start: Instant = 0
        self.until: Instant = -NEVER

    def value(self, at: Instant) -> Cents:
        """The points at an instant; `until` then tells when they, or a line of them, change by time alone."""
        if not self.start <= at < self.until:
            self.cents, self.until = self.measure(at)
            self.start = at
        return self.cents

    @abstractmethod
    def add(self, event: ScoringEvent) -> None:
        """One more matching event, later than those before."""

    @abstractmethod
    def measure(self, at: Instant) -> tuple[Cents, Instant]:
        """The points at an instant, and the next instant at which a line changes."""

    @abstractmethod
    def lines(self, at: Instant) -> Iterator[RuleLine]:
        """The lines at an instant, oldest event first; none is worth 0."""
