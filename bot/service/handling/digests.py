"""Digests: what quiet hours and the ceiling kept back, and once a working day what happened. Each is a frozen view.

Steps of kind `held` (a channel's alerts that wait) and `digest` (a channel's or a manager's day) are rows like any
other; a digest that has nothing to say is not sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bot.service.handling.alerts import SLACK
from bot.service.handling.results import Results
from bot.service.handling.state import CLOSED_KINDS, ref
from bot.service.handling.team import Team
from bot.service.handling.views import SHOWN, DigestRow, DigestView
from bot.service.views import LeadRef, Notice
from bot.service.views_json import digest_to_json, notice_to_json
from bot.storage import alerts, leads, outbox, results, steps
from bot.storage.store import Tx
from scoring.instants import DAY, Days, Instant

_UNANSWERED_FOR: Final = Days(3 * DAY)
_WEEK: Final = 7 * DAY

Rows = dict[str, list[DigestRow]]


class Digests:
    """Makes digests and owes them; every method runs inside its caller's transaction."""

    def __init__(self, team: Team, results_: Results, channels: Iterable[str]) -> None:
        self._team = team
        self._results = results_
        self._lanes = tuple(dict.fromkeys(team.book.channels.lane(channel) for channel in channels))

    def plan(self, tx: Tx, now: Instant) -> None:
        """Let every digest wait for its hour; at a start, and after each."""
        policy = self._team.policy
        people = () if self._team.book.channels.shadow else self._team.managers
        whoms = (*self._lanes, *people) if policy.digests else ()
        steps.drop_kind(tx, "digest", whoms)
        for whom in whoms:
            steps.plan_first(tx, "digest", self._next(whom, now), whom=whom)

    def _next(self, whom: str, now: Instant) -> Instant:
        at = self._team.policy.channel(whom).digest_at if whom in self._lanes else self._team.policy.digest_at
        return self._team.policy.calendar.next_time(now, at)

    # ---- what is due

    def held(self, tx: Tx, row: Any, now: Instant) -> None:
        """The quiet hours are over, or the day of the ceiling: what waited comes together, a few leads a message."""
        waiting = [alert for alert in alerts.held_in(tx, row["whom"]) if _is_live(tx, alert)]
        for n in range(0, len(waiting), SHOWN):
            some = waiting[n : n + SHOWN]
            found: Rows = {"held_back": [_held(tx, alert) for alert in some]}
            made = self._view(tx, row["whom"], some[0]["made_at"], now, found, weekly=False, lane=row["whom"])
            self._owe(tx, made, [alert["id"] for alert in some], f"held:{some[0]['key']}:{now}", now)

    def daily(self, tx: Tx, row: Any, now: Instant) -> None:
        """A working day's digest, to a channel or a manager."""
        whom = row["whom"]
        steps.plan_first(tx, "digest", self._next(whom, now), whom=whom)
        since = self._since(tx, whom, row["id"], now)
        lane = whom if whom in self._lanes else None
        weekly = self._team.policy.calendar.day_of(now).weekday() == self._team.policy.weekly
        found = self._found(tx, lane, since, now, weekly=weekly)
        made = self._view(tx, whom, since, now, found, weekly=weekly, lane=lane)
        if made.rows or made.total.passed:
            self._owe(tx, made, (), f"digest:{whom}:{now}", now)

    @staticmethod
    def _since(tx: Tx, whom: str, step_id: int, now: Instant) -> Instant:
        """Since the digest before this one, but no longer than a week."""
        before = steps.done_before(tx, "digest", whom, step_id)
        return max(before if before is not None else now - DAY, now - _WEEK)

    def _found(self, tx: Tx, lane: str | None, since: Instant, now: Instant, *, weekly: bool) -> Rows:
        model, statuses = self._results.model, self._team.statuses
        passed = results.alerts(tx, since, now, lane)
        found: Rows = {
            "new_hot": [DigestRow(_ref(one), one["owner"], one["made_at"], one["rating"]) for one in passed],
            "claimed": [
                DigestRow(_ref(one), one["had_by"], one["claimed_at"], one["rating"])
                for one in results.alerts(tx, now - _WEEK, now, lane)
                if one["claimed_at"] is not None and since <= one["claimed_at"] < now
            ],
            "overdue": [
                DigestRow(ref(one), one["owner"], one["deadline"], one["rating"])
                for one in results.overdue(tx, now, model=model, lane=lane)
            ],
            "cooled": [
                DigestRow(ref(one), None, None, one["rating"])
                for one in results.cooled(tx, since, now, model=model, lane=lane)
            ],
        }
        for kind in ("won", "lost"):
            ended = results.with_status(tx, statuses.keys([kind]), since, now, model=model)
            found[kind] = [_row(one, one["status_since"]) for one in ended if lane is None or kind == "won"]
        if lane is None:
            self._for_managers(tx, found, now, weekly=weekly)
        return found

    def _for_managers(self, tx: Tx, found: Rows, now: Instant, *, weekly: bool) -> None:
        model, calendar = self._results.model, self._team.policy.calendar
        asked = results.unanswered(tx, now, model=model)
        late = [one for one in asked if calendar.add(one["asked_at"], _UNANSWERED_FOR) <= now]
        found["stale"] = [_row(one, one["asked_at"]) for one in late]
        if weekly:
            closed = self._team.statuses.keys(CLOSED_KINDS)
            crossed = results.crossed_closed(tx, closed, now - _WEEK, now, model=model)
            found["crossed_closed"] = [_row(one, one["status_since"]) for one in crossed]

    # ---- how it is told

    def _view(
        self, tx: Tx, whom: str, since: Instant, now: Instant, found: Rows, *, weekly: bool, lane: str | None = None
    ) -> DigestView:
        passed = results.alerts(tx, since, now, lane)
        told = {name: rows for name, rows in found.items() if rows}
        return DigestView(
            for_whom=whom,
            since=since,
            until=now,
            rows={name: tuple(rows[:SHOWN]) for name, rows in told.items()},
            counts={name: len(rows) for name, rows in told.items()},
            total=self._results.total(passed),
            numbers=self._results.numbers(tx, passed, since, now),
            rejected_why=self._results.why(tx, "rejected", since, now),
            weekly=weekly,
        )

    @staticmethod
    def _owe(tx: Tx, made: DigestView, alert_ids: Sequence[int], key: str, now: Instant) -> None:
        payload: Mapping[str, object] = {
            "notice": notice_to_json(Notice("digest", at=now, text=summary(made))),
            "digest": digest_to_json(made),
            "alerts": list(alert_ids),
        }
        outbox.owe(tx, sender=SLACK, kind="digest", key=key, lane=made.for_whom, payload=payload, now=now)


def summary(made: DigestView) -> str:
    """The digest in one sentence, for screen readers and old clients."""
    parts = [f"{count} {name.replace('_', ' ')}" for name, count in made.counts.items()]
    return f"{made.total.passed} passed, {made.total.accepted} accepted" + "".join(f", {part}" for part in parts)


def _is_live(tx: Tx, alert: Any) -> bool:
    """Whether somebody still has to act on an alert that waited."""
    lead = leads.get(tx, alert["lead_id"])
    return lead is not None and lead["alert_id"] == alert["id"] and lead["owner"] is None


def _held(tx: Tx, alert: Any) -> DigestRow:
    lead = leads.get(tx, alert["lead_id"])
    return DigestRow(ref(lead, alert["best_label"]), lead["offered_to"], lead["deadline"], alert["best_rating"])


def _row(lead: Any, at: Instant | None) -> DigestRow:
    return DigestRow(ref(lead), lead["owner"] or lead["last_owner"], at, lead["rating"], lead["reason"])


def _ref(alert: Any) -> LeadRef:
    return LeadRef(alert["lead_id"], alert["name"], alert["email"], alert["company"], alert["label"])
