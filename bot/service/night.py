"""Every night: a backup, then what is kept too long is deleted, then the write-ahead log is emptied.

The step `night`, a row like any other step, notes when it is due that the night's work is owed, in the transaction that
plans the next night. It stays owed until it is done: a restart in the middle begins it again. A failure is tried again
every hour, told to the admin channel once, and shown by readiness and metrics until it is over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.errors import BackupStopped, HotleadError
from bot.metrics import Metrics
from bot.service.backing_up import Backup, Backups
from bot.service.handling.alerts import AlertBook
from bot.service.handling.working_time import Calendar
from bot.service.models.reviews import tell_of_reviews
from bot.service.retaining import Retention
from bot.storage import meta, steps
from bot.storage.store import Store, Tx
from scoring.instants import HOUR, SECOND, Duration, Instant, format_instant

log = structlog.get_logger(__name__)

STEP: Final = "night"
NIGHTLY: Final = "nightly"
_OWED: Final = "night_owed"
_LATEST: Final = "backup_latest"
TROUBLE: Final = "backup_trouble"
_AGAIN: Final[Duration] = HOUR


@dataclass(frozen=True, slots=True)
class NightPlan:
    """When, and what of it."""

    at: int = 150
    """The minute of the local day."""
    backs_up: bool = True
    keep: int = 7


class Night:
    """Plans the nights, and does what they owe."""

    def __init__(
        self,
        store: Store,
        backups: Backups,
        retention: Retention,
        book: AlertBook,
        calendar: Calendar,
        plan: NightPlan,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._backups = backups
        self._retention = retention
        self._book = book
        self._calendar = calendar
        self._plan = plan
        self._clock = clock
        self._metrics = metrics
        self._again_at: Instant = 0
        self._stopping = False
        self.trouble: str | None = None
        """Why the nightly backup fails, in words; None while it does not."""
        self.wake: Callable[[], None] = lambda: None
        retention.stopped = lambda: self._stopping

    # ---- the step

    def plan(self, tx: Tx, now: Instant) -> None:
        """At a start: the next night waits for its hour, as it is configured now. One that was missed is due."""
        waits = steps.waiting(tx, 0).get(STEP)
        if waits is None or waits["due_at"] > now:
            steps.plan(tx, STEP, self._next(now))
        trouble = meta.get(tx, TROUBLE)
        self.trouble = json.loads(trouble)["words"] if trouble and self._plan.backs_up else None
        self._show(json.loads(meta.get(tx, _LATEST) or "{}"))

    def due(self, tx: Tx, _row: Any, now: Instant) -> None:
        """The hour has come: a night is owed, and the next one waits. Models that are due for a review are told."""
        steps.plan_first(tx, STEP, self._next(now))
        meta.put(tx, _OWED, str(now))
        tell_of_reviews(tx, self._book, now)
        tx.after_commit(self.wake)

    def _next(self, now: Instant) -> Instant:
        return self._calendar.next_time(now, self._plan.at, working=False)

    # ---- what it owes

    async def work(self) -> float | None:
        """Do what a night owes, if one does; seconds until it is tried again."""
        owed = await self._store.read(lambda tx: meta.get(tx, _OWED))
        if owed is None:
            return None
        now = self._clock()
        if now < self._again_at:
            return (self._again_at - now) / SECOND
        self._again_at = now + _AGAIN
        done = await self._back_up(now) if self._plan.backs_up else True
        await self._retention.work(now)
        await self._store.checkpoint()
        if done and not self._stopping:
            await self._store.write(lambda tx: meta.drop(tx, _OWED, owed))
            self._again_at = 0
            return None
        return _AGAIN / SECOND

    def stop(self) -> None:
        """Come to an end soon; what is left is done after the next start."""
        self._stopping = True
        self._backups.stop()

    async def _back_up(self, now: Instant) -> bool:
        try:
            backup = await self._backups.make_in_turn(NIGHTLY)
            gone = await self._backups.keep(NIGHTLY, self._plan.keep)
        except BackupStopped:
            return False
        except (HotleadError, OSError) as trouble:
            await self._failed(str(trouble), now)
            return False
        log.info("backup_made", path=str(backup.path), bytes=backup.size, older_ones_deleted=gone)
        await self._store.write(lambda tx: self._made(tx, backup, now))
        self.trouble = None
        return True

    def _made(self, tx: Tx, backup: Backup, now: Instant) -> None:
        latest = {"at": now, "path": str(backup.path), "size": backup.size}
        meta.put(tx, _LATEST, json.dumps(latest))
        tx.after_commit(lambda: self._show(latest))
        trouble = meta.get(tx, TROUBLE)
        if trouble is not None:
            meta.drop(tx, TROUBLE, trouble)
            self._book.tell_admins(tx, "Nightly backups work again.", f"backup_works:{now}", now)

    async def _failed(self, words: str, now: Instant) -> None:
        """Tell the admin channel once; readiness says it until it is over, also where nothing can be written."""
        log.error("backup_failed", why=words)
        self._metrics.backup_failures.inc()
        self.trouble = words

        def work(tx: Tx) -> None:
            if meta.get(tx, TROUBLE) is None:
                meta.put(tx, TROUBLE, json.dumps({"since": format_instant(now), "words": words}))
                text = f"The nightly backup failed, and is tried again every hour: {words}"
                self._book.tell_admins(tx, text, f"backup_failed:{now}", now)

        await self._store.write(work)

    def _show(self, latest: dict[str, Any]) -> None:
        if latest:
            self._metrics.backup_at.set(latest["at"] / SECOND)
            self._metrics.backup_bytes.set(latest["size"])

    def warnings(self) -> list[str]:
        """What an engineer should know although the service is ready."""
        return [f"The nightly backup fails: {self.trouble}"] if self.trouble else []
