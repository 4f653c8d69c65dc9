"""`hotlead serve` as a process of its own beside a stand-in in this one: started, watched, killed, told to stop."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.clock import system_clock
from bot.standin import DemoWorkspace, StandIn

ROOT: Final = Path(__file__).parents[2]
SERVE: Final = (sys.executable, "-c", "from bot.cli import main; main()", "serve")
KEY: Final = "a key of sixteen bytes or more"
_LONGEST_LINE: Final = 1_048_576


def configure(folder: Path, standin: StandIn, workspace: DemoWorkspace) -> dict[str, str]:
    """Write hotlead.toml; the environment that goes with it."""
    (folder / "hotlead.toml").write_text(
        f"""
        [service]
        port = 0
        metrics_port = 0
        [slack]
        api_url = "{standin.api_url}"
        managers = ["{workspace.manager}"]
        [alerts]
        channel = "{workspace.sales}"
        fallback_channel = "{workspace.channel_id("sales-dk")}"
        admin_channel = "{workspace.admin}"
        seconds_between_posts = 0.0
        [source.forms]
        kind = "generic"
        header = "x-key"
        secrets = ["FORMS_KEY"]
        """,
        encoding="utf-8",
    )
    tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_SIGNING_SECRET": workspace.signing_secret}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "FORMS_KEY": KEY, **tokens}


class Service:
    """The process, what it said, and where it listens."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self.url = ""
        self.operations_url = ""
        self._started = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """Read all the while: a pipe that is full would stop the process."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said += line.decode()
            if found := re.search(rb"\boperations=(http://\S+)", line):
                self.operations_url = found[1].decode()
            if found := re.search(rb"\burl=(http://\S+)", line):
                self.url = found[1].decode()
                self._started.set()
        self._started.set()

    async def ready(self) -> None:
        """Wait until it says where it listens."""
        async with asyncio.timeout(30):
            await self._started.wait()
        assert self.url, self.said

    async def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        code = await asyncio.wait_for(self.process.wait(), 20)
        await self._reader
        return code

    async def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        await self.ended()

    async def terminate(self) -> int:
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()


@asynccontextmanager
async def serve(folder: Path, environment: Mapping[str, str], command: Sequence[str] = SERVE) -> AsyncIterator[Service]:
    """The process; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE, limit=_LONGEST_LINE
    )
    service = Service(process)
    try:
        yield service
    finally:
        if process.returncode is None:
            process.kill()
        await service.ended()


@asynccontextmanager
async def slack() -> AsyncIterator[tuple[StandIn, DemoWorkspace]]:
    """A workspace on the machine's own clock."""
    workspace = DemoWorkspace(now=system_clock)
    standin = StandIn(workspace)
    await standin.start()
    try:
        yield standin, workspace
    finally:
        await standin.close()


async def send(http: aiohttp.ClientSession, url: str, events: Sequence[Mapping[str, Any]]) -> tuple[int, Any]:
    """Events to the source `forms`; status and JSON of the answer."""
    body = json.dumps(events)
    async with http.post(f"{url}/hooks/forms", data=body, headers={"x-key": KEY}) as response:
        return response.status, await response.json()
