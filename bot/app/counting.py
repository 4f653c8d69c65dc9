"""Ties the service to its metrics: what it tells as it goes, and what is looked up only when somebody asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from bot.app.core import Core
from bot.storage import outbox, scores, source_counts, steps
from bot.storage.store import Tx
from scoring.instants import SECOND, Duration, Instant

STATES = ("owed", "sending", "unknown", "refused")


class Counting:
    """`refresh` brings the gauges up to date, before Prometheus reads them. `heard`: whether Slack can be heard."""

    def __init__(self, core: Core, heard: Callable[[], Awaitable[str | None]]) -> None:
        self._core = core
        self._heard = heard
        metrics = core.metrics
        metrics.info.labels(version("hotlead")).set(1)
        metrics.started.set(core.clock() / SECOND)
        core.store.waited = metrics.write_wait_seconds.observe
        core.team.taken = self._taken

    def loop_failed(self, name: str) -> None:
        """A loop's work ended in an error of ours."""
        self._core.metrics.loop_failures.labels(name).inc()

    def _taken(self, how: str, waited: Duration | None) -> None:
        self._core.metrics.claims.labels(how).inc()
        if waited is not None:
            self._core.metrics.claim_seconds.observe(waited / SECOND)

    async def refresh(self) -> None:
        """Queues, their ages, the files, and whether Slack is heard."""
        core, metrics = self._core, self._core.metrics
        await core.store.read(self._look)
        metrics.waiting_age.set(core.intake.oldest_waits())
        metrics.slack_connected.set(0 if await self._heard() else 1)
        for file, path in (("database", core.store.path), ("wal", wal_of(core.store.path))):
            metrics.database.labels(file).set(size_of(path))

    def _look(self, tx: Tx) -> None:
        metrics, now = self._core.metrics, self._core.clock()
        waiting = outbox.waiting(tx)
        for state in STATES:
            metrics.owed.labels(state).set(waiting.get(state, 0))
        metrics.owed_age.set(_seconds_since(outbox.oldest_owed(tx, now), now))
        metrics.due.set(scores.count_due(tx, now))
        metrics.due_age.set(_seconds_since(scores.next_due(tx), now))
        metrics.steps_age.set(_seconds_since(steps.next_due(tx), now))
        for source, at in source_counts.latest(tx).items():
            metrics.last_event.labels(source).set(at / SECOND)


def _seconds_since(at: Instant | None, now: Instant) -> float:
    return max(now - at, 0) / SECOND if at is not None else 0.0


def wal_of(database: Path) -> Path:
    """The write-ahead log beside a database."""
    return database.with_name(f"{database.name}-wal")


def size_of(path: Path) -> int:
    """Bytes; 0 where there is no file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
