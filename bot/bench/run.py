"""Runs the measurements, a few rounds of each, the figure and its floor right after one another."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

import aiohttp

from bot.bench.figures import Figure
from bot.bench.load import Measured, send_all, send_paced
from bot.bench.replay import replayed
from bot.bench.servers import floor, product
from bot.bench.workload import PER_BATCH, Workload, preload, signed
from bot.clock import system_clock
from bot.standin import DemoWorkspace, Message, StandIn
from bot.storage.floors import rows_per_second, seconds_of_commits

Said = Callable[[str], None]
"""Told what is being measured now."""

_CONNECTIONS: Final = 64
_BATCH_CONNECTIONS: Final = 8
_CROSSINGS: Final = 60
_NAME: Final = re.compile(r"Lead ([0-9]+)")


class Bench:
    """The product, the floor and a stand-in, up and filled."""

    def __init__(
        self, product_url: str, floor_url: str, standin: StandIn, channel: str, leads: int, folder: Path
    ) -> None:
        self.product_url = product_url
        self.floor_url = floor_url
        self.standin = standin
        self.channel = channel
        self.folder = folder
        self.workload = Workload(leads)
        self._messages = 0

    def singles(self, count: int) -> list[bytes]:
        """Signed requests of one event each."""
        now = system_clock()
        return [signed(self.workload.one(), now, self._id()) for _ in range(count)]

    def batches(self, count: int) -> list[bytes]:
        """Signed requests of a hundred events each."""
        now = system_clock()
        return [signed(self.workload.batch(), now, self._id()) for _ in range(count)]

    def _id(self) -> str:
        self._messages += 1
        return f"m{self._messages}"


@asynccontextmanager
async def bench(leads: int, said: Said) -> AsyncIterator[Bench]:
    """Start everything and fill the store with cold leads."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hotlead-bench-")))
        workspace = DemoWorkspace(now=system_clock)
        workspace.limits.on = False
        standin = StandIn(workspace)
        await standin.start()
        stack.push_async_callback(standin.close)
        slack = {
            "bot_token": workspace.bot_token,
            "signing_secret": workspace.signing_secret,
            "api_url": standin.api_url,
            "channel": workspace.sales,
            "admin": workspace.admin,
        }
        product_url, operations = await stack.enter_async_context(product(folder / "data", slack))
        floor_url = await stack.enter_async_context(floor())
        ready = Bench(product_url, floor_url, standin, workspace.sales, leads, folder)
        said(f"filling the store with {leads:,} leads")
        await send_all(product_url, list(preload(ready.workload, leads, system_clock())), _BATCH_CONNECTIONS)
        await _quiet(operations)
        yield ready


async def _quiet(operations: str) -> None:
    """Wait until nothing is due any more: colleagues of new leads are scored outside their transaction."""
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{operations}/metrics") as answer:
                if "hotlead_due_leads 0.0" in await answer.text():
                    return
            await asyncio.sleep(0.2)


async def measure(leads: int, rounds: int, seconds: float, replay: int, said: Said) -> list[Figure]:
    """Every figure, each the median of so many rounds of about so many seconds; replays of so many leads, 0: none."""
    figures = await _live(leads, rounds, seconds, said)
    if replay:
        said(f"rescore and back-test of {replay:,} leads")
        figures += await replayed(replay)
    return figures


async def _live(leads: int, rounds: int, seconds: float, said: Said) -> list[Figure]:
    async with bench(leads, said) as ready:
        return [
            await _singles(ready, rounds, seconds, said),
            await _batches(ready, rounds, seconds, said),
            *await _half_rate(ready, rounds, seconds, said),
            *await _latency(ready, said),
        ]


async def _singles(ready: Bench, rounds: int, seconds: float, said: Said) -> Figure:
    values, floors = [], []
    for number in range(rounds):
        said(f"single events, round {number + 1} of {rounds}")
        requests = ready.singles(int(4_000 * seconds))
        floors.append((await send_all(ready.floor_url, requests, _CONNECTIONS)).rate)
        values.append((await send_all(ready.product_url, requests, _CONNECTIONS)).rate)
    return Figure(
        "single events",
        "/s",
        tuple(values),
        "an aiohttp handler that only verifies an HMAC, parses and answers",
        tuple(floors),
        "at least 0.4",
    )


async def _batches(ready: Bench, rounds: int, seconds: float, said: Said) -> Figure:
    values, floors = [], []
    for number in range(rounds):
        said(f"batches of {PER_BATCH}, round {number + 1} of {rounds}")
        requests = ready.batches(int(80 * seconds))
        floors.append(await asyncio.to_thread(rows_per_second, ready.folder / f"floor{number}.db", PER_BATCH, seconds))
        values.append((await send_all(ready.product_url, requests, _BATCH_CONNECTIONS)).rate * PER_BATCH)
    return Figure(
        f"events in batches of {PER_BATCH}",
        "/s",
        tuple(values),
        f"sqlite3 executemany in groups of {PER_BATCH} under the same pragmas",
        tuple(floors),
        "at least 0.25",
    )


async def _half_rate(ready: Bench, rounds: int, seconds: float, said: Said) -> list[Figure]:
    """The latency of accepted single events at half of the peak rate, and of the floor at the same rate."""
    peak = (await send_all(ready.product_url, ready.singles(int(3_000 * seconds)), _CONNECTIONS)).rate
    found: list[tuple[Measured, Measured]] = []
    for number in range(rounds):
        said(f"latency at half of the peak ({peak / 2:,.0f}/s), round {number + 1} of {rounds}")
        requests = ready.singles(int(peak / 2 * seconds))
        at_floor = await send_paced(ready.floor_url, requests, peak / 2)
        found.append((await send_paced(ready.product_url, requests, peak / 2), at_floor))
    return [_percentile("single at half of peak", found, 99, "under 3, and under 25 ms")]


def _percentile(name: str, found: list[tuple[Measured, Measured]], percent: int, goal: str) -> Figure:
    return Figure(
        f"{name}, p{percent}",
        "ms",
        tuple(value.percentile(percent) * 1000 for value, _ in found),
        "an aiohttp handler that only verifies an HMAC, parses and answers",
        tuple(at_floor.percentile(percent) * 1000 for _, at_floor in found),
        goal,
        lower_is_better=True,
    )


async def _latency(ready: Bench, said: Said) -> list[Figure]:
    figures = []
    for per_second in (20, 200):
        said(f"from event to Slack, {per_second} crossings a second")
        seconds = await _crossings(ready, per_second)
        commits = await asyncio.to_thread(seconds_of_commits, ready.folder / f"commit{per_second}.db", _CROSSINGS)
        for percent, goal in ((50, "about 8 ms"), (99, "about 20 ms")):
            figures.append(
                Figure(
                    f"event to Slack at {per_second}/s, p{percent}",
                    "ms",
                    (_at(seconds, percent) * 1000,),
                    "three durable commits of SQLite (event, lease, settle)",
                    (3 * _at(commits, percent) * 1000,),
                    goal,
                    lower_is_better=True,
                )
            )
    return figures


async def _crossings(ready: Bench, per_second: int) -> list[float]:
    """Seconds from sending a crossing to its message in the channel."""
    workload = Workload(_CROSSINGS, prefix=f"hot{per_second}-")
    sent: dict[int, float] = {}
    arrived: dict[int, float] = {}
    done = asyncio.Event()

    def look(kind: str, value: object) -> None:
        if kind == "message" and isinstance(value, Message) and value.channel == ready.channel and value.metadata:
            named = _NAME.search(value.text)
            if named:
                arrived.setdefault(int(named[1]), perf_counter())
            if len(arrived) == _CROSSINGS:
                done.set()

    ready.standin.workspace.on_change.append(look)
    try:
        for number in range(_CROSSINGS):
            now = system_clock()
            request = signed(workload.crossing(number), now, f"hot-{per_second}-{number}")
            sent[number] = perf_counter()
            await send_all(ready.product_url, [request], 1)
            await asyncio.sleep(max(0.0, 1 / per_second - (perf_counter() - sent[number])))
        await asyncio.wait_for(done.wait(), 60)
    finally:
        ready.standin.workspace.on_change.remove(look)
    return [arrived[number] - at for number, at in sent.items()]


def _at(seconds: list[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
