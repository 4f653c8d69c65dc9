"""Statuses (docs/handling.md): set by key or by the button of the same meaning; each kind does what the table says.

Won = `customer`, Lost = `lost`, Not a fit = `unqualified`, Not now = `nurture`: the first configured status of a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bot.service.handling.state import CLOSED_KINDS, contact, may_close, ref
from bot.service.handling.team import Team
from bot.service.views import Actor, Notice, Outcome, State, Status
from bot.storage import alerts, audit, handling, leads, written
from bot.storage import reps as turns
from bot.storage.store import Tx
from scoring.instants import DAY, Instant

_TURN_BACK: Final = DAY
"""'Not a fit' within so long gives the turn back."""
_MOST: Final = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Said:
    """What comes with a status: why, how much, until when."""

    reason: str | None = None
    text: str | None = None
    amount: Decimal | None = None
    close_on: date | None = None
    until: Instant | None = None

    @property
    def note(self) -> str | None:
        return ": ".join(part for part in (self.reason, self.text) if part) or None


NOTHING: Final = Said()


class Ending:
    """The acts that change a lead's status."""

    def __init__(self, team: Team) -> None:
        self._team = team

    # ---- buttons

    def not_fit(self, tx: Tx, lead: Any, actor: Actor, reason: str, text: str | None, now: Instant) -> Outcome | None:
        """Reject it; the reason is one that is configured."""
        return self._of_kind(tx, lead, "rejected", actor, Said(reason, text), now, self._team.policy.choices.not_fit)

    def not_now(
        self, tx: Tx, lead: Any, actor: Actor, reason: str | None, until: Instant | None, now: Instant
    ) -> Outcome | None:
        """Back to nurture until it crosses again, or its time comes."""
        if until is not None and until <= now:
            return self._team.outcome(tx, lead["id"], "in_the_past", done=False)
        return self._of_kind(
            tx, lead, "recycled", actor, Said(reason, until=until), now, self._team.policy.choices.not_now
        )

    def _of_kind(
        self, tx: Tx, lead: Any, kind: str, actor: Actor, said: Said, now: Instant, allowed: tuple[str, ...]
    ) -> Outcome | None:
        status = self._team.statuses.of_kind(kind)
        if status is None:
            return None
        if said.reason is not None and said.reason not in allowed:
            return self._team.outcome(tx, lead["id"], "bad_choice", done=False, note=said.reason)
        return self.set_status(tx, lead, status.key, actor, now, said)

    # ---- any status

    def set_status(
        self, tx: Tx, lead: Any, key: str, actor: Actor, now: Instant, said: Said = NOTHING
    ) -> Outcome | None:
        """Set the status and do what its kind asks for; None where there is no such status."""
        status = self._team.statuses.get(key)
        if status is None:
            return None
        number = lead["id"]
        state = self._team.state(lead)
        if said.amount is not None and not 0 <= said.amount < _MOST:
            return self._team.outcome(tx, number, "bad_choice", done=False, note=str(said.amount))
        if not self._may_set(lead, status, actor, state):
            code = "offered_elsewhere" if state is State.OFFERED else "not_yours"
            return self._team.outcome(tx, number, code, done=False)
        unset = self._unset(tx, number, status)
        if unset and self._team.policy.refuses_unqualified:
            return self._team.outcome(tx, number, "needs_qualification", done=False, warnings=unset)
        self._team.worked(tx, number, actor.user_id, now)
        if lead["status"] == key:
            return self._same(tx, lead, status, actor, said, now)
        self.change(tx, lead, status, actor.user_id, now, said)
        return self._team.outcome(tx, number, "status_set", before=lead["status"], warnings=unset)

    def change(self, tx: Tx, lead: Any, status: Status, by: str, now: Instant, said: Said = NOTHING) -> None:
        """Give a lead another status, whoever may."""
        number, state = lead["id"], self._team.state(lead)
        self._team.set_status(tx, number, status.key, by, now, said.note)
        handling.change(tx, number, reason=None)  # that of the status before is no reason of this one
        self._write_down(tx, number, status, said)
        if status.kind in CLOSED_KINDS:
            self._close(tx, lead, status, by, now)
        elif status.kind == "recycled":
            self._recycle(tx, lead, by, said, now)
        else:
            self._go_on(tx, lead, status, by, state, now)
        self._team.settle(tx, number, now)

    def _same(self, tx: Tx, lead: Any, status: Status, actor: Actor, said: Said, now: Instant) -> Outcome:
        """The status is that already: only what comes with it may be new."""
        number = lead["id"]
        if said.note:
            audit.record(tx, at=now, actor=actor.user_id, action="reason", lead_id=number,
                         before=status.key, after=status.key, note=said.note)  # fmt: skip
        self._write_down(tx, number, status, said)
        code = "status_unchanged"
        if status.kind == "recycled" and said.until is not None:
            handling.change(tx, number, back_at=said.until)
            code = "new_time"
        self._team.settle(tx, number, now)
        return self._team.outcome(tx, number, code)

    @staticmethod
    def _may_set(lead: Any, status: Status, actor: Actor, state: State) -> bool:
        if status.kind == "open" and state in (State.QUIET, State.OPEN, State.OFFERED, State.RECYCLED):
            return True
        return may_close(lead, actor, state)

    def _unset(self, tx: Tx, number: int, status: Status) -> tuple[str, ...]:
        """What the status asks for and nobody has found out."""
        if not status.asks_qualification:
            return ()
        row = written.qualification(tx, number)
        return tuple(name for name in ("budget", "authority", "need", "timeline") if row is None or not row[name])

    @staticmethod
    def _write_down(tx: Tx, number: int, status: Status, said: Said) -> None:
        """What was said along with it; what was not stays as it is."""
        more: dict[str, Any] = {}
        if said.reason is not None and status.kind != "open":
            more["reason"] = said.reason
        if said.amount is not None:
            more["amount"] = int((said.amount * 100).to_integral_value())
        if said.close_on is not None:
            more["close_on"] = said.close_on.isoformat()
        if more:
            handling.change(tx, number, **more)

    # ---- what the kinds do

    def _close(self, tx: Tx, lead: Any, status: Status, by: str, now: Instant) -> None:
        """Closing keeps the owner, and ends everything that runs. 'Not a fit' gives back a turn of the last day."""
        if status.kind == "rejected":
            turns.give_back(tx, lead["id"], by, now - _TURN_BACK)
        self._tell_offered(tx, lead, by, now)
        self._team.end(tx, lead, "closed", now)

    def _recycle(self, tx: Tx, lead: Any, by: str, said: Said, now: Instant) -> None:
        """Not now: the owner is let go and remembered."""
        self._tell_offered(tx, lead, by, now)
        self._team.let_go(tx, lead, by, now)
        self._team.end(tx, lead, "recycled", now)
        handling.change(tx, lead["id"], back_at=said.until or now + self._team.policy.not_now)

    def _tell_offered(self, tx: Tx, lead: Any, by: str, now: Instant) -> None:
        """Who was asked whether they want it hears that it is no longer to be had; an owner, what a manager did."""
        whom = lead["offered_to"] or lead["owner"]
        if whom is None or whom == by or lead["id"] is None:
            return
        code = "offer_ended" if lead["offered_to"] else "closed_elsewhere"
        status = self._team.statuses.handling(leads.get(tx, lead["id"]))
        notice = Notice(code, lead=ref(lead), contact=contact(lead), handling=status, at=now, actor=by)
        self._team.tell(tx, whom, notice, now)

    def _go_on(self, tx: Tx, lead: Any, status: Status, by: str, state: State, now: Instant) -> None:
        """A status of kind open: a contact claims an open lead and stops the clock; a closed one is reopened."""
        number, team = lead["id"], self._team
        reopened = state in (State.CLOSED, State.RECYCLED)
        handling.change(tx, number, back_at=None)
        if state is State.SNOOZED:
            handling.change(tx, number, snoozed_until=None)
            team.clock.resume(tx, lead, now)
        if reopened and not status.is_contact:
            team.go_on(tx, number, now)
        if lead["owner"] is None and self._claims(lead, status, by, state):
            team.take(tx, number, by, now)
        if status.is_contact and leads.get(tx, number)["owner"] is not None:
            team.clock.contacted(tx, number, now)
            alerts.contacted(tx, number, now)

    @staticmethod
    def _claims(lead: Any, status: Status, by: str, state: State) -> bool:
        """Whether setting a status of kind open makes an owner of who sets it."""
        if state in (State.CLOSED, State.RECYCLED, State.SNOOZED):
            return True
        if not status.is_contact:
            return False
        return state is State.OPEN or (state is State.OFFERED and lead["offered_to"] == by)
