"""What is counted and timed, with its meaning and unit; shown at /metrics for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry per service, so that tests and several services in one process do not share numbers."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.accepted = Counter("hotlead_events_accepted", "Events stored, by source.", ["source"], registry=registry)
        self.duplicates = Counter(
            "hotlead_events_duplicate", "Events that were stored before, by source.", ["source"], registry=registry
        )
        self.changed_duplicates = Counter(
            "hotlead_events_duplicate_changed",
            "Duplicates whose content differs from what was stored first, by source.",
            ["source"],
            registry=registry,
        )
        self.refused = Counter(
            "hotlead_events_refused",
            "Requests and events refused, by source and code.",
            ["source", "code"],
            registry=registry,
        )
        self.group_size = Histogram(
            "hotlead_commit_group_events",
            "Events per commit.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
            registry=registry,
        )
        self.commit_seconds = Histogram(
            "hotlead_commit_seconds",
            "Seconds from the start of a group to its durable commit.",
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
            registry=registry,
        )
        self.waiting = Gauge("hotlead_intake_waiting_events", "Events that wait for a commit.", registry=registry)
        self.crossings = Counter(
            "hotlead_crossings", "Crossings recorded, by model and label.", ["model", "label"], registry=registry
        )
        self.acts = Counter(
            "hotlead_acts", "What people did, by act and outcome.", ["act", "outcome"], registry=registry
        )
        self.deliveries = Counter(
            "hotlead_deliveries",
            "Attempts to deliver, by kind and result (sent, later, ambiguous, refused, notlookedup).",
            ["kind", "result"],
            registry=registry,
        )
        self.unconfirmed = Counter(
            "hotlead_deliveries_unconfirmed",
            "Ambiguous attempts repeated without a look-up: at least once, not exactly once.",
            registry=registry,
        )
        self.alert_seconds = Histogram(
            "hotlead_alert_seconds",
            "Seconds from a crossing to its message in Slack.",
            buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60, 600),
            registry=registry,
        )
        self.due = Gauge("hotlead_due_leads", "Leads whose evaluation is due and was not made yet.", registry=registry)
        self.owed = Gauge("hotlead_outbox_rows", "Rows that are owed, by state.", ["state"], registry=registry)
