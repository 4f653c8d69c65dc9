"""The follow-up clock (docs/handling.md, The clock), and the steps that wait for a lead.

A lead's waiting steps are derived from what is stored about it: `align` is called at the end of whatever changes a
lead's handling, and makes them so. So no act sets or forgets a timer by itself.

step        waits while                                    until
offer       offered                                        the offer ends
snooze      snoozed                                        its time comes
back        recycled                                       its time comes
remind      the clock runs; once per alert and owner       so many percent of it are gone
escalate    the clock runs; once per clock                 the deadline
release     the clock runs, claimed; where configured      some time after the deadline
stale       claimed, nobody was asked yet                  the morning after `stale_after`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from bot.service.handling.policy import RELEASE_AT_THE_EARLIEST, Policy
from bot.service.handling.state import FOLLOW_UP_WITHIN, Statuses
from bot.service.handling.working_time import Calendar
from bot.service.views import State
from bot.storage import handling, leads, steps
from bot.storage.store import Tx
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Days, Duration, Instant, parse_duration

CLOCK_STEPS: Final = ("remind", "escalate", "release")
"""In the order of their deadlines: of those that are due together only the last is told."""
LEAD_STEPS: Final = frozenset((*CLOCK_STEPS, "offer", "snooze", "back", "stale"))
_RUNS_IN: Final = frozenset({State.OPEN, State.OFFERED, State.CLAIMED, State.SNOOZED})


def span_text(span: Duration) -> str:
    """A length as it was given, so that days stay days."""
    if isinstance(span, Days):
        return f"{span // DAY}d"
    for unit, length in (("h", HOUR), ("m", MINUTE)):
        if span % length == 0:
            return f"{span // length}{unit}"
    return f"{max(span // SECOND, 1)}s"


class Clockwork:
    """Starts and stops the clocks of leads; every method runs inside its caller's transaction."""

    def __init__(self, policy: Policy, statuses: Statuses) -> None:
        self.policy = policy
        self._statuses = statuses
        self.calendar_of: Callable[[Tx, str], Calendar] = lambda _tx, _owner: policy.calendar
        """When an owner works."""

    # ---- the clock

    def start(self, tx: Tx, lead_id: int, span: Duration | None, now: Instant) -> bool:
        """Start a clock, if none runs."""
        lead = leads.get(tx, lead_id)
        if lead["deadline"] is not None:
            return False
        self._begin(tx, lead, span or FOLLOW_UP_WITHIN, now, missed=None)
        return True

    def _begin(self, tx: Tx, lead: Any, span: Duration, now: Instant, missed: Instant | None) -> None:
        handling.change(
            tx,
            lead["id"],
            clock_no=lead["clock_no"] + 1,
            clock_from=now,
            clock_span=span_text(span),
            deadline=self.policy.calendar.add(now, span),
            escalated_at=None,
            missed=missed,
        )

    def sooner(self, tx: Tx, lead_id: int, span: Duration | None, now: Instant) -> None:
        """Start a clock, or bring the deadline of the one that runs forward; a suspended one stays suspended."""
        lead = leads.get(tx, lead_id)
        if lead["deadline"] is None:
            self.start(tx, lead_id, span, now)
            return
        begins = max(now, lead["clock_from"] or now)
        deadline = self.policy.calendar.add(begins, span or FOLLOW_UP_WITHIN)
        if deadline < lead["deadline"]:
            handling.change(tx, lead_id, deadline=deadline)

    def anew(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """The step `release` gives a clock of the same length, beside the missed deadline."""
        lead = leads.get(tx, lead_id)
        span = parse_duration(lead["clock_span"]) if lead["clock_span"] else FOLLOW_UP_WITHIN
        self._begin(tx, lead, span, now, missed=lead["deadline"])

    @staticmethod
    def end(tx: Tx, lead_id: int) -> None:
        """No clock runs any more."""
        handling.change(tx, lead_id, deadline=None, missed=None, escalated_at=None)

    def contacted(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """A contact was made while the lead has an owner."""
        handling.change(tx, lead_id, contacted_at=now)
        self.end(tx, lead_id)

    def suspend(self, tx: Tx, lead: Any, until: Instant, now: Instant) -> bool:
        """A snooze suspends a clock once, for at most a working day; what was left runs on afterwards."""
        deadline = lead["deadline"]
        if deadline is None or deadline <= now or lead["clock_snoozed"] == lead["clock_no"]:
            return False
        calendar = self.policy.calendar
        left = calendar.between(max(now, lead["clock_from"]), deadline)
        goes_on = min(until, calendar.working_day(now))
        handling.change(
            tx,
            lead["id"],
            clock_snoozed=lead["clock_no"],
            clock_from=goes_on,
            deadline=max(calendar.add(goes_on, left), deadline),
        )
        return True

    def resume(self, tx: Tx, lead: Any, now: Instant) -> None:
        """The snooze ended before its time: what was left runs on now."""
        begins, deadline = lead["clock_from"], lead["deadline"]
        if deadline is not None and begins is not None and begins > now and lead["clock_snoozed"] == lead["clock_no"]:
            left = self.policy.calendar.between(begins, deadline)
            handling.change(tx, lead["id"], clock_from=now, deadline=self.policy.calendar.add(now, left))

    def late(self, tx: Tx, lead_id: int, made_at: Instant, now: Instant) -> None:
        """The alert was told late: the deadline moves by that delay. One that was missed stays where it was."""
        lead = leads.get(tx, lead_id)
        if lead is None or lead["deadline"] is None or lead["escalated_at"] is not None:
            return
        calendar = self.policy.calendar
        delay = calendar.between(max(made_at, lead["clock_from"] or made_at), now)
        if delay > 0:
            handling.change(
                tx,
                lead_id,
                clock_from=max(now, lead["clock_from"] or now),
                deadline=calendar.add(lead["deadline"], delay),
            )
        self.align(tx, lead_id, now)

    # ---- the steps

    def align(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """Make the steps that wait for a lead those that its handling asks for."""
        lead = leads.get(tx, lead_id)
        waiting = {kind: row for kind, row in steps.waiting(tx, lead_id).items() if kind in LEAD_STEPS}
        wanted = {} if lead is None else self._wanted(tx, lead, waiting, now)
        whom = (lead["owner"] or "") if lead is not None else ""
        for kind, row in waiting.items():
            due = wanted.get(kind)
            if due is None or row["whom"] != whom or row["clock_no"] != lead["clock_no"]:
                steps.drop(tx, row["id"])
            elif (row["due_at"], row["alert_id"]) == (due, lead["alert_id"]):
                del wanted[kind]
        for kind, due in wanted.items():
            steps.plan(tx, kind, due, lead_id=lead_id, whom=whom, clock_no=lead["clock_no"], alert_id=lead["alert_id"])

    def _wanted(self, tx: Tx, lead: Any, waiting: dict[str, Any], now: Instant) -> dict[str, Instant]:
        state = self._statuses.state(lead)
        wanted: dict[str, Instant | None] = {}
        if state is State.OFFERED:
            wanted["offer"] = lead["offered_until"]
        elif state is State.SNOOZED:
            wanted["snooze"] = lead["snoozed_until"]
        elif state is State.RECYCLED:
            wanted["back"] = lead["back_at"]
        elif state is State.CLAIMED and lead["asked_at"] is None:
            wanted["stale"] = self._stale_at(tx, lead)
        if lead["deadline"] is not None and state in _RUNS_IN:
            wanted |= self._clock_steps(tx, lead, waiting, now, state)
        return {kind: due for kind, due in wanted.items() if due is not None}

    def _stale_at(self, tx: Tx, lead: Any) -> Instant | None:
        """In the owner's own morning."""
        after = self.policy.stale(lead["status"])
        if after is None or lead["worked_at"] is None:
            return None
        due = self.policy.calendar.add(lead["worked_at"], after)
        return self.calendar_of(tx, lead["owner"]).next_time(due - 1, self.policy.digest_at)

    def _clock_steps(
        self, tx: Tx, lead: Any, waiting: dict[str, Any], now: Instant, state: State
    ) -> dict[str, Instant | None]:
        deadline, policy = lead["deadline"], self.policy
        wanted: dict[str, Instant | None] = {}
        if policy.remind and not steps.done(
            tx, lead["id"], "remind", alert_id=lead["alert_id"], whom=lead["owner"] or ""
        ):
            at = policy.calendar.part(lead["clock_from"] or now, deadline, policy.remind)
            waits = waiting.get("remind")
            ours = waits is not None and waits["whom"] == (lead["owner"] or "")
            wanted["remind"] = at if at > now or ours else None  # never late: a new owner knows the deadline
        if policy.escalate and lead["escalated_at"] is None:
            wanted["escalate"] = deadline
        if policy.release_after is not None and state is State.CLAIMED:
            after = max(policy.release_after, RELEASE_AT_THE_EARLIEST)
            wanted["release"] = policy.calendar.add(max(deadline, lead["escalated_at"] or 0), after)
        return wanted
