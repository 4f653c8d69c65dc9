"""What the score does to a lead's handling (HANDLING.md, the rows that nobody presses): crossing, better, below, again.

Each row of the table is one method here, and each method one column per state. All run in the evaluation's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.service.alerts import AlertBook
from bot.service.handling import FOLLOW_UP_WITHIN, LOST_REST, NEW, Statuses, contact, ref
from bot.service.views import AlertFacts, Notice, State
from bot.storage import alerts, audit, leads
from bot.storage.store import Tx
from scoring.instants import DAY, Duration, Instant
from scoring.model import LABEL_RANK


class SetStatus(Protocol):
    """Sets a lead's status, with its event and its audit row."""

    def __call__(self, tx: Tx, lead_id: int, status: str, by: str, now: Instant, reason: str | None = None) -> None: ...


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


class Happenings:
    """Brings handling into line with the score."""

    def __init__(self, book: AlertBook, statuses: Statuses, set_status: SetStatus) -> None:
        self._book = book
        self._statuses = statuses
        self._set_status = set_status

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
                self._set_status(tx, lead["id"], NEW, audit.SYSTEM, now)
                self._alert(tx, lead, crossed, now)
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
        self._book.make(tx, crossed.crossing_id, crossed.facts(), now)
        leads.end_clock(tx, lead["id"])
        leads.start_clock(tx, lead["id"], now + (crossed.follow_up_within or FOLLOW_UP_WITHIN))

    def _crossing_when_closed(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        lost = self._statuses.of(lead["status"]).kind == "lost"
        if lost and now - (lead["status_since"] or now) > LOST_REST:
            self._set_status(tx, lead["id"], NEW, audit.SYSTEM, now)
            if lead["owner"] is not None:
                leads.let_go(tx, lead["id"], lead["owner"])
                audit.record(
                    tx, at=now, actor=audit.SYSTEM, action="released", lead_id=lead["id"], before=lead["owner"]
                )
            self._alert(tx, lead, crossed, now)
        elif lead["owner"] is not None:
            notice = self._notice("crossed_closed", lead, crossed, now, broadcast=False)
            self._book.direct(tx, lead["owner"], notice, f"crossed_closed:{crossed.crossing_id}", now)

    def _also_crossed(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant) -> None:
        if self._statuses.state(lead) in (State.OPEN, State.CLAIMED):
            self._joins(tx, lead, crossed, now, "also_crossed")

    def _joins(self, tx: Tx, lead: Any, crossed: Crossed, now: Instant, code: str) -> None:
        """The lead is alerted or claimed already: a line in its thread, a word to its owner, no new alert."""
        other_model = code == "also_crossed"
        if lead["deadline"] is None or other_model:
            leads.start_clock(tx, lead["id"], now + (crossed.follow_up_within or FOLLOW_UP_WITHIN))
            lead = leads.get(tx, lead["id"])
            self._book.refresh(tx, lead["id"], now)
        alert = alerts.latest_of(tx, lead["id"])
        broadcast = other_model and self._statuses.state(lead) is State.OPEN
        notice = self._notice(code, lead, crossed, now, broadcast=broadcast)
        if alert is not None:
            self._book.thread(tx, alert, notice, f"{code}:{crossed.crossing_id}", now)
            self._improve(tx, alert, crossed.label, crossed.rating, now, crossed.model if other_model else None)
        if lead["owner"] is not None:
            self._book.direct(tx, lead["owner"], notice, f"{code}:{crossed.crossing_id}:owner", now)

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
        if alert is None or state not in (State.OPEN, State.CLAIMED) or standing.label is None:
            return
        if not _is_better(standing.label, standing.rating, alert["best_label"], alert["best_rating"]):
            return
        self._improve(tx, alert, standing.label, standing.rating, standing.now, None)
        if standing.silent:
            return
        running = lead["deadline"] is not None
        if running:
            leads.start_clock(tx, lead["id"], standing.now + (standing.follow_up_within or FOLLOW_UP_WITHIN))
        key = f"better:{alert['id']}:{standing.label}:{standing.rating}"
        notice = Notice(
            "better",
            lead=ref(lead, standing.label),
            contact=contact(lead),
            handling=self._statuses.handling(leads.get(tx, lead["id"])),
            label=standing.label,
            rating=standing.rating,
            at=standing.now,
            broadcast=state is State.OPEN,
        )
        self._book.thread(tx, alert, notice, key, standing.now)
        if lead["owner"] is not None:
            self._book.direct(tx, lead["owner"], notice, f"{key}:owner", standing.now)

    def _improve(self, tx: Tx, alert: Any, label: str, rating: str | None, now: Instant, model: str | None) -> None:
        better = _is_better(label, rating, alert["best_label"], alert["best_rating"])
        if not better and model is None:
            return
        words = f"{label} ({rating})" if rating else label
        line = f"also {words} by {model}" if model else f"now {words}"
        best = (label, rating) if better else (alert["best_label"], alert["best_rating"])
        alerts.improve(tx, alert["id"], label=best[0], rating=best[1], better=line)
        self._book.refresh(tx, alert["lead_id"], now)

    # ---- below

    def _below(self, tx: Tx, lead: Any, standing: Standing) -> None:
        if self._statuses.state(lead) is not State.OPEN:
            return
        alert_id = lead["alert_id"]
        alerts.end(tx, alert_id, why="cooled", now=standing.now)
        leads.carry_alert(tx, lead["id"], None, cooled=True)
        leads.end_clock(tx, lead["id"])
        audit.record(tx, at=standing.now, actor=audit.SYSTEM, action="cooled", lead_id=lead["id"], after=standing.label)
        self._book.refresh(tx, lead["id"], standing.now)

    # ---- at the label again without a crossing

    def _again(self, tx: Tx, lead: Any, standing: Standing) -> None:
        state = self._statuses.state(lead)
        if standing.silent or standing.held_back:
            return
        if state is State.QUIET and alerts.latest_of(tx, lead["id"]) is not None:
            self.back_to_team(tx, lead, at_label=True, follow_up_within=standing.follow_up_within, now=standing.now)
        elif state is State.CLAIMED and self.go_on(tx, lead["id"], standing.follow_up_within, standing.now):
            self._book.refresh(tx, lead["id"], standing.now)

    @staticmethod
    def go_on(tx: Tx, lead_id: int, follow_up_within: Duration | None, now: Instant) -> bool:
        """A lead at the label has an owner: its clock starts, if none runs and no contact was made since it crossed."""
        lead = leads.get(tx, lead_id)
        contacted = lead["contacted_at"] is not None and lead["contacted_at"] >= alerts.last_crossing_at(tx, lead_id)
        if contacted or lead["deadline"] is not None:
            return False
        leads.start_clock(tx, lead_id, now + (follow_up_within or FOLLOW_UP_WITHIN))
        return True

    # ---- back to the team

    def back_to_team(
        self,
        tx: Tx,
        lead: Any,
        *,
        at_label: bool,
        follow_up_within: Duration | None,
        now: Instant,
        facts: Callable[[], tuple[int, AlertFacts] | None] | None = None,
    ) -> None:
        """The lead has no owner: its alert is live again or posted anew, or, below the label, it is quiet.

        `facts` gives the last crossing and how it is told, for a lead that never had an alert.
        """
        lead_id = lead["id"]
        alert = alerts.latest_of(tx, lead_id)
        if not at_label:
            self._quiet(tx, lead, alert, now)
            return
        if alert is None:
            told = facts() if facts else None
            if told is None:
                return
            self._book.make(tx, *told, now)
        elif alert["posted_at"] is not None and now - alert["posted_at"] > DAY:
            self._book.post_anew(tx, alert, now)
        else:
            self._revive(tx, lead, alert, now)
        if lead["deadline"] is None:
            leads.start_clock(tx, lead_id, now + (follow_up_within or FOLLOW_UP_WITHIN))
        self._book.refresh(tx, lead_id, now)

    def _revive(self, tx: Tx, lead: Any, alert: Any, now: Instant) -> None:
        alerts.revive(tx, alert["id"])
        leads.carry_alert(tx, lead["id"], alert["id"])
        notice = Notice("back_to_team", lead=ref(lead), actor=lead["owner"], at=now, broadcast=True)
        self._book.thread(tx, alert, notice, f"back_to_team:{alert['id']}:{now}", now)

    def _quiet(self, tx: Tx, lead: Any, alert: Any, now: Instant) -> None:
        if alert is not None:
            alerts.end(tx, alert["id"], why="cooled", now=now)
        leads.carry_alert(tx, lead["id"], None, cooled=alert is not None)
        leads.end_clock(tx, lead["id"])
        if lead["contacted_at"] is not None:
            notice = Notice("needs_owner", lead=ref(lead), contact=contact(lead), actor=lead["owner"], at=now)
            for manager in self._book.channels.managers:
                self._book.direct(tx, manager, notice, f"needs_owner:{lead['id']}:{now}:{manager}", now)
        self._book.refresh(tx, lead["id"], now)


def _is_better(label: str, rating: str | None, than_label: str, than_rating: str | None) -> bool:
    """A better label, or within it a better cell (A before D, then 1 before 4)."""
    rank, than = LABEL_RANK.get(label, 0), LABEL_RANK.get(than_label, 0)
    if rank != than:
        return rank > than
    return rating is not None and (than_rating is None or rating < than_rating)
