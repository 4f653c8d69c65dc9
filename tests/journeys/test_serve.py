"""`hotlead serve` as a process of its own beside the stand-in: killed, told to stop, started twice, started wrong."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.standin import DemoWorkspace, Fault, StandIn
from tests.reliability.process import SERVE, configure, send, serve, slack


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


async def sent(url: str, number: int) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http:
        return await send(http, url, hot(number))


async def test_what_was_answered_survives_a_kill_and_each_alert_is_posted_once(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment) as service:
            await service.ready()
            answers = await asyncio.gather(*(sent(service.url, number) for number in range(8)))
            await service.kill()
            assert {status for status, _ in answers} == {200}
        async with serve(tmp_path, environment) as service:
            await service.ready()
            again = [await sent(service.url, number) for number in range(8)]
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
            await sent(service.url, 1)
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


async def test_a_broken_draft_in_the_model_file_stops_no_start_once_a_model_is_published(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment) as service:
            await service.ready()
            assert await service.terminate() == 0
        (tmp_path / "model.toml").write_bytes('name = "Købt'.encode("latin-1"))
        async with serve(tmp_path, environment) as service:
            await service.ready()


@pytest.mark.parametrize(
    ("written", "words", "said"),
    [
        ('name = "Købt"'.encode("latin-1"), (), "model.toml is no UTF-8 text"),
        (b"name = 1", (), "name: found 1; allowed: a text"),
        (b"", ("--model", "mine.toml"), "mine.toml cannot be read: No such file"),
    ],
)
async def test_a_first_model_that_cannot_be_used_ends_it_with_a_sentence(
    tmp_path: Path, written: bytes, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "model.toml").write_bytes(written)
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace)
        async with serve(tmp_path, environment, (*SERVE, *words)) as service:
            assert await service.ended() == 1
        assert said in service.said
        assert "Traceback" not in service.said


async def test_a_token_that_slack_refuses_ends_it_with_what_to_do(tmp_path: Path) -> None:
    async with slack() as (standin, workspace):
        environment = configure(tmp_path, standin, workspace) | {"SLACK_BOT_TOKEN": "xoxb-wrong"}
        async with serve(tmp_path, environment) as service:
            assert await service.ended() == 1
        assert "invalid_auth" in service.said
        assert "Traceback" not in service.said
