"""Trying a model on a file of events: no store, no service. A line of the file is one event as JSON.

`lead`, `type` and `at` (or `occurred_at`) are needed; `id`, `source`, `company`, `traits` and `properties` are not. As
in an `[[example]]`, every other key is a property.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bot.errors import HotleadError
from bot.language import counted
from scoring.engine import Score, score, sets_company_facts
from scoring.events import ScoringEvent
from scoring.instants import Instant, UnreadableInstant, parse_instant
from scoring.model import Model
from scoring.ranking import sort_key

_OWN: Final = frozenset({"lead", "type", "at", "occurred_at", "id", "source", "company", "traits", "properties"})
_TOLD: Final = 20


class UnreadableEvents(HotleadError):
    """A file of events cannot be read, with every problem in one go."""

    def __init__(self, problems: list[str]) -> None:
        more = [f"and {counted(len(problems) - _TOLD, 'more line')}"] if len(problems) > _TOLD else []
        super().__init__("\n".join(["The events cannot be used:", *problems[:_TOLD], *more]))


@dataclass(slots=True)
class EventsByLead:
    """The events of a file, in the order of the file."""

    leads: dict[str, list[ScoringEvent]] = field(default_factory=dict)
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """A lead of the file with its score."""

    lead: str
    score: Score


class _BadLine(Exception):
    """What is wrong with a line, and what is allowed."""


def read_events(text: str) -> EventsByLead:
    """The events of a file of JSON lines. Raises UnreadableEvents with every bad line."""
    found = EventsByLead()
    problems: list[str] = []
    known: set[tuple[str, str]] = set()
    for number, line in enumerate(text.split("\n"), start=1):  # a text may hold other breaks
        if not line.strip():
            continue
        try:
            lead, event = _event(json.loads(line), number)
        except _BadLine as bad:
            problems.append(f"line {number}: {bad}")
        except ValueError as bad:
            problems.append(f"line {number}: found no JSON ({bad}); allowed: one object per line")
        except RecursionError:
            problems.append(f"line {number}: nested too deep; allowed: maps and lists of a few levels")
        else:
            identity = (event.source, event.id)
            if identity in known:
                found.duplicates += 1
                continue
            known.add(identity)
            found.leads.setdefault(lead, []).append(event)
    if problems:
        raise UnreadableEvents(problems)
    return found


def _event(values: Any, number: int) -> tuple[str, ScoringEvent]:
    if not isinstance(values, Mapping):
        raise _BadLine("found no object; allowed: one JSON object per line")
    lead, kind = _text(values, "lead"), _text(values, "type")
    company = None if values.get("company") is None else _text(values, "company")
    own = {name: value for name, value in values.items() if name not in _OWN}
    event = ScoringEvent(
        source=str(values.get("source", "")),
        id=str(values.get("id", f"{number:06}")),
        type=kind,
        occurred_at=_instant(values),
        properties={**own, **_map(values, "properties")},
        traits=_map(values, "traits"),
        company=company,
    )
    return lead, event


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found = "nothing" if name not in values else json.dumps(value, ensure_ascii=False)
    raise _BadLine(f"{name}: found {found}; allowed: a text")


def _map(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name) or {}
    if not isinstance(value, Mapping):
        raise _BadLine(f"{name}: found {json.dumps(value, ensure_ascii=False)}; allowed: an object")
    return value


def _instant(values: Mapping[str, Any]) -> Instant:
    value = values.get("at", values.get("occurred_at"))
    try:
        return parse_instant(value if isinstance(value, str) else json.dumps(value))
    except UnreadableInstant as bad:
        raise _BadLine(f"at: {bad}") from None


def try_model(model: Model, found: EventsByLead, at: Instant, only: str | None = None) -> list[Tried]:
    """The score of every lead of the file (or of one) at an instant, in the order in which a model ranks leads.

    Leads outside the population, or without an event by then, come last.
    """
    if only is not None and only not in found.leads:
        some = ", ".join(sorted(found.leads)[:5])
        raise HotleadError(
            f"No event names the lead {only!r}. The file has {counted(len(found.leads), 'lead')}, such as {some}."
        )
    leads = {lead: list(_with_companies(events)) for lead, events in found.leads.items()}
    facts: dict[str, list[tuple[str, ScoringEvent]]] = {}
    for lead, events in leads.items():
        for event in events:
            if event.company is not None and sets_company_facts(event):
                facts.setdefault(event.company, []).append((lead, event))
    tried = [
        Tried(lead, score(model, events, at, _colleagues(lead, events, facts)))
        for lead, events in leads.items()
        if only in (None, lead)
    ]
    return sorted(tried, key=_place)


def _with_companies(events: Iterable[ScoringEvent]) -> Iterable[ScoringEvent]:
    """An event that names no company has that of the lead's event before it."""
    company: str | None = None
    for event in sorted(events, key=lambda event: (event.occurred_at, event.id, event.source)):
        company = event.company if event.company is not None else company
        yield event if event.company == company else replace(event, company=company)


def _colleagues(
    lead: str, events: Iterable[ScoringEvent], facts: Mapping[str, list[tuple[str, ScoringEvent]]]
) -> dict[str, list[ScoringEvent]]:
    companies = {event.company for event in events if event.company is not None}
    return {name: [event for who, event in facts.get(name, ()) if who != lead] for name in companies}


def _place(tried: Tried) -> tuple[Any, ...]:
    return (not tried.score.in_population, sort_key(tried.score, tried.score.latest_event_at or 0, tried.lead))
