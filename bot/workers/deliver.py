"""Delivers what is owed: leases rows, sends them, settles them; lanes are independent of each other.

A lane is a channel or a person. Its rows go in order and at its pace (Slack: about one message a second per channel).
What was sent is settled in the transaction that leases what is sent next: a durable commit costs more than a call.
An ambiguous attempt is looked up after a settle time longer than the client's timeout, and repeated only when
it is certain, or cannot be known, that it did not arrive.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import structlog

from bot.clock import Clock
from bot.logs import dealing_with
from bot.metrics import Metrics
from bot.senders.base import Later, Owed, Refused, Sender, Sent
from bot.storage import outbox
from bot.storage.store import Store, Tx
from bot.workers.settling import TOKEN_WAIT, NotLookedUp, Outcome, Settling
from scoring.instants import SECOND, Duration, Instant

log = structlog.get_logger(__name__)

_AFTER_ERROR: Final[Duration] = 60 * SECOND
_STOP_SECONDS: Final = 3.0
_AT_ONCE: Final = 16


@dataclass(slots=True)
class _Lanes:
    """Who is busy, and who must wait until when."""

    busy: set[str] = field(default_factory=set)
    until: dict[str, Instant] = field(default_factory=dict)
    methods: dict[str, Instant] = field(default_factory=dict)  # Slack limits each method by itself

    def closed(self, now: Instant) -> frozenset[str]:
        self.until = {lane: at for lane, at in self.until.items() if at > now}
        return frozenset(self.busy | set(self.until))

    def limited(self, now: Instant) -> frozenset[str]:
        """The methods that must wait."""
        return frozenset(method for method, at in self.methods.items() if at > now)


class _Ended(NamedTuple):
    """An attempt that came to its end and is not settled yet."""

    row: Any
    outcome: Outcome | None
    """None: an error of ours. Nobody knows whether it arrived."""
    at: Instant


class _Plan(NamedTuple):
    """What may be sent now."""

    now: Instant
    closed: frozenset[str]
    """Lanes of which nothing may be sent."""
    limited: frozenset[str]
    """Methods that must wait."""
    room: int
    """Rows at most."""


class _Round(NamedTuple):
    """What one transaction did."""

    doubted: Sequence[Any]
    """Rows that could not be settled: they are looked up before they are repeated."""
    leased: Sequence[Any] = ()
    next_at: Instant | None = None
    """When the next row that waits may be sent."""


class Deliverer:
    """The outbox's loop."""

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        clock: Clock,
        metrics: Metrics,
        settling: Settling,
        *,
        pace: Duration = SECOND,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._metrics = metrics
        self._settling = settling
        self._pace = pace
        self._lanes = _Lanes()
        self._stopped_until: Instant = 0  # everything waits: a method's rate limit, or a token that is no longer good
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: list[_Ended] = []
        self._turn = asyncio.Lock()
        self.wake: Callable[[], None] = lambda: None
        self.trouble: str | None = None
        """Why nothing can be delivered at all, for readiness; None while it can."""

    async def recover(self) -> None:
        """After a start: what was being sent may have arrived."""
        await self._store.write(lambda tx: outbox.recover(tx, outbox.SETTLE))

    async def work(self) -> float | None:
        """Settle what was sent and send whatever may be; seconds until the next may, None when nothing waits."""
        async with self._turn:
            now = self._clock()
            if self._stopped_until > now:
                await self._settle()
                return (self._stopped_until - now) / SECOND
            plan = _Plan(now, self._lanes.closed(now), self._lanes.limited(now), _AT_ONCE - len(self._tasks))
            done = await self._settle(plan)
            for row in done.leased:
                self._lanes.busy.add(row["lane"])
                task = asyncio.create_task(self._deliver(row))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            return self._seconds_to(done.next_at, now)

    def _seconds_to(self, at: Instant | None, now: Instant) -> float | None:
        waits = [until for until in (*self._lanes.until.values(), *self._lanes.methods.values()) if until > now]
        if at is not None and at > now:
            waits.append(at)
        return (min(waits) - now) / SECOND if waits else None

    async def drain(self) -> None:
        """Wait for what is being sent, and settle it."""
        while self._tasks or self._ended:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            async with self._turn:
                await self._settle()

    async def stop(self) -> None:
        """Wait for what is being sent, but not for long: what is cut off here is looked up after the next start."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self.drain()
        except TimeoutError:
            log.warning("deliveries_cut_off")

    # ---- one row, outside the database

    async def _deliver(self, row: Any) -> None:
        with dealing_with(row["request"]):
            outcome: Outcome | None = None
            try:
                outcome = await self._attempt(row)
            except Exception:
                log.exception("delivery_failed", outbox=row["id"])
            self._lanes.busy.discard(row["lane"])
            now = self._clock()
            self._conclude(row, outcome, now)
            self._ended.append(_Ended(row, outcome, now))
            self.wake()

    async def _attempt(self, row: Any) -> Outcome:
        sender = self._senders[row["sender"]]
        owed = _owed(row)
        if row["state"] == "unknown":
            found = await sender.look_up(owed)
            if isinstance(found, Later):
                return NotLookedUp(found.seconds, found.reason)
            if isinstance(found, Sent):
                return found
            if isinstance(found, Refused) and row["kind"] == "unsay":
                return found
            if isinstance(found, Refused):
                self._metrics.unconfirmed.inc()
                log.warning("delivery_unconfirmed", outbox=row["id"], code=found.code, advice=found.advice)
            # noted before sending: if we are cut off now, this attempt is looked up after its own settle time
            await self._store.write(lambda tx: outbox.again(tx, row["id"], row["version"], self._clock()))
        result = await sender.send(owed)
        if not row["lane"].startswith("update:"):
            self._lanes.until[row["lane"]] = self._clock() + self._pace
        return result

    def _conclude(self, row: Any, outcome: Outcome | None, now: Instant) -> None:
        """What it says of others: a lane or method that waits, a token that is no longer good (or is again)."""
        match outcome:
            case None:
                self._lanes.until[row["lane"]] = now + SECOND
            case Sent():
                self.trouble = None
            case Later(seconds, _, blocks):
                self._hold(row, blocks, now + int(seconds * SECOND))
            case Refused(code, advice, "all"):
                self.trouble = f"{code}: {advice}"
                self._hold(row, "all", now + TOKEN_WAIT)

    def _hold(self, row: Any, blocks: str, at: Instant) -> None:
        if blocks == "lane":
            self._lanes.until[row["lane"]] = at
        elif blocks == "method":
            method = _method(row)
            self._lanes.methods[method] = max(self._lanes.methods.get(method, 0), at)
        elif blocks == "all":
            self._stopped_until = max(self._stopped_until, at)

    # ---- all rows, in one transaction

    async def _settle(self, plan: _Plan | None = None) -> _Round:
        """Settle what was sent and, with a plan, lease what is sent next."""
        ended, self._ended = self._ended, []
        if not ended and plan is None:
            return _Round(())
        try:
            done = await self._store.write(lambda tx: self._round(tx, ended, plan))
        except BaseException:
            self._ended = ended + self._ended  # it is known what became of them: the next round settles them
            raise
        for row in done.doubted:
            self._lanes.until[row["lane"]] = self._clock() + SECOND
        doubted = {row["id"] for row in done.doubted}
        for one in ended:
            if one.outcome is not None and one.row["id"] not in doubted:
                self._tell(one.row, type(one.outcome).__name__.lower())
        return done

    def _tell(self, row: Any, result: str) -> None:
        self._metrics.deliveries.labels(row["kind"], result).inc()
        with dealing_with(row["request"]):
            log.info("delivery", outbox=row["id"], kind=row["kind"], result=result, **_alert_of(row))

    def _round(self, tx: Tx, ended: Sequence[_Ended], plan: _Plan | None) -> _Round:
        doubted = [one.row for one in ended if not self._settled(tx, one)]
        if doubted:
            outbox.doubt(tx, {row["id"] for row in doubted}, self._clock() + _AFTER_ERROR)
        if plan is None:
            return _Round(doubted)
        closed = plan.closed | {row["lane"] for row in doubted}
        return _Round(doubted, _lease(tx, plan._replace(closed=closed), self._clock()), outbox.next_at(tx))

    def _settled(self, tx: Tx, one: _Ended) -> bool:
        """Settle one; False when that failed, and it must be looked up."""
        if one.outcome is None:
            return False
        try:
            with tx.attempt(), tx.asked_by(one.row["request"]):
                self._settling.settle(tx, one.row, one.outcome, one.at)
        except Exception:
            log.exception("settlement_failed", outbox=one.row["id"])
            return False
        return True


def _lease(tx: Tx, plan: _Plan, now: Instant) -> list[Any]:
    """Lease the first row of every lane that may be sent to."""
    leased: list[Any] = []
    lanes: set[str] = set()
    for row in outbox.ready(tx, plan.now, without_lanes=plan.closed) if plan.room > 0 else ():
        if len(leased) == plan.room:
            break
        if row["lane"] in lanes or _method(row) in plan.limited:
            continue
        if outbox.lease(tx, row["id"], row["version"], row["state"], now):
            leased.append(row)
            lanes.add(row["lane"])
    return leased


def _alert_of(row: Any) -> dict[str, str]:
    """For the log: which alert it is, or brings up to date. Other keys have a person in them."""
    return {"alert": row["key"].removeprefix("update:")} if row["kind"] in ("alert", "update") else {}


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
    return Owed(row["id"], row["kind"], key, row["lane"], payload, row["tried_at"])
