"""Delivers what is owed: leases a row, sends it, settles it; lanes are independent of each other.

A lane is a channel or a person. Its rows go in order and at its pace (Slack: about one message a second per channel).
An ambiguous attempt is looked up after a settle time longer than the client's timeout, and repeated only when
it is certain, or cannot be known, that it did not arrive.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from bot.clock import Clock
from bot.logs import dealing_with
from bot.metrics import Metrics
from bot.senders.base import Ambiguous, Later, Owed, Refused, Result, Sender, Sent
from bot.storage import outbox
from bot.storage.store import Store, Tx
from scoring.instants import SECOND, Duration, Instant

log = structlog.get_logger(__name__)

SETTLE: Final[Duration] = outbox.SETTLE
_TOKEN_WAIT: Final[Duration] = 15 * SECOND
_AFTER_ERROR: Final[Duration] = 60 * SECOND
_STOP_SECONDS: Final = 3.0
_LONGEST_WAIT: Final[Duration] = 300 * SECOND
_AT_ONCE: Final = 16

Delivered = Callable[[Tx, Any, Sent, Instant], None]
"""(transaction, row, where it is, now): what the service does when something arrived."""
Overtaken = Callable[[Tx, Any, Sent, Instant], None]
"""The same of something in whose place something else is owed by now."""
Undeliverable = Callable[[Tx, Any, Refused, Instant], str | None]
"""(transaction, row, why, now): what the service does when it is never taken there; another lane to try, or None."""


@dataclass(slots=True)
class _Lanes:
    """Who is busy, and who must wait until when."""

    busy: set[str] = field(default_factory=set)
    until: dict[str, Instant] = field(default_factory=dict)
    methods: dict[str, Instant] = field(default_factory=dict)  # Slack limits each method by itself

    def closed(self, now: Instant) -> set[str]:
        self.until = {lane: at for lane, at in self.until.items() if at > now}
        return self.busy | set(self.until)


@dataclass(frozen=True, slots=True)
class _NotLookedUp:
    """It could not be found out now whether an ambiguous attempt arrived."""

    seconds: float
    reason: str


class Deliverer:
    """The outbox's loop."""

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Clock,
        metrics: Metrics,
        *,
        delivered: Delivered,
        undeliverable: Undeliverable,
        overtaken: Overtaken = lambda _tx, _row, _sent, _now: None,
        pace: Duration = SECOND,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._metrics = metrics
        self._delivered = delivered
        self._undeliverable = undeliverable
        self._overtaken = overtaken
        self._pace = pace
        self._lanes = _Lanes()
        self._stopped_until: Instant = 0  # everything waits: a method's rate limit, or a token that is no longer good
        self._tasks: set[asyncio.Task[None]] = set()
        self._doubtful: set[int] = set()  # rows whose attempt ended in an error of ours
        self.wake: Callable[[], None] = lambda: None
        self.trouble: str | None = None
        """Why nothing can be delivered at all, for readiness; None while it can."""

    async def recover(self) -> None:
        """After a start: what was being sent may have arrived."""
        await self._store.write(lambda tx: outbox.recover(tx, SETTLE))

    async def work(self) -> float | None:
        """Start sending whatever may be sent; seconds until the next may, None when nothing waits."""
        now = self._clock()
        await self._settle_doubtful(now)
        if self._stopped_until > now:
            return (self._stopped_until - now) / SECOND
        closed = self._lanes.closed(now)
        rows = await self._store.read(lambda tx: outbox.ready(tx, now, without_lanes=closed))
        for row in rows:
            if len(self._tasks) >= _AT_ONCE:
                return None  # whoever ends next wakes the loop
            if row["lane"] not in self._lanes.busy and self._lanes.methods.get(_method(row), 0) <= now:
                self._lanes.busy.add(row["lane"])
                task = asyncio.create_task(self._deliver(row))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return await self._seconds_to_next(now)

    async def _seconds_to_next(self, now: Instant) -> float | None:
        at = await self._store.read(outbox.next_at)
        waits = [until for until in (*self._lanes.until.values(), *self._lanes.methods.values()) if until > now]
        if at is not None and at > now:
            waits.append(at)
        return (min(waits) - now) / SECOND if waits else None

    async def _settle_doubtful(self, now: Instant) -> None:
        """No row stays as if it were being sent; a poison one is tried again at leisure."""
        if self._doubtful:
            ids = frozenset(self._doubtful)
            await self._store.write(lambda tx: outbox.doubt(tx, ids, now + _AFTER_ERROR))
            self._doubtful -= ids

    async def drain(self) -> None:
        """Wait for what is being sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Wait for what is being sent, but not for long: what is cut off here is looked up after the next start."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self.drain()
        except TimeoutError:
            log.warning("deliveries_cut_off")

    async def _deliver(self, row: Any) -> None:
        with dealing_with(row["request"]):
            await self._send(row)

    async def _send(self, row: Any) -> None:
        lane = row["lane"]
        try:
            if await self._store.write(lambda tx: self._lease(tx, row)):
                result = await self._attempt(row)
                self._metrics.deliveries.labels(row["kind"], _word(result)).inc()
                now = self._clock()
                await self._store.write(lambda tx: self._settle(tx, row, result, now))
                self._conclude(row, result, now)
                log.info("delivery", outbox=row["id"], kind=row["kind"], result=_word(result), **_alert_of(row))
        except Exception:
            log.exception("delivery_failed", outbox=row["id"])
            self._doubtful.add(row["id"])
            self._lanes.until[lane] = self._clock() + SECOND
        finally:
            self._lanes.busy.discard(lane)
            self.wake()

    def _lease(self, tx: Tx, row: Any) -> bool:
        return outbox.lease(tx, row["id"], row["version"], row["state"], self._clock())

    async def _attempt(self, row: Any) -> Result | _NotLookedUp:
        sender = self._senders[row["sender"]]
        owed = _owed(row)
        if row["state"] == "unknown":
            found = await sender.look_up(owed)
            if isinstance(found, Later):
                return _NotLookedUp(found.seconds, found.reason)
            if isinstance(found, Sent):
                return found
            if isinstance(found, Refused) and row["kind"] == "unsay":
                return found
            if isinstance(found, Refused):
                self._metrics.unconfirmed.inc()
                log.warning("delivery_unconfirmed", outbox=row["id"], code=found.code, advice=found.advice)
            # cut off from here on, this attempt too must have its time before it is looked up
            await self._store.write(lambda tx: outbox.again(tx, row["id"], row["version"], self._clock()))
        result = await sender.send(owed)
        if not row["lane"].startswith("update:"):
            self._lanes.until[row["lane"]] = self._clock() + self._pace
        return result

    def _settle(self, tx: Tx, row: Any, result: Result | _NotLookedUp, now: Instant) -> None:
        match result:
            case _NotLookedUp(seconds, reason):  # still unknown: repeating it now could say it twice
                at = now + int(seconds * SECOND)
                outbox.settle(tx, row["id"], row["version"], state="unknown", now=now, not_before=at, error=reason)
            case Sent():
                place = outbox.Place(result.channel or None, result.ts or None, result.file or None)
                if outbox.settle(tx, row["id"], row["version"], state="done", now=now, place=place):
                    self._delivered(tx, row, result, now)
                else:
                    self._overtaken(tx, row, result, now)
            case Later(seconds, reason):
                at = now + int(seconds * SECOND)
                outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=at, error=reason)
            case Ambiguous(reason):
                outbox.settle(
                    tx, row["id"], row["version"], state="unknown", now=now, not_before=now + SETTLE, error=reason
                )
            case Refused():
                self._refused(tx, row, result, now)

    def _conclude(self, row: Any, result: Result | _NotLookedUp, now: Instant) -> None:
        """What the result says of others: a lane or method that waits, a token that is no longer good (or is again)."""
        match result:
            case Sent():
                self.trouble = None
            case Later(seconds, _, blocks):
                self._hold(row, blocks, now + int(seconds * SECOND))
            case Refused(code, advice, "all"):
                self.trouble = f"{code}: {advice}"
                self._hold(row, "all", now + _TOKEN_WAIT)

    def _hold(self, row: Any, blocks: str, at: Instant) -> None:
        if blocks == "lane":
            self._lanes.until[row["lane"]] = at
        elif blocks == "method":
            method = _method(row)
            self._lanes.methods[method] = max(self._lanes.methods.get(method, 0), at)
        elif blocks == "all":
            self._stopped_until = max(self._stopped_until, at)

    def _refused(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> None:
        error = f"{refused.code}: {refused.advice}"
        if refused.scope == "all":  # the token: everything waits, nothing is lost, readiness says why
            again = now + min(_LONGEST_WAIT, _TOKEN_WAIT * (row["attempts"] + 1))
            outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=again, error=error)
            return
        if not outbox.is_current(tx, row["id"], row["version"]):
            return
        other_lane = self._undeliverable(tx, row, refused, now)
        if other_lane is not None and other_lane != row["lane"]:
            outbox.move(tx, row["id"], row["version"], other_lane, now)
        elif other_lane is not None:  # nowhere else to go: owed and visible until a person has acted
            again = now + min(_LONGEST_WAIT, 15 * SECOND * (row["attempts"] + 1))
            outbox.settle(tx, row["id"], row["version"], state="owed", now=now, not_before=again, error=error)
        else:
            outbox.settle(tx, row["id"], row["version"], state="refused", now=now, error=error)


def _alert_of(row: Any) -> dict[str, str]:
    """For the log: which alert it is, or brings up to date. Other keys have a person in them."""
    return {"alert": row["key"].removeprefix("update:")} if row["kind"] in ("alert", "update") else {}


def _word(result: Result | _NotLookedUp) -> str:
    return type(result).__name__.lower().lstrip("_")


def _method(row: Any) -> str:
    return "update" if row["kind"] in ("update", "erase", "redo") else "post"


def _owed(row: Any) -> Owed:
    payload: dict[str, object] = json.loads(row["payload"])
    if row["kind"] == "update":
        payload |= {"channel": row["channel"], "ts": row["ts"]}
    elif row["kind"] == "thread":
        payload |= {"channel": row["channel"], "thread_ts": row["ts"]}
    elif row["kind"] in ("erase", "redo"):
        payload |= {"channel": row["channel"], "ts": row["ts"], "file": row["file"]}
    key = row["key"].removeprefix("update:") if row["kind"] == "update" else row["key"]
    return Owed(row["id"], row["kind"], key, row["lane"], payload, row["attempts"], row["tried_at"])
