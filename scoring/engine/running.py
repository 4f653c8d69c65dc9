"""One lead under one model as its events come: what waits for its instant, and the state made of what happened."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TypeAlias

from scoring.engine.compiled import CompiledModel, compiled
from scoring.engine.folding import Key, key_of
from scoring.engine.result import Score
from scoring.engine.scoring import counted, lines_of, score_state
from scoring.engine.state import State
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.ledger import Line
from scoring.model import Model

OfCompany: TypeAlias = tuple[str, ScoringEvent]
"""An event of a company, sent by a colleague."""


class Advance:
    """A state, and the events that wait for their instant to be asked. It only ever goes on."""

    __slots__ = ("_colleagues", "_waiting", "state")

    def __init__(
        self, model: CompiledModel, events: Iterable[ScoringEvent], colleagues: Iterable[OfCompany], *, lean: bool
    ) -> None:
        self.state = State(model, lean=lean)
        self._waiting = sorted(events, key=key_of)
        self._colleagues = sorted(colleagues, key=_key_of_colleague)

    def add(self, event: ScoringEvent) -> bool:
        """One more event of the lead; False when it is late, and everything must begin anew."""
        if self._is_late(event):
            return False
        if self._waiting and key_of(self._waiting[-1]) > key_of(event):
            insort(self._waiting, event, key=key_of)
        else:
            self._waiting.append(event)
        return True

    def _is_late(self, event: ScoringEvent) -> bool:
        state = self.state
        if state.latest is not None and key_of(event) < key_of(state.latest):
            return True
        return state.compiled.model.ignore_earlier_events and event.occurred_at <= state.applied_until

    def add_company_event(self, company: str, event: ScoringEvent) -> bool:
        """One more event of a company, in any order; False when it is late."""
        if self.state.compiled.model.ignore_earlier_events and event.occurred_at <= self.state.applied_until:
            return False
        insort(self._colleagues, (company, event), key=_key_of_colleague)
        return True

    @property
    def held(self) -> int:
        """How many events and instants are held."""
        return len(self._waiting) + len(self._colleagues) + self.state.instants

    def to(self, at: Instant) -> State:
        """The state from which an instant is scored, which must not lie before `state.applied_until`."""
        if self._waiting or self._colleagues:
            self._apply(at)
        return self.state

    def _apply(self, until: Instant) -> None:
        state = self.state
        due = bisect_right(self._waiting, until, key=_occurred_at)
        due_colleagues = bisect_right(self._colleagues, until, key=_colleague_occurred_at)
        if state.compiled.model.ignore_earlier_events:
            _apply_by_instants(state, self._waiting[:due], self._colleagues[:due_colleagues])
        else:
            for event in self._waiting[:due]:
                state.apply(event)
            for company, event in self._colleagues[:due_colleagues]:
                state.apply_colleague(company, event)
        del self._waiting[:due], self._colleagues[:due_colleagues]


class Running:
    """Scores of one lead, each not before the one asked last.

    It keeps no events but those that wait, and those that a condition on event and lead may come to match: of the
    others the numbers, by which whoever wants the lines finds them.

    A `History` keeps them all, and therefore also takes late ones, and knows the past.
    """

    __slots__ = ("_advance",)

    def __init__(self, model: Model, events: Iterable[ScoringEvent], colleagues: Iterable[OfCompany] = ()) -> None:
        self._advance = Advance(compiled(model), events, colleagues, lean=True)

    @property
    def keeps_events(self) -> bool:
        """Whether the model has such a condition."""
        return self._advance.state.compiled.mixes

    @property
    def held(self) -> int:
        """How many events that wait, and instants of those that do not, are held in memory."""
        return self._advance.held

    def add(self, event: ScoringEvent) -> bool:
        """One more event of the lead; False when it is late: this is of no use any more."""
        return self._advance.add(event)

    def add_company_event(self, company: str, event: ScoringEvent) -> bool:
        """One more event of a company, sent by a colleague; False when it is late."""
        return self._advance.add_company_event(company, event)

    def score(self, at: Instant) -> Score | None:
        """The score at an instant, without its lines and forecast; None where events after it are applied already."""
        if at < self._advance.state.applied_until:
            return None
        return score_state(self._advance.to(at), at, _NOT_KEPT)

    def counted(self, at: Instant) -> set[int]:
        """The numbers of the events that `lines` tells of, at the instant whose score was asked last."""
        return counted(self._advance.state, at)

    def lines(self, at: Instant, known: Mapping[int, ScoringEvent]) -> tuple[Line, ...]:
        """The ledger at the instant whose score was asked last; `known` are the events that are `counted`.

        Raises KeyError where one of them is not known.
        """
        return lines_of(self._advance.state, at, known)


class _NotKept:
    """Stands where a score has what is worked out apart."""

    def lines(self) -> tuple[Line, ...]:
        raise LookupError("a running score has no lines by itself: give `Running.lines` the events")

    def forecast(self) -> Instant | None:
        raise LookupError("a running score has no forecast: ask the lead's history")


_NOT_KEPT = _NotKept()


def _apply_by_instants(state: State, events: list[ScoringEvent], colleagues: list[OfCompany]) -> None:
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


def _key_of_colleague(stored: OfCompany) -> Key:
    return key_of(stored[1])


def _occurred_at(event: ScoringEvent) -> Instant:
    return event.occurred_at


def _colleague_occurred_at(stored: OfCompany) -> Instant:
    return stored[1].occurred_at


def _stored_at(stored: tuple[str | None, ScoringEvent]) -> Instant:
    return stored[1].occurred_at
