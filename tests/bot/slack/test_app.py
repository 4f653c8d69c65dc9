"""Starting: who we are, clear words for a bad token, and the same bot over Socket Mode."""

from __future__ import annotations

import logging

import pytest

from bot.slack import ids
from bot.slack.app import BadSlackCredentials, SlackUnreachable, SocketMode, make_app, warm_up
from bot.slack.calls import make_client
from bot.standin import Fault
from tests.bot.slack.world import World


async def test_warming_up_says_who_we_are_and_what_we_may(world: World) -> None:
    identity = await warm_up(world.parts.client)
    assert (identity.team_id, identity.bot_user_id) == (world.shop.team_id, world.shop.bot_user)
    assert "chat:write" in identity.scopes


async def test_no_request_of_a_person_waits_for_auth_test(world: World) -> None:
    world.desk.add()
    asked = len(world.slack.calls_of("auth.test"))
    await world.type("anna")
    await world.type("why anna")
    assert len(world.slack.calls_of("auth.test")) == asked


async def test_a_bad_token_stops_the_start_with_a_clear_sentence(world: World) -> None:
    with pytest.raises(BadSlackCredentials, match=r"SLACK_BOT_TOKEN.*invalid_auth"):
        await warm_up(make_client("xoxb-wrong", base_url=world.slack.api_url))


async def test_slack_out_of_reach_is_not_called_a_bad_token(world: World) -> None:
    world.slack.inject(Fault("500_before", "auth.test"))
    with pytest.raises(SlackUnreachable):
        await warm_up(world.parts.client)
    with pytest.raises(SlackUnreachable, match="unreachable"):
        await warm_up(make_client("xoxb-1", base_url="http://127.0.0.1:9/api/"))


async def test_a_client_never_repeats_a_request_whose_answer_was_lost(world: World) -> None:
    world.slack.inject(Fault("drop_after", "chat.postMessage"))
    with pytest.raises(Exception, match="disconnected"):
        await world.parts.client.chat_postMessage(channel=world.shop.sales, text="once")
    assert len(world.slack.messages(world.shop.sales)) == 1


async def test_everything_works_over_socket_mode_too(world: World) -> None:
    world.slack.deliver_to("")
    app = make_app(world.parts, await warm_up(world.parts.client))
    socket = SocketMode(app, world.parts.client, world.shop.app_token)
    await socket.start()
    try:
        assert await socket.connected()
        alert = await world.alert(world.desk.add())
        await world.press(alert, ids.CLAIM)
        await world.press(alert, ids.CLAIM, user=world.other)
        answer = await world.ask("why L-1")
        await world.press(answer, ids.DETAILS)
    finally:
        await socket.close()
    assert world.desk.acts == [("claim", 1, world.rep)]
    assert "has Anna Berg" in world.heard(world.other)[-1]
    assert "Ledger" in str(world.modal().content)
    assert not await socket.connected()


async def test_a_bad_app_token_is_said_instead_of_tried_for_ever(world: World) -> None:
    app = make_app(world.parts, await warm_up(world.parts.client))
    socket = SocketMode(app, world.parts.client, "xapp-wrong")
    with pytest.raises(BadSlackCredentials, match=r"SLACK_APP_TOKEN.*connections:write"):
        await socket.start()
    await socket.close()


async def test_no_body_of_a_request_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world.desk.add()
    await world.type("score secret.person@example.com")
    await world.slack.open_home(world.rep)  # an event that nothing listens to
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert not any("secret.person" in line for line in ours)
