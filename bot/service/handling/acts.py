"""Who has a lead (docs/handling.md): claim, release, reassign, snooze, wake. One winner, one audit row.

Each act runs inside its caller's transaction, gets the lead's row as it is, and says what became of it. What cannot be
done in a state is refused with a code; what is so already is said and changes nothing.
"""

from __future__ import annotations

from typing import Any

from bot.service.handling.team import Team
from bot.service.views import Actor, Outcome, State
from bot.storage import alerts, audit, handling, leads
from bot.storage.store import Tx
from scoring.instants import Instant, format_instant


class Acts:
    """The acts that change who has a lead, and when it is worked on."""

    def __init__(self, team: Team) -> None:
        self._team = team

    # ---- claim

    def claim(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> Outcome:
        """Make the actor the owner, if nobody is and nobody else has first refusal."""
        number = lead["id"]
        refused = self._why_not_claim(lead, actor)
        if refused is not None:
            return self._team.outcome(tx, number, refused, done=refused == "already_yours")
        state = self._team.state(lead)
        if state is State.RECYCLED:
            self._team.renew(tx, number, actor.user_id, now)
            self._team.go_on(tx, number, now)
        if state is State.SNOOZED:
            handling.change(tx, number, snoozed_until=None)
            self._team.clock.resume(tx, lead, now)
        if not self._team.take(tx, number, actor.user_id, now):
            return self._team.outcome(tx, number, "taken", done=False)
        return self._team.outcome(tx, number, "claimed")

    def _why_not_claim(self, lead: Any, actor: Actor) -> str | None:
        state = self._team.state(lead)
        if state is State.CLOSED:
            return "closed"
        if lead["owner"] == actor.user_id:
            return "already_yours"
        if lead["owner"] is not None:
            return "taken"
        if state is State.OFFERED and lead["offered_to"] != actor.user_id and not actor.manages:
            return "offered_elsewhere"
        return None

    # ---- release

    def release(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> Outcome:
        """The owner, or a manager for them, lets go: back to the team. The one offered: the next in line."""
        number = lead["id"]
        state = self._team.state(lead)
        if state is State.OFFERED:
            return self._decline(tx, lead, actor, now)
        if state not in (State.CLAIMED, State.SNOOZED):
            return self._team.outcome(tx, number, "closed" if state is State.CLOSED else "not_claimed", done=False)
        if not self._team.wins_over(actor, lead):
            return self._team.outcome(tx, number, "not_yours", done=False)
        self._team.let_go(tx, lead, actor.user_id, now)
        self._wake_up(tx, lead, now)
        self._team.to_team(tx, lead, now)
        return self._team.outcome(tx, number, "released", before=lead["owner"])

    def _decline(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> Outcome:
        if lead["offered_to"] != actor.user_id and not actor.manages:
            return self._team.outcome(tx, lead["id"], "offered_elsewhere", done=False)
        self._team.next_in_line(tx, lead["id"], "released", now)
        return self._team.outcome(tx, lead["id"], "released", before=lead["offered_to"])

    def _wake_up(self, tx: Tx, lead: Any, now: Instant) -> None:
        if lead["snoozed_until"] is not None:
            handling.change(tx, lead["id"], snoozed_until=None)
            self._team.clock.resume(tx, lead, now)

    # ---- reassign

    def reassign(self, tx: Tx, lead: Any, actor: Actor, to: str, now: Instant) -> Outcome:
        """Give the lead to somebody else; a snooze keeps its time."""
        number = lead["id"]
        state = self._team.state(lead)
        if state is State.CLOSED or state is State.QUIET:
            return self._team.outcome(tx, number, "closed" if state is State.CLOSED else "not_possible", done=False)
        if not self._team.wins_over(actor, lead):
            return self._team.outcome(tx, number, "not_yours", done=False)
        if lead["owner"] == to:
            return self._team.outcome(tx, number, "already_theirs")
        rep = self._team.reps.get(tx, to)
        why = self._team.reps.passed_over(rep, now, self._team.reps.load(tx))
        if why == "gone":
            return self._team.outcome(tx, number, "not_active", done=False)
        self._give(tx, lead, actor, to, state, now)
        return self._team.outcome(tx, number, "reassigned", before=lead["owner"], warnings=(why,) if why else ())

    def _give(self, tx: Tx, lead: Any, actor: Actor, to: str, state: State, now: Instant) -> None:
        number, team = lead["id"], self._team
        if state is State.RECYCLED:
            team.renew(tx, number, actor.user_id, now)
            team.go_on(tx, number, now)
        if lead["owner"] is None:
            team.take(tx, number, to, now, how="claimed" if to == actor.user_id else "assigned", by=actor.user_id)
        elif handling.hand_over(tx, number, lead["owner"], to, now):
            alerts.owned_by(tx, number, to, now)
            audit.record(
                tx, at=now, actor=actor.user_id, action="reassigned", lead_id=number, before=lead["owner"], after=to
            )
            if to == actor.user_id:
                handling.change(tx, number, acted=1)
            if lead["owner"] != actor.user_id:
                team.tell(
                    tx, lead["owner"], team.notice(tx, number, "reassigned_from", now, actor=actor.user_id, to=to), now
                )
        if to != actor.user_id:
            until = leads.get(tx, number)["snoozed_until"]
            notice = team.notice(tx, number, "reassigned_to", now, actor=actor.user_id, to=to, until=until)
            team.tell(tx, to, notice, now)
        team.settle(tx, number, now)

    # ---- snooze

    def snooze(self, tx: Tx, lead: Any, actor: Actor, until: Instant, now: Instant) -> Outcome:
        """Put it off; of a lead without owner the actor becomes it."""
        number = lead["id"]
        refused = self._why_not_snooze(lead, actor)
        if refused is None and until <= now:
            refused = "in_the_past"
        if refused is not None:
            return self._team.outcome(tx, number, refused, done=False)
        if lead["owner"] is None and lead["snoozed_until"] is None:
            self._team.take(tx, number, actor.user_id, now)
            lead = leads.get(tx, number)
        runs = lead["deadline"] is not None
        suspended = runs and self._team.clock.suspend(tx, lead, until, now)
        handling.change(tx, number, snoozed_until=until)
        audit.record(tx, at=now, actor=actor.user_id, action="snoozed", lead_id=number, after=format_instant(until))
        self._team.worked(tx, number, actor.user_id, now)
        self._team.tell_owner(tx, number, "snoozed", actor.user_id, now, until=until)
        self._team.settle(tx, number, now)
        return self._team.outcome(
            tx, number, "snoozed", warnings=("clock_runs",) if self._clock_runs(tx, number, runs, suspended) else ()
        )

    @staticmethod
    def _clock_runs(tx: Tx, number: int, runs: bool, suspended: bool) -> bool:
        """Whether the clock runs on before the snooze ends."""
        lead = leads.get(tx, number)
        return runs and (not suspended or lead["clock_from"] < lead["snoozed_until"])

    def _why_not_snooze(self, lead: Any, actor: Actor) -> str | None:
        match self._team.state(lead):
            case State.CLOSED:
                return "closed"
            case State.QUIET | State.RECYCLED:
                return "not_possible"
            case State.OFFERED if lead["offered_to"] != actor.user_id and not actor.manages:
                return "offered_elsewhere"
            case State.CLAIMED | State.SNOOZED if not self._team.wins_over(actor, lead):
                return "not_yours"
        return None

    def wake(self, tx: Tx, lead: Any, actor: Actor, now: Instant) -> Outcome:
        """End a snooze before its time."""
        number = lead["id"]
        state = self._team.state(lead)
        if state is not State.SNOOZED:
            return self._team.outcome(tx, number, "closed" if state is State.CLOSED else "not_possible", done=False)
        if not self._team.wins_over(actor, lead):
            return self._team.outcome(tx, number, "not_yours", done=False)
        audit.record(tx, at=now, actor=actor.user_id, action="woken", lead_id=number)
        self._team.worked(tx, number, actor.user_id, now)
        self.wakes(tx, lead, actor.user_id, now)
        return self._team.outcome(tx, number, "woken")

    def wakes(self, tx: Tx, lead: Any, by: str, now: Instant) -> None:
        """A snooze ends: claimed, and its owner is told; without owner the team has it."""
        self._wake_up(tx, lead, now)
        if lead["owner"] is None:
            self._team.to_team(tx, leads.get(tx, lead["id"]), now)
            return
        handling.change(tx, lead["id"], worked_at=now)
        self._team.tell_owner(tx, lead["id"], "woken", by, now)
        self._team.settle(tx, lead["id"], now)
