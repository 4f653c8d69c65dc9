"""One lead's events under one model: a cache of derived facts that one more event updates cheaply.

The log of events is the truth; the state made of it can be thrown away at any time. An event later than those applied
is applied when an instant from its own on is asked. A late one throws the state away, and the next score is made
from zero. An instant before the latest event applied is answered by a state of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.engine.compiled import CompiledModel, compiled
from scoring.engine.result import Score
from scoring.engine.running import Advance, OfCompany
from scoring.engine.scoring import forecast, lines_of, score_state
from scoring.engine.state import State
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.ledger import Line
from scoring.model import Model


class History:
    """One lead's events under one model. It is for one thread at a time, as are the scores that it gave."""

    __slots__ = ("_advance", "_colleagues", "_compiled", "_log", "_seen", "model")

    def __init__(
        self,
        model: Model,
        events: Iterable[ScoringEvent] = (),
        company_events: Mapping[str, Iterable[ScoringEvent]] | None = None,
    ) -> None:
        self.model = model
        self._compiled: CompiledModel = compiled(model)
        self._log: list[ScoringEvent] = []
        self._seen: set[tuple[str, str]] = set()
        self._colleagues: list[OfCompany] = []
        self._advance: Advance | None = None
        for event in events:
            self.add(event)
        for company, others in (company_events or {}).items():
            for event in others:
                self.add_company_event(company, event)

    def add(self, event: ScoringEvent) -> None:
        """One more event of the lead, in any order. Of two with the same source and id the first one stays."""
        identity = (event.source, event.id)
        if identity in self._seen:
            return
        self._seen.add(identity)
        self._log.append(event)
        if self._advance is not None and not self._advance.add(event):
            self._advance = None

    def add_company_event(self, company: str, event: ScoringEvent) -> None:
        """One more event of a company, sent by a colleague of the lead, in any order."""
        self._colleagues.append((company, event))
        if self._advance is not None and not self._advance.add_company_event(company, event):
            self._advance = None

    def score(self, at: Instant) -> Score:
        """The score at an instant."""
        return score_state(self.state_at(at), at, LateDetails(self, at, len(self._log), len(self._colleagues)))

    def state_at(self, at: Instant) -> State:
        """The state from which an instant is scored, for what explains a score. It lives until the next event."""
        if self._advance is None:
            self._advance = self._from_zero(len(self._log), len(self._colleagues))
        elif at < self._advance.state.applied_until:
            return self._from_zero(len(self._log), len(self._colleagues)).to(at)
        return self._advance.to(at)

    def _from_zero(self, events: int, colleagues: int) -> Advance:
        return Advance(self._compiled, self._log[:events], self._colleagues[:colleagues], lean=False)

    def state_of(self, at: Instant, events: int, colleagues: int) -> State:
        """The state as it was known when there were so many events."""
        if (events, colleagues) == (len(self._log), len(self._colleagues)):
            return self.state_at(at)
        return self._from_zero(events, colleagues).to(at)


class LateDetails:
    """The lines and the forecast of a score, worked out when first asked for, as of the events known to it."""

    __slots__ = ("_at", "_colleagues", "_events", "_forecast", "_history", "_lines")

    def __init__(self, history: History, at: Instant, events: int, colleagues: int) -> None:
        self._history = history
        self._at = at
        self._events = events
        self._colleagues = colleagues
        self._lines: tuple[Line, ...] | None = None
        self._forecast: tuple[Instant | None] | None = None

    def _state(self) -> State:
        return self._history.state_of(self._at, self._events, self._colleagues)

    def lines(self) -> tuple[Line, ...]:
        """The ledger."""
        if self._lines is None:
            self._lines = lines_of(self._state(), self._at)
        return self._lines

    def forecast(self) -> Instant | None:
        """When time alone first changes the label."""
        if self._forecast is None:
            self._forecast = (forecast(self._state(), self._at),)
        return self._forecast[0]
