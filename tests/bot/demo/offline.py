"""The story scored without a service: requests through the real sources, a plain grouping, histories through time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from bot.demo.names import FREE_MAIL
from bot.demo.requests import Request
from bot.demo.sources import DEMO_SOURCES
from bot.demo.story import DEMO_SEED, Story
from bot.service.models.live import shipped
from bot.sources import open_source
from bot.sources.base import Accepted, Received, SourceConfig, SourcedEvent
from bot.sources.reading import Endpoint
from scoring.definition import load_model
from scoring.engine import History, Score, sets_company_facts
from scoring.events import ScoringEvent
from scoring.handover import Crossing, HandOver, evaluate
from scoring.instants import DAY, SECOND, Duration, Instant, parse_instant
from scoring.model import Model

NOW = parse_instant("2026-06-11T10:00:00Z")
SEED = DEMO_SEED
AT_LABEL = frozenset({"warm", "hot"})


@cache
def demo_model() -> Model:
    return load_model(shipped("b2b"))


@cache
def unsigned(name: str) -> Endpoint:
    """The demo's source, believing whoever asks: how things are signed is the feeder's."""
    return open_source(SourceConfig(name, str(DEMO_SOURCES[name]["kind"]), insecure=True, phone_region="DK"))


def read(request: Request, now: Instant = NOW) -> tuple[SourcedEvent, ...]:
    """The events of a request as the service would read them; none may be refused."""
    body = json.dumps(request.body(now), ensure_ascii=False).encode()
    received = Received("POST", f"https://x.example{request.path}", request.path, {}, body, now)
    answer = unsigned(request.source).read(received)
    assert isinstance(answer, Accepted), answer
    assert not answer.refusals, answer.refusals
    return answer.events


def value_of(event: SourcedEvent, kind: str) -> str | None:
    return next((one.value for one in event.identifiers if one.kind == kind), None)


def company_of(event: SourcedEvent) -> str | None:
    domain = (value_of(event, "email") or "").rpartition("@")[2]
    return domain if domain and domain not in FREE_MAIL.values() else None


_WORTHLESS = frozenset({"email_sent", "email_opened", "email_clicked"})


@dataclass
class Told:
    """What has been told so far: events by person, and what they say of companies."""

    events: dict[str, list[ScoringEvent]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[str, list[tuple[str, ScoringEvent]]] = field(default_factory=lambda: defaultdict(list))
    leads: dict[str, str] = field(default_factory=dict)
    """The address of each person who gave one."""

    def tell(self, requests: Iterable[tuple[Request, tuple[SourcedEvent, ...]]]) -> Told:
        for request, events in requests:
            for event in events:
                self._keep(request, event)
        return self

    def _keep(self, request: Request, event: SourcedEvent) -> None:
        if email := value_of(event, "email"):
            assert self.leads.setdefault(request.person, email) == email
        company = company_of(event)
        stored = ScoringEvent(
            request.source, event.id, event.type, event.occurred_at, event.properties, event.traits, company
        )
        self.events[request.person].append(stored)
        if company and sets_company_facts(stored):
            self.facts[company].append((request.person, stored))

    def history(self, person: str) -> History:
        events = self.events[person]
        others = {
            company: [event for who, event in self.facts[company] if who != person]
            for company in {event.company for event in events if event.company}
        }
        return History(demo_model(), events, others)

    def scores(self, person: str, every: Duration) -> Iterator[Score]:
        """A score at each thing that the person did but read mail, and every so often until now."""
        history = self.history(person)
        own = {event.occurred_at for event in self.events[person] if event.type not in _WORTHLESS}
        first = min(event.occurred_at for event in self.events[person])
        yield from (history.score(at) for at in sorted({*own, *range(first, NOW, every), NOW}))


@dataclass(frozen=True)
class Course:
    """How a lead fared."""

    labels: frozenset[str | None]
    at_end: str | None
    crossings: tuple[Crossing, ...]

    @property
    def alerted(self) -> bool:
        return any(crossing.alert for crossing in self.crossings)


def course_of(told: Told, person: str) -> Course:
    state, crossings, labels = HandOver.new(), [], []
    for score in told.scores(person, DAY):
        labels.append(score.label)
        state, crossing = evaluate(state, score, demo_model())
        if crossing is not None:
            crossings.append(crossing)
    return Course(frozenset(labels), labels[-1], tuple(crossings))


@cache
def _story(seed: int, now: Instant) -> Story:
    return Story(seed, now)


@cache
def _past_requests(seed: int, now: Instant) -> tuple[Request, ...]:
    return tuple(_story(seed, now).past())


@cache
def _past_read(seed: int, now: Instant) -> tuple[tuple[Request, tuple[SourcedEvent, ...]], ...]:
    return tuple((request, read(request, now)) for request in _past_requests(seed, now))


@cache
def _past(seed: int, now: Instant) -> Told:
    return Told().tell(_past_read(seed, now))


@cache
def _courses(seed: int) -> dict[str, Course]:
    told = past(seed)
    return {person: course_of(told, person) for person in told.leads}


def story() -> Story:
    """The story that most tests read; what is made of it is made once per process."""
    return _story(SEED, NOW)


def past_requests() -> tuple[Request, ...]:
    return _past_requests(SEED, NOW)


def past(seed: int = SEED, now: Instant = NOW) -> Told:
    return _past(seed, now)


def courses(seed: int = SEED) -> dict[str, Course]:
    """How every lead fared until now."""
    return _courses(seed)


def read_past() -> list[tuple[str, SourcedEvent]]:
    """Every event of the past with the key of its person."""
    return [(request.person, event) for request, events in _past_read(SEED, NOW) for event in events]


@cache
def archetypes() -> dict[str, str]:
    return {member.person.key: member.archetype.name for member in story().members}


def archetype_of(person: str) -> str:
    return archetypes()[person]


@dataclass(frozen=True)
class Moment:
    """One crossing of the present."""

    second: float
    person: str
    crossing: Crossing


class Present:
    """The present on top of the past: a lead is evaluated when an event of its own or of its company arrives."""

    def __init__(self, run: int = 1) -> None:
        self.told = Told().tell(_past_read(SEED, NOW))
        self.steps = Story(SEED, NOW, run).live()
        self.second = 0.0
        self.moments: list[Moment] = []
        self.labels: dict[str, set[str | None]] = defaultdict(set)
        self.requests: list[tuple[float, Request]] = []
        self._states = {person: self._found(person) for person in self.told.leads}

    def _found(self, person: str) -> HandOver:
        """History is not news: who is found at the label is disarmed silently."""
        return evaluate(HandOver.new(), self.told.history(person).score(NOW), demo_model(), silent=True)[0]

    def play(self, until: float) -> Present:
        for delay, request in self.steps:
            self.second += delay
            if self.second > until:
                return self
            self.requests.append((delay, request))
            now = NOW + int(self.second * SECOND)
            self.told.tell([(request, read(request, now))])
            for person in self._concerned(request.person):
                self._evaluate(person, now)
        raise AssertionError("the present has no end")

    def _concerned(self, person: str) -> set[str]:
        company = self.told.events[person][-1].company
        colleagues = {who for who, _ in self.told.facts[company]} if company else set()
        return {one for one in {person, *colleagues} if one in self.told.leads}

    def _evaluate(self, person: str, now: Instant) -> None:
        score = self.told.history(person).score(now)
        self.labels[person].add(score.label)
        state = self._states.get(person, HandOver.new())
        self._states[person], crossing = evaluate(state, score, demo_model())
        if crossing is not None:
            self.moments.append(Moment(self.second, person, crossing))
