"""A lead's events as the models read them: loaded from the log, kept while they are in use, thrown away at any time."""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, Final

from bot.service.attribution import Identification, reach_of, that_count, whose
from bot.service.correcting import NO_CORRECTIONS, Corrections, corrected, corrections_of
from bot.storage import events, identities
from bot.storage.events import INHERITED
from bot.storage.store import Tx
from scoring.engine import History
from scoring.engine.folding import Folding, key_of
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant
from scoring.model import Model

Key = tuple[Instant, str, str]

_STOPS_MAIL: Final[Mapping[str, str]] = {
    "email_unsubscribed": "unsubscribed",
    "email_complained": "complained",
    "email_bounced": "bounced",
}
_ALLOWS_MAIL: Final = "newsletter_subscribed"
_SHORT: Final = 200
_USUAL: Final = 500
"""Characters that an event's properties and traits have at most, usually."""


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A published model: `id` is the version's number in the store."""

    id: int
    model: Model


class Entry:
    """One lead: a history per model, and what people see of it."""

    __slots__ = (
        "_colleagues",
        "_mail",
        "ahead",
        "company",
        "events",
        "folding",
        "histories",
        "latest",
        "lead_id",
        "named",
        "rows",
        "told",
        "told_version",
        "unnamed",
        "weight",
    )

    def __init__(self, lead_id: int, models: Sequence[LiveModel]) -> None:
        self.lead_id = lead_id
        self.named = False
        """Some event names a company otherwise than by the address of a mail."""
        self.histories = {live.model.name: History(live.model) for live in models}
        self.folding = Folding(None)
        self.latest: Key | None = None
        self.company: str | None = None
        self.ahead: list[Instant] = []
        self.events: list[ScoringEvent] = []
        self._colleagues: list[tuple[str, ScoringEvent]] = []
        self.rows: dict[str, dict[str, Any]] | None = None
        """The last evaluations as they are stored, by model; None: not looked up."""
        self.told: dict[str, Any] | None = None
        """What the table of leads says of the lead; None: not looked up."""
        self.told_version: object = None
        self.unnamed = False
        """Whether some event tells facts of a company that it does not name."""
        self._mail: str | None = None
        self.weight = 1
        """What it takes of memory, in events of the usual length (about 1.5 kB)."""

    def weigh(self, row: Mapping[str, Any]) -> None:
        """One more event is held, which says so much."""
        self.weight += 1 + (len(row["properties"]) + len(row["traits"])) // _USUAL

    def add(self, event: ScoringEvent) -> None:
        """The lead's next event, later than those before."""
        self.events.append(event)
        self._follow(event)
        for history in self.histories.values():
            history.add(event)

    def add_late(self, event: ScoringEvent) -> None:
        """An event earlier than some of those before: what follows from the order of events is worked out again."""
        insort(self.events, event, key=key_of)
        self.folding = Folding(None)
        self._mail = None
        for company, other in self._colleagues:
            self.folding.colleague(company, other)
        for one in self.events:
            self._follow(one)
        for history in self.histories.values():
            history.add(event)
        self.told_version = None

    @property
    def companies(self) -> set[str]:
        """The companies that its events have, one after the other."""
        return {one.company for one in self.events if one.company is not None}

    def company_at(self, key: Key) -> str | None:
        """The company of an event with this key that names none: that of the event before it."""
        before = bisect_left(self.events, key, key=key_of)
        return self.events[before - 1].company if before else None

    def _follow(self, event: ScoringEvent) -> None:
        self.latest = key_of(event)
        self.company = event.company
        self.folding.own(event)
        if event.type in _STOPS_MAIL:
            self._mail = _STOPS_MAIL[event.type]
        elif event.type == _ALLOWS_MAIL and self._mail == "unsubscribed":
            self._mail = None

    def add_company_event(self, company: str, event: ScoringEvent) -> None:
        """An event of a colleague that says something about their company."""
        self._colleagues.append((company, event))
        self.folding.colleague(company, event)
        for history in self.histories.values():
            history.add_company_event(company, event)

    @property
    def version(self) -> object:
        """Changes whenever what people see of the lead may have changed."""
        return (self.folding.version, self.company, self._mail)

    def shown(self) -> dict[str, Any]:
        """What people see of the lead, for the table of leads."""
        known = self.folding.attributes
        parts = [_text(known.get(name)) for name in ("first_name", "last_name")]
        return {
            "name": _text(known.get("name")) or " ".join(part for part in parts if part) or None,
            "email": _text(known.get("email")),
            "phone": _text(known.get("phone")),
            "title": _text(known.get("title")),
            "company": _text(known.get("company.name")) or _text(known.get("company.domain")),
            "country": _text(known.get("company.country_code")) or _text(known.get("country_code")),
            "company_id": int(self.company) if self.company else None,
            "do_not_mail": self._mail,
        }

    def next_ahead(self, now: Instant) -> Instant | None:
        """The next stored event that lies ahead of the clock."""
        self.ahead = [at for at in self.ahead if at > now]
        return min(self.ahead, default=None)


def _text(value: Value) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None or isinstance(value, Mapping) else str(value)


class Histories:
    """The entries in use, the longest unused dropped first."""

    def __init__(self, models: Sequence[LiveModel], *, keep: int = 30_000) -> None:
        self.models = tuple(models)
        self._keep = keep  # events of the usual length, whoever's
        self._held = 0
        self._counted: dict[int, int] = {}  # lead -> its weight when it was last looked at
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._by_company: dict[str, set[int]] = {}

    def get(self, tx: Tx, lead_id: int) -> Entry:
        """A lead's entry, loaded from the log if it is not at hand."""
        entry = self._entries.get(lead_id)
        if entry is not None:
            self._entries.move_to_end(lead_id)
        else:
            entry = self._entries[lead_id] = load(tx, lead_id, self.models)
            self.remember_company(entry)
        self._held += entry.weight - self._counted.get(lead_id, 0)
        self._counted[lead_id] = entry.weight
        while self._held > self._keep and len(self._entries) > 1:
            self.forget(next(iter(self._entries)))
        return entry

    def at_hand(self, lead_id: int) -> Entry | None:
        """A lead's entry, if it is loaded."""
        return self._entries.get(lead_id)

    def remember_company(self, entry: Entry) -> None:
        """The entry reads the facts of the companies of its events: new ones concern it."""
        for company in entry.companies:
            self._by_company.setdefault(company, set()).add(entry.lead_id)

    def forget(self, lead_id: int) -> None:
        """Load this lead from the log the next time."""
        entry = self._entries.pop(lead_id, None)
        self._held -= self._counted.pop(lead_id, 0)
        for company in entry.companies if entry is not None else ():
            readers = self._by_company.get(company, set())
            readers.discard(lead_id)
            if not readers:
                self._by_company.pop(company, None)

    def of_company(self, company: str) -> list[Entry]:
        """The entries at hand that read this company's facts."""
        return [self._entries[lead_id] for lead_id in self._by_company.get(company, ()) if lead_id in self._entries]

    def forget_all(self) -> None:
        self._entries.clear()
        self._counted.clear()
        self._by_company.clear()
        self._held = 0


def load(tx: Tx, lead_id: int, models: Sequence[LiveModel]) -> Entry:
    """A lead's entry from the log, from zero."""
    entry = Entry(lead_id, models)
    own = list(as_read(tx, lead_id))
    entry.named = any(names_outright(row) for row, _ in own)
    seqs = {row["seq"] for row, _ in own}
    for company in dict.fromkeys(event.company for _, event in own if event.company is not None):
        for row in events.of_companies_facts(tx, int(company)):
            if row["seq"] not in seqs and row["quarantined"] is None:
                entry.add_company_event(company, scoring_event(row, company))
                entry.weigh(row)
                if row["occurred_at"] > row["received_at"]:
                    entry.ahead.append(row["occurred_at"])
    for row, event in own:
        entry.add(event)
        entry.weigh(row)
        entry.unnamed |= is_unnamed(row)
        if event.occurred_at > row["received_at"]:
            entry.ahead.append(event.occurred_at)
    return entry


def names_outright(row: Mapping[str, Any]) -> bool:
    """Whether an event names a company itself, and not by the address of a mail."""
    return row["company_id"] is not None and not row["company_weak"] and row["company_facts"] != INHERITED


def is_unnamed(row: Mapping[str, Any]) -> bool:
    """Whether an event tells facts of a company that it does not name outright: `inherit` says of which they are."""
    known = row["company_key_id"] is not None and row["company_facts"] != INHERITED and not row["company_weak"]
    return bool(row["company_facts"]) and not known


def events_of(tx: Tx, lead_id: int) -> list[Any]:
    """Every stored event of a lead in order of time: those that name it, and the anonymous visits that came to it."""
    subjects = [row["id"] for row in identities.of_lead(tx, lead_id) if row["kind"] != "anonymous_id"]
    rows = events.of_subjects(tx, subjects)
    reach = reach_of(tx)
    for anonymous_id in identities.anonymous_of_lead(tx, lead_id):
        known = [
            Identification(row["occurred_at"], row["lead_id"], bool(row["by_mail"]))
            for row in identities.identifications_of(tx, anonymous_id)
        ]
        counting = that_count(known)
        visits = events.of_subjects(tx, [anonymous_id])
        rows += [row for row in visits if whose(row["occurred_at"], counting, reach) == lead_id]
    return sorted(rows, key=lambda row: (row["occurred_at"], row["id"], row["source"]))


def as_read(tx: Tx, lead_id: int) -> Iterable[tuple[Any, ScoringEvent]]:
    """A lead's events that are not quarantined, in order of time, as the models read them."""
    return with_companies(events_of(tx, lead_id), corrections_of(tx))


def with_companies(rows: Iterable[Any], corrections: Corrections) -> Iterable[tuple[Any, ScoringEvent]]:
    """A lead's events with their company: the one that they name, else that of the event before. None quarantined."""
    counting = [row for row in rows if row["quarantined"] is None]
    strong = any(names_outright(row) for row in counting)
    company: str | None = None
    for row in counting:
        inherits = row["company_facts"] == INHERITED or (strong and row["company_weak"])
        if row["company_id"] is not None and not inherits:
            company = str(row["company_id"])
        yield row, scoring_event(row, company, corrections)


def scoring_event(row: Any, company: str | None, corrections: Corrections = NO_CORRECTIONS) -> ScoringEvent:
    """A stored event as a model reads it; its person's address matters where `corrections` are given."""
    said = corrected(_map(row["traits"]), row["occurred_at"], corrections)
    return ScoringEvent(
        source=intern(row["source"]),  # few, and held by every event
        id=row["id"],
        type=intern(row["type"]),
        occurred_at=row["occurred_at"],
        properties=_map(row["properties"]),
        traits=traits_of(said, _map(row["means"]) if row["means"] else None),
        company=company,
    )


def traits_of(said: Mapping[str, Value], means: Mapping[str, Value] | None) -> Mapping[str, Value]:
    """An event's traits with what they mean; what the sender says itself comes first."""
    return {**means, **said} if means else said


def _map(text: str) -> Any:
    """A stored map. The same pages come again: short texts are read once. Nobody changes what is read."""
    return _read(text) if len(text) <= _SHORT else json.loads(text)


@lru_cache(maxsize=10_000)
def _read(text: str) -> Any:
    return json.loads(text)
