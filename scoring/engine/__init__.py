"""The score of a lead: f(events, model, instant), from zero or from a history that one more event updates cheaply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.engine.facts import lead_facts
from scoring.engine.folding import company_facts_of, sets_company_facts
from scoring.engine.history import History
from scoring.engine.result import Score
from scoring.engine.running import Running
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.ledger import Line
from scoring.model import Model

__all__ = ["History", "Line", "Running", "Score", "company_facts_of", "lead_facts", "score", "sets_company_facts"]


def score(
    model: Model,
    events: Iterable[ScoringEvent],
    at: Instant,
    company_events: Mapping[str, Iterable[ScoringEvent]] | None = None,
) -> Score:
    """The score of a lead at an instant, from zero.

    `company_events` are the events of colleagues by company: all that may say anything of a company the lead was at.
    """
    return History(model, events, company_events).score(at)
