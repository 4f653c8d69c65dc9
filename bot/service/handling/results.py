"""What is counted (docs/handling.md): each alert has exactly one result, and the results sum to what was passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median_low
from typing import Any, Final

from bot.service.handling.state import CLOSED_KINDS, Statuses
from bot.service.handling.views import Numbers, ResultRow, StatsView
from bot.service.handling.working_time import Calendar
from bot.service.views import State
from bot.storage import results
from bot.storage.store import Tx
from scoring.instants import Duration, Instant

RESULTS: Final = ("joined", "superseded", "rejected", "recycled", "accepted", "pending", "unanswered")


def result_of(alert: Any, statuses: Statuses) -> str:
    """What became of an alert: the first that holds."""
    kind = statuses.of(alert["status"]).kind
    if alert["joined_id"] is not None:
        return "joined"
    if alert["superseded"]:
        return "superseded"
    if kind in ("rejected", "recycled"):
        return kind
    if kind in CLOSED_KINDS or (alert["owner"] is not None and (alert["taken"] == "claimed" or alert["acted"])):
        return "accepted"
    state = statuses.state(alert)
    return "unanswered" if state is State.QUIET else "pending"


def row_of(group: str, alerts: Sequence[Any], statuses: Statuses) -> ResultRow:
    """The results of some alerts, which sum to how many they are."""
    counts = Counter(result_of(alert, statuses) for alert in alerts)
    return ResultRow(group, len(alerts), **{name: counts[name] for name in RESULTS})


class Results:
    """Counts alerts and what became of them."""

    def __init__(self, statuses: Statuses, calendar: Calendar, model: Callable[[], str]) -> None:
        self._statuses = statuses
        self._calendar = calendar
        self._model = model

    @property
    def model(self) -> str:
        """The model whose scores lists show."""
        return self._model()

    def total(self, alerts: Sequence[Any]) -> ResultRow:
        return row_of("all", alerts, self._statuses)

    def stats(self, tx: Tx, since: Instant, until: Instant) -> StatsView:
        """What marketing passed in a period and what became of it."""
        alerts = results.alerts(tx, since, until)
        rules = results.rules_of(tx, {alert["crossing_id"] for alert in alerts})
        return StatsView(
            since=since,
            until=until,
            total=self.total(alerts),
            by={
                "cell": self._grouped(alerts, lambda alert: [alert["rating"] or alert["label"]]),
                "rule": self._grouped(alerts, lambda alert: rules.get(alert["crossing_id"], [])),
                "model": self._grouped(alerts, lambda alert: [f"{alert['model']} v{alert['model_id']}"]),
                "channel": self._grouped(alerts, lambda alert: [alert["lane"]]),
                "rep": self._grouped(alerts, lambda alert: [alert["had_by"]] if alert["had_by"] else []),
            },
            numbers=self.numbers(tx, alerts, since, until),
            rejected_why=self.why(tx, "rejected", since, until),
            recycled_why=self.why(tx, "recycled", since, until),
            lost_why=self.why(tx, "lost", since, until),
            held_back=results.held_back(tx, since, until),
        )

    def _grouped(self, alerts: Sequence[Any], groups_of: Callable[[Any], Iterable[str]]) -> tuple[ResultRow, ...]:
        groups: dict[str, list[Any]] = {}
        for alert in alerts:
            for group in groups_of(alert):
                groups.setdefault(group, []).append(alert)
        rows = [row_of(group, found, self._statuses) for group, found in groups.items()]
        return tuple(sorted(rows, key=lambda row: (-row.passed, row.group)))

    def why(self, tx: Tx, kind: str, since: Instant, until: Instant) -> tuple[tuple[str, int], ...]:
        """The reasons of the leads that got a status of this kind, the most frequent first."""
        rows = results.with_status(tx, self._statuses.keys([kind]), since, until, model=self._model())
        chosen = (row["reason"].partition(": ")[0] for row in rows if row["reason"])  # without the words added to it
        counts = Counter(chosen)
        return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))

    def numbers(
        self, tx: Tx, alerts: Sequence[Any], since: Instant, until: Instant, user: str | None = None
    ) -> Numbers:
        """The figures of some alerts; `user`: of those that somebody had."""
        ours = [alert for alert in alerts if user is None or alert["had_by"] == user]
        counts = Counter(result_of(alert, self._statuses) for alert in ours)
        return Numbers(
            since=since,
            claimed=sum(1 for alert in ours if alert["claimed_at"] is not None),
            contacted=sum(1 for alert in ours if alert["contacted_at"] is not None),
            accepted=counts["accepted"],
            rejected=counts["rejected"],
            recycled=counts["recycled"],
            won=len(self._ended(tx, "won", since, until, user)),
            lost=len(self._ended(tx, "lost", since, until, user)),
            time_to_claim=self._median(ours, "claimed_at"),
            time_to_contact=self._median(ours, "contacted_at"),
        )

    def _ended(self, tx: Tx, kind: str, since: Instant, until: Instant, user: str | None) -> list[Mapping[str, Any]]:
        rows = results.with_status(tx, self._statuses.keys([kind]), since, until, model=self._model())
        return [row for row in rows if user is None or row["owner"] == user]

    def _median(self, alerts: Sequence[Any], what: str) -> Duration | None:
        """From the alert's post (before it: 0), in the clock's units; what was not told yet has none."""
        times = [
            self._calendar.between(alert["posted_at"], alert[what])
            for alert in alerts
            if alert[what] is not None and alert["posted_at"] is not None
        ]
        return median_low(times) if times else None
