"""After a publication every lead is evaluated once, silently (docs/model.md, Hand-over), while the service goes on.

It is as if all had been evaluated at the instant of the publication: each for that instant, from the events known then
(a place in the log), batch after batch in short transactions. When something newer comes in
about a lead meanwhile, that lead is rescored first (`make_up`); the newer event is then evaluated as usual, and may
alert. Progress is stored with every batch: after a crash it goes on.

Scores are worked out in a reader's thread; the writer takes only a few milliseconds for each batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import structlog

from bot.clock import Clock
from bot.service.evaluations import at_label, hand_over_of, stored_row
from bot.service.garbage import background_work, set_aside
from bot.service.histories import LiveModel
from bot.service.logbook import read_logs
from bot.service.scorebook import Scorebook
from bot.storage import log as eventlog
from bot.storage import publications, scores
from bot.storage.log import Known
from bot.storage.store import Store, Tx
from scoring.engine import Score
from scoring.grade import reaches
from scoring.handover import evaluate
from scoring.instants import Instant

log = structlog.get_logger(__name__)

_BATCH: Final = 100
"""Leads per transaction: a claim waits for no more than these."""

Stepped = Callable[[int, int], None]
"""(leads done, leads in all): called after every batch."""


@dataclass(frozen=True, slots=True)
class Rescore:
    """A publication whose leads are not all evaluated yet."""

    live: LiveModel
    at: Instant
    seq: int
    until: int
    after: int
    total: int
    done: int = 0

    @classmethod
    def of(cls, row: Any, live: LiveModel) -> Rescore:
        return cls(live, *(row[name] for name in ("at", "seq", "until", "after", "total", "done")))


class _Scored(NamedTuple):
    lead_id: int
    score: Score
    latest_at: Instant | None
    next_ahead: Instant | None


class Rescoring:
    """The rescores that are not finished, by model."""

    def __init__(self, store: Store, scorebook: Scorebook, clock: Clock) -> None:
        self._store = store
        self._scorebook = scorebook
        self._clock = clock
        self._pending: dict[str, Rescore] = {}
        self._stopping = False
        self.ended: Callable[[Tx, int, Instant], None] = lambda _tx, _version, _now: None
        """Called in the transaction in which the last lead was rescored."""
        scorebook.beforehand = self.make_up

    async def load(self) -> None:
        """After a start: what an earlier process left unfinished."""
        by_id = {live.id: live for live in self._scorebook.models}
        for row in await self._store.read(publications.unfinished):
            if row["model_id"] in by_id:
                self.add(Rescore.of(row, by_id[row["model_id"]]))

    def add(self, rescore: Rescore) -> None:
        self._pending[rescore.live.model.name] = rescore

    @property
    def unfinished(self) -> bool:
        return bool(self._pending)

    def stop(self) -> None:
        """Come to an end after the batch in hand; the next start goes on."""
        self._stopping = True

    async def run(self, stepped: Stepped) -> None:
        """Evaluate every lead that a publication still owes it."""
        if not self._pending:
            return
        with background_work():
            while self._pending and not self._stopping:
                rescore = next(iter(self._pending.values()))
                stepped(rescore.done, rescore.total)
                await self._batch(rescore)
                set_aside()
                await asyncio.sleep(0)

    async def _batch(self, rescore: Rescore) -> None:
        ids, scored = await self._store.read(lambda tx: self._score(tx, rescore))
        if ids:
            await self._store.write(lambda tx: self._keep(tx, rescore, ids, scored))
        else:
            await self._store.write(lambda tx: self._end(tx, rescore))

    def _score(self, tx: Tx, rescore: Rescore) -> tuple[list[int], list[_Scored]]:
        ids = eventlog.leads_after(tx, rescore.after, _BATCH, rescore.until)
        return ids, list(_scored(tx, rescore, ids))

    def _keep(self, tx: Tx, rescore: Rescore, ids: Sequence[int], scored: Sequence[_Scored]) -> None:
        cooled = self._evaluate(tx, rescore, scored)
        publications.advance(tx, rescore.live.id, after=ids[-1], done=len(ids), cooled=cooled)
        new = replace(rescore, after=ids[-1], done=rescore.done + len(ids))
        tx.after_commit(lambda: self.add(new))

    def _end(self, tx: Tx, rescore: Rescore) -> None:
        now = self._clock()
        publications.end(tx, rescore.live.id, now)
        self.ended(tx, rescore.live.id, now)

        def ended() -> None:
            del self._pending[rescore.live.model.name]

        tx.after_commit(ended)

    def make_up(self, tx: Tx, lead_id: int) -> None:
        """Something newer of a lead is about to count: what a publication owes it comes first."""
        for rescore in list(self._pending.values()):
            if lead_id <= rescore.until:
                row = scores.of_lead(tx, lead_id).get(rescore.live.model.name)
                if row is None or row["model_id"] != rescore.live.id:
                    cooled = self._evaluate(tx, rescore, list(_scored(tx, rescore, [lead_id])))
                    publications.advance(tx, rescore.live.id, after=rescore.after, done=0, cooled=cooled)

    def _evaluate(self, tx: Tx, rescore: Rescore, scored: Sequence[_Scored]) -> int:
        """Evaluate leads silently, those aside that were taken first; how many lost their live alert."""
        live, name = rescore.live, rescore.live.model.name
        stored: dict[int, dict[str, Any]] = {}
        for row in eventlog.evaluations(tx, (one.lead_id for one in scored)):
            stored.setdefault(row["lead_id"], {})[row["model"]] = row
        alerted = eventlog.live_alerts(tx, (one.lead_id for one in scored))
        waiting = [one for one in scored if one.lead_id in alerted and _version(stored, one.lead_id, name) != live.id]
        rows, found = [], []
        for one in waiting:
            before = stored.get(one.lead_id, {}).get(name)
            rows.append(_row(live, one, before))
            if _is_found(live, one, before):
                found.append(_found_row(live, one, before))
        scores.save(tx, rows)
        publications.add_found(tx, found)
        self._forget_rows(one.lead_id for one in waiting)
        return self._below(tx, live, [one for one in waiting if alerted[one.lead_id]], stored, rescore.at)

    def _forget_rows(self, lead_ids: Iterable[int]) -> None:
        for lead_id in lead_ids:
            entry = self._scorebook.histories.at_hand(lead_id)
            if entry is not None:
                entry.rows = None

    def _below(
        self, tx: Tx, live: LiveModel, scored: Sequence[_Scored], stored: dict[int, dict[str, Any]], at: Instant
    ) -> int:
        """Of these leads with a live alert, those that no alerting model has at its label now have cooled."""
        others = [other for other in self._scorebook.models if other.id != live.id]
        cooled = 0
        for one in scored:
            if at_label(live.model, one.score.label):
                continue
            rows = stored.get(one.lead_id, {})
            labels = [(other.model, rows[other.model.name]["label"]) for other in others if other.model.name in rows]
            if not any(at_label(model, label) for model, label in labels):
                self._scorebook.fell_below(tx, one.lead_id, one.score.label, at)
                cooled += 1
        return cooled


def _version(stored: dict[int, dict[str, Any]], lead_id: int, name: str) -> int | None:
    row = stored.get(lead_id, {}).get(name)
    return None if row is None else int(row["model_id"])


def _scored(tx: Tx, rescore: Rescore, lead_ids: Sequence[int]) -> Iterable[_Scored]:
    for lead_id, one in read_logs(tx, lead_ids, Known(seq=rescore.seq)).items():
        score = one.history(rescore.live.model).score(rescore.at)
        yield _Scored(lead_id, score, one.latest_at, one.next_ahead(rescore.at))


def _row(live: LiveModel, one: _Scored, before: Any) -> dict[str, Any]:
    state, _ = evaluate(hand_over_of(before), one.score, live.model, silent=True)
    row = stored_row(one.lead_id, live, one.score, state, latest_at=one.latest_at, next_ahead=one.next_ahead)
    if before is not None and before["due_at"] is not None and before["due_cause"] != "time":
        # something that concerns the lead was received and is still to be evaluated: it stays due
        row["due_at"] = min(before["due_at"], row["due_at"] or before["due_at"])
        row["due_cause"] = before["due_cause"]
    return row


def _is_found(live: LiveModel, one: _Scored, before: Any) -> bool:
    """Whether the lead is newly at the hand-over label, or would have crossed."""
    if one.score.label is None or not reaches(one.score.label, live.model.hand_over.label):
        return False
    _, crossing = evaluate(hand_over_of(before), one.score, live.model)
    was = before["label"] if before is not None else None
    return crossing is not None or not reaches(was, live.model.hand_over.label)


def _found_row(live: LiveModel, one: _Scored, before: Any) -> dict[str, Any]:
    return {
        "model_id": live.id,
        "lead_id": one.lead_id,
        "label": one.score.label,
        "rating": one.score.rating,
        "score": one.score.score_cents,
        "was_label": before["label"] if before is not None else None,
        "was_score": before["score"] if before is not None else None,
    }
