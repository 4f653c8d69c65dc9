"""How long people in Slack wait: for an alert, for the answer to a command, for a claim to be seen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

from bot.bench.figures import Figure
from bot.bench.load import send_all, send_paced
from bot.bench.stage import Said, Stage
from bot.bench.workload import Workload, signed
from bot.clock import system_clock
from bot.slack import ids
from bot.standin import Message
from bot.storage.floors import seconds_of_commits

_CROSSINGS: Final = 60
_TRAFFIC: Final = 1_000
"""Events a second that come in while people work."""
_COMMANDS: Final = 40
"""Few enough that the updates of claims stay within what Slack takes in a minute."""
_NAME: Final = re.compile(r"Lead ([0-9]+)")
_COMMITS: Final = "three durable commits of SQLite (event, lease, settle)"
_GOALS: Final = ((50, "about 8 ms"), (99, "about 20 ms"))


async def alerts(on: Stage, said: Said) -> list[Figure]:
    """From a crossing event to its message at the stand-in, at 20 and at 200 crossings a second."""
    figures = []
    for per_second in (20, 200):
        said(f"from event to Slack, {per_second} crossings a second")
        seconds = await _crossings(on, per_second)
        commits = await asyncio.to_thread(seconds_of_commits, on.folder / f"commit{per_second}.db", _CROSSINGS)
        for percent, goal in _GOALS:
            name = f"event to Slack at {per_second}/s, p{percent}"
            took, floor = _at(seconds, percent) * 1000, 3 * _at(commits, percent) * 1000
            figures.append(Figure(name, "ms", (took,), _COMMITS, (floor,), goal, lower_is_better=True))
    return figures


async def _crossings(on: Stage, per_second: int) -> list[float]:
    """Seconds from sending a crossing to its message in the channel."""
    workload = Workload(_CROSSINGS, prefix=f"hot{per_second}-")
    sent: dict[int, float] = {}
    arrived: dict[int, float] = {}
    done = asyncio.Event()

    def look(kind: str, value: object) -> None:
        if kind == "message" and isinstance(value, Message) and value.channel == on.channel and value.metadata:
            named = _NAME.search(value.text)
            if named:
                arrived.setdefault(int(named[1]), perf_counter())
            if len(arrived) == _CROSSINGS:
                done.set()

    on.standin.workspace.on_change.append(look)
    try:
        for number in range(_CROSSINGS):
            request = signed(workload.crossing(number), system_clock(), f"hot-{per_second}-{number}")
            sent[number] = perf_counter()
            await send_all(on.product.url, [request], 1)
            await asyncio.sleep(max(0.0, 1 / per_second - (perf_counter() - sent[number])))
        await asyncio.wait_for(done.wait(), 60)
    finally:
        on.standin.workspace.on_change.remove(look)
    return [arrived[number] - at for number, at in sent.items()]


async def people(on: Stage, seconds: float, said: Said) -> list[Figure]:
    """A slash command to its answer and a click to its claim, with nothing else going on and while events come in."""
    figures = []
    for what, act, goal in (
        ("slash command to answer", _command, "under 100 ms"),
        ("click to claim", _claim, "under 100 ms"),
    ):
        said(f"{what}, while {_TRAFFIC:,} events a second come in")
        idle = [await act(on, number) for number in range(_COMMANDS // 2)]
        events = on.singles(int(_TRAFFIC * 2 * seconds))
        traffic = asyncio.create_task(send_paced(on.product.url, events, _TRAFFIC))
        busy: list[float] = []
        while len(busy) < _COMMANDS // 2 and not (busy and traffic.done()):
            busy.append(await act(on, _COMMANDS // 2 + len(busy)))
        await traffic
        name = f"{what} at {_TRAFFIC:,} events/s, p99"
        values, floors = (_at(busy, 99) * 1000,), (_at(idle, 99) * 1000,)
        figures.append(Figure(name, "ms", values, "the same with nothing else going on", floors, goal, True))
    return figures


async def _command(on: Stage, number: int) -> float:
    """Ask for a lead's score; seconds until the answer is there."""
    user = on.rep
    before = len(on.standin.ephemerals(user))
    return await _timed(
        lambda: on.standin.run_command(user, on.channel, "/lead", on.workload.address(number)),
        lambda: len(on.standin.ephemerals(user)) > before,
        on,
    )


async def _claim(on: Stage, number: int) -> float:
    """Click Claim under an alert; seconds until everybody sees whose it is."""
    message = [one for one in on.standin.messages(on.channel) if one.metadata][number]

    def claimed() -> bool:
        now = next(one for one in on.standin.messages(on.channel) if one.ts == message.ts)
        return now.blocks != message.blocks

    return await _timed(lambda: on.standin.press(on.rep, message, ids.CLAIM), claimed, on)


async def _timed(act: Callable[[], Awaitable[object]], seen: Callable[[], bool], on: Stage) -> float:
    began = perf_counter()
    await act()
    await on.standin.wait_for(lambda: seen() or None, timeout=30)
    return perf_counter() - began


def _at(seconds: list[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
