"""What the score does to a lead's handling (docs/handling.md): crossing, better, below, again.

Each row of the table is one method here, and each method one column per state. All run in the evaluation's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling.state import contact, ref
from bot.service.handling.team import Label, Team
from bot.service.views import AlertFacts, Better, Notice, State
from bot.service.views_json import better_to_json
from bot.storage import alerts, audit, leads
from bot.storage.store import Tx
from scoring.instants import Duration, Instant
from scoring.model import LABEL_RANK


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead stands by its alerting models after an evaluation, and how it stood before."""

    lead_id: int
    now: Instant
    label: str | None
    rating: str | None
    at_label: bool
    was_at_label: bool
    follow_up_within: Duration | None
    silent: bool = False
    held_back: bool = False
    """A `never_alert` holds: nobody is told of it anew."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossing that alerts."""

    crossing_id: int
    model: str
    label: str
    rating: str | None
    follow_up_within: Duration | None
    facts: Callable[[], AlertFacts]
    """Made only where an alert is."""


_ALERTED: Final = frozenset({State.OPEN, State.OFFERED, State.CLAIMED, State.SNOOZED})
"""Where a lead's alert is live, or its owner at work."""


class Happenings:
    """Brings handling into line with the score."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._book = team.book
        self._statuses = team.statuses

    def reached_otherwise(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """Another address or number of a lead, or an address that must not be used: its alert shows it."""
        self._book.refresh(tx, lead_id, now)

    def evaluated(self, tx: Tx, standing: Standing, crossed: list[Crossed]) -> None:
        """After every evaluation of a lead: at most one of the four rows applies."""
        if not (crossed or standing.at_label or standing.was_at_label):
            return
        lead = leads.get(tx, standing.lead_id)
        if crossed:
            self._crossing(tx, lead, crossed[0], standing.now)
            for further in crossed[1:]:
                self._also_crossed(tx, leads.get(tx, standing.lead_id), further, standing.now)
        elif standing.was_at_label and not standing.at_label:
            self._below(tx, lead, standing)
        elif standing.at_label and not standing.was_at_label:
            self._again(tx, lead, standing)
        elif standing.at_label:
            self._better(tx, lead, standing)

    # ---- crossing

    def _crossing(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        match self._statuses.state(lead):
            case State.QUIET:
                self._alert(tx, lead, crossed, now)
            case State.RECYCLED:
                self._team.renew(tx, lead["id"], audit.SYSTEM, now)
                self._alert(tx, leads.get(tx, lead["id"]), crossed, now)
            case State.CLOSED:
                self._crossing_when_closed(tx, lead, crossed, now)
            case _:
                self._joins(
                    tx, lead, crossed, now, "crossed_again" if self._told(tx, lead, crossed) else "also_crossed"
                )

    @staticmethod
    def _told(tx: Tx, lead: Any, crossed: Crossed) -> bool:
        """Whether the lead's alert told a crossing of this very model."""
        alert = alerts.latest_of(tx, lead["id"])
        return alert is None or json.loads(alert["facts"])["model"] == crossed.model

    def _alert(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        self._team.alert(tx, lead, crossed.crossing_id, crossed.facts(), crossed.follow_up_within, now)

    def _crossing_when_closed(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        lost = self._statuses.of(lead["status"]).kind == "lost"
        if lost and now - (lead["status_since"] or now) > self._team.policy.lost_rest:
            self._team.renew(tx, lead["id"], audit.SYSTEM, now)
            self._team.let_go(tx, lead, audit.SYSTEM, now)
            self._alert(tx, leads.get(tx, lead["id"]), crossed, now)
        elif lead["owner"] is not None:
            notice = self._notice("crossed_closed", lead, crossed, now, broadcast=False)
            self._book.direct(tx, lead["owner"], notice, f"crossed_closed:{crossed.crossing_id}", now)

    def _also_crossed(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        if self._statuses.state(lead) in _ALERTED:
            self._joins(tx, lead, crossed, now, "also_crossed")

    def _joins(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant, code: str) -> None:
        """The lead is alerted or claimed already: a line in its thread, a word to its owner, no new alert."""
        other_model = code == "also_crossed"
        if lead["deadline"] is None or other_model:
            self._team.clock.sooner(tx, lead["id"], crossed.follow_up_within, now)
            lead = leads.get(tx, lead["id"])
        alert = alerts.latest_of(tx, lead["id"])
        broadcast = other_model and self._statuses.state(lead) in (State.OPEN, State.OFFERED)
        notice = self._notice(code, lead, crossed, now, broadcast=broadcast)
        if alert is not None:
            self._book.thread(tx, alert, notice, f"{code}:{crossed.crossing_id}", now)
            self._improve(tx, alert, crossed.label, crossed.rating, now, crossed.model if other_model else None)
        whom = lead["owner"] or (lead["offered_to"] if other_model else None)
        if whom is not None:
            self._book.direct(tx, whom, notice, f"{code}:{crossed.crossing_id}:owner", now)
        self._team.settle(tx, lead["id"], now)

    def _notice(self, code: str, lead: Any, crossed: Crossed, now: Instant, *, broadcast: bool) -> Notice:
        return Notice(
            code,
            lead=ref(lead, crossed.label),
            contact=contact(lead),
            handling=self._statuses.handling(lead),
            label=crossed.label,
            rating=crossed.rating,
            at=now,
            broadcast=broadcast,
        )

    # ---- better

    def _better(self, tx: Tx, lead: Any, standing: Standing) -> None:
        state = self._statuses.state(lead)
        alert = alerts.latest_of(tx, lead["id"])
        if alert is None or state not in _ALERTED or standing.label is None:
            return
        if not _is_better(standing.label, standing.rating, alert["best_label"], alert["best_rating"]):
            return
        self._improve(tx, alert, standing.label, standing.rating, standing.now, None)
        if standing.silent:
            return
        if lead["deadline"] is not None:
            self._team.clock.sooner(tx, lead["id"], standing.follow_up_within, standing.now)
        key = f"better:{alert['id']}:{standing.label}:{standing.rating}"
        notice = Notice(
            "better",
            lead=ref(lead, standing.label),
            contact=contact(lead),
            handling=self._statuses.handling(leads.get(tx, lead["id"])),
            label=standing.label,
            rating=standing.rating,
            at=standing.now,
            broadcast=state in (State.OPEN, State.OFFERED),
        )
        self._book.thread(tx, alert, notice, key, standing.now)
        whom = lead["owner"] or lead["offered_to"]
        if whom is not None:
            self._book.direct(tx, whom, notice, f"{key}:owner", standing.now)
        self._team.settle(tx, lead["id"], standing.now)

    def _improve(self, tx: Tx, alert: Any, label: str, rating: str | None, now: Instant, model: str | None) -> None:
        better = _is_better(label, rating, alert["best_label"], alert["best_rating"])
        if not better and model is None:
            return
        best = (label, rating) if better else (alert["best_label"], alert["best_rating"])
        alerts.improve(
            tx, alert["id"], label=best[0], rating=best[1], better=better_to_json(Better(label, rating, model))
        )
        self._book.refresh(tx, alert["lead_id"], now)

    # ---- below

    def _below(self, tx: Tx, lead: Any, standing: Standing) -> None:
        if self._statuses.state(lead) not in (State.OPEN, State.OFFERED):
            return
        self._team.end_offer(tx, lead, "cooled", standing.now)
        alerts.end(tx, lead["alert_id"], why="cooled", now=standing.now)
        leads.carry_alert(tx, lead["id"], None, cooled=True)
        self._team.clock.end(tx, lead["id"])
        audit.record(tx, at=standing.now, actor=audit.SYSTEM, action="cooled", lead_id=lead["id"], after=standing.label)
        self._team.settle(tx, lead["id"], standing.now)

    # ---- at the label again without a crossing

    def _again(self, tx: Tx, lead: Any, standing: Standing) -> None:
        state = self._statuses.state(lead)
        if standing.silent or standing.held_back:
            return
        if state is State.QUIET and alerts.latest_of(tx, lead["id"]) is not None:
            label = Label(at_label=True, follow_up_within=standing.follow_up_within, facts=lambda: None)
            self._team.to_team(tx, lead, standing.now, label)
        elif state is State.CLAIMED and self._team.start_unless_contacted(
            tx, lead["id"], standing.follow_up_within, standing.now
        ):
            self._team.settle(tx, lead["id"], standing.now)


def _is_better(label: str, rating: str | None, than_label: str, than_rating: str | None) -> bool:
    """A better label, or within it a better cell (A before D, then 1 before 4)."""
    rank, than = LABEL_RANK.get(label, 0), LABEL_RANK.get(than_label, 0)
    if rank != than:
        return rank > than
    return rating is not None and (than_rating is None or rating < than_rating)
