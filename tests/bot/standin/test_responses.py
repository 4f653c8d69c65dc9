"""response_url: five answers in thirty minutes, ephemeral unless said otherwise, replacing or deleting on request."""

from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.standin import DemoWorkspace, Fault, StandIn
from tests.bot.standin.conftest import FakeClock
from tests.bot.standin.leadapp import LeadApp, alert, section


async def clicked(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> AsyncWebhookClient:
    """A response URL about an alert in #sales."""
    await app.post_alert(workspace.sales)
    done = await standin.press(workspace.reps[0], standin.messages(workspace.sales)[-1], "details")
    return AsyncWebhookClient(str(done.payload["response_url"]), retry_handlers=[])


async def test_an_answer_is_seen_by_who_asked_unless_it_is_for_the_channel(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    respond = await clicked(standin, app, workspace)
    done = await respond.send(text="for you")
    assert (done.status_code, done.body) == (200, '{"ok": true}')
    await respond.send(text="for all", response_type="in_channel")
    assert [m.text for m in standin.ephemerals(workspace.reps[0])] == ["for you"]
    assert standin.ephemerals(workspace.reps[1]) == ()
    assert standin.messages(workspace.sales)[-1].text == "for all"


async def test_an_answer_replaces_or_deletes_the_message_it_is_about(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    respond = await clicked(standin, app, workspace)
    await respond.send(text="Taken", blocks=[section("Taken")], replace_original=True)
    message = standin.messages(workspace.sales)[0]
    assert (message.text, len(message.blocks), message.edits) == ("Taken", 1, 1)
    await respond.send(delete_original=True)
    assert standin.messages(workspace.sales) == ()
    gone = await respond.send(text="x", replace_original=True)
    assert (gone.status_code, "message_not_found" in gone.body) == (400, True)


async def test_an_ephemeral_message_is_changed_only_through_its_own_response_url(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    await app.client.chat_postEphemeral(channel=workspace.sales, user=rep, text="choose", blocks=alert())
    done = await standin.press(rep, standin.ephemerals(rep)[0], "details")
    respond = AsyncWebhookClient(str(done.payload["response_url"]))
    assert "message" not in done.payload
    assert done.payload["container"]["is_ephemeral"] is True
    await respond.send(text="chosen", blocks=[], replace_original=True)
    assert [m.text for m in standin.ephemerals(rep)] == ["chosen"]
    await respond.send(delete_original=True)
    assert standin.ephemerals(rep) == ()


async def test_the_sixth_answer_is_refused(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    respond = await clicked(standin, app, workspace)
    statuses = [(await respond.send(text=str(number))).status_code for number in range(6)]
    assert statuses == [200] * 5 + [404]
    assert len(standin.ephemerals(workspace.reps[0])) == 5
    assert "used_url" in (await respond.send(text="x")).body


async def test_an_answer_after_thirty_minutes_is_refused(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    respond = await clicked(standin, app, workspace)
    clock.advance(30 * 60)
    assert (await respond.send(text="just in time")).status_code == 200
    clock.advance(1)
    late = await respond.send(text="too late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)
    nobody = await AsyncWebhookClient(f"{standin.url}/response/none").send(text="x")
    assert (nobody.status_code, "invalid_url" in nobody.body) == (404, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": ""}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"text": "x", "response_type": "loud"}, "invalid_payload"),
        ({"text": "x", "color": "red"}, "invalid_payload"),
    ],
)
async def test_an_answer_is_as_strict_as_a_message(
    body: dict[str, Any], code: str, standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    respond = await clicked(standin, app, workspace)
    done = await respond.send_dict(body)
    assert (done.status_code, code in done.body) == (400, True)
    assert standin.ephemerals(workspace.reps[0]) == ()


async def test_an_answer_may_meet_a_fault(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    respond = await clicked(standin, app, workspace)
    standin.inject(Fault("500_before", "response_url"))
    assert (await respond.send(text="x")).status_code == 500
    assert [c.status for c in standin.calls_of("response_url")] == [500]
