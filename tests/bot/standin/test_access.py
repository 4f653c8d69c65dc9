"""Tokens, scopes and rates: who may call what, and how often."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from bot.standin.limits import PER_MINUTE
from bot.standin.methods.catalogue import METHODS
from tests.bot.standin.conftest import FakeClock, code


async def test_auth_test_tells_who_we_are_and_our_scopes(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"]) == (workspace.team_id, workspace.bot_user)
    assert set(answer.headers["x-oauth-scopes"].split(",")) == workspace.scopes


async def test_slacks_clock_is_the_workspaces(client: AsyncWebClient, clock: FakeClock) -> None:
    clock.advance(61)
    assert (await client.auth_test()).headers["Date"] == "Fri, 15 Jan 2027 08:01:01 GMT"


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.scheduleMessage", json={})
    assert code(refused) == "unknown_method"


async def test_an_argument_that_we_do_not_know_is_refused(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=workspace.sales, text="x", username="somebody else")
    assert code(refused) == "invalid_arguments"
    assert "username" in refused.value.response["response_metadata"]["messages"][0]


async def test_a_token_is_checked(standin: StandIn, workspace: DemoWorkspace) -> None:
    for token, expected in (
        ("", "not_authed"),
        ("xoxb-other", "invalid_auth"),
        (workspace.app_token, "not_allowed_token_type"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await AsyncWebClient(token=token, base_url=standin.api_url).auth_test()
        assert code(refused) == expected


async def test_a_token_may_come_in_the_form(standin: StandIn, workspace: DemoWorkspace) -> None:
    client = AsyncWebClient(base_url=standin.api_url)
    assert (await client.api_call("auth.test", data={"token": workspace.bot_token}))["ok"]


async def test_a_revoked_token_and_a_removed_app_are_told_apart(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    workspace.revoke_token()
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert code(refused) == "token_revoked"
    workspace.uninstall()
    with pytest.raises(SlackApiError) as refused:
        await client.auth_test()
    assert code(refused) == "account_inactive"
    workspace.restore_token()
    assert (await client.auth_test())["ok"]


async def test_api_test_needs_no_token_and_says_back(standin: StandIn) -> None:
    client = AsyncWebClient(base_url=standin.api_url)
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    with pytest.raises(SlackApiError) as refused:
        await client.api_test(error="my_error")
    assert code(refused) == "my_error"


BOT_SCOPED = sorted((name, m.scope) for name, m in METHODS.items() if m.scope and m.caller == "bot")


@pytest.mark.parametrize(("method", "scope"), BOT_SCOPED)
async def test_a_method_without_its_scope_is_refused(
    method: str, scope: str, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    workspace.scopes.discard(scope)
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json={})
    assert code(refused) == "missing_scope"
    assert refused.value.response["needed"] == scope
    assert scope not in refused.value.response["provided"].split(",")


async def test_socket_mode_needs_the_app_token_and_its_scope(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    opened = await client.apps_connections_open(app_token=workspace.app_token)
    assert opened["url"].startswith("ws://127.0.0.1:")
    with pytest.raises(SlackApiError) as refused:
        await client.apps_connections_open(app_token=workspace.bot_token)
    assert code(refused) == "not_allowed_token_type"
    workspace.app_scopes.clear()
    with pytest.raises(SlackApiError) as refused:
        await client.apps_connections_open(app_token=workspace.app_token)
    assert code(refused) == "missing_scope"


TIERED = [("conversations.list", "t2"), ("conversations.info", "t3"), ("users.info", "t4")]


@pytest.mark.parametrize(("method", "tier"), TIERED)
async def test_a_tier_allows_so_many_calls_a_minute(
    method: str, tier: str, client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    workspace.limits.on = True
    args = {"channel": workspace.sales} if method == "conversations.info" else {"user": workspace.manager}
    args = {} if method == "conversations.list" else args
    for _ in range(PER_MINUTE[tier]):
        await client.api_call(method, params=args)
    clock.advance(20)
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, params=args)
    assert (refused.value.response.status_code, code(refused)) == (429, "ratelimited")
    assert refused.value.response.headers["Retry-After"] == "40"
    assert (await client.auth_test())["ok"], "only this method is blocked"
    clock.advance(40)
    assert (await client.api_call(method, params=args))["ok"]


async def test_a_channel_takes_one_message_a_second(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    workspace.limits.on = True
    await client.chat_postMessage(channel=workspace.sales, text="1")
    await client.chat_postMessage(channel=workspace.admin, text="another channel")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=workspace.sales, text="2")
    assert refused.value.response.headers["Retry-After"] == "1"
    clock.advance(1)
    await client.chat_postMessage(channel=workspace.sales, text="2")
    assert [m.text for m in standin.messages(workspace.sales)] == ["1", "2"]
