"""`hotlead serve` as a process of its own beside the stand-in: killed, told to stop, started twice, started wrong."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.clock import system_clock
from bot.standin import DemoWorkspace, Fault, StandIn

ROOT = Path(__file__).parents[2]
RUN = ("-c", "from bot.cli import main; main()", "serve")
KEY = "a key of sixteen bytes or more"


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
    """The process, and where it listens."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self.url = ""

    async def ready(self) -> None:
        """Wait until it says where it listens."""
        assert self.process.stderr is not None
        async with asyncio.timeout(30):
            while not self.url:
                line = (await self.process.stderr.readline()).decode()
                assert line, self.said
                self.said += line
                if found := re.search(r"\burl=(http://\S+)", line):
                    self.url = found[1]

    async def ended(self) -> int:
        """Wait until it has ended; its exit code."""
        _, rest = await asyncio.wait_for(self.process.communicate(), 20)
        self.said += rest.decode()
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def serve(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Service]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *RUN, cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield Service(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def slack() -> AsyncIterator[tuple[StandIn, DemoWorkspace]]:
    workspace = DemoWorkspace(now=system_clock)
    standin = StandIn(workspace)
    await standin.start()
    try:
        yield standin, workspace
    finally:
        await standin.close()


def alerts(standin: StandIn, workspace: DemoWorkspace) -> list[str]:
    found = standin.messages(workspace.sales)
    return [one.text for one in found if (one.metadata or {}).get("event_type") == "hotlead_alert"]


def owed(folder: Path) -> int:
    """How many alerts were made and wait to be sent or looked up; all eight were made."""
    db = sqlite3.connect(folder / "hotlead-data" / "hotlead.db")
    states = [state for (state,) in db.execute("SELECT state FROM outbox WHERE kind = 'alert'").fetchall()]
    db.close()
    assert len(states) == 8
    return sum(state != "done" for state in states)


def hot(number: int) -> list[dict[str, Any]]:
    """What makes a lead of the shipped model hot."""
    email = f"lead{number}@nord{number}.example"
    company = {"country": "Nederland", "employees": 250, "industry": "Software"}
    return [
        {"id": f"{number}-1", "type": "page_viewed", "email": email, "properties": {"url": "https://x.nl/prijzen"}},
        {"id": f"{number}-2", "type": "meeting_booked", "email": email, "traits": {"title": "CEO", "company": company}},
    ]


async def send(url: str, events: list[dict[str, Any]]) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/hooks/forms", data=json.dumps(events), headers={"x-key": KEY}) as response,
    ):
        return response.status, await response.json()


async def test_what_was_answered_survives_a_kill_and_each_alert_is_posted_once(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment) as service:
            await service.ready()
            answers = await asyncio.gather(*(send(service.url, hot(number)) for number in range(8)))
            service.process.kill()
            assert {status for status, _ in answers} == {200}
        async with serve(tmp_path, environment) as service:
            await service.ready()
            again = [await send(service.url, hot(number)) for number in range(8)]
            assert [answer["duplicates"] for _, answer in again] == [2] * 8
            await standin.wait_for(lambda: len(alerts(standin, workspace)) >= 7, 20)
            service.process.send_signal(signal.SIGTERM)
            assert await service.ended() == 0
        said = alerts(standin, workspace)
        assert all(sum(f"lead{n}@" in text for text in said) <= 1 for n in range(8))
        assert 8 - len(said) <= await asyncio.to_thread(owed, tmp_path) <= 8  # one in flight is looked up after 20 s


async def test_told_to_stop_it_ends_within_ten_seconds_though_slack_does_not_answer(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment) as service:
            await service.ready()
            standin.inject(Fault("latency", "chat.postMessage", 9, seconds=15))
            await send(service.url, hot(1))
            service.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await service.ended() == 0


async def test_a_second_one_on_the_same_folder_says_who_has_it(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment) as first:
            await first.ready()
            async with serve(tmp_path, environment) as second:
                assert await second.ended() == 1
            assert f"in use by process {first.process.pid}" in second.said
            assert "Traceback" not in second.said


async def test_a_wrong_configuration_ends_it_with_every_sentence_and_no_traceback(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        path = tmp_path / "hotlead.toml"
        path.write_text(path.read_text().replace("port = 0", "prot = 0").replace("kind =", "kid ="))
        async with serve(tmp_path, environment) as service:
            assert await service.ended() == 1
        for said in ("service.prot", "Did you mean port?", "source.forms.kind", "source.forms.kid"):
            assert said in service.said
        assert "Traceback" not in service.said


async def test_a_token_that_slack_refuses_ends_it_with_what_to_do(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}
        async with serve(tmp_path, environment) as service:
            assert await service.ended() == 1
        assert "invalid_auth" in service.said
        assert "Traceback" not in service.said
