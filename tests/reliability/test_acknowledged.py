"""Invariant 9: Slack is acknowledged in time, while the writer is stalled, Slack is slow, or a past is brought in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.slack import ids
from bot.standin import Delivery, Fault
from tests.rig import HOT, Rig, rig

IN_TIME = 2.5


@asynccontextmanager
async def stalled(it: Rig) -> AsyncIterator[None]:
    """The writer's connection is busy in its thread for as long as this lasts: no unit of work can begin."""
    gate, begun = threading.Event(), threading.Event()

    def hold(_tx: object) -> None:
        begun.set()
        gate.wait()

    holding = asyncio.create_task(it.hotlead.core.store.write(hold))
    try:
        await asyncio.to_thread(begun.wait)
        yield
    finally:
        gate.set()
        await holding


async def act(it: Rig) -> list[Delivery]:
    """What people do at once: commands that read, commands that write, presses, the Home tab."""
    (alert, *_) = it.alerts()
    reps, sales, slack = it.workspace.reps, it.workspace.sales, it.standin
    return list(
        await asyncio.gather(
            slack.run_command(reps[0], sales, "/lead", "claim L-1"),
            slack.run_command(reps[1], sales, "/lead", "anneke"),
            slack.run_command(reps[1], sales, "/leads", "open"),
            slack.run_command(it.workspace.manager, sales, "/hotlead", "team"),
            slack.press(reps[2], alert, ids.CLAIM),
            slack.press(reps[2], alert, ids.DETAILS),
            slack.open_home(reps[1]),
        )
    )


def assert_in_time(said: list[Delivery]) -> None:
    assert [(one.what, one.error) for one in said if not one.ok] == []
    assert max(one.seconds for one in said) < IN_TIME


async def test_slack_is_acknowledged_while_the_writer_is_stalled_and_then_everything_happens(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        async with stalled(it):
            first = await act(it)
            assert_in_time(first)
            waiting = asyncio.create_task(it.send({**HOT[0], "email": "other@nord.example"}))
            second = await act(it)
            assert_in_time(second)
            assert not waiting.done(), "200 comes only after the commit"
        await waiting
        await it.hotlead.slack.idle()
        (row,) = await it.rows("SELECT owner FROM leads WHERE id = 1")
        assert row["owner"] in it.workspace.reps
        claims = await it.rows("SELECT actor FROM audit WHERE action = 'claimed'")
        assert [claim["actor"] for claim in claims] == [row["owner"]]


async def test_slack_is_acknowledged_while_its_own_api_is_slow(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        it.standin.inject(Fault("latency", "*", 5, seconds=1.0))
        assert_in_time(await act(it))
        await it.hotlead.slack.idle()
        assert [call.fault for call in it.standin.calls].count("latency") == 5


async def test_slack_is_acknowledged_while_a_past_is_brought_in(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.make_hot()
        past = [{**HOT[0], "email": f"lead{n % 500}@nord.example"} for n in range(3_000)]
        parts = [past[at : at + 500] for at in range(0, len(past), 500)]
        importing = asyncio.gather(*(it.send(*part, history=True) for part in parts))
        said = []
        while not importing.done():
            said += await act(it)
        assert_in_time(said)
        assert sum(answer["accepted"] for answer in await importing) == 3_000
        await it.hotlead.slack.idle()
