"""The team: who gets a lead, who lets it go, and what happens to one that nobody has (docs/handling.md).

Every act and happening ends in `settle`: the waiting steps are made those that the lead's handling asks for, and its
message is owed its newest state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bot.service.handling.alerts import AlertBook
from bot.service.handling.clockwork import Clockwork
from bot.service.handling.policy import Policy
from bot.service.handling.reps import Reps
from bot.service.handling.routing import Routing
from bot.service.handling.state import FOLLOW_UP_WITHIN, NEW, Statuses, contact, qualification_of, ref
from bot.service.handling.views import RouteView
from bot.service.views import Actor, AlertFacts, LeadRef, Notice, Outcome, State
from bot.storage import alerts, audit, handling, leads
from bot.storage import reps as turns
from bot.storage.store import Tx
from scoring.instants import DAY, Duration, Instant


@dataclass(frozen=True, slots=True)
class Label:
    """How a lead stands by its alerting models now, and how its last crossing is told."""

    at_label: bool
    follow_up_within: Duration | None
    facts: Callable[[], tuple[int, AlertFacts] | None]


Labelled = Callable[[Tx, int, Instant], Label]


class SetStatus(Protocol):
    """Sets a lead's status, with its event and its audit row."""

    def __call__(self, tx: Tx, lead_id: int, status: str, by: str, now: Instant, reason: str | None = None) -> None: ...


class Team:
    """Gives leads to people and takes them back; every method runs inside its caller's transaction."""

    def __init__(
        self,
        book: AlertBook,
        statuses: Statuses,
        clock: Clockwork,
        routing: Routing,
        reps: Reps,
        set_status: SetStatus,
    ) -> None:
        self.book = book
        self.statuses = statuses
        self.clock = clock
        self.routing = routing
        self.reps = reps
        self.set_status = set_status
        self.labelled: Labelled
        """How a lead stands; the scorebook, which is made after the team."""
        self.taken: Callable[[str, Duration | None], None] = lambda _how, _waited: None
        """Told of every lead that got an owner: how, and how long after its alert, where it is the first."""

    @property
    def policy(self) -> Policy:
        return self.clock.policy

    @property
    def managers(self) -> tuple[str, ...]:
        """Who is told of what nobody does."""
        return self.policy.escalate_to or self.book.managers

    # ---- small things

    def state(self, lead: Any) -> State:
        return self.statuses.state(lead)

    def settle(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """The lead's handling changed: since when it stands as it does, its steps and its message follow."""
        lead = leads.get(tx, lead_id)
        state = self.state(lead)
        if lead["stood"] != state:
            handling.change(tx, lead_id, stood=state.value, stood_since=now)
        self.clock.align(tx, lead_id, now)
        self.book.refresh(tx, lead_id, now)

    def outcome(
        self,
        tx: Tx,
        number: int,
        code: str,
        *,
        done: bool = True,
        before: str | None = None,
        note: str | None = None,
        warnings: tuple[str, ...] = (),
    ) -> Outcome:
        """What became of an act, with the lead as it is now."""
        lead = leads.get(tx, number)
        stands = replace(self.statuses.handling(lead), qualification=qualification_of(tx, lead["id"]))
        return Outcome(done, code, ref(lead), stands, contact(lead), before, note, warnings)

    def notice(self, tx: Tx, lead_id: int, code: str, now: Instant, **more: Any) -> Notice:
        """A line about a lead as it is now."""
        lead = leads.get(tx, lead_id)
        alert = alerts.latest_of(tx, lead_id)
        return Notice(
            code,
            lead=ref(lead),
            contact=contact(lead),
            handling=self.statuses.handling(lead),
            at=now,
            alert_key=alert["key"] if alert else None,
            **more,
        )

    def tell(self, tx: Tx, user: str, notice: Notice, now: Instant) -> None:
        """A direct message, once per code, lead and instant."""
        about = notice.lead.key if notice.lead is not None else ",".join(lead.key for lead in notice.leads)
        self.book.direct(tx, user, notice, f"{notice.code}:{about}:{user}:{now}", now)

    def tell_owner(self, tx: Tx, lead_id: int, code: str, actor: str, now: Instant, **more: Any) -> None:
        """Tell the owner what somebody else did with their lead."""
        owner = leads.get(tx, lead_id)["owner"]
        if owner is not None and owner != actor:
            self.tell(tx, owner, self.notice(tx, lead_id, code, now, actor=actor, **more), now)

    def thread(self, tx: Tx, lead_id: int, notice: Notice, now: Instant) -> None:
        """A line in the thread of the lead's newest alert."""
        alert = alerts.latest_of(tx, lead_id)
        if alert is not None:
            self.book.thread(tx, alert, notice, f"{notice.code}:{alert['id']}:{now}", now)

    def worked(self, tx: Tx, lead_id: int, actor: str, now: Instant) -> None:
        """An act of the owner: they work on it."""
        if leads.get(tx, lead_id)["owner"] == actor:
            handling.change(tx, lead_id, worked_at=now, acted=1, asked_at=None)

    # ---- giving

    def alert(
        self, tx: Tx, lead: Any, crossing_id: int, facts: AlertFacts, span: Duration | None, now: Instant
    ) -> None:
        """A crossing of a lead that nobody has: clock, route, alert, and whoever is asked first."""
        self.clock.end(tx, lead["id"])
        self.clock.start(tx, lead["id"], span, now)
        lead = leads.get(tx, lead["id"])
        route = self.routing.decide(tx, lead, crossing_id, now)
        alert_id = self.book.make(tx, crossing_id, facts, route, now)
        self._hand_out(tx, lead["id"], alert_id, route, now)
        self.settle(tx, lead["id"], now)

    def _hand_out(self, tx: Tx, lead_id: int, alert_id: int, route: RouteView, now: Instant) -> None:
        if route.to is None:
            return
        if route.result == "assigned":
            turns.begin(tx, lead_id, alert_id, route.to, "assign", now)
            self.take(tx, lead_id, route.to, now, how="assigned")
            return
        turns.begin(tx, lead_id, alert_id, route.to, "offer", now)
        handling.change(tx, lead_id, offered_to=route.to, offered_until=route.until)
        self.tell(tx, route.to, self.notice(tx, lead_id, "offered", now, until=route.until), now)

    def take(
        self, tx: Tx, lead_id: int, user: str, now: Instant, *, how: str = "claimed", by: str | None = None
    ) -> bool:
        """Make somebody the owner, if nobody is; their DM has contact details and deadline.

        `by`: a manager gave it to them, which is told as such.
        """
        before = leads.get(tx, lead_id)
        if not handling.take(tx, lead_id, user, now, how=how):
            return False
        turns.end(tx, lead_id, "claimed" if before["offered_to"] == user else "taken", now)
        self._note_taken(tx, lead_id, how, now)
        alerts.owned_by(tx, lead_id, user, now)
        audit.record(tx, at=now, actor=by or (user if how == "claimed" else audit.SYSTEM),
                     action=how, lead_id=lead_id, after=user)  # fmt: skip
        if self.policy.stops_at_claim:
            self.clock.end(tx, lead_id)
        if by is None or by == user:
            self.tell(tx, user, self.notice(tx, lead_id, "claimed", now), now)
        if before["offered_to"] not in (None, user):
            self.tell(tx, before["offered_to"], self.notice(tx, lead_id, "offer_ended", now), now)
        self.settle(tx, lead_id, now)
        return True

    def _note_taken(self, tx: Tx, lead_id: int, how: str, now: Instant) -> None:
        alert = alerts.latest_of(tx, lead_id)
        first = alert is not None and alert["claimed_at"] is None and alert["posted_at"] is not None
        waited = now - alert["posted_at"] if first else None
        tx.after_commit(lambda: self.taken(how, waited))

    def renew(self, tx: Tx, lead_id: int, by: str, now: Instant) -> None:
        """Whatever takes a lead out of recycled or closed without naming a status sets `new`."""
        self.set_status(tx, lead_id, NEW, by, now)
        handling.change(tx, lead_id, back_at=None, reason=None)

    def go_on(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """A lead at the label has an owner again: its clock starts, if none runs and no contact was made."""
        label = self.labelled(tx, lead_id, now)
        if label.at_label:
            self.start_unless_contacted(tx, lead_id, label.follow_up_within, now)

    def start_unless_contacted(self, tx: Tx, lead_id: int, span: Duration | None, now: Instant) -> bool:
        """Start the clock, if none runs and no contact was made since the lead crossed last."""
        lead = leads.get(tx, lead_id)
        contacted = lead["contacted_at"] is not None and lead["contacted_at"] >= alerts.last_crossing_at(tx, lead_id)
        if contacted or (self.policy.stops_at_claim and lead["owner"] is not None):
            return False
        return self.clock.start(tx, lead_id, span, now)

    # ---- taking back

    def let_go(self, tx: Tx, lead: Any, by: str, now: Instant) -> bool:
        """The owner no longer has it; nobody has it yet."""
        if lead["owner"] is None or not handling.let_go(tx, lead["id"], lead["owner"]):
            return False
        audit.record(tx, at=now, actor=by, action="released", lead_id=lead["id"], before=lead["owner"])
        return True

    def next_in_line(self, tx: Tx, lead_id: int, why: str, now: Instant, *, hand: bool = True) -> None:
        """An offer ended without a claim, or the step release took the lead: the next one, else it is open."""
        lead = leads.get(tx, lead_id)
        turns.end(tx, lead_id, why, now)
        handling.change(tx, lead_id, offered_to=None, offered_until=None)
        alert = alerts.get(tx, lead["alert_id"])
        route = self.routing.decide(tx, lead, alert["crossing_id"], now) if hand else None
        if route is not None and route.to is not None:
            self._hand_out(tx, lead_id, alert["id"], route, now)
        if lead["offered_to"] is not None and why != "released":
            self.tell(tx, lead["offered_to"], self.notice(tx, lead_id, "offer_ended", now), now)
        if route is not None and route.to is not None:
            offered = leads.get(tx, lead_id)["offered_until"]
            self.thread(tx, lead_id, self.notice(tx, lead_id, "offered", now, to=route.to, until=offered), now)
        elif lead["offered_to"] is not None:
            notice = self.notice(tx, lead_id, "offer_ended", now, to=lead["offered_to"], broadcast=True)
            self.thread(tx, lead_id, notice, now)
        self.settle(tx, lead_id, now)

    def end_offer(self, tx: Tx, lead: Any, why: str, now: Instant) -> None:
        """Nobody is asked any more, and who was is told."""
        if lead["offered_to"] is None:
            return
        turns.end(tx, lead["id"], why, now)
        handling.change(tx, lead["id"], offered_to=None, offered_until=None)
        self.tell(tx, lead["offered_to"], self.notice(tx, lead["id"], "offer_ended", now), now)

    def to_team(self, tx: Tx, lead: Any, now: Instant, label: Label | None = None, actor: str | None = None) -> None:
        """The lead has no owner: its alert is live again or posted anew, or, below the label, it is quiet.

        `lead` is as it was; `actor` is who let it go.
        """
        lead_id = lead["id"]
        handling.change(tx, lead_id, snoozed_until=None, offered_to=None, offered_until=None)
        label = label or self.labelled(tx, lead_id, now)
        if not label.at_label:
            self._quiet(tx, lead, now)
            return
        if not self._live_again(tx, lead, label, now, actor):
            self.settle(tx, lead_id, now)
            return
        self.clock.start(tx, lead_id, label.follow_up_within, now)
        self.settle(tx, lead_id, now)

    def _live_again(self, tx: Tx, lead: Any, label: Label, now: Instant, actor: str | None) -> bool:
        alert = alerts.latest_of(tx, lead["id"])
        if alert is None:
            told = label.facts()
            if told is None:
                return False
            route = self.routing.decide(tx, leads.get(tx, lead["id"]), told[0], now)
            self.book.make(tx, *told, route, now)
        elif self.book.rehearsed(alert) and not self.book.channels.shadow:
            self.book.post_anew(tx, alert, now)  # the team has not seen it
        elif alert["posted_at"] is not None and now - alert["posted_at"] > DAY:
            self.book.post_anew(tx, alert, now)
        else:
            alerts.revive(tx, alert["id"])
            leads.carry_alert(tx, lead["id"], alert["id"])
            notice = Notice("back_to_team", lead=ref(lead), actor=actor or lead["owner"], at=now, broadcast=True)
            self.book.thread(tx, alert, notice, f"back_to_team:{alert['id']}:{now}", now)
        return True

    def _quiet(self, tx: Tx, lead: Any, now: Instant) -> None:
        alert = alerts.latest_of(tx, lead["id"])
        if alert is not None:
            alerts.end(tx, alert["id"], why="cooled", now=now)
        leads.carry_alert(tx, lead["id"], None, cooled=alert is not None)
        self.clock.end(tx, lead["id"])
        if lead["contacted_at"] is not None:
            notice = Notice("needs_owner", lead=ref(lead), contact=contact(lead), actor=lead["owner"], at=now)
            for manager in self.managers:
                self.book.direct(tx, manager, notice, f"needs_owner:{lead['id']}:{now}:{manager}", now)
        self.settle(tx, lead["id"], now)

    def hold_the_rule(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """Two leads became one: whatever came together, nobody is left lying, and no clock is missing."""
        lead = leads.get(tx, lead_id)
        state, label = self.state(lead), self.labelled(tx, lead_id, now)
        alerted = alerts.latest_of(tx, lead_id) is not None
        if (state in (State.OPEN, State.OFFERED) and not label.at_label) or (
            state is State.QUIET and label.at_label and alerted
        ):
            self.end_offer(tx, lead, "joined", now)
            self.to_team(tx, leads.get(tx, lead_id), now, label)
            return
        if state in (State.OPEN, State.OFFERED):
            self.clock.start(tx, lead_id, label.follow_up_within, now)
        elif state in (State.CLAIMED, State.SNOOZED) and label.at_label:
            self.start_unless_contacted(tx, lead_id, label.follow_up_within, now)
        self.settle(tx, lead_id, now)

    # ---- ending

    def end(self, tx: Tx, lead: Any, why: str, now: Instant) -> None:
        """Closed or recycled: no alert, no offer, no snooze, no clock."""
        if lead["alert_id"] is not None:
            alerts.end(tx, lead["alert_id"], why=why, now=now)
        turns.end(tx, lead["id"], why, now)
        leads.carry_alert(tx, lead["id"], None)
        handling.change(
            tx, lead["id"], offered_to=None, offered_until=None, snoozed_until=None, asked_at=None, back_at=None
        )
        self.clock.end(tx, lead["id"])

    # ---- asked

    def would_route(self, tx: Tx, lead: Any, now: Instant) -> RouteView:
        """Where a lead would go if it crossed now; as if a clock had just started."""
        label = self.labelled(tx, lead["id"], now)
        begins = dict(lead) | {
            "clock_from": now,
            "deadline": self.policy.calendar.add(now, label.follow_up_within or FOLLOW_UP_WITHIN),
            "last_owner": lead["owner"] or lead["last_owner"],
        }
        return self.routing.decide(tx, begins, None, now)

    def due_while_away(self, tx: Tx, user: str, due: Sequence[LeadRef], now: Instant) -> None:
        """Leads whose deadline lies in their owner's absence: the manager is told when it is entered."""
        for manager in self.managers:
            if manager != user:
                self.tell(tx, manager, Notice("due_while_away", actor=user, leads=tuple(due), at=now), now)

    def wins_over(self, actor: Actor, lead: Any) -> bool:
        """Whether somebody may act as the owner does."""
        return actor.manages or lead["owner"] == actor.user_id
