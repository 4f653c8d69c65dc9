"""One lead's events under one model: a cache of derived facts that one more event updates cheaply.

The log of events is the truth; the state made of it can be thrown away at any time. An event later than those applied
is applied when an instant from its own on is asked. A late one throws the state away, and the next score is made
from zero. An instant before the latest event applied is answered by a state of its own.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from itertools import groupby

from scoring.engine.compiled import CompiledModel, compiled
from scoring.engine.folding import Key, key_of
from scoring.engine.result import Score
from scoring.engine.scoring import forecast, lines_of, score_state
from scoring.engine.state import State
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.ledger import Line
from scoring.model import Model


class History:
    """One lead's events under one model. It is for one thread at a time, as are the scores that it gave."""

    __slots__ = ("_colleagues", "_compiled", "_log", "_seen", "_state", "_waiting", "_waiting_colleagues", "model")

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
        self._colleagues: list[tuple[str, ScoringEvent]] = []
        self._state: State | None = None
        self._waiting: list[ScoringEvent] = []
        self._waiting_colleagues: list[tuple[str, ScoringEvent]] = []
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
        state = self._state
        if state is None:
            return
        if _is_late(state, key_of(event)):
            self._state = None
        elif self._waiting and key_of(self._waiting[-1]) > key_of(event):
            insort(self._waiting, event, key=key_of)
        else:
            self._waiting.append(event)

    def add_company_event(self, company: str, event: ScoringEvent) -> None:
        """One more event of a company, sent by a colleague of the lead, in any order."""
        self._colleagues.append((company, event))
        state = self._state
        if state is None:
            return
        if state.compiled.model.ignore_earlier_events and event.occurred_at <= state.applied_until:
            self._state = None
        else:
            insort(self._waiting_colleagues, (company, event), key=_time_of)

    def score(self, at: Instant) -> Score:
        """The score at an instant."""
        return score_state(self.state_at(at), at, LateDetails(self, at, len(self._log), len(self._colleagues)))

    def state_at(self, at: Instant) -> State:
        """The state from which an instant is scored, for what explains a score. It lives until the next event."""
        state = self._state
        if state is None:
            state = self._state = State(self._compiled)
            self._waiting = sorted(self._log, key=key_of)
            self._waiting_colleagues = sorted(self._colleagues, key=_time_of)
        elif at < state.applied_until:
            return self._from_zero(at, len(self._log), len(self._colleagues))
        if self._waiting or self._waiting_colleagues:
            advance(state, self._waiting, self._waiting_colleagues, at)
        return state

    def _from_zero(self, at: Instant, events: int, colleagues: int) -> State:
        state = State(self._compiled)
        advance(
            state,
            sorted(self._log[:events], key=key_of),
            sorted(self._colleagues[:colleagues], key=_time_of),
            at,
        )
        return state

    def state_of(self, at: Instant, events: int, colleagues: int) -> State:
        """The state as it was known when there were so many events."""
        if (events, colleagues) == (len(self._log), len(self._colleagues)):
            return self.state_at(at)
        return self._from_zero(at, events, colleagues)


def _time_of(stored: tuple[str, ScoringEvent]) -> Key:
    return key_of(stored[1])


def _is_late(state: State, key: Key) -> bool:
    if state.latest is not None and key < key_of(state.latest):
        return True
    return state.compiled.model.ignore_earlier_events and key[0] <= state.applied_until


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


def advance(
    state: State, waiting: list[ScoringEvent], colleagues: list[tuple[str, ScoringEvent]], until: Instant
) -> None:
    """Apply what waits up to an instant, and take it from the lists, which are in the order of events."""
    due = bisect_right(waiting, until, key=_occurred_at)
    due_colleagues = bisect_right(colleagues, until, key=_colleague_occurred_at)
    if state.compiled.model.ignore_earlier_events:
        _apply_by_instants(state, waiting[:due], colleagues[:due_colleagues])
    else:
        for event in waiting[:due]:
            state.apply(event)
        for company, event in colleagues[:due_colleagues]:
            state.apply_colleague(company, event)
    del waiting[:due], colleagues[:due_colleagues]


def _apply_by_instants(state: State, events: list[ScoringEvent], colleagues: list[tuple[str, ScoringEvent]]) -> None:
    """Where the first instant counts at which the gates were met, they are asked after every instant."""
    stored: list[tuple[str | None, ScoringEvent]] = [(None, event) for event in events]
    stored += colleagues
    for instant, together in groupby(sorted(stored, key=_stored_at), key=_stored_at):
        for company, event in together:
            if company is None:
                state.apply(event)
            else:
                state.apply_colleague(company, event)
        state.end_of_instant(instant)


def _occurred_at(event: ScoringEvent) -> Instant:
    return event.occurred_at


def _colleague_occurred_at(stored: tuple[str, ScoringEvent]) -> Instant:
    return stored[1].occurred_at


def _stored_at(stored: tuple[str | None, ScoringEvent]) -> Instant:
    return stored[1].occurred_at
