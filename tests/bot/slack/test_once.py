"""Replays, retries and shutdown: no second effect, no lost one, and nothing left running."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.slack import ids
from bot.slack.tasks import TaskSet
from bot.standin import Delivery
from scoring.instants import MINUTE, SECOND
from tests.bot.slack.world import World


async def send_signed(world: World, body: bytes, **headers: str) -> int:
    timestamp = str(world.now() // SECOND)
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(world.shop.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    sent = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}", **headers}
    sent["Content-Type"] = "application/x-www-form-urlencoded"
    async with aiohttp.ClientSession() as session, session.post(world.url, data=body, headers=sent) as answer:
        await world.done()
        return answer.status


async def again(world: World, delivery: Delivery) -> None:
    await world.slack.deliveries.send(delivery.kind, delivery.payload)
    await world.done()


async def test_a_replayed_claim_does_not_take_back_a_lead_that_was_released(world: World) -> None:
    alert = await world.alert(world.desk.add())
    claim = await world.press(alert, ids.CLAIM)
    await world.type("release L-1")
    await again(world, claim)
    assert [act for act, _, _ in world.desk.acts] == ["claim", "release"]


async def test_a_replayed_command_has_no_second_effect(world: World) -> None:
    world.desk.add()
    delivery = await world.slack.run_command(world.rep, world.shop.sales, "/lead", "claim L-1")
    await world.done()
    await world.type("release L-1")
    await again(world, delivery)
    assert [act for act, _, _ in world.desk.acts] == ["claim", "release"]


async def test_a_retry_that_is_the_only_delivery_works(world: World) -> None:
    world.desk.add()
    body = urlencode(
        {"command": "/lead", "text": "claim L-1", "user_id": world.rep, "trigger_id": "1.2.3", "team_id": "T"}
    ).encode()
    assert await send_signed(world, body, **{"X-Slack-Retry-Num": "1"}) == 200
    assert await send_signed(world, body, **{"X-Slack-Retry-Num": "2"}) == 200
    assert [act for act, _, _ in world.desk.acts] == ["claim"]


async def test_an_old_signed_request_is_refused_altogether(world: World) -> None:
    world.desk.add()
    body = urlencode({"command": "/lead", "text": "claim L-1", "user_id": world.rep, "trigger_id": "1.2.3"}).encode()
    timestamp = str(world.now() // SECOND)
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(world.shop.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    world.now.forward(5 * MINUTE + SECOND)
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}
    async with aiohttp.ClientSession() as session, session.post(world.url, data=body, headers=headers) as answer:
        assert answer.status == 401
    assert world.desk.acts == []


async def test_slack_is_acknowledged_while_the_desk_is_still_at_work(world: World) -> None:
    world.desk.add()
    gate = asyncio.Event()
    find = world.desk.find

    async def slow(who: str, limit: int = 10) -> Any:
        await gate.wait()
        return await find(who, limit)

    world.desk.find = slow  # type: ignore[method-assign]
    delivery = await world.slack.run_command(world.rep, world.shop.sales, "/lead", "anna")
    assert delivery.ok
    assert len(world.parts.tasks) == 1
    gate.set()
    await world.done()
    assert "Anna Berg" in world.heard()[-1]


async def test_drain_waits_for_work_and_for_what_it_starts() -> None:
    tasks, said = TaskSet(), []

    async def second() -> None:
        said.append("second")

    async def first() -> None:
        tasks.spawn(second(), "second")
        said.append("first")

    tasks.spawn(first(), "first")
    assert await tasks.drain(1) == 0
    assert said == ["first", "second"]


async def test_drain_cancels_what_does_not_end_in_time() -> None:
    tasks = TaskSet()

    async def endless() -> None:
        await asyncio.Event().wait()

    tasks.spawn(endless(), "endless")
    assert await tasks.drain(0.01) == 1
    assert len(tasks) == 0
