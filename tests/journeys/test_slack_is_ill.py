"""The whole product beside a Slack that refuses, loses, delays or is away: nothing is lost, nothing is said twice."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from bot.service.views import Actor
from bot.slack import ids
from bot.standin import DemoWorkspace, Fault, StandIn
from scoring.instants import MINUTE
from tests.rig import DAY, HOUR, SECOND, Rig, SetClock, rig, running


async def ready(it: Rig) -> tuple[int, str]:
    async with it.http.get(f"{it.hotlead.operations_url}/readyz") as response:
        return response.status, await response.text()


async def cross(it: Rig, email: str) -> None:
    """A lead becomes hot; nothing is waited for."""
    known = {"title": "Directeur", "company": {"country": "Nederland", "employees": 250, "industry": "Software"}}
    await it.send(
        {"type": "page_viewed", "email": email, "traits": known, "properties": {"url": "https://x.nl/prijzen"}},
        {"type": "meeting_booked", "email": email},
    )


@pytest.mark.parametrize("kind", ["500_before", "500_after", "drop_before", "drop_after", "429"])
async def test_whatever_becomes_of_the_answer_the_alert_is_there_once(tmp_path: Path, kind: str) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault(kind, "chat.postMessage", channel=it.workspace.sales, retry_after=3))  # type: ignore[arg-type]
        await cross(it, "a@nord.example")
        await it.settle(120)
        assert len(it.alerts()) == 1


async def test_without_the_scope_to_look_up_a_lost_answer_is_repeated_and_counted(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("drop_after", "chat.postMessage", channel=it.workspace.sales))
        it.standin.inject(Fault("error", "conversations.history", code="missing_scope"))
        await cross(it, "a@nord.example")
        await it.settle(120)
        assert len(it.alerts()) == 2
        registry = it.hotlead.core.metrics.registry
        assert registry.get_sample_value("hotlead_deliveries_unconfirmed_total") == 1


async def test_alerts_come_in_the_order_of_their_crossings_one_a_second(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        for name in "abcde":
            await cross(it, f"{name}@nord.example")
        began = it.clock()
        await it.settle()
        told = [next(name for name in "abcde" if f"{name}@nord" in alert.text) for alert in it.alerts()]
        assert told == list("abcde")
        assert it.clock() - began >= 4 * SECOND


async def test_a_channel_that_refuses_sends_its_alerts_to_the_fallback_and_admins_hear_it_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("error", "chat.postMessage", 99, channel=it.workspace.sales, code="is_archived"))
        for name in "ab":
            await cross(it, f"{name}@nord.example")
            await it.settle()
        assert len(it.alerts(it.workspace.channel_id("sales-dk"))) == 2
        told = [message.text for message in it.standin.messages(it.workspace.admin) if "is_archived" in message.text]
        assert len(told) == 1


async def test_a_revoked_token_makes_it_unready_and_what_was_owed_arrives_after_the_repair(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        assert (await ready(it))[0] == 200
        it.standin.inject(Fault("error", "chat.postMessage", 3, code="token_revoked"))
        await cross(it, "a@nord.example")
        for _ in range(3):
            await it.hotlead.deliverer.work()
            await it.hotlead.deliverer.drain()
        status, said = await ready(it)
        assert (status, "token_revoked" in said) == (503, True)
        assert it.alerts() == []
        await it.settle(600)
        assert len(it.alerts()) == 1
        assert (await ready(it))[0] == 200


async def test_slack_is_away_for_an_hour_events_are_taken_in_and_the_deadline_moves_by_the_delay(
    tmp_path: Path,
) -> None:
    async with rig(tmp_path) as it:
        await it.hotlead.slack.idle()
        await it.standin.close()
        await cross(it, "a@nord.example")
        for _ in range(60):
            it.clock.pass_(MINUTE)
            await it.hotlead.deliverer.work()
            await it.hotlead.deliverer.drain()
        await it.standin.start()
        it.standin.deliver_to(f"{it.hotlead.url}/slack/events")
        await it.settle(600)
        assert len(it.alerts()) == 1
        (row,) = await it.rows("SELECT l.deadline, a.made_at, a.posted_at FROM leads AS l JOIN alerts AS a")
        assert row["posted_at"] - row["made_at"] >= HOUR
        assert row["deadline"] - row["posted_at"] == DAY


async def test_a_message_that_somebody_deleted_is_posted_anew_once(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        (first,) = it.alerts()
        it.workspace.messages.delete(first)
        await it.refresh(number)
        await it.settle()
        (second,) = it.alerts()
        assert second.ts != first.ts
        it.workspace.messages.delete(second)
        await it.refresh(number)
        await it.settle()
        assert it.alerts() == []


async def test_an_update_shows_the_newest_state_and_never_comes_before_its_post(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        it.standin.inject(Fault("429", "chat.postMessage", retry_after=30, channel=it.workspace.sales))
        await cross(it, "a@nord.example")
        (lead,) = await it.hotlead.core.desk.find("a@nord.example")
        for rep in it.workspace.reps[:2]:
            await it.hotlead.core.desk.claim(lead.number, Actor(rep))
            await it.hotlead.core.desk.release(lead.number, Actor(rep))
        await it.hotlead.core.desk.claim(lead.number, Actor(it.workspace.reps[2]))
        await it.settle(120)
        calls = [call.method for call in it.standin.calls if call.method in ("chat.postMessage", "chat.update")]
        assert "chat.update" not in calls[: calls.index("chat.postMessage") + 1]
        (alert,) = it.alerts()
        assert f"<@{it.workspace.reps[2]}>" in str(alert.blocks)
        assert len(it.standin.calls_of("chat.update")) <= 2


async def test_a_restart_between_the_call_and_its_answer_says_nothing_twice(tmp_path: Path) -> None:
    clock = SetClock()
    workspace = DemoWorkspace(now=clock)
    standin = StandIn(workspace)
    await standin.start()
    try:
        async with running(tmp_path, standin, workspace, clock) as it:
            await cross(it, "a@nord.example")
            await it.settle()
            await it.hotlead.core.store.write(
                lambda tx: tx.run("UPDATE outbox SET state = 'sending' WHERE kind = 'alert'")
            )
        async with running(tmp_path, standin, workspace, clock) as it:
            await it.settle(120)
            assert len(it.alerts()) == 1
            (row,) = await it.rows("SELECT state FROM outbox WHERE kind = 'alert'")
            assert row["state"] == "done"
    finally:
        await standin.close()


@pytest.mark.parametrize("socket", [False, True], ids=["http", "socket mode"])
async def test_it_starts_while_slack_is_away_takes_events_in_and_alerts_when_slack_is_back(
    tmp_path: Path, socket: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.slack_side._AGAIN_SECONDS", 0.05)
    clock = SetClock()
    workspace = DemoWorkspace(now=clock)
    standin = StandIn(workspace)
    await standin.start()
    async with running(tmp_path, standin, workspace, clock, socket=socket):
        pass
    await standin.close()
    async with running(tmp_path, standin, workspace, clock, socket=socket, away=True) as it:
        assert (await ready(it))[0] == (503 if socket else 200)
        await cross(it, "a@nord.example")
        await standin.start()
        await it.settle(600)
        assert len(it.alerts()) == 1
        async with asyncio.timeout(10):
            while (await ready(it))[0] != 200:
                it.clock.pass_(0)
    await standin.close()


async def test_slack_presses_over_a_body_that_never_ends_are_cut_off(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        host, port = it.hotlead.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        status = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        assert b"408" in status


async def test_a_forged_press_has_no_effect(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        pressed = {"type": "block_actions", "actions": [{"action_id": ids.CLAIM}]}
        form = aiohttp.FormData({"payload": json.dumps(pressed)})
        headers = {"X-Slack-Request-Timestamp": str(it.clock() // SECOND), "X-Slack-Signature": "v0=" + "0" * 64}
        async with it.http.post(f"{it.hotlead.url}/slack/events", data=form, headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (401, "bad_signature")
        (row,) = await it.rows("SELECT owner FROM leads WHERE id = :n", n=number)
        assert row["owner"] is None
