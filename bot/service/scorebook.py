"""The scorebook: evaluates leads, keeps their scores and hand-over, records crossings and tells handling of them.

An evaluation is due on arrival of an event, at a next change, at the end of a cooldown, or when an event that lies
ahead of the clock happens. What was due before something newer arrives is made up first, in order, each for its own
instant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from bot.metrics import Metrics
from bot.service.evaluations import at_label, hand_over_of, stored_row
from bot.service.facts import facts_of
from bot.service.handling.happenings import Crossed, Happenings, Standing
from bot.service.handling.team import Label
from bot.service.histories import Entry, Histories, LiveModel
from bot.service.logbook import LeadLog, read_log
from bot.service.recounting import recount
from bot.service.views import AlertFacts
from bot.storage import alerts, leads, scores
from bot.storage.store import Tx
from scoring.engine import History, Score
from scoring.events import ScoringEvent
from scoring.handover import Crossing, HandOver, evaluate
from scoring.instants import HOUR, Instant
from scoring.model import LABEL_RANK, Model

log = structlog.get_logger(__name__)

HISTORY = "history"
"""The cause of an evaluation that is silent: all that concerned the lead was history."""
_EVENTS_AT_ONCE = 1_000
"""Due leads with more events than these together are not evaluated in one transaction, but for one."""
_MADE_UP_AT_ONCE = 1_000
"""More evaluations of one lead than this cannot have been due: a model that changes so often is a fault of ours."""

_REACHED_BY = ("email", "phone", "do_not_mail")
"""Of what people see of a lead: how to reach it, and how not."""


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """One model's evaluation of a lead."""

    live: LiveModel
    score: Score
    before: str | None
    crossing: Crossing | None = None
    crossing_id: int | None = None
    last: Sequence[ScoringEvent] = ()
    """Of a crossing: what the lead did last."""


class Scorebook:
    """Scores of all leads under the live models; every method runs inside its caller's transaction."""

    def __init__(self, histories: Histories, happenings: Happenings, metrics: Metrics) -> None:
        self.histories = histories
        self._happenings = happenings
        self._metrics = metrics
        self.beforehand: Callable[[Tx, int], None] = lambda _tx, _lead_id: None
        """Called before a lead is evaluated, and before anything newer of it counts: what a publication owes it."""

    @property
    def models(self) -> tuple[LiveModel, ...]:
        return self.histories.models

    @property
    def default_model(self) -> str:
        """The model that lists show when none is named."""
        named = [live.model for live in self.models if live.model.default]
        return (named or [live.model for live in self.models])[0].name

    @property
    def by_rank(self) -> list[LiveModel]:
        """The live models, the one that lists show first."""
        return sorted(self.models, key=lambda live: live.model.name != self.default_model)

    def history_of(self, log: LeadLog, now: Instant) -> History:
        """A lead's history under the first model that scores it: what is told of a lead is told by that one."""
        histories = [log.history(live.model) for live in self.by_rank]
        return next((one for one in histories if one.score(now).in_population), histories[0])

    # ---- evaluating

    def catch_up(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """Make up what was due before `now`, each evaluation for its own instant."""
        self.beforehand(tx, lead_id)
        for _ in range(_MADE_UP_AT_ONCE):
            rows = self._stored(tx, self.histories.get(tx, lead_id)).values()
            due = min((row["due_at"] for row in rows if row["due_at"] is not None), default=None)
            if due is None or due >= now:
                return
            self._evaluate_due(tx, lead_id, due)
        raise RuntimeError(f"the evaluations of lead {lead_id} come to no end")

    def due(self, tx: Tx, now: Instant, limit: int = 50) -> int:
        """Evaluate leads that are due, the longest due first; how many. One that fails is tried again in an hour.

        Few of them where they have many events: whoever writes meanwhile waits for the end of this.
        """
        done = events = 0
        for lead_id, at in scores.due(tx, now, limit):
            try:
                with tx.attempt():
                    events += self._evaluate_due(tx, lead_id, at)
            except Exception:
                log.exception("evaluation_failed", lead=lead_id)
                scores.put_off(tx, lead_id, now + HOUR)
            done += 1
            if events >= _EVENTS_AT_ONCE:
                break
        return done

    def _evaluate_due(self, tx: Tx, lead_id: int, at: Instant) -> int:
        """Evaluate a lead that was due at an instant; how many events it has."""
        entry = self.histories.get(tx, lead_id)
        stored = self._stored(tx, entry)
        cause = next((row["due_cause"] for row in stored.values() if row["due_at"] == at), "time")
        self.describe(tx, lead_id, at)  # colleagues may have said something of its company
        self.evaluate(tx, lead_id, at, cause)
        return entry.count

    def evaluate(
        self,
        tx: Tx,
        lead_id: int,
        at: Instant,
        cause: str,
        *,
        silent: bool = False,
        unsaved: list[dict[str, Any]] | None = None,
    ) -> None:
        """Evaluate a lead at an instant under every model; store it, record crossings, bring handling into line.

        With `unsaved` the evaluation of a lead that concerns nobody is left there, for its caller to save with others.
        """
        self.beforehand(tx, lead_id)
        silent = silent or cause == HISTORY
        entry = self.histories.get(tx, lead_id)
        stored = self._stored(tx, entry)
        evaluated = []
        rows: list[dict[str, Any]] = []
        for live in self.models:
            row = stored.get(live.model.name)
            score = self._score(tx, entry, live, at)
            state, crossing = evaluate(hand_over_of(row), score, live.model, silent=silent)
            one = _Evaluated(live, score, row["label"] if row else None)
            evaluated.append(one if crossing is None else self._record(tx, entry, one, crossing, cause))
            rows.append(self._row(entry, live, score, state, at))
        entry.rows = {row["model"]: row for row in rows}
        self.histories.weigh(entry)
        if unsaved is not None and not any(_concerns_somebody(one) for one in evaluated):
            unsaved += rows
            return
        scores.save(tx, rows)
        self._tell(tx, entry, evaluated, at, silent=silent)

    def evaluate_found(self, tx: Tx, lead_id: int, live: LiveModel, now: Instant) -> str:
        """A lead that a publication found is posted: what became of it (posted, held_back, crossed, cooled).

        The silent evaluation had disarmed it; the crossing that it left out is recorded now.
        """
        self.catch_up(tx, lead_id, now)
        entry = self.histories.get(tx, lead_id)
        row = self._stored(tx, entry)[live.model.name]
        score = self._score(tx, entry, live, now)
        if row["crossed_at"] is not None and not row["cooldown_ended"]:
            return "crossed"  # by itself, since
        state, crossing = evaluate(replace(hand_over_of(row), armed=True), score, live.model)
        if crossing is None:
            return "cooled"
        one = self._record(tx, entry, _Evaluated(live, score, row["label"]), crossing, "publication")
        new = self._row(entry, live, score, state, now)
        scores.save(tx, [new])
        entry.rows = {**self._stored(tx, entry), live.model.name: new}
        self._tell(tx, entry, [one], now, silent=False)
        return "posted" if crossing.alert else "held_back"

    @staticmethod
    def _stored(tx: Tx, entry: Entry) -> dict[str, dict[str, Any]]:
        if entry.rows is None:
            entry.rows = scores.of_lead(tx, entry.lead_id)
        return entry.rows

    def make_due(self, tx: Tx, lead_ids: Iterable[int], at: Instant, cause: str) -> None:
        """Something that concerns these leads was received: they are evaluated at once, outside this transaction."""
        wanted = list(lead_ids)
        for lead_id in scores.pending(tx, wanted, at, HISTORY) if cause != HISTORY else ():
            self.catch_up(tx, lead_id, at)
        scores.make_due(tx, wanted, at, cause)
        for lead_id in wanted:
            entry = self.histories.at_hand(lead_id)
            if entry is not None:
                entry.rows = None

    @staticmethod
    def _row(entry: Entry, live: LiveModel, score: Score, state: HandOver, at: Instant) -> dict[str, Any]:
        latest_at = entry.latest[0] if entry.latest else None
        return stored_row(entry.lead_id, live, score, state, latest_at=latest_at, next_ahead=entry.next_ahead(at))

    def _record(self, tx: Tx, entry: Entry, one: _Evaluated, crossing: Crossing, cause: str) -> _Evaluated:
        """Keep a crossing with its ledger."""
        live = one.live
        score, last = recount(tx, entry, live, one.score.at)
        self._metrics.crossings.labels(live.model.name, crossing.label).inc()
        said = {"lead": f"L-{entry.lead_id}", "model": live.model.name, "label": crossing.label, "cause": cause}
        said |= {"request": tx.request} if tx.request else {}
        tx.after_commit(lambda: log.info("crossed", **said, alerts=crossing.alert))
        number = alerts.add_crossing(
            tx,
            lead_id=entry.lead_id,
            model=live.model.name,
            model_id=live.id,
            at=crossing.at,
            cause=cause,
            after_cooldown=int(crossing.after_cooldown),
            label=crossing.label,
            rating=score.rating,
            score=score.score_cents,
            ledger=json.dumps([line.to_json() for line in score.lines], ensure_ascii=False),
            held_back=None if crossing.alert else ", ".join(crossing.held_back_by) or "alert = false",
        )
        return replace(one, score=score, crossing=crossing, crossing_id=number, last=last)

    def _tell(self, tx: Tx, entry: Entry, evaluated: Sequence[_Evaluated], at: Instant, *, silent: bool) -> None:
        crossed = [
            Crossed(
                crossing_id=one.crossing_id,
                model=one.live.model.name,
                label=one.crossing.label,
                rating=one.score.rating,
                follow_up_within=one.score.follow_up_within,
                facts=partial(facts_of, entry, one.live.model, one.score, one.last),
            )
            for one in evaluated
            if one.crossing is not None and one.crossing.alert and one.crossing_id is not None
        ]
        best = max(evaluated, key=lambda one: _standing_rank(one.live.model, one.score))
        self._happenings.evaluated(
            tx,
            Standing(
                lead_id=entry.lead_id,
                now=at,
                label=best.score.label,
                rating=best.score.rating,
                at_label=any(at_label(one.live.model, one.score.label) for one in evaluated),
                was_at_label=any(at_label(one.live.model, one.before) for one in evaluated),
                follow_up_within=best.score.follow_up_within,
                silent=silent,
                held_back=bool(best.score.never_alert),
            ),
            crossed,
        )

    def fell_below(self, tx: Tx, lead_id: int, label: str | None, at: Instant) -> None:
        """A silent evaluation found a lead that has a live alert below the label of every alerting model."""
        below = Standing(
            lead_id=lead_id,
            now=at,
            label=label,
            rating=None,
            at_label=False,
            was_at_label=True,
            follow_up_within=None,
            silent=True,
        )
        self._happenings.evaluated(tx, below, [])

    # ---- asked by acts and views

    def labelled(self, tx: Tx, lead_id: int, now: Instant) -> Label:
        """How a lead stands now by its alerting models."""
        found = [(live, self.score(tx, lead_id, live, now)) for live in self.models]
        live, score = max(found, key=lambda one: _standing_rank(one[0].model, one[1]))

        def facts() -> tuple[int, AlertFacts] | None:
            alerted = [row["id"] for row in alerts.crossings_of(tx, lead_id) if row["held_back"] is None]
            if not alerted or score.never_alert:
                return None
            entry = self.histories.get(tx, lead_id)
            return alerted[-1], facts_of(entry, live.model, *recount(tx, entry, live, now))

        reached = any(at_label(live.model, score.label) for live, score in found)
        return Label(reached, score.follow_up_within, facts)

    def score(self, tx: Tx, lead_id: int, live: LiveModel, at: Instant) -> Score:
        """A lead's score under one model, without its lines."""
        return self._score(tx, self.histories.get(tx, lead_id), live, at)

    @staticmethod
    def _score(tx: Tx, entry: Entry, live: LiveModel, at: Instant) -> Score:
        """The same, of an entry at hand; a past that it has left behind is read from the log."""
        score = entry.score(live.model.name, at)
        return score if score is not None else read_log(tx, entry.lead_id).history(live.model).score(at)

    def describe(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """Bring what people see of a lead up to date, its alert too, and the words by which it is found."""
        entry = self.histories.get(tx, lead_id)
        if entry.told_version == entry.version:
            return
        if entry.told is None:
            entry.told = leads.shown(tx, [lead_id]).get(lead_id)
        shown = entry.shown()
        entry.told_version = entry.version
        before = entry.told or {}
        if shown == before:
            return
        entry.told = shown
        leads.describe(tx, lead_id, shown)
        if any(before.values()) and any(shown[name] != before[name] for name in _REACHED_BY):
            self._happenings.reached_otherwise(tx, lead_id, now)
        leads.index_words(tx, lead_id, leads.words_of(shown["name"], shown["company"], shown["email"]))


def _concerns_somebody(one: _Evaluated) -> bool:
    """Whether handling has to know: a crossing, or a lead that is or was at an alerting model's label."""
    model = one.live.model
    return one.crossing is not None or at_label(model, one.score.label) or at_label(model, one.before)


def _standing_rank(model: Model, score: Score) -> tuple[bool, int, bool, str]:
    """By which model a lead stands best: alerting, then label, then cell (A before D, so reversed)."""
    cell = "".join(chr(0x7F - ord(c)) for c in score.rating or "~~")
    return (model.hand_over.alert, LABEL_RANK.get(score.label or "none", 0), score.rating is not None, cell)
