"""The story scored without a service: requests through the real sources, a plain grouping, histories through time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.demo.model import model_text
from bot.demo.names import FREE_MAIL
from bot.demo.requests import Request
from bot.demo.sources import DEMO_SOURCES
from bot.sources import open_source
from bot.sources.base import Accepted, Received, SourceConfig, SourcedEvent
from bot.sources.reading import Endpoint
from scoring.definition import load_model
from scoring.engine import History, sets_company_facts
from scoring.events import ScoringEvent
from scoring.instants import Instant, parse_instant
from scoring.model import Model

NOW = parse_instant("2026-06-11T10:00:00Z")
SEED = 7


def demo_model() -> Model:
    return load_model(model_text())


def unsigned(name: str) -> Endpoint:
    """The demo's source, believing whoever asks: what is signed how is the feeder's."""
    return open_source(SourceConfig(name, str(DEMO_SOURCES[name]["kind"]), insecure=True, phone_region="DK"))


ENDPOINTS = {name: unsigned(name) for name in DEMO_SOURCES}


def read(request: Request, now: Instant) -> tuple[SourcedEvent, ...]:
    """The events of a request as the service would read them; none may be refused."""
    body = json.dumps(request.body(now), ensure_ascii=False).encode()
    answer = ENDPOINTS[request.source].read(
        Received("POST", f"https://x.example{request.path}", request.path, {}, body, now)
    )
    assert isinstance(answer, Accepted), answer
    assert not answer.refusals, answer.refusals
    return answer.events


def domain_of(event: SourcedEvent) -> str | None:
    emails = [one.value for one in event.identifiers if one.kind == "email"]
    domain = emails[0].rpartition("@")[2] if emails else None
    return None if domain in FREE_MAIL.values() else domain


@dataclass
class Told:
    """What the story has told so far: events by person and by company, and where hand-over stands."""

    model: Model
    events: dict[str, list[ScoringEvent]] = field(default_factory=lambda: defaultdict(list))
    company_events: dict[str, list[tuple[str, ScoringEvent]]] = field(default_factory=lambda: defaultdict(list))
    emails: dict[str, str] = field(default_factory=dict)
    ids: list[tuple[str, str]] = field(default_factory=list)

    def tell(self, requests: Iterable[Request], now: Instant) -> None:
        for request in requests:
            for event in read(request, now):
                self.ids.append((request.source, event.id))
                self._keep(request, event)

    def _keep(self, request: Request, event: SourcedEvent) -> None:
        emails = [one.value for one in event.identifiers if one.kind == "email"]
        for email in emails:
            assert self.emails.setdefault(request.person, email) == email
        company = domain_of(event)
        stored = ScoringEvent(
            request.source, event.id, event.type, event.occurred_at, event.properties, event.traits, company
        )
        self.events[request.person].append(stored)
        if company and sets_company_facts(stored):
            self.company_events[company].append((request.person, stored))

    @property
    def leads(self) -> list[str]:
        return list(self.emails)

    def history(self, person: str) -> History:
        events = self.events[person]
        companies = {event.company for event in events if event.company}
        of_others = {
            company: [event for who, event in self.company_events[company] if who != person] for company in companies
        }
        return History(self.model, events, of_others)
