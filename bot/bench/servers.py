"""The servers that are measured, each a process of its own: the product, and the floor that verifies and answers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from aiohttp import web
from pydantic import SecretStr

from bot.app import Hotlead
from bot.app.running import Secrets
from bot.bench.workload import SECRET, SOURCE
from bot.logs import set_up_logs
from bot.service.garbage import collect_seldom
from bot.service.models.live import shipped
from bot.settings import SlackSecrets, settings_from

_ANSWER: Final = b'{"accepted": 1}'


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is measured: where it listens, its process, and in how many seconds it was ready."""

    urls: tuple[str, ...]
    process: int
    seconds: float

    @property
    def url(self) -> str:
        return self.urls[0]

    @property
    def memory(self) -> float:
        """Resident memory now, in MiB."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def product(folder: Path, slack: Mapping[str, str]) -> AsyncIterator[Server]:
    """The product in a process of its own, beside a stand-in; its address, and that of its operations."""
    async with _process("product", {"folder": str(folder), **slack}) as server:
        yield server


@asynccontextmanager
async def floor() -> AsyncIterator[Server]:
    """An aiohttp handler that only verifies an HMAC, parses JSON and answers."""
    async with _process("floor", {}) as server:
        yield server


@asynccontextmanager
async def _process(kind: str, values: Mapping[str, str]) -> AsyncIterator[Server]:
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.bench.servers",
        kind,
        json.dumps(values),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or process.stdin is None:
        raise RuntimeError("the server has no pipes")
    try:
        line = await process.stdout.readline()
        if not line.startswith(b"http"):
            raise RuntimeError(f"the {kind} server did not start")
        yield Server(tuple(line.decode().split()), process.pid, perf_counter() - began)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve_product(values: Mapping[str, str]) -> None:
    settings = settings_from(_settings(values))
    slack = SlackSecrets(
        slack_bot_token=SecretStr(values["bot_token"]), slack_signing_secret=SecretStr(values["signing_secret"])
    )
    hotlead = Hotlead(settings, Secrets(slack, {SOURCE: (SECRET.encode(),)}), first_model=lambda: shipped("b2b"))
    await hotlead.start()
    collect_seldom()
    await _until_closed(f"{hotlead.url} {hotlead.operations_url}")
    await hotlead.stop()


def _settings(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "service": {"data": values["folder"], "port": 0, "metrics_port": 0},
        "slack": {"api_url": values["api_url"]},
        "alerts": {
            "channel": values["channel"],
            "fallback_channel": values["admin"],
            "admin_channel": values["admin"],
            "seconds_between_posts": 0,
        },
        "source": {SOURCE: {"kind": "generic", "secrets": ["UNUSED"], "allow_history": True}},
    }


async def _serve_floor(_values: Mapping[str, str]) -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))

    async def verify(request: web.Request) -> web.Response:
        body = await request.read()
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + body
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(right, request.headers["webhook-signature"]):
            raise web.HTTPUnauthorized
        json.loads(body)
        return web.Response(body=_ANSWER, content_type="application/json")

    app = web.Application(client_max_size=2**20)
    app.router.add_post("/hooks/{source}", verify)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await _until_closed(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


async def _until_closed(url: str) -> None:
    """Say where we listen, and go on until the other side closes our standard input."""
    sys.stdout.write(url + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


_KINDS: Final = {"product": _serve_product, "floor": _serve_floor}

if __name__ == "__main__":
    set_up_logs("text")
    asyncio.run(_KINDS[sys.argv[1]](json.loads(sys.argv[2])))
