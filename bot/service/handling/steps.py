"""What happens when a step's time has come (docs/handling.md, The clock, Routes).

A step is a row that whoever runs then takes by a conditional UPDATE: so it happens once, however often the service was
restarted, and late rather than never. Of the clock's steps that fell due together only the last is told; none is told
before the alert is. To add one: a row in `clockwork`'s table, and a method here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from bot.service.handling.acts import Acts
from bot.service.handling.clockwork import CLOCK_STEPS
from bot.service.handling.digests import Digests
from bot.service.handling.gathering import Gathering
from bot.service.handling.policy import MOST_RELEASES
from bot.service.handling.state import ref
from bot.service.handling.team import Team
from bot.service.views import Notice, State
from bot.storage import alerts, audit, handling, leads
from bot.storage import reps as turns
from bot.storage import steps as rows
from bot.storage.store import Tx
from scoring.instants import HOUR, MINUTE, Duration, Instant

log = structlog.get_logger(__name__)

_NOT_YET: Final[Duration] = MINUTE
"""So long a step waits for an alert that has not been told yet."""
_TOO_SOON: Final[Duration] = 15 * MINUTE
"""A reminder so soon after another message on the lead is left out."""
_AT_ONCE: Final = 200


class Steps:
    """Does what is due; every method runs inside its caller's transaction."""

    def __init__(self, team: Team, acts: Acts, gathering: Gathering, digests: Digests) -> None:
        self._team = team
        self._acts = acts
        self._policy = team.policy
        self.kinds: dict[str, Callable[[Tx, Any, Instant], None]] = {
            "offer": self._offer,
            "snooze": self._snooze,
            "back": self._back,
            "remind": self._remind,
            "escalate": self._escalate,
            "release": self._release,
            "stale": self._stale,
            "activity": gathering.tell,
            "held": digests.held,
            "digest": digests.daily,
        }
        """Kind -> what is done."""
        self.plan = digests.plan
        """At a start: the digests that are configured wait for their hours."""

    def due(self, tx: Tx, now: Instant, limit: int) -> int:
        """Do what is due, the longest due first; how many steps that were. One that fails is tried again in an hour."""
        found = rows.due(tx, now, limit)
        for row in found:
            try:
                with tx.attempt():
                    self._do(tx, row, now)
            except Exception:
                log.exception("step_failed", step=row["kind"], lead=row["lead_id"])
                rows.put_off(tx, row["id"], now + HOUR)
        return len(found)

    def _do(self, tx: Tx, row: Any, now: Instant) -> None:
        if row["kind"] in CLOCK_STEPS and self._is_untold(tx, row):
            rows.put_off(tx, row["id"], now + _NOT_YET)
            return
        later = self._told_by_a_later_one(tx, row, now)
        if rows.finish(tx, row["id"], now, told=not later) and not later:
            self.kinds[row["kind"]](tx, row, now)

    @staticmethod
    def _is_untold(tx: Tx, row: Any) -> bool:
        """The lead's alert is not there yet, so nobody could act on it."""
        lead = leads.get(tx, row["lead_id"])
        alert = alerts.get(tx, lead["alert_id"]) if lead is not None and lead["alert_id"] is not None else None
        return alert is not None and alert["posted_at"] is None

    @staticmethod
    def _told_by_a_later_one(tx: Tx, row: Any, now: Instant) -> bool:
        if row["kind"] not in CLOCK_STEPS:
            return False
        waiting: Mapping[str, Any] = rows.waiting(tx, row["lead_id"])
        after = CLOCK_STEPS[CLOCK_STEPS.index(row["kind"]) + 1 :]
        return any(kind in waiting and waiting[kind]["due_at"] <= now for kind in after)

    # ---- a time comes

    def _offer(self, tx: Tx, row: Any, now: Instant) -> None:
        if self._team.state(leads.get(tx, row["lead_id"])) is State.OFFERED:
            self._team.next_in_line(tx, row["lead_id"], "expired", now)

    def _snooze(self, tx: Tx, row: Any, now: Instant) -> None:
        lead = leads.get(tx, row["lead_id"])
        if self._team.state(lead) is State.SNOOZED:
            audit.record(tx, at=now, actor=audit.SYSTEM, action="woken", lead_id=lead["id"])
            self._acts.wakes(tx, lead, audit.SYSTEM, now)

    def _back(self, tx: Tx, row: Any, now: Instant) -> None:
        """Its time came: the team has it again, at the label or not; who had it last is told."""
        lead = leads.get(tx, row["lead_id"])
        if self._team.state(lead) is not State.RECYCLED:
            return
        self._team.renew(tx, lead["id"], audit.SYSTEM, now)
        self._team.to_team(tx, leads.get(tx, lead["id"]), now)
        last = lead["last_owner"]
        if last is not None and not turns.is_gone(tx, last):
            self._team.tell(tx, last, self._team.notice(tx, lead["id"], "recycled_due", now), now)

    # ---- the clock

    def _remind(self, tx: Tx, row: Any, now: Instant) -> None:
        """The owner's DM, else the one offered, else the thread."""
        lead = leads.get(tx, row["lead_id"])
        whom = lead["owner"] or lead["offered_to"]
        if whom is None:
            self._team.thread(tx, lead["id"], self._team.notice(tx, lead["id"], "reminder", now), now)
        elif lead["dm_at"] is None or now - lead["dm_at"] >= _TOO_SOON:
            self._team.tell(tx, whom, self._team.notice(tx, lead["id"], "reminder", now, to=whom), now)
        self._team.clock.align(tx, lead["id"], now)

    def _escalate(self, tx: Tx, row: Any, now: Instant) -> None:
        """The manager, once per clock; several at once in one message."""
        late = [row["lead_id"]]
        for other in rows.due_of_kind(tx, "escalate", now, _AT_ONCE):
            if self._is_untold(tx, other) or self._told_by_a_later_one(tx, other, now):
                continue
            if rows.finish(tx, other["id"], now, told=True):
                late.append(other["lead_id"])
        for lead_id in late:
            handling.change(tx, lead_id, escalated_at=now)
            audit.record(tx, at=now, actor=audit.SYSTEM, action="escalated", lead_id=lead_id)
        if self._policy.escalate_in_thread:
            for lead_id in late:
                self._team.thread(tx, lead_id, self._team.notice(tx, lead_id, "escalation", now), now)
        else:
            self._tell_managers(tx, late, now)
        for lead_id in late:
            self._team.settle(tx, lead_id, now)

    def _tell_managers(self, tx: Tx, late: list[int], now: Instant) -> None:
        for manager in self._team.managers:
            if len(late) == 1:
                notice = self._team.notice(tx, late[0], "escalation", now)
            else:
                notice = Notice("escalation", leads=tuple(ref(leads.get(tx, one)) for one in late), at=now)
            self._team.tell(tx, manager, notice, now)

    def _release(self, tx: Tx, row: Any, now: Instant) -> None:
        """To the next in line with a clock of the same length, at most twice; then it is open."""
        lead = leads.get(tx, row["lead_id"])
        if self._team.state(lead) is not State.CLAIMED or not self._team.let_go(tx, lead, audit.SYSTEM, now):
            return
        number, owner = lead["id"], lead["owner"]
        label = self._team.labelled(tx, number, now)
        alert = alerts.latest_of(tx, number)
        self._team.tell(tx, owner, self._team.notice(tx, number, "released", now, actor=owner), now)
        if not label.at_label or alert is None:
            self._team.to_team(tx, lead, now, label)
            return
        passed = [turn for turn in turns.of_crossing(tx, alert["crossing_id"]) if turn["kind"] == "release"]
        turns.begin(tx, number, alert["id"], owner, "release", now)
        turns.end(tx, number, "released", now)
        alerts.revive(tx, alert["id"])
        leads.carry_alert(tx, number, alert["id"])
        self._team.clock.anew(tx, number, now)
        self._team.next_in_line(tx, number, "passed_on", now, hand=len(passed) < MOST_RELEASES)
        told = leads.get(tx, number)
        is_open = self._team.state(told) is State.OPEN
        to = told["offered_to"] or told["owner"]
        notice = self._team.notice(tx, number, "passed_on", now, actor=owner, to=to, broadcast=is_open)
        self._team.thread(tx, number, notice, now)

    # ---- "Still working on it?"

    def _stale(self, tx: Tx, row: Any, now: Instant) -> None:
        """One message per owner and morning asks about all."""
        lead = leads.get(tx, row["lead_id"])
        owner = lead["owner"]
        asked = [lead["id"]] + [
            other["lead_id"]
            for other in rows.due_of_kind(tx, "stale", now, _AT_ONCE)
            if other["whom"] == owner and rows.finish(tx, other["id"], now, told=True)
        ]
        if owner is None:
            return
        for lead_id in asked:
            handling.change(tx, lead_id, asked_at=now)
        about = tuple(ref(leads.get(tx, one)) for one in asked)
        self._team.tell(tx, owner, Notice("stale", leads=about, at=now), now)
        for lead_id in asked:
            self._team.settle(tx, lead_id, now)
