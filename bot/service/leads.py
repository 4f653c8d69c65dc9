"""The desk of leads: what people ask and do, each in one transaction of the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bot.clock import Clock
from bot.service.explaining import known_of
from bot.service.facts import activity_of, fit_facts, points_by_event, reasons_of, score_view
from bot.service.handling.alerts import AlertBook
from bot.service.handling.desk import HandlingDesk
from bot.service.handling.state import Statuses, contact, qualification_of
from bot.service.histories import Entry
from bot.service.identity.known_as import KnownAs, known_as
from bot.service.logbook import events_of, read_log
from bot.service.logged import scoring_event
from bot.service.scorebook import Scorebook
from bot.service.views import (
    Act,
    Activity,
    Actor,
    AlertView,
    Explanation,
    HistoryPage,
    LeadRef,
    LeadView,
    Outcome,
    Status,
)
from bot.storage import alerts, audit, former_leads, identities, leads, scores, seen
from bot.storage.events import OUR_TYPES
from bot.storage.store import Store, Tx
from scoring.instants import Instant
from scoring.ledger import Line

PAGE: Final = 10
_ACTS: Final = 50


class LeadDesk:
    """Implements bot.service.desk.Desk on the store. `changed` is called after an act: something may be owed or due."""

    def __init__(
        self,
        store: Store,
        scorebook: Scorebook,
        handles: HandlingDesk,
        book: AlertBook,
        statuses: Statuses,
        clock: Clock,
    ) -> None:
        self._store = store
        self._scorebook = scorebook
        self._handles = handles
        self._book = book
        self._statuses = statuses
        self._clock = clock
        self.changed: Callable[[], None] = lambda: None

    @property
    def statuses(self) -> tuple[Status, ...]:
        return self._statuses.all

    # ---- asking

    async def find(self, who: str, limit: int = 10) -> tuple[LeadRef, ...]:
        return await self._store.read(lambda tx: self._find(tx, who.strip(), limit))

    def _find(self, tx: Tx, who: str, limit: int) -> tuple[LeadRef, ...]:
        number = who[2:] if who[:2].upper() == "L-" else ""
        if number.isascii() and number.isdigit() and len(number) < 16:
            found = [int(number)]
        elif "@" in who and (by_mail := identities.lead_of(tx, "email", who.casefold())) is not None:
            found = [by_mail]
        else:
            found = leads.by_words(tx, sorted(leads.words_of(who)), limit)
        return tuple(self._ref(tx, lead) for one in found if (lead := leads.get(tx, one)) is not None)

    def _ref(self, tx: Tx, lead: Any) -> LeadRef:
        row = scores.of_lead(tx, lead["id"]).get(self._scorebook.default_model)
        return LeadRef(
            lead["id"],
            lead["name"],
            lead["email"],
            lead["company"],
            row["label"] if row else None,
            _points(row["score"]) if row else None,
        )

    async def lead(self, number: int) -> LeadView | None:
        return await self._store.read(lambda tx: self._lead(tx, number, self._clock()))

    def _lead(self, tx: Tx, number: int, now: Instant) -> LeadView | None:
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        log = read_log(tx, number)
        alert = alerts.latest_of(tx, number)
        types = {row["type"] for row in log.rows}
        known, missing = known_of(self._scorebook.history_of(log, now), types, now)
        models = self._scorebook.by_rank
        return LeadView(
            lead=self._ref(tx, lead),
            title=lead["title"],
            contact=contact(lead),
            scores=tuple(score_view(live.model, log.history(live.model).score(now)) for live in models),
            handling=replace(self._statuses.handling(lead), qualification=qualification_of(tx, number)),
            fit_facts=fit_facts(Entry(log, ()).folding.attributes),
            known_fields=known,
            missing_fields=missing,
            crm_url=self._book.channels.crm_url,
            alert_key=alert["key"] if alert else None,
        )

    async def why(self, number: int, model: str | None = None) -> Explanation | None:
        return await self._store.read(lambda tx: self._why(tx, number, model, self._clock()))

    def _why(self, tx: Tx, number: int, model: str | None, now: Instant) -> Explanation | None:
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        log = read_log(tx, number)
        scored = [(live.model, log.history(live.model).score(now)) for live in self._scorebook.by_rank]
        meant = [one for one in scored if model is not None and one[0].name.casefold() == model.casefold()]
        inside = [one for one in scored if one[1].in_population]
        shown, score = (meant or inside or scored)[0]
        others = tuple(score_view(other, of_other) for other, of_other in scored if other.name != shown.name)
        return Explanation(self._ref(tx, lead), score_view(shown, score), reasons_of(score.lines), now, others)

    async def history(self, number: int, page: int = 1) -> HistoryPage | None:
        return await self._store.read(lambda tx: self._history(tx, number, page, self._clock()))

    def _history(self, tx: Tx, number: int, page: int, now: Instant) -> HistoryPage | None:
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        lines = self._scorebook.history_of(read_log(tx, number), now).score(now).lines
        told = [row for row in events_of(tx, number) if not row["type"].startswith(OUR_TYPES)]
        pages, page = _pages(len(told), page)
        shown = list(reversed(told))[(page - 1) * PAGE : page * PAGE]
        acts = self._acts(tx, number)
        return HistoryPage(self._ref(tx, lead), tuple(_activities(lines, shown)), acts, page, pages, len(told))

    def _acts(self, tx: Tx, number: int) -> tuple[Act, ...]:
        """What was done about a lead, and when it crossed, newest first."""
        done = [self._act(row) for row in audit.of_lead(tx, number, _ACTS)]
        crossed = [
            Act(row["at"], audit.SYSTEM, "crossed", None, row["label"], row["held_back"])
            for row in alerts.crossings_of(tx, number)[-_ACTS:]
        ]
        return tuple(sorted([*done, *reversed(crossed)], key=lambda act: -act.at)[:_ACTS])

    def _act(self, row: Any) -> Act:
        """The trail has a status by its key; people are told its label."""
        before, after = row["before"], row["after"]
        if row["action"] == "status":
            before, after = (key and self._statuses.of(key).label for key in (before, after))
        return Act(row["at"], row["actor"], row["action"], before, after, row["note"])

    async def known_as(self, number: int) -> tuple[KnownAs, ...]:
        """By which identifiers a lead is known, and what joined them when."""
        return await self._store.read(lambda tx: known_as(tx, former_leads.resolve(tx, number)))

    async def alert(self, key: str) -> AlertView | None:
        return await self._store.read(lambda tx: self._book.view(tx, key))

    # ---- acting

    async def claim(self, number: int, actor: Actor) -> Outcome | None:
        return await self._handles.claim(number, actor)

    async def release(self, number: int, actor: Actor) -> Outcome | None:
        return await self._handles.release(number, actor)

    async def set_status(self, number: int, status: str, actor: Actor, reason: str | None = None) -> Outcome | None:
        return await self._handles.set_status(number, status, actor, reason)

    async def relink(self, key: str, channel: str, ts: str) -> None:
        await self._store.write(lambda tx: self._book.posted(tx, key, channel, ts, self._clock()))
        self.changed()

    # ---- deliveries of Slack

    async def first_time(self, key: str) -> bool:
        """Whether this delivery has had no effect yet; remembers it."""
        return await self._store.write(lambda tx: seen.first_time(tx, key, self._clock()))


def _points(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100


def _pages(total: int, page: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE))
    return pages, min(max(page, 1), pages)


def _activities(lines: Iterable[Line], rows: Sequence[Any]) -> list[Activity]:
    points = points_by_event(lines)
    return [
        Activity(
            at=row["occurred_at"],
            type=row["type"],
            source=row["source"],
            what=activity_of(scoring_event(row, None), points).what,
            points=points.get((row["source"], row["id"])),
            quarantined=row["quarantined"],
            flags=tuple((row["flags"] or "").split(",")) if row["flags"] else (),
            seq=row["seq"],
        )
        for row in rows
    ]
