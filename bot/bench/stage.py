"""The stage of a measurement: the product with so many leads in its store, the floor, and a Slack stand-in."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import aiohttp

from bot.app.paths import DATABASE
from bot.bench.load import send_all
from bot.bench.servers import Server, floor, product
from bot.bench.workload import PREFIX, Workload, preload, signed
from bot.clock import system_clock
from bot.slack.manifest import EVENTS_PATH
from bot.standin import DemoWorkspace, StandIn
from bot.storage.multiplying import multiply

Said = Callable[[str], None]
"""Told what is being done now."""

_CONNECTIONS: Final = 8
_TEMPLATE: Final = 999
"""Leads that are sent to the product; beyond these they are copied in its store."""


class Slack(NamedTuple):
    """The stand-in and who is in it."""

    standin: StandIn
    workspace: DemoWorkspace


class Filled(NamedTuple):
    """How a store was filled: how many leads it has, and what the product took to start without any."""

    leads: int
    seconds: float
    memory: float
    """MiB."""


class Stage:
    """The product, the floor and a stand-in, up and filled."""

    def __init__(self, server: Server, beside: Server, slack: Slack, filled: Filled, folder: Path) -> None:
        self.product = server
        self.floor = beside
        self.standin = slack.standin
        self.channel = slack.workspace.sales
        self.rep = slack.workspace.reps[0]
        self.folder = folder
        self.leads = filled.leads
        self.empty_seconds = filled.seconds
        self.empty_memory = filled.memory
        self.workload = Workload(filled.leads, ids="live-")  # other ids than those of what fills the store
        self._messages = 0

    def singles(self, count: int) -> list[bytes]:
        """Signed requests of one event each."""
        return self.requests(self.workload.one() for _ in range(count))

    def batches(self, count: int) -> list[bytes]:
        """Signed requests of a hundred events each."""
        return self.requests(self.workload.batch() for _ in range(count))

    def requests(self, bodies: Iterable[object]) -> list[bytes]:
        """Signed requests with these bodies, of now."""
        now = system_clock()
        return [signed(body, now, self._id()) for body in bodies]

    def _id(self) -> str:
        self._messages += 1
        return f"m{self._messages}"


@asynccontextmanager
async def stage(leads: int, said: Said) -> AsyncIterator[Stage]:
    """Start everything with about so many leads, of ten events each, in the store."""
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
        filled = await _fill(folder / "data", slack, leads, said)
        server = await stack.enter_async_context(product(folder / "data", slack))
        standin.deliver_to(f"{server.url}{EVENTS_PATH}")
        beside = await stack.enter_async_context(floor())
        yield Stage(server, beside, Slack(standin, workspace), filled, folder)


async def _fill(data: Path, slack: Mapping[str, str], leads: int, said: Said) -> Filled:
    """Fill a store through the product's own door, and copy what came of it as often as is wanted; how many leads."""
    first = min(leads, _TEMPLATE)
    said(f"filling a store with {first:,} leads")
    async with product(data, slack) as server:
        empty = server.seconds, server.memory
        requests = list(preload(Workload(first), first, system_clock()))
        await send_all(server.url, requests, _CONNECTIONS)
        await _quiet(server.urls[1])
    copies = leads // first - 1
    if copies:
        loop = asyncio.get_running_loop()

        def told(copy: int) -> None:
            loop.call_soon_threadsafe(said, f"copying them: {(copy + 1) * first:,} of {(copies + 1) * first:,} leads")

        await asyncio.to_thread(multiply, data / DATABASE, first, copies, prefix=PREFIX, told=told)
    return Filled(first * (copies + 1), *empty)


async def _quiet(operations: str) -> None:
    """Wait until nothing is due any more: colleagues of new leads are scored outside their transaction."""
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{operations}/metrics") as answer:
                if "hotlead_due_leads 0.0" in await answer.text():
                    return
            await asyncio.sleep(0.2)
