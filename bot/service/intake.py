"""Intake: many requests become one transaction, and each is answered only when that is durable.

A group is gathered by back-pressure, not by a timer: while one commits, the next gathers. In a group: what was due is
made up, duplicates are dropped by (source, id), identity decides whose each event is, the events are stored, and every
lead concerned is evaluated once. A request that makes its group fail is found by committing each alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.errors import Overloaded
from bot.logs import current_request
from bot.metrics import Metrics
from bot.service.company_facts import Word
from bot.service.erased import Erased
from bot.service.gathered import added, only_follow, row_of, scored
from bot.service.group import Group, Receipt, Request
from bot.service.identity.index import Belonging, Identity
from bot.service.identity.inheriting import inherit
from bot.service.identity.instructed import Instructed
from bot.service.identity.merging import Merging
from bot.service.incoming import SourcedEvent
from bot.service.logged import is_unnamed
from bot.service.quarantine import JUDGED, Judge, apply, looked_at, mail_of, tell_company
from bot.service.scorebook import HISTORY, Scorebook
from bot.service.vocabulary import Vocabulary
from bot.storage import events, leads, scores
from bot.storage.store import Store, Tx
from scoring.instants import Instant

log = structlog.get_logger(__name__)

_GROUP: Final = 2_000
"""Events per transaction at most."""
_AT_ONCE: Final = 50
"""Leads that identity or a company changes beyond these are evaluated by the due loop, outside the transaction."""
_EVENTS_AT_ONCE: Final = 1_000
"""The same of events."""


Came = Callable[[Tx, Mapping[int, Sequence[Mapping[str, Any]]], Instant], None]


class Intake:
    """Takes events in, and says of each request what became of it once that is durable."""

    def __init__(
        self,
        store: Store,
        identity: Identity,
        merging: Merging,
        scorebook: Scorebook,
        clock: Clock,
        metrics: Metrics,
        *,
        room: int,
        erased: Erased,
        vocabulary: Vocabulary,
        judge: Judge,
    ) -> None:
        self._store = store
        self._erased = erased
        self._merging = merging
        self._vocabulary = vocabulary
        self._identity = identity
        self._instructed = Instructed(identity)
        self._scorebook = scorebook
        self._clock = clock
        self._metrics = metrics
        self._room = room
        self.judge = judge
        self._waiting: list[Request] = []
        self._waiting_events = 0
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.came: Came = lambda _tx, _added, _now: None
        """Told, in the transaction, which events of which leads were stored and counted."""

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="intake")

    async def stop(self) -> None:
        """Commit what was taken on, and stop."""
        self._stopping = True
        self._came.set()
        if self._task is not None:
            await self._task

    async def accept(self, source: str, accepted: Sequence[SourcedEvent], *, history: bool = False) -> Receipt:
        """Store events and what follows from them; durable when this returns. Raises Overloaded beyond the room."""
        if not accepted:
            return Receipt(0, 0)
        if self._stopping or self._waiting_events + len(accepted) > self._room:
            raise Overloaded("More events are waiting than can be stored now. Send them again in a few seconds.")
        loop = asyncio.get_running_loop()
        request = Request(source, accepted, history, loop.create_future(), current_request(), loop.time())
        self._waiting.append(request)
        self._waiting_events += len(accepted)
        self._metrics.waiting.set(self._waiting_events)
        self._came.set()
        return await request.answer

    @property
    def waiting_events(self) -> int:
        """Events that were taken on and are not durable yet."""
        return self._waiting_events

    def oldest_waits(self) -> float:
        """Seconds that the oldest request that is not in a commit yet has waited; 0 when there is none."""
        return asyncio.get_running_loop().time() - self._waiting[0].since if self._waiting else 0.0

    async def _run(self) -> None:
        while self._waiting or not self._stopping:
            if not self._waiting:
                self._came.clear()
                await self._came.wait()
                continue
            await self._commit(self._next_group())

    def _next_group(self) -> list[Request]:
        size = 0
        taken = 0
        for request in self._waiting:
            size += len(request.events)
            if taken and size > _GROUP:
                break
            taken += 1
        group, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return group

    async def _commit(self, group: list[Request]) -> None:
        started = asyncio.get_running_loop().time()
        try:
            receipts = await self._store.write(lambda tx: self._group(tx, group))
        except Exception as trouble:
            await self._after_trouble(group, trouble)
            return
        finally:
            self._waiting_events -= sum(len(request.events) for request in group)
            self._metrics.waiting.set(self._waiting_events)
        self._metrics.commit_seconds.observe(asyncio.get_running_loop().time() - started)
        self._metrics.group_size.observe(sum(len(request.events) for request in group))
        for request, receipt in zip(group, receipts, strict=True):
            self._metrics.accepted.labels(request.source).inc(receipt.accepted)
            self._metrics.erased.labels(request.source).inc(receipt.erased)
            if not request.answer.done():
                request.answer.set_result(receipt)

    async def _after_trouble(self, group: list[Request], trouble: Exception) -> None:
        """One request may have spoilt it for the others: commit each alone, and give the trouble to its own."""
        self._metrics.group_failures.inc()
        log.warning("group_failed", requests=len(group), error=repr(trouble))
        for request in group:
            if len(group) == 1:
                if not request.answer.done():
                    request.answer.set_exception(trouble)
                return
            self._waiting_events += len(request.events)
            await self._commit([request])

    # ---- in the transaction

    def _group(self, tx: Tx, group: Sequence[Request]) -> list[Receipt]:
        found = Group(self._clock())
        self._merging.flush = found.flush
        found.known = events.stored(tx, [(request.source, event.id) for request in group for event in request.events])
        named = (one for request in group for event in request.events for one in event.identifiers)
        self._scorebook.histories.read_ahead(tx, self._identity.names.read_ahead(tx, named))
        receipts = []
        for request in group:
            before = len(found.rows)
            erased = 0
            for sent in request.events:
                event = self._erased.let_in(tx, sent)
                if event is None:
                    erased += 1
                else:
                    self._take(tx, found, request, event)
            stored = len(found.rows) - before
            receipts.append(Receipt(stored, len(request.events) - stored - erased, erased))
        found.flush(tx)
        self._look_for_machines(tx, found)
        found.rename(tx)
        self._inherit(tx, found)
        self._remember(tx, found)
        self._evaluate(tx, found)
        return receipts

    def _take(self, tx: Tx, found: Group, request: Request, event: SourcedEvent) -> None:
        key = (request.source, event.id)
        if self._is_known(found, request.source, event):
            self._metrics.duplicates.labels(request.source).inc()
            return
        found.keys[key] = event
        seq = events.next_seq(tx)
        event = looked_at(event)
        belongs = self._identity.belongs(tx, event, request.source, found.now)
        meaning = self._vocabulary.meaning(event.traits) if event.traits else {}
        row = row_of(event, belongs, meaning, self._identity.standing.corrections(tx))
        row |= {"seq": seq, "source": request.source, "received_at": found.now, "history": int(request.history)}
        row["mail"] = mail_of(request.source, event)
        found.rows.append(row)
        self._concern(tx, found, request, event, belongs, row)

    def _is_known(self, found: Group, source: str, event: SourcedEvent) -> bool:
        first = found.keys.get((source, event.id))
        if first is not None:
            content = (first.type, first.properties, first.traits)
        elif (row := found.known.get((source, event.id))) is not None:
            content = (row["type"], json.loads(row["properties"]), json.loads(row["traits"]))
        else:
            return False
        if content != (event.type, event.properties, event.traits):
            self._metrics.changed_duplicates.labels(source).inc()
            log.warning("duplicate_differs", source=source, id=event.id)
        return True

    def _concern(
        self, tx: Tx, found: Group, request: Request, event: SourcedEvent, belongs: Belonging, row: dict[str, Any]
    ) -> None:
        """Note whom an event concerns; what was due for them is made up before it counts."""
        lead_id = belongs.lead_id
        for other in belongs.changed.leads - {lead_id}:
            self._first(tx, found, other)
            found.reload.add(other)
            found.live[other] = found.live.get(other, False) or not request.history
        found.silent |= belongs.changed.silent
        for company in belongs.companies | belongs.changed.companies:
            self._company_changed(tx, found, company, not request.history)
        if event.quarantine:
            return
        if belongs.company_facts and belongs.company_id is not None:
            found.companies.setdefault(belongs.company_id, []).append((lead_id, row))
        if lead_id is None:
            return
        found.asked[lead_id] = request.id
        self._first(tx, found, lead_id)
        found.live[lead_id] = found.live.get(lead_id, False) or not request.history
        found.added.setdefault(lead_id, []).append(row)
        if lead_id in belongs.changed.leads:
            found.reload.add(lead_id)

    def _company_changed(self, tx: Tx, found: Group, company: int, live: bool) -> None:
        """Keys of a company mean another now: its leads are loaded anew; beyond the first, in the due loop."""
        found.regrouped.add(company)
        self._scorebook.histories.forget_company(company)
        others = [one for one in events.leads_of_company(tx, company) if one not in found.live]
        for lead_id in others[:_AT_ONCE]:
            self._first(tx, found, lead_id)
            found.live[lead_id] = live
            found.reload.add(lead_id)
        self._scorebook.make_due(tx, others[_AT_ONCE:], found.now, "event" if live else HISTORY)

    def _first(self, tx: Tx, found: Group, lead_id: int) -> None:
        """The first time that this group concerns a lead: what was due is made up from the events before."""
        if lead_id not in found.live:
            self._scorebook.catch_up(tx, lead_id, found.now)

    def _look_for_machines(self, tx: Tx, found: Group) -> None:
        """Clicks that look like a machine's beside others count no more; earlier ones neither, or again."""
        changes = self.judge.judge(tx, [row for row in found.rows if row["type"] in JUDGED])
        for change in changes:
            for lead_id in change.leads:
                self._first(tx, found, lead_id)
        for change in changes:
            apply(tx, change)
            found.take_back(change.row["seq"])
            changed = self._instructed.requarantined(tx, change.row, found.now)
            found.silent |= changed.silent
            found.reload |= change.leads | changed.leads
            for lead_id in change.leads | changed.leads:
                found.live[lead_id] = found.live.get(lead_id, False) or not change.row["history"]
            for company in changed.companies:
                self._company_changed(tx, found, company, not change.row["history"])
            tell_company(tx, self._scorebook, change.row, found.live, found.now)

    def _inherit(self, tx: Tx, found: Group) -> None:
        """Facts of a company that is not named with them: only leads that told some, or that gained or lost visits."""
        histories = self._scorebook.histories
        for lead_id, live in found.live.items():
            entry = histories.at_hand(lead_id)
            told = found.added.get(lead_id, ())
            unnamed = any(is_unnamed(row) for row in told)
            left_alone = entry is not None and (not entry.unnamed or only_follow(entry, told))
            if left_alone and not (unnamed or lead_id in found.reload):
                continue
            if any(row["company_weak"] and row["company_facts"] for row in told):
                found.reload.add(lead_id)  # whose facts these are is known only now
            new = {row["seq"]: row for row in told if row["company_id"] is None}
            for one in inherit(tx, lead_id, new):
                if one.seq in new and one.company is not None:
                    found.companies.setdefault(one.company, []).append((lead_id, new[one.seq]))
                    continue
                for company in one.companies:
                    found.inherited[company] = found.inherited.get(company, False) or live
                    histories.forget_company(company)

    def _remember(self, tx: Tx, found: Group) -> None:
        """Add the new events to the histories at hand; a late one means loading from the log."""
        histories = self._scorebook.histories
        for company, told in found.companies.items():
            if company in found.inherited or company in found.regrouped:
                # other stored events than before are about it: what is news cannot be told apart, so all of it is
                histories.forget_company(company)
                found.news[company] = not all(row["history"] for _, row in told)
                continue
            words = [Word(by, row, scored(row, str(company))) for by, row in told]
            news = histories.company_said(tx, company, words)
            found.reload |= news.behind & found.live.keys()
            if news.words:
                found.news[company] = not all(word.row["history"] for word in news.words)
        for lead_id, rows in found.added.items():
            entry = histories.at_hand(lead_id)
            if entry is not None and lead_id not in found.reload and not added(entry, rows):
                found.reload.add(lead_id)
        for lead_id in found.reload:
            histories.forget(lead_id)

    def _evaluate(self, tx: Tx, found: Group) -> None:
        leads.seen_at(
            tx,
            [(lead_id, max(row["occurred_at"] for row in rows)) for lead_id, rows in found.added.items() if rows],
        )
        unsaved: list[dict[str, Any]] = []
        room, events_left = _AT_ONCE, _EVENTS_AT_ONCE
        for lead_id, live in found.live.items():
            silent = not live or lead_id in found.silent
            changed = lead_id in found.reload
            if changed and (room <= 0 or events_left <= 0) and scores.of_lead(tx, lead_id):
                self._scorebook.make_due(tx, [lead_id], found.now, HISTORY if silent else "event")
                continue
            self._scorebook.describe(tx, lead_id, found.now)
            tx.request = found.asked.get(lead_id)
            self._scorebook.evaluate(tx, lead_id, found.now, "event", silent=silent, unsaved=unsaved)
            tx.request = None
            if changed:
                room -= 1
                events_left -= self._scorebook.histories.get(tx, lead_id).count
        scores.save(tx, unsaved)
        self._merging.settle(tx, found.now)
        self.came(tx, found.added, found.now)
        for company in {**found.inherited, **found.news}:
            live = found.inherited.get(company, False) or found.news.get(company, False)
            others = [lead for lead in events.leads_of_company(tx, company) if lead not in found.live]
            self._scorebook.make_due(tx, others, found.now, "event" if live else HISTORY)
