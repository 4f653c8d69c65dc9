"""conversations.*: channels, members, histories with metadata, and the scopes that depend on the channel."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.conftest import FakeClock, code

KEY = {"event_type": "hotlead_alert", "event_payload": {"key": "L-1"}}


async def test_metadata_comes_back_only_when_asked_for(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    posted = await client.chat_postMessage(channel=workspace.sales, text="x", metadata=KEY)
    plain = await client.conversations_history(channel=workspace.sales)
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel=workspace.sales, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == KEY
    thread = await client.conversations_replies(
        channel=workspace.sales, ts=str(posted["ts"]), include_all_metadata=True
    )
    assert thread["messages"][0]["metadata"] == KEY


async def test_history_is_newest_first_in_pages_and_without_replies(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    for number in range(5):
        parent = await client.chat_postMessage(channel=workspace.sales, text=str(number))
    await client.chat_postMessage(channel=workspace.sales, text="reply", thread_ts=str(parent["ts"]))
    await client.chat_postMessage(
        channel=workspace.sales, text="to all", thread_ts=str(parent["ts"]), reply_broadcast=True
    )
    texts: list[str] = []
    cursor: str | None = None
    while cursor != "":
        page = await client.conversations_history(channel=workspace.sales, limit=2, cursor=cursor)
        texts += [m["text"] for m in page["messages"]]
        cursor = str((page.get("response_metadata") or {"next_cursor": ""})["next_cursor"])
        assert page["has_more"] is (cursor != "")
    assert texts == ["to all", "4", "3", "2", "1", "0"]


async def test_history_is_cut_by_oldest_latest_and_inclusive(
    client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    stamps = []
    for number in range(4):
        stamps.append(str((await client.chat_postMessage(channel=workspace.sales, text=str(number)))["ts"]))
        clock.advance(10)

    async def texts(**bounds: object) -> list[str]:
        page = await client.api_call("conversations.history", params={"channel": workspace.sales, **bounds})
        return [m["text"] for m in page["messages"]]

    assert await texts(oldest=stamps[1]) == ["3", "2"]
    assert await texts(oldest=stamps[1], latest=stamps[3]) == ["2"]
    assert await texts(oldest=stamps[1], latest=stamps[3], inclusive="1") == ["3", "2", "1"]
    with pytest.raises(SlackApiError) as refused:
        await texts(oldest="yesterday")
    assert code(refused) == "invalid_ts_oldest"


async def test_history_needs_membership_and_the_scope_of_the_kind_of_channel(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    for channel, expected in (
        (workspace.general, "not_in_channel"),
        (workspace.channel_id("board"), "channel_not_found"),
        ("C1", "channel_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.conversations_history(channel=channel)
        assert code(refused) == expected
    workspace.scopes.discard("groups:history")
    await client.conversations_history(channel=workspace.sales)
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_history(channel=workspace.channel_id("sales-private"))
    assert code(refused) == "missing_scope"
    assert refused.value.response["needed"] == "groups:history"


async def test_a_thread_is_oldest_first_with_its_parent_and_unknown_ones_are_refused(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    parent = str((await client.chat_postMessage(channel=workspace.sales, text="parent"))["ts"])
    for number in range(2):
        await client.chat_postMessage(channel=workspace.sales, text=str(number), thread_ts=parent)
    thread = await client.conversations_replies(channel=workspace.sales, ts=parent)
    assert [m["text"] for m in thread["messages"]] == ["parent", "0", "1"]
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_replies(channel=workspace.sales, ts="1.000002")
    assert code(refused) == "thread_not_found"


async def test_the_bot_lists_public_channels_and_the_private_ones_it_is_in(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    found = await client.conversations_list(types="public_channel,private_channel", exclude_archived=True)
    names = {c["name"] for c in found["channels"]}
    assert names == {"sales", "sales-dk", "sales-private", "hotlead-admin", "general", "partners-acme"}
    assert {c["name"] for c in found["channels"] if not c["is_member"]} == {"general"}
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_list(types="secret")
    assert code(refused) == "invalid_types"
    for limit, expected in ((1000, "invalid_limit"), ("x", "invalid_arguments")):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call("conversations.list", params={"limit": limit})
        assert code(refused) == expected
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_list(cursor="!")
    assert code(refused) == "invalid_cursor"


async def test_channel_objects_tell_private_archived_and_shared(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    async def info(channel: str) -> dict[str, object]:
        found = await client.conversations_info(channel=channel, include_num_members=True)
        return dict(found["channel"])

    assert (await info(workspace.archived))["is_archived"] is True
    assert (await info(workspace.shared))["is_ext_shared"] is True
    assert (await info(workspace.channel_id("sales-private")))["is_private"] is True
    assert (await info(workspace.sales))["num_members"] == 6


async def test_the_bot_joins_public_channels_only(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    await client.conversations_join(channel=workspace.general)
    assert workspace.bot_user in workspace.channel(workspace.general).members
    again = await client.conversations_join(channel=workspace.general)
    assert again["warning"] == "already_in_channel"
    for channel, expected in (
        (workspace.archived, "is_archived"),
        (workspace.channel_id("sales-private"), "method_not_supported_for_channel_type"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.conversations_join(channel=channel)
        assert code(refused) == expected


async def test_direct_messages_are_opened_once(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    first = await client.conversations_open(users=rep)
    again = await client.conversations_open(users=[rep], return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["channel"]["user"] == rep
    assert again["already_open"] is True


async def test_direct_messages_are_refused_with_slacks_codes(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    workspace.deactivate(workspace.reps[2])
    for users, expected in (
        ("", "users_list_not_supplied"),
        ("U1", "user_not_found"),
        (workspace.reps[2], "user_disabled"),
        (",".join(workspace.reps[:2]), "method_not_supported_for_channel_type"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.conversations_open(users=users)
        assert code(refused) == expected
    workspace.scopes.discard("im:write")
    with pytest.raises(SlackApiError) as refused:
        await client.conversations_open(users=workspace.reps[0])
    assert code(refused) == "missing_scope"


async def test_members_come_in_pages(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    first = await client.conversations_members(channel=workspace.sales, limit=4)
    rest = await client.conversations_members(
        channel=workspace.sales, limit=4, cursor=first["response_metadata"]["next_cursor"]
    )
    assert {*first["members"], *rest["members"]} == {*workspace.people, workspace.bot_user}
