"""Delivering: lanes in order and at their pace, ambiguous attempts looked up, errors of ours lose and stop nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.metrics import Metrics
from bot.senders.base import Ambiguous, Later, Owed, Refused, Result, Sent
from bot.storage import outbox
from bot.storage.migrate import bring_up_to_date
from bot.storage.outbox import SETTLE
from bot.storage.store import Store, Tx
from bot.workers.deliver import Deliverer
from bot.workers.settling import Delivered, Settling
from scoring.instants import MINUTE, SECOND, Duration
from tests.bot.service.house import T0, SetClock

ARRIVED = Sent("C1", "1.0")


@dataclass
class FakeSender:
    """Answers as it is told, by key, one after the other, and `arrived` where it is told nothing."""

    said: dict[str, list[Result | Exception]] = field(default_factory=dict)
    found: dict[str, Sent | Later | Refused | None] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, owed: Owed) -> Result:
        self.sent.append(owed.key)
        self.begun.set()
        if self.gate is not None:
            await self.gate.wait()
        answers = self.said.get(owed.key)
        answer = answers.pop(0) if answers else ARRIVED
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def look_up(self, owed: Owed) -> Sent | Later | Refused | None:
        self.looked_up.append(owed.key)
        return self.found.get(owed.key)


class Post:
    """An outbox with its deliverer, and what the service was told."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self.store, self.clock, self.sender, self.metrics = store, clock, FakeSender(), Metrics()
        self.delivered: list[str] = []
        self.lane_for: Callable[[Any], str | None] = lambda _row: None
        self.arrived: Delivered = lambda _tx, row, _sent, _now: self.delivered.append(row["key"])
        self.deliverer = self.start()

    def start(self) -> Deliverer:
        """As after a restart."""
        self.deliverer = Deliverer(
            self.store,
            {"slack": self.sender},
            self.clock,
            self.metrics,
            Settling(
                delivered=lambda tx, row, sent, now: self.arrived(tx, row, sent, now),
                undeliverable=lambda _tx, row, _why, _now: self.lane_for(row),
            ),
        )
        return self.deliverer

    async def owe(self, *keys: str, lane: str = "C1", kind: str = "channel") -> None:
        def work(tx: Tx) -> None:
            for key in keys:
                outbox.owe(tx, sender="slack", kind=kind, key=key, lane=lane, payload={}, now=self.clock())

        await self.store.write(work)

    async def pass_(self, time: Duration = 0) -> None:
        """Time passes, and whatever may be sent then is sent."""
        self.clock.now += time
        await self.deliverer.work()
        await self.deliverer.drain()

    async def states(self) -> dict[str, str]:
        rows = await self.store.read(lambda tx: tx.all("SELECT key, state FROM outbox ORDER BY id"))
        return {row["key"]: row["state"] for row in rows}


@asynccontextmanager
async def office(folder: Path) -> AsyncIterator[Post]:
    await asyncio.to_thread(bring_up_to_date, folder / "x.db", T0)
    store = Store(folder / "x.db")
    try:
        yield Post(store, SetClock())
    finally:
        await store.close()


async def test_a_lane_is_sent_in_order_at_one_a_second_and_others_do_not_wait_for_it(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        await post.owe("a1", "a2", "a3", lane="A")
        await post.owe("b1", lane="B")
        await post.pass_()
        assert sorted(post.sender.sent) == ["a1", "b1"]
        await post.pass_(SECOND // 2)
        assert len(post.sender.sent) == 2
        await post.pass_(SECOND)
        await post.pass_(SECOND)
        assert [key for key in post.sender.sent if key.startswith("a")] == ["a1", "a2", "a3"]
        assert sorted(post.delivered) == ["a1", "a2", "a3", "b1"]


async def test_two_rounds_at_once_send_a_row_once(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        await post.owe("a1")
        await asyncio.gather(post.deliverer.work(), post.deliverer.work())
        await post.deliverer.drain()
        assert post.sender.sent == ["a1"]


async def test_a_limited_method_waits_as_long_as_was_asked_and_updates_go_on(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.said = {"a1": [Later(30, "ratelimited", "method")]}
        await post.owe("a1", lane="A")
        await post.pass_()
        await post.owe("b1", lane="B")
        await post.owe("u1", lane="update:A", kind="channel")
        await post.pass_(29 * SECOND)
        assert "b1" not in post.sender.sent
        await post.pass_(SECOND)
        await post.pass_(SECOND)
        assert set(post.delivered) == {"a1", "b1", "u1"}


async def test_an_ambiguous_attempt_that_arrived_is_found_and_not_repeated(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.said, post.sender.found = {"a1": [Ambiguous("no answer")]}, {"a1": ARRIVED}
        await post.owe("a1")
        await post.pass_()
        await post.pass_(SETTLE - 1)
        assert (await post.states(), post.sender.looked_up) == ({"a1": "unknown"}, [])
        await post.pass_(1)
        assert (post.sender.sent, post.sender.looked_up, post.delivered) == (["a1"], ["a1"], ["a1"])


async def test_an_ambiguous_attempt_that_did_not_arrive_is_repeated(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.said = {"a1": [Ambiguous("no answer")]}
        await post.owe("a1")
        await post.pass_()
        await post.pass_(SETTLE)
        assert (post.sender.sent, post.delivered) == (["a1", "a1"], ["a1"])


async def test_what_cannot_be_looked_up_now_is_not_repeated_and_what_never_can_is_repeated_and_counted(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as post:
        post.sender.said, post.sender.found = {"a1": [Ambiguous("?")]}, {"a1": Later(5, "ratelimited")}
        await post.owe("a1")
        await post.pass_()
        await post.pass_(SETTLE)
        assert (await post.states(), post.sender.sent) == ({"a1": "unknown"}, ["a1"])
        post.sender.found = {"a1": Refused("missing_scope", "Add the scope.")}
        await post.pass_(5 * SECOND)
        assert (post.sender.sent, post.delivered) == (["a1", "a1"], ["a1"])
        assert post.metrics.registry.get_sample_value("hotlead_deliveries_unconfirmed_total") == 1


async def test_a_row_that_was_being_sent_when_the_process_ended_is_looked_up_after_the_start(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.gate = asyncio.Event()
        await post.owe("a1")
        await post.deliverer.work()
        await asyncio.wait_for(post.sender.begun.wait(), 5)
        for task in tuple(post.deliverer._tasks):
            task.cancel()
        await post.deliverer.drain()
        assert await post.states() == {"a1": "sending"}
        post.sender.gate, post.sender.found = None, {"a1": ARRIVED}
        post.start()
        await post.deliverer.recover()
        await post.pass_(SETTLE)
        assert (post.sender.sent, post.delivered) == (["a1"], ["a1"])


async def test_a_second_attempt_that_was_cut_off_is_given_as_long_as_the_first_before_it_is_looked_up(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as post:
        post.sender.said = {"a1": [Ambiguous("no answer")]}
        await post.owe("a1")
        await post.pass_()
        post.sender.gate, post.sender.begun = asyncio.Event(), asyncio.Event()
        post.clock.now += SETTLE
        await post.deliverer.work()
        await asyncio.wait_for(post.sender.begun.wait(), 5)
        for task in tuple(post.deliverer._tasks):
            task.cancel()
        await post.deliverer.drain()
        post.sender.gate = None
        post.start()
        await post.deliverer.recover()
        await post.pass_(SETTLE - 1)
        assert (post.sender.sent, len(post.sender.looked_up)) == (["a1", "a1"], 1)
        post.sender.found = {"a1": ARRIVED}
        await post.pass_(1)
        assert (post.sender.sent, post.delivered) == (["a1", "a1"], ["a1"])


async def test_an_error_of_ours_leaves_the_row_to_be_looked_up_and_sends_the_others(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.said = {"a1": [ArithmeticError("a fault of ours")] * 3}
        await post.owe("a1", "a2")
        for _ in range(3):
            await post.pass_(SECOND)
        assert await post.states() == {"a1": "unknown", "a2": "done"}
        for _ in range(10):
            await post.pass_(MINUTE)
        assert await post.states() == {"a1": "done", "a2": "done"}
        assert post.sender.sent.count("a1") == 4


async def test_a_settlement_that_fails_is_made_up_without_sending_twice(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        broken = iter([True])

        def delivered(_tx: Tx, row: Any, _sent: Sent, _now: int) -> None:
            if next(broken, False):
                raise OSError("the disk is full")
            post.delivered.append(row["key"])

        post.arrived = delivered
        post.sender.found = {"a1": ARRIVED}
        await post.owe("a1")
        await post.pass_()
        await post.pass_()
        await post.pass_(MINUTE)
        assert (post.sender.sent, post.delivered) == (["a1"], ["a1"])


async def test_something_newer_replaces_what_is_being_sent_and_is_sent_too(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        post.sender.gate = asyncio.Event()

        async def owe_newest() -> None:
            work = lambda tx: outbox.owe_newest(  # noqa: E731
                tx, sender="slack", kind="channel", key="u", lane="update:A", now=post.clock(), alert_id=0
            )
            await post.store.write(work)

        await owe_newest()
        await post.deliverer.work()
        await asyncio.wait_for(post.sender.begun.wait(), 5)
        for _ in range(3):
            await owe_newest()
        post.sender.gate.set()
        await post.deliverer.drain()
        await post.pass_(SECOND)
        assert (await post.states(), post.sender.sent) == ({"u": "done"}, ["u", "u"])


async def test_a_refused_row_goes_where_the_service_says(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        refused = Refused("is_archived", "Unarchive it.", "lane")
        post.sender.said = {"moved": [refused], "waits": [refused], "gone": [refused]}
        post.lane_for = lambda row: {"moved": "C2", "waits": "C1"}.get(row["key"])
        await post.owe("moved", "waits", "gone")
        for _ in range(4):
            await post.pass_(SECOND)
        assert await post.states() == {"moved": "done", "waits": "owed", "gone": "refused"}
        await post.pass_(15 * SECOND)
        assert (await post.states())["waits"] == "done"


async def test_a_token_that_is_no_longer_good_stops_everything_until_it_is_again(tmp_path: Path) -> None:
    async with office(tmp_path) as post:
        revoked = Refused("token_revoked", "Install the app again.", "all")
        post.sender.said = {"a1": [revoked, revoked]}
        await post.owe("a1", lane="A")
        await post.pass_()
        await post.owe("b1", lane="B")
        assert post.deliverer.trouble == "token_revoked: Install the app again."
        await post.pass_(14 * SECOND)
        assert post.sender.sent == ["a1"]
        for _ in range(4):
            await post.pass_(15 * SECOND)
        assert await post.states() == {"a1": "done", "b1": "done"}
        assert str(post.deliverer.trouble) == "None"


async def test_stopping_does_not_wait_for_a_call_that_never_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workers.deliver._STOP_SECONDS", 0.05)
    async with office(tmp_path) as post:
        post.sender.gate = asyncio.Event()
        await post.owe("a1")
        await post.deliverer.work()
        await asyncio.wait_for(post.sender.begun.wait(), 5)
        await post.deliverer.stop()
        assert await post.states() == {"a1": "sending"}
