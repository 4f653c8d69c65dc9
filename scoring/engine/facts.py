"""What is known about a lead at an instant, for whoever asks conditions outside a model, such as routing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.conditions import LeadFacts
from scoring.engine.folding import Folding, key_of
from scoring.events import ScoringEvent
from scoring.instants import Instant


def lead_facts(
    events: Iterable[ScoringEvent], at: Instant, company_events: Mapping[str, Iterable[ScoringEvent]] | None = None
) -> LeadFacts:
    """Attributes, status and events of a lead at an instant; of two events with the same source and id the first."""
    first: dict[tuple[str, str], ScoringEvent] = {}
    for event in events:
        if event.occurred_at <= at:
            first.setdefault((event.source, event.id), event)
    folding = Folding(reads=None)
    own = sorted(first.values(), key=key_of)
    for event in own:
        folding.own(event)
    for company, others in (company_events or {}).items():
        for event in others:
            if event.occurred_at <= at:
                folding.colleague(company, event)
    return LeadFacts(at, folding.attributes, folding.status, lambda: own, folding.company)
