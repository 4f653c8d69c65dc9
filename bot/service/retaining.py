"""Retention: what no score needs is deleted when its time is over, a few rows per transaction.

All events of leads are kept, however soon today's model forgets them: the next model may look further back, and every
score must come out of the events. Deleted are events that belong to nobody once nobody can be identified with them any
more, the raw form in which events were sent, and what was delivered.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import structlog

from bot.service.identity.identifiers import ANONYMOUS_ID
from bot.service.identity.index import Identity
from bot.storage import meta, retention, seen
from bot.storage.store import Store, Tx
from scoring.instants import DAY, Duration, Instant

log = structlog.get_logger(__name__)

_Portion: TypeAlias = Callable[[Tx, int], tuple[int | None, int]]
"""(transaction, the last key looked at) -> the next last key, None at the end; and how many were deleted."""
_RAW: Final = "retained_raw"
_NOBODY: Final = "retained_nobody"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long what is kept."""

    raw: Duration = 90 * DAY
    delivered: Duration = 365 * DAY
    seen: Duration = 30 * DAY


class Retention:
    """Deletes what is kept too long. `stopped` ends it between two portions; it goes on where it was, the next time."""

    def __init__(self, store: Store, identity: Identity, kept: Kept) -> None:
        self._store = store
        self._identity = identity
        self._kept = kept
        self.stopped: Callable[[], bool] = lambda: False

    async def work(self, now: Instant) -> Counter[str]:
        """Delete whatever is kept too long; how many of what."""
        kept = self._kept
        before = now - self._identity.rules.anonymous_window
        found: Counter[str] = Counter()
        await self._log(_RAW, now - kept.raw, self._raw, found, "raw")
        await self._log(_NOBODY, before, partial(self._nobody, before), found, "of_nobody")
        delivered = partial(_rows, retention.delivered, retention.drop_delivered, now - kept.delivered)
        await self._all(delivered, 0, found, "delivered")
        await self._all(
            partial(_rows, retention.steps_done, retention.drop_steps, now - kept.delivered), 0, found, "steps"
        )
        await self._all(partial(_seen, now - kept.seen), 0, found, "seen")
        if found:
            log.info("retention", **found)
        return found

    async def _log(
        self,
        cursor: str,
        before: Instant,
        portion: Callable[[Tx, str, int, int], tuple[int | None, int]],
        found: Counter[str],
        what: str,
    ) -> None:
        """Go on through the log of events, up to what was received before an instant."""
        until = await self._store.read(lambda tx: retention.received_before(tx, before))
        after = int(await self._store.read(lambda tx: meta.get(tx, cursor)) or 0)
        if after < until:
            await self._all(lambda tx, last: portion(tx, cursor, last, until), after, found, what)

    async def _all(self, portion: _Portion, after: int | None, found: Counter[str], what: str) -> None:
        while after is not None and not self.stopped():
            after, deleted = await self._store.write(partial(_with_last, portion, after))
            if deleted:
                found[what] += deleted
            await asyncio.sleep(0)

    @staticmethod
    def _raw(tx: Tx, cursor: str, after: int, until: int) -> tuple[int | None, int]:
        seqs = retention.with_raw(tx, after, until)
        meta.put(tx, cursor, str(_reached(seqs, until)))
        return _next(seqs), retention.drop_raw(tx, seqs)

    def _nobody(self, before: Instant, tx: Tx, cursor: str, after: int, until: int) -> tuple[int | None, int]:
        rows = retention.of_nobody(tx, after, until, before)
        visitors = self._identity.names.load(tx, {row["subject_id"] for row in rows if row["kind"] == ANONYMOUS_ID})
        gone = [
            row["seq"]
            for row in rows
            if row["subject_id"] not in visitors
            or self._identity.subjects.visit(tx, visitors[row["subject_id"]], row["occurred_at"]) is None
        ]
        seqs = [row["seq"] for row in rows]
        meta.put(tx, cursor, str(_reached(seqs, until)))
        return _next(seqs), retention.drop_events(tx, gone)


def _with_last(portion: _Portion, after: int, tx: Tx) -> tuple[int | None, int]:
    return portion(tx, after)


def _reached(keys: list[int], until: int) -> int:
    return keys[-1] if len(keys) == retention.AT_ONCE else until


def _next(keys: list[int]) -> int | None:
    return keys[-1] if len(keys) == retention.AT_ONCE else None


def _rows(
    find: Callable[[Tx, int, Instant], list[int]],
    drop: Callable[[Tx, list[int], Instant], int],
    before: Instant,
    tx: Tx,
    after: int,
) -> tuple[int | None, int]:
    ids = find(tx, after, before)
    return _next(ids), drop(tx, ids, before)


def _seen(before: Instant, tx: Tx, after: int) -> tuple[int | None, int]:
    gone = seen.forget_old(tx, before, retention.AT_ONCE)
    return (after + 1 if gone == retention.AT_ONCE else None), gone
