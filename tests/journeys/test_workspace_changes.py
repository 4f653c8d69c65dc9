"""The workspace changes under a running service: nothing is lost, nobody is told twice, and repair brings it back."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from bot.standin import DemoWorkspace
from tests.rig import DIRECTOR, HOT, HOUR, Rig, SetClock, rig

PRIVATE = DemoWorkspace(now=SetClock()).channel_id("sales-private")


@pytest.fixture(params=[False, True], ids=["http", "socket mode"])
def socket(request: pytest.FixtureRequest) -> bool:
    """How Slack tells of it."""
    return bool(request.param)


async def told(it: Rig) -> list[str]:
    return [message.text for message in it.standin.messages(it.workspace.admin)]


async def ready(it: Rig) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(f"{it.hotlead.operations_url}/readyz") as answer:
        return answer.status, await answer.text()


async def happens_twice(it: Rig) -> None:
    """What happened is told, and the network tells each of it once more."""
    await it.standin.settled()
    events = [one for one in it.standin.deliveries.done if one.kind == "events_api"]
    assert events
    for event in events:
        assert (await it.standin.repeat(event)).ok
    await it.settle()


async def test_an_owner_who_is_deactivated_loses_the_lead_to_the_team_once(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        number, rep = await it.make_hot(), it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", f"claim L-{number}")
        await it.settle()
        it.workspace.deactivate(rep)
        await happens_twice(it)
        await it.settle()
        lead = await it.hotlead.core.desk.lead(number)
        assert lead is not None
        assert (lead.handling.state, lead.handling.owner) == ("open", None)
        (row,) = await it.rows("SELECT COUNT(*) AS n FROM audit WHERE action = 'member_left'")
        assert row["n"] == 1


async def test_alerts_of_an_archived_channel_go_to_the_fallback_and_admins_hear_of_it_once(
    tmp_path: Path, socket: bool
) -> None:
    async with rig(tmp_path, socket=socket) as it:
        await it.settle()
        sales = it.workspace.sales
        it.workspace.archive(sales)
        await happens_twice(it)
        await it.make_hot()
        await it.make_hot("bo@ijsselmeer.example", name="Bo Bakker")
        assert len(it.alerts(it.workspace.channel_id("sales-dk"))) == 2
        assert len([text for text in await told(it) if f"<#{sales}> is archived" in text]) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [("archive", "is archived"), ("delete_channel", "was deleted"), ("remove_bot", "no longer has hotlead in it")],
)
async def test_a_private_channel_that_is_closed_to_us_gets_nothing_and_admins_hear_of_it_once(
    tmp_path: Path, socket: bool, change: str, said: str
) -> None:
    async with rig(tmp_path, socket=socket, alerts={"channel": PRIVATE}) as it:
        await it.settle()
        private = it.workspace.channel_id("sales-private")
        getattr(it.workspace, change)(private)
        await happens_twice(it)
        await it.make_hot()
        assert it.alerts(private) == []
        assert len(it.alerts(it.workspace.channel_id("sales-dk"))) == 1
        assert len([text for text in await told(it) if said in text]) == 1


async def test_a_channel_that_is_open_again_or_renamed_goes_on_getting_alerts(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        sales = it.workspace.sales
        it.workspace.archive(sales)
        it.workspace.unarchive(sales)
        it.workspace.rename(sales, "hot-leads")
        await it.standin.settled()
        await it.make_hot()
        assert len(it.alerts(sales)) == 1


async def test_a_shared_channel_gets_no_lead(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        it.workspace.share(it.workspace.sales)
        await happens_twice(it)
        await it.make_hot()
        assert it.alerts() == []
        assert len(it.alerts(it.workspace.channel_id("sales-dk"))) == 1


async def test_a_channel_with_another_id_gets_the_alerts_also_after_a_restart(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        new = it.workspace.change_channel_id(it.workspace.sales)
        await happens_twice(it)
        await it.make_hot()
        assert len(it.alerts(new)) == 1
        (row,) = await it.rows("SELECT value FROM meta WHERE name = 'slack_channels_moved'")
        assert new in row["value"]


async def test_with_a_revoked_token_readiness_fails_intake_goes_on_and_alerts_wait_for_repair(
    tmp_path: Path, socket: bool
) -> None:
    async with rig(tmp_path, socket=socket) as it:
        it.workspace.revoke_token()
        await it.standin.settled()
        status, why = await ready(it)
        assert (status, "revoked the bot token" in why) == (503, True)
        for event in HOT:
            await it.send({**event, "email": "anneke@ijsselmeer.example", "traits": DIRECTOR})
        await it.hotlead.deliverer.work()
        assert it.alerts() == []
        it.workspace.restore_token()
        await it.later(HOUR)
        assert (await ready(it))[0] == 200
        assert len(it.alerts()) == 1


async def test_without_the_app_readiness_fails_and_alerts_wait_for_its_return(tmp_path: Path, socket: bool) -> None:
    async with rig(tmp_path, socket=socket) as it:
        it.workspace.uninstall()
        await it.standin.settled()
        status, why = await ready(it)
        assert (status, "removed from the workspace" in why) == (503, True)
        await it.send({"type": "meeting_booked", "email": "anneke@ijsselmeer.example"})
        it.workspace.restore_token()
        await it.make_hot()
        assert (await ready(it))[0] == 200
