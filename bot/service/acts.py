"""What people do with a lead (HANDLING.md, Acts): claim, release, set a status. One winner, one audit row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.service.alerts import AlertBook
from bot.service.handling import CLOSED_KINDS, NEW, Statuses, contact, may_close, ref
from bot.service.happenings import Happenings, SetStatus
from bot.service.views import Actor, AlertFacts, Notice, Outcome, State, Status
from bot.storage import alerts, audit, leads
from bot.storage.store import Tx
from scoring.instants import Duration, Instant


@dataclass(frozen=True, slots=True)
class Label:
    """How a lead stands by its alerting models now, and how its last crossing is told."""

    at_label: bool
    follow_up_within: Duration | None
    facts: Callable[[], tuple[int, AlertFacts] | None]


Labelled = Callable[[Tx, int, Instant], Label]


class Acts:
    """The acts of the table; each runs inside its caller's transaction and says what became of it."""

    def __init__(
        self,
        book: AlertBook,
        happenings: Happenings,
        statuses: Statuses,
        labelled: Labelled,
        set_status: SetStatus,
    ) -> None:
        self._book = book
        self._happenings = happenings
        self._statuses = statuses
        self._labelled = labelled
        self._set = set_status

    # ---- claim

    def claim(self, tx: Tx, number: int, actor: Actor, now: Instant) -> Outcome | None:
        """Make the actor the owner, if nobody is."""
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        state = self._statuses.state(lead)
        if state is State.CLOSED:
            return self._outcome(tx, number, "closed", done=False)
        if lead["owner"] == actor.user_id:
            return self._outcome(tx, number, "already_yours")
        if not self._take(tx, lead, actor.user_id, now, anew=state is State.RECYCLED):
            return self._outcome(tx, number, "taken", done=False)
        if state is State.RECYCLED:
            self._set(tx, number, NEW, actor.user_id, now)
        return self._outcome(tx, number, "claimed")

    def _take(self, tx: Tx, lead: Any, user_id: str, now: Instant, *, anew: bool) -> bool:
        """`anew`: nobody was to do anything until now, so the clock goes on."""
        if not leads.claim(tx, lead["id"], user_id, now):
            return False
        if anew:
            self._start_clock(tx, lead["id"], now)
        trail = audit.record(
            tx, at=now, actor=user_id, action="claimed", lead_id=lead["id"], before=lead["owner"], after=user_id
        )
        claimed = leads.get(tx, lead["id"])
        alert = alerts.latest_of(tx, lead["id"])
        notice = Notice(
            "claimed",
            lead=ref(claimed),
            contact=contact(claimed),
            handling=self._statuses.handling(claimed),
            at=now,
            alert_key=alert["key"] if alert else None,
        )
        self._book.direct(tx, user_id, notice, f"claimed:{trail}", now)
        self._book.refresh(tx, lead["id"], now)
        return True

    # ---- release

    def release(self, tx: Tx, number: int, actor: Actor, now: Instant) -> Outcome | None:
        """The owner, or a manager for them, lets go: back to the team."""
        lead = leads.get(tx, number)
        if lead is None:
            return None
        number = lead["id"]
        state = self._statuses.state(lead)
        if state is not State.CLAIMED:
            return self._outcome(tx, number, "closed" if state is State.CLOSED else "not_claimed", done=False)
        if lead["owner"] != actor.user_id and not actor.manages:
            return self._outcome(tx, number, "not_yours", done=False)
        owner = lead["owner"]
        if not leads.let_go(tx, number, owner):
            return self._outcome(tx, number, "taken", done=False)
        audit.record(tx, at=now, actor=actor.user_id, action="released", lead_id=number, before=owner)
        self._to_team(tx, lead, now)
        return self._outcome(tx, number, "released", before=owner)

    def _to_team(self, tx: Tx, lead: Any, now: Instant) -> None:
        label = self._labelled(tx, lead["id"], now)
        self._happenings.back_to_team(
            tx, lead, at_label=label.at_label, follow_up_within=label.follow_up_within, now=now, facts=label.facts
        )

    # ---- status

    def set_status(
        self, tx: Tx, number: int, key: str, actor: Actor, now: Instant, reason: str | None = None
    ) -> Outcome | None:
        """Set the status and do what HANDLING.md says for its kind."""
        lead = leads.get(tx, number)
        status = self._statuses.get(key)
        if lead is None or status is None:
            return None
        number = lead["id"]
        if lead["status"] == key:
            if reason:
                audit.record(
                    tx, at=now, actor=actor.user_id, action="reason", lead_id=number, before=key, after=key, note=reason
                )
            return self._outcome(tx, number, "status_unchanged")
        state = self._statuses.state(lead)
        if not self._may_set(lead, status, actor, state):
            return self._outcome(tx, number, "not_yours", done=False)
        before = lead["status"]
        self._set(tx, number, key, actor.user_id, now, reason)
        if status.kind in CLOSED_KINDS:
            self._close(tx, lead, now)
        elif status.kind == "recycled":
            self._recycle(tx, lead, actor, now)
        else:
            self._go_on(tx, lead, status, actor, state, now)
        self._book.refresh(tx, number, now)
        return self._outcome(tx, number, "status_set", before=before)

    @staticmethod
    def _may_set(lead: Any, status: Status, actor: Actor, state: State) -> bool:
        if status.kind == "open" and state in (State.QUIET, State.OPEN, State.RECYCLED):
            return True
        return may_close(lead, actor, state)

    def _close(self, tx: Tx, lead: Any, now: Instant) -> None:
        """Closing keeps the owner, and ends alert and clock."""
        self._end_alert(tx, lead, "closed", now)

    def _recycle(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> None:
        """Not now: the owner is let go and remembered."""
        if lead["owner"] is not None and leads.let_go(tx, lead["id"], lead["owner"]):
            audit.record(tx, at=now, actor=actor.user_id, action="released", lead_id=lead["id"], before=lead["owner"])
        self._end_alert(tx, lead, "recycled", now)

    @staticmethod
    def _end_alert(tx: Tx, lead: Any, why: str, now: Instant) -> None:
        if lead["alert_id"] is not None:
            alerts.end(tx, lead["alert_id"], why=why, now=now)
        leads.carry_alert(tx, lead["id"], None)
        leads.end_clock(tx, lead["id"])

    def _go_on(self, tx: Tx, lead: Any, status: Status, actor: Actor, state: State, now: Instant) -> None:
        """A status of kind open: a contact claims an open lead and stops the clock; a closed one is reopened."""
        number = lead["id"]
        reopened = state in (State.CLOSED, State.RECYCLED)
        if lead["owner"] is None and (reopened or (state is State.OPEN and status.is_contact)):
            self._take(tx, lead, actor.user_id, now, anew=reopened)
        lead = leads.get(tx, number)
        if status.is_contact and lead["owner"] is not None:
            leads.contacted(tx, number, now)
        elif reopened:
            self._start_clock(tx, number, now)

    def _start_clock(self, tx: Tx, number: int, now: Instant) -> None:
        label = self._labelled(tx, number, now)
        if label.at_label:
            self._happenings.go_on(tx, number, label.follow_up_within, now)

    def _outcome(self, tx: Tx, number: int, code: str, *, done: bool = True, before: str | None = None) -> Outcome:
        lead = leads.get(tx, number)
        return Outcome(done, code, ref(lead), self._statuses.handling(lead), contact(lead), before)
