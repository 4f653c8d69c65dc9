"""One id from request to alert: whoever has the answer of a webhook finds every line up to the message in Slack."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.logs import set_up_logs
from tests.rig import DIRECTOR, HOT, KEY, Rig, rig

HEADERS = {"x-hotlead-key": KEY}


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = logging.getLogger().handlers[:]
    yield capsys
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


def lines(logs: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logs.readouterr().err.splitlines() if line.startswith("{")]


async def crossing(it: Rig, email: str = "anneke@ijsselmeer.example") -> str:
    """A lead becomes hot by one request; the id that its answer has."""
    first, *rest = HOT
    events = [{**first, "email": email, "traits": DIRECTOR}, *({**event, "email": email} for event in rest)]
    whole = json.dumps([{"id": f"{email}-{n}", **event} for n, event in enumerate(events)])
    async with it.http.post(f"{it.hotlead.url}/hooks/forms", data=whole, headers=HEADERS) as response:
        assert response.status == 200
        return response.headers["X-Request-Id"]


async def test_the_id_of_an_answer_is_in_every_line_up_to_the_alert(
    tmp_path: Path, logs: pytest.CaptureFixture[str]
) -> None:
    async with rig(tmp_path, service={"log_requests": True}) as it:
        set_up_logs("json")
        await it.send({"type": "page_viewed", "email": "other@other.example"})
        asked = await crossing(it)
        await it.settle()
        followed = [one for one in lines(logs) if one.get("request") == asked and one.get("kind") != "update"]
        assert [line["event"] for line in followed] == ["crossed", "request", "delivery"]
        crossed, request, delivery = followed
        assert (crossed["lead"], crossed["label"]) == ("L-2", "hot")
        assert (request["path"], request["status"]) == ("/hooks/forms", 200)
        (alert,) = it.alerts()
        assert (delivery["kind"], delivery["result"]) == ("alert", "sent")
        assert delivery["alert"] == (alert.metadata or {})["event_payload"]["key"]


async def test_of_requests_that_share_a_commit_each_alert_has_its_own_id(
    tmp_path: Path, logs: pytest.CaptureFixture[str]
) -> None:
    async with rig(tmp_path) as it:
        set_up_logs("json")
        people = ("ann", "bob", "cy", "dan")
        asked = await asyncio.gather(*(crossing(it, f"{name}@{name}.example") for name in people))
        await it.settle()
        delivered = [line["request"] for line in lines(logs) if line.get("kind") == "alert"]
        assert sorted(delivered) == sorted(asked)


async def test_the_id_is_with_what_is_owed_so_that_a_restart_does_not_lose_it(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        asked = await crossing(it)
        rows = await it.rows("SELECT request FROM outbox WHERE kind = 'alert'")
        assert [row["request"] for row in rows] == [asked]


async def test_a_press_in_slack_has_an_id_too_and_what_follows_from_it(
    tmp_path: Path, logs: pytest.CaptureFixture[str]
) -> None:
    async with rig(tmp_path, service={"log_requests": True}) as it:
        number = await it.make_hot()
        set_up_logs("json")
        await it.standin.run_command(it.workspace.reps[0], it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        told = lines(logs)
        (asked,) = [line["request"] for line in told if line.get("path") == "/slack/events"]
        assert [line["request"] for line in told if line.get("kind") == "update"] == [asked]


@pytest.mark.parametrize("logged", [True, False])
async def test_a_line_for_each_request_is_there_where_it_is_wanted_and_never_tells_the_query(
    tmp_path: Path, logs: pytest.CaptureFixture[str], *, logged: bool
) -> None:
    async with rig(tmp_path, service={"log_requests": logged}) as it:
        set_up_logs("json")
        await it.post("/hooks/forms?key=a-secret", "{}", HEADERS)
        await it.post("/hidden/place/a-secret", "{}")
        told = lines(logs)
        assert [line["path"] for line in told if line["event"] == "request"] == (
            ["/hooks/forms", "-"] if logged else []
        )
        assert "a-secret" not in str(told)
