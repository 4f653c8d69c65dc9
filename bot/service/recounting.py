"""A score with its ledger, and what its lead did last, as people are told them: of the log only what they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.service.histories import Entry, LiveModel
from bot.service.logbook import numbered, read_log
from bot.storage.store import Tx
from scoring.engine import Score
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.ledger import Line


class Recount(NamedTuple):
    """What a crossing keeps and its alert tells."""

    score: Score
    """With its ledger."""
    last: Sequence[ScoringEvent]
    """Events up to then, oldest first: at least the last ones that people are told of."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The details of a score whose lines were made at once."""

    kept: tuple[Line, ...]

    def lines(self) -> tuple[Line, ...]:
        """The ledger."""
        return self.kept

    def forecast(self) -> Instant | None:
        """Nobody is told it with a crossing."""
        raise LookupError("a crossing has no forecast: ask the lead's history")


def recount(tx: Tx, entry: Entry, live: LiveModel, at: Instant) -> Recount:
    """A lead's score under a model at an instant, and its last events."""
    score = entry.score(live.model.name, at)
    if score is None or entry.next_ahead(at) is not None:  # an instant of the past, or events of the future
        known = read_log(tx, entry.lead_id)
        return Recount(known.history(live.model).score(at), known.until(at).events)
    running = entry.running[live.model.name]
    events = numbered(tx, running.counted(at).union(entry.recent))
    lines = running.lines(at, events)
    return Recount(replace(score, details=_Ledger(lines)), [events[number] for number in entry.recent])
