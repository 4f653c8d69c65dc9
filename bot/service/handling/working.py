"""Working on a lead (docs/handling.md): contacts, qualification, notes, and the answer to "Still working on it?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling.acts import Acts
from bot.service.handling.ending import Ending
from bot.service.handling.team import Team
from bot.service.views import Actor, Outcome, State
from bot.storage import alerts, audit, handling, leads, written
from bot.storage.store import Tx
from scoring.instants import Instant

LONGEST: Final = 3_000
"""Characters of a note, and of each part of a qualification."""


@dataclass(frozen=True, slots=True)
class ContactMade:
    """A contact as a rep tells it: how, what came of it; `claim`: take the lead if nobody has it; when to try again."""

    kind: str
    outcome: str
    note: str | None
    claim: bool
    again_at: Instant | None


class Working:
    """The acts that leave words or times behind; open to every rep on every lead, and the owner is told."""

    def __init__(self, team: Team, acts: Acts, ending: Ending) -> None:
        self._team = team
        self._acts = acts
        self._ending = ending

    # ---- contacts

    def log_contact(self, tx: Tx, lead: Any, actor: Actor, made: ContactMade, now: Instant) -> Outcome:
        """A contact was made or tried: the clock stops while the lead has an owner."""
        number = lead["id"]
        choices = self._team.policy.choices
        if made.kind not in choices.contact_kinds:
            return self._team.outcome(tx, number, "bad_choice", done=False, note=made.kind)
        if made.outcome not in choices.contact_outcomes:
            return self._team.outcome(tx, number, "bad_choice", done=False, note=made.outcome)
        if made.again_at is not None and made.again_at <= now:
            return self._team.outcome(tx, number, "in_the_past", done=False)
        note, what = _cut(made.note), f"{made.kind}: {made.outcome}"
        written.add_contact(tx, number, at=now, by=actor.user_id, kind=made.kind, outcome=made.outcome, note=note)
        audit.record(tx, at=now, actor=actor.user_id, action="contacted", lead_id=number, after=what)
        claimed = made.claim and self._claim(tx, lead, actor, now)
        self._contacted(tx, lead, now)
        self._team.worked(tx, number, actor.user_id, now)
        self._team.tell_owner(tx, number, "contact_logged", actor.user_id, now, reason=made.outcome, text=note)
        self._team.settle(tx, number, now)
        warnings = () if made.again_at is None else self._again(tx, number, actor, made.again_at, now)
        return self._team.outcome(tx, number, "logged_claimed" if claimed else "logged", warnings=warnings)

    def _claim(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> bool:
        """'Claim it' is ticked on a lead that nobody has."""
        state = self._team.state(lead)
        if lead["owner"] is not None or state is State.CLOSED:
            return False
        if state is State.OFFERED and lead["offered_to"] != actor.user_id:
            return False
        return self._acts.claim(tx, lead, actor, now).code == "claimed"

    def _contacted(self, tx: Tx, before: Any, now: Instant) -> None:
        lead = leads.get(tx, before["id"])
        if self._team.state(lead) in (State.CLOSED, State.RECYCLED) or lead["owner"] is None:
            return
        if before["snoozed_until"] is not None:
            handling.change(tx, lead["id"], snoozed_until=None)
        self._team.clock.contacted(tx, lead["id"], now)
        alerts.contacted(tx, lead["id"], now)

    def _again(self, tx: Tx, number: int, actor: Actor, again_at: Instant, now: Instant) -> tuple[str, ...]:
        """'Try again at…' is a snooze of the owner's."""
        lead = leads.get(tx, number)
        if lead["owner"] != actor.user_id:
            return ("not_snoozed",)
        return () if self._acts.snooze(tx, lead, actor, again_at, now).done else ("not_snoozed",)

    # ---- words

    def qualify(self, tx: Tx, lead: Any, actor: Actor, known: dict[str, str | None], now: Instant) -> Outcome:
        """Write down budget, authority, need and timeline."""
        number = lead["id"]
        texts = {name: _cut(text) for name, text in known.items()}
        written.qualify(tx, number, at=now, by=actor.user_id, **texts)
        audit.record(tx, at=now, actor=actor.user_id, action="qualified", lead_id=number,
                     after=", ".join(name for name, text in texts.items() if text))  # fmt: skip
        return self._said(tx, number, "qualified", actor, now)

    def note(self, tx: Tx, lead: Any, actor: Actor, text: str, content_feedback: str | None, now: Instant) -> Outcome:
        """Write down a note."""
        number = lead["id"]
        words, feedback = _cut(text), _cut(content_feedback)
        if not words and not feedback:
            return self._team.outcome(tx, number, "bad_choice", done=False, note="")
        written.add_note(tx, number, at=now, by=actor.user_id, text=words or "", content_feedback=feedback)
        audit.record(tx, at=now, actor=actor.user_id, action="noted", lead_id=number)
        return self._said(tx, number, "noted", actor, now, text=words or feedback)

    def _said(self, tx: Tx, number: int, code: str, actor: Actor, now: Instant, **more: Any) -> Outcome:
        self._team.worked(tx, number, actor.user_id, now)
        self._team.tell_owner(tx, number, code, actor.user_id, now, **more)
        self._team.settle(tx, number, now)
        return self._team.outcome(tx, number, code)

    # ---- "Still working on it?"

    def still_working(self, tx: Tx, lead: Any, actor: Actor, answer: str, now: Instant) -> Outcome | None:
        """Yes, release, or not now."""
        number = lead["id"]
        if answer == "release":
            return self._acts.release(tx, lead, actor, now)
        if answer == "not_now":
            return self._ending.not_now(tx, lead, actor, None, None, now)
        if answer != "yes":
            return self._team.outcome(tx, number, "bad_choice", done=False, note=answer)
        if lead["owner"] != actor.user_id:
            return self._team.outcome(tx, number, "not_yours" if lead["owner"] else "not_claimed", done=False)
        self._team.worked(tx, number, actor.user_id, now)
        audit.record(tx, at=now, actor=actor.user_id, action="still_working", lead_id=number)
        self._team.settle(tx, number, now)
        return self._team.outcome(tx, number, "still_working")


def _cut(text: str | None) -> str | None:
    found = (text or "").strip()
    return found[:LONGEST] or None
