"""What is counted and timed, with its meaning and unit; shown at /metrics for Prometheus.

docs/metrics.md lists every one by the stage that an event passes. Units are seconds, bytes or plain numbers; a label
has few values, and never any that a sender or a lead could choose.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

_QUICK: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_SLOW: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600)
_HUMAN: Final = (10, 30, 60, 300, 900, 1800, 3600, 4 * 3600, 24 * 3600, 72 * 3600)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


class Metrics:
    """One registry per service, so that tests and several services in one process do not share numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._process()
        self._front_door()
        self._intake()
        self._scoring()
        self._delivery()
        self._slack()
        self._people()
        self._nights()

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"hotlead_{name}", meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"hotlead_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"hotlead_{name}", meaning, labels, buckets=buckets, registry=self.registry)

    def _process(self) -> None:
        self.info = self._gauge("info", "Always 1; the label says which version runs.", "version")
        self.started = self._gauge("started_timestamp_seconds", "When the service started, in seconds since 1970 UTC.")
        self.database = self._gauge("database_bytes", "Size of the database file, and of its WAL.", "file")
        self.loop_failures = self._counter(
            "loop_failures", "Times that the work of a loop ended in an error of ours; it is tried again.", "loop"
        )

    def _front_door(self) -> None:
        self.requests = self._counter(
            "requests", "Requests answered, by place (hooks, v1, slack, other) and status.", "place", "status"
        )
        self.request_seconds = self._histogram(
            "request_seconds", "Seconds from a request's headers to its answer, by place.", _QUICK, "place"
        )
        self.in_flight = self._gauge("requests_in_flight", "Requests that are being answered now.")
        self.refused = self._counter(
            "events_refused", "Requests and events refused, by source and code.", "source", "code"
        )

    def _intake(self) -> None:
        self.accepted = self._counter("events_accepted", "Events stored, by source.", "source")
        self.duplicates = self._counter("events_duplicate", "Events that were stored before, by source.", "source")
        self.changed_duplicates = self._counter(
            "events_duplicate_changed",
            "Duplicates whose content differs from what was stored first, by source.",
            "source",
        )
        self.ignored = self._counter(
            "events_ignored", "Records that are no events, such as pings, by source.", "source"
        )
        self.erased = self._counter(
            "events_erased", "Events that named somebody who was erased: taken, and not stored, by source.", "source"
        )
        self.quarantined = self._counter(
            "events_quarantined",
            "Events that are kept but worth nothing because a machine made them, by source.",
            "source",
        )
        self.last_event = self._gauge(
            "source_last_event_timestamp_seconds",
            "When a source's last event came, in seconds since 1970 UTC.",
            "source",
        )
        self.waiting = self._gauge("intake_waiting_events", "Events that wait for a commit.")
        self.waiting_age = self._gauge("intake_waiting_age_seconds", "How long the oldest of them has waited.")
        self.group_size = self._histogram("commit_group_events", "Events per commit.", _SIZES)
        self.commit_seconds = self._histogram(
            "commit_seconds", "Seconds from the start of a group to its durable commit.", _QUICK
        )
        self.group_failures = self._counter(
            "commit_failures", "Groups that could not be committed; their requests are then tried one by one."
        )
        self.write_wait_seconds = self._histogram(
            "write_wait_seconds", "Seconds that any write waited for its turn at the database.", _QUICK
        )

    def _scoring(self) -> None:
        self.due = self._gauge("due_leads", "Leads whose evaluation is due and was not made yet.")
        self.due_age = self._gauge("due_age_seconds", "How long the longest of them is overdue; 0 when none is.")
        self.steps_age = self._gauge(
            "steps_age_seconds", "How long the longest step of handling (reminder, deadline, digest) is overdue."
        )
        self.crossings = self._counter("crossings", "Crossings recorded, by model and label.", "model", "label")

    def _delivery(self) -> None:
        self.owed = self._gauge("outbox_rows", "Rows that are owed, by state.", "state")
        self.owed_age = self._gauge(
            "outbox_age_seconds", "How long the oldest row that could be sent by now has been owed; 0 when none is."
        )
        self.deliveries = self._counter(
            "deliveries",
            "Attempts to deliver, by kind and result (sent, later, ambiguous, refused, notlookedup).",
            "kind",
            "result",
        )
        self.unconfirmed = self._counter(
            "deliveries_unconfirmed", "Ambiguous attempts repeated without a look-up: at least once, not exactly once."
        )
        self.alert_seconds = self._histogram("alert_seconds", "Seconds from a crossing to its message in Slack.", _SLOW)

    def _slack(self) -> None:
        self.slack_calls = self._counter(
            "slack_calls",
            "Calls of Slack's Web API, by method and outcome (ok, or the error's code).",
            "method",
            "outcome",
        )
        self.slack_seconds = self._histogram(
            "slack_call_seconds", "Seconds that a call of Slack's Web API took.", _SLOW
        )
        self.slack_connected = self._gauge("slack_connected", "Whether Slack can be heard and takes the token: 1 or 0.")
        self.ack_seconds = self._histogram(
            "slack_ack_seconds",
            "Seconds until something that Slack sent was acknowledged; Slack gives up after 3.",
            _QUICK,
        )

    def _people(self) -> None:
        self.acts = self._counter("acts", "What people did, by act and outcome.", "act", "outcome")
        self.claims = self._counter("claims", "Leads that got an owner, by how (claimed, assigned).", "how")
        self.claim_seconds = self._histogram(
            "claim_seconds", "Seconds from an alert's message to its lead's first owner.", _HUMAN
        )

    def _nights(self) -> None:
        self.backup_at = self._gauge(
            "backup_timestamp_seconds",
            "When the last nightly backup was made and checked, in seconds since 1970 UTC; 0 before the first.",
        )
        self.backup_bytes = self._gauge("backup_bytes", "Size of the last nightly backup.")
        self.backup_failures = self._counter(
            "backup_failures", "Nightly backups that failed; each is tried again after an hour."
        )
