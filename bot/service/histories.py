"""Leads at hand: running scores and what people see; loaded from the log, kept while in use, forgotten at any time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.service.company_facts import CompanyFacts, News, Word
from bot.service.logbook import LeadLog, read_log, read_logs
from bot.service.logged import is_unnamed, names_outright
from bot.storage import leads, log
from bot.storage.events import OUR_TYPES, OURS
from bot.storage.store import Tx
from scoring.engine import Running, Score
from scoring.engine.folding import Folding, Key, key_of
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant
from scoring.model import Model

_STOPS_MAIL: Final[Mapping[str, str]] = {
    "email_unsubscribed": "unsubscribed",
    "email_complained": "complained",
    "email_bounced": "bounced",
}
_ALLOWS_MAIL: Final = "newsletter_subscribed"
_LEAD_BYTES: Final = 5_500
"""What a lead takes of memory, its events and models aside: measured, with a dozen attributes."""
_MODEL_BYTES: Final = 3_800
"""The same of its state under a model."""
_EVENT_BYTES: Final = 20
"""The same of an event that is held: its instant and number, for the rules that it met."""
_KEPT_EVENT_BYTES: Final = 700
"""The same where a model keeps events."""
RECENT: Final = 5
"""Events of which people are told as the last ones."""
_AHEAD: Final = 64
"""Leads that are read ahead in one go: their whole logs are in memory meanwhile."""


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A published model: `id` is the version's number in the store."""

    id: int
    model: Model


class Entry:
    """One lead: its running score under each model, and what people see of it. It does not keep the events."""

    __slots__ = (
        "_keeps",
        "_mail",
        "_said",
        "_text",
        "ahead",
        "companies",
        "company",
        "count",
        "folding",
        "latest",
        "lead_id",
        "named",
        "newest",
        "recent",
        "rows",
        "running",
        "seq",
        "since",
        "told",
        "told_version",
        "unnamed",
    )

    def __init__(self, one: LeadLog, models: Sequence[LiveModel]) -> None:
        self.lead_id = one.lead_id
        self.since = one.since
        """Before this instant it does not know what colleagues had said of its companies."""
        colleagues = [(company, event) for company, told in one.colleagues.items() for event in told]
        self.running = {live.model.name: Running(live.model, one.events, colleagues) for live in models}
        self.folding = Folding(None)
        self.latest: Key | None = None
        self.recent: list[int] = []
        """The numbers of the last events of which people are told, oldest first."""
        self.company: str | None = None
        self.companies: set[str] = set()
        """The companies that its events have, one after the other."""
        self.named = any(names_outright(row) for row in one.rows)
        """Some event names a company otherwise than by the address of a mail."""
        self.unnamed = any(is_unnamed(row) for row in one.rows)
        """Whether some event tells facts of a company that it does not name."""
        self.ahead: list[Instant] = []
        """When events happen that came before their instant, colleagues' too."""
        self.newest: Instant = 0
        """When the latest of the others happened."""
        self.seq = 0
        """The number of the last event that came in, and was counted: those before it were stored first.

        Our own do not tell: a group that is being taken in may write them before what it took in.
        """
        self.count = 0
        """How many events were counted."""
        self._keeps = any(one.keeps_events for one in self.running.values())
        self._said = ""
        """The traits of the last event, as they are stored: most events say them again."""
        self._text = 0
        """Characters of what its events said, as far as it is kept."""
        self.rows: dict[str, Any] | None = None
        """The last evaluations as they are stored, by model; None: not looked up."""
        self.told: dict[str, Any] | None = None
        """What the table of leads says of the lead; None: not looked up."""
        self.told_version: object = None
        self._mail: str | None = None
        for company, event in colleagues:
            self.folding.colleague(company, event)
            self._notice(one.colleague_rows[event.source, event.id])
        for row, event in zip(one.rows, one.events, strict=True):
            self._follow(event)
            self._count(row)

    def add(self, row: Mapping[str, Any], event: ScoringEvent) -> bool:
        """The lead's next event, later than those before; False when it must be loaded anew instead."""
        if self.latest is not None and key_of(event) < self.latest:
            return False
        self._follow(event)
        self._count(row)
        self.unnamed = self.unnamed or is_unnamed(row)
        in_order = [running.add(event) for running in self.running.values()]
        return all(in_order)

    def add_company_event(self, company: str, row: Mapping[str, Any], event: ScoringEvent) -> bool:
        """An event of a colleague that says something about their company; False when it must be loaded anew."""
        self.folding.colleague(company, event)
        self._notice(row)
        in_order = [running.add_company_event(company, event) for running in self.running.values()]
        return all(in_order)

    def score(self, model: str, at: Instant) -> Score | None:
        """The score under a model, without its lines; None for an instant that it has left behind."""
        return self.running[model].score(at) if at >= self.since else None

    def _follow(self, event: ScoringEvent) -> None:
        self.latest = key_of(event)
        self.company = event.company
        if event.company is not None:
            self.companies.add(event.company)
        self.folding.own(event)
        if not event.type.startswith(OUR_TYPES):
            self.recent.append(event.number)
            del self.recent[:-RECENT]
        if event.type in _STOPS_MAIL:
            self._mail = _STOPS_MAIL[event.type]
        elif event.type == _ALLOWS_MAIL and self._mail == "unsubscribed":
            self._mail = None

    def _count(self, row: Mapping[str, Any]) -> None:
        self.count += 1
        if row["source"] != OURS:
            self.seq = max(self.seq, row["seq"])
        self._notice(row)

    def _notice(self, row: Mapping[str, Any]) -> None:
        if self._keeps:
            self._text += _KEPT_EVENT_BYTES + len(row["properties"]) + len(row["traits"])
        elif (traits := row["traits"]) != self._said:
            self._said = traits
            self._text += len(traits)
        if row["occurred_at"] > row["received_at"]:
            self.ahead.append(row["occurred_at"])
        else:
            self.newest = max(self.newest, row["occurred_at"])

    @property
    def weight(self) -> int:
        """Bytes that it takes of memory, rather too many."""
        held = sum([running.held for running in self.running.values()])
        return _LEAD_BYTES + _MODEL_BYTES * len(self.running) + _EVENT_BYTES * held + self._text

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

    def next_ahead(self, at: Instant) -> Instant | None:
        """When something known happens next: ahead of the clock, or after an evaluation that is made up late."""
        self.ahead = [one for one in self.ahead if one > at]
        return min([*self.ahead, *([self.newest] if self.newest > at else [])], default=None)


def _text(value: Value) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return None if value is None or isinstance(value, Mapping) else str(value)


class Histories:
    """The entries in use, the longest unused dropped first."""

    def __init__(self, models: Sequence[LiveModel], *, keep: int = 32_000_000) -> None:
        self.models = tuple(models)
        self._keep = keep  # bytes of all entries together
        self._held = 0
        self._counted: dict[int, int] = {}  # lead -> its weight when it was last looked at
        self._entries: OrderedDict[int, Entry] = OrderedDict()
        self._by_company: dict[str, set[int]] = {}
        self._facts = CompanyFacts()

    def get(self, tx: Tx, lead_id: int) -> Entry:
        """A lead's entry, loaded from the log if it is not at hand."""
        entry = self._entries.get(lead_id)
        if entry is not None:
            self._entries.move_to_end(lead_id)
        else:
            entry = self._hold(Entry(read_log(tx, lead_id, self._condensed), self.models))
            self.weigh(entry)
        return entry

    def read_ahead(self, tx: Tx, lead_ids: Iterable[int]) -> None:
        """Load what is not at hand of leads that will be asked for: in a few statements, not in some for each.

        Those beyond what can be kept are left for when they are asked for.
        """
        missing = [lead_id for lead_id in lead_ids if lead_id not in self._entries]
        weight = 0
        for first in range(0, len(missing), _AHEAD):
            if weight >= self._keep:
                return
            weight += self._read_some(tx, missing[first : first + _AHEAD])

    def _read_some(self, tx: Tx, lead_ids: Sequence[int]) -> int:
        """Load these leads; their weight."""
        weight = 0
        rows: dict[int, dict[str, Any]] = {lead_id: {} for lead_id in lead_ids}
        for row in log.evaluations(tx, lead_ids):
            rows[row["lead_id"]][row["model"]] = row
        shown = leads.shown(tx, lead_ids)
        for lead_id, one in read_logs(tx, lead_ids, facts=self._condensed).items():
            entry = self._hold(Entry(one, self.models))
            entry.rows, entry.told = rows[lead_id], shown.get(lead_id)
            weight += self.weigh(entry)
        return weight

    def _hold(self, entry: Entry) -> Entry:
        self._entries[entry.lead_id] = entry
        self.remember_company(entry)
        return entry

    def weigh(self, entry: Entry) -> int:
        """Look at what an entry takes of memory now, and drop others where there is no room for it; its weight."""
        weight = entry.weight
        self._held += weight - self._counted.get(entry.lead_id, 0)
        self._counted[entry.lead_id] = weight
        while self._held > self._keep and len(self._entries) > 1:
            self.forget(next(iter(self._entries)))
        return weight

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

    @property
    def _condensed(self) -> CompanyFacts | None:
        """None where it matters when the gates were met first: there every word of a colleague does."""
        return None if any(live.model.ignore_earlier_events for live in self.models) else self._facts

    def company_said(self, tx: Tx, company: int, words: Sequence[Word]) -> News:
        """New words about a company, whose events are stored: its people at hand are told what of them is news."""
        facts = self._condensed
        news = News(list(words)) if facts is None else facts.news(tx, company, words)
        if news.anew:
            self._forget_people(company)
        for entry in self._people(company):
            entry.newest, entry.since = max(entry.newest, news.latest), max(entry.since, news.since)
            for by, row, event in news.words:
                if by != entry.lead_id and not entry.add_company_event(str(company), row, event):
                    self.forget(entry.lead_id)
        return news

    def forget_company(self, company: int) -> None:
        """Other events than before are about this company: it, and all who read its facts, are read anew."""
        self._facts.forget(company)
        self._forget_people(company)

    def _forget_people(self, company: int) -> None:
        for entry in self._people(company):
            self.forget(entry.lead_id)

    def _people(self, company: int) -> list[Entry]:
        """The entries at hand that read this company's facts."""
        readers = self._by_company.get(str(company), ())
        return [self._entries[lead_id] for lead_id in readers if lead_id in self._entries]

    def forget_all(self) -> None:
        self._facts.forget_all()
        self._entries.clear()
        self._counted.clear()
        self._by_company.clear()
        self._held = 0


def load(tx: Tx, lead_id: int, models: Sequence[LiveModel]) -> Entry:
    """A lead's entry from the log, from zero."""
    return Entry(read_log(tx, lead_id), models)
