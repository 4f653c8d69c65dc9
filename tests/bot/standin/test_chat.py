"""chat.*: messages are posted, changed and deleted as in Slack, and refused with Slack's codes."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.conftest import FakeClock, code
from tests.bot.standin.leadapp import alert, section

KEY = {"event_type": "hotlead_alert", "event_payload": {"key": "L-1"}}


async def post(client: AsyncWebClient, channel: str, text: str = "hi", **more: Any) -> str:
    return str((await client.chat_postMessage(channel=channel, text=text, **more))["ts"])


async def test_a_message_has_a_ts_of_its_own_from_the_clock(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace, clock: FakeClock
) -> None:
    first, second = [await post(client, workspace.sales) for _ in range(2)]
    assert first == "1800000000.000000"
    assert second > first
    clock.advance(5)
    assert (await post(client, workspace.sales)).startswith("1800000005.")
    assert [m.text for m in standin.messages(workspace.sales)] == ["hi", "hi", "hi"]


async def test_blocks_get_the_ids_that_the_app_left_out(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}}
    await post(client, workspace.sales, blocks=[section("x"), {"type": "actions", "elements": [button]}])
    blocks = standin.messages(workspace.sales)[0].blocks
    assert all(block["block_id"] for block in blocks)
    assert blocks[1]["elements"][0]["action_id"]


async def test_a_form_body_with_json_strings_is_read_like_a_json_body(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    data = {"channel": workspace.sales, "text": "x", "blocks": '[{"type": "divider"}]', "mrkdwn": "true"}
    await client.api_call("chat.postMessage", data=data)
    await client.api_call("chat.postMessage", params={"channel": workspace.sales, "text": "x"})
    assert len(standin.messages(workspace.sales)) == 2


def refused_posts(workspace: DemoWorkspace) -> dict[str, tuple[dict[str, Any], str]]:
    sales = workspace.sales
    return {
        "no channel": ({"channel": "", "text": "x"}, "invalid_arguments"),
        "unknown channel": ({"channel": "C123", "text": "x"}, "channel_not_found"),
        "channel by name": ({"channel": "#sales", "text": "x"}, "channel_not_found"),
        "private without us": ({"channel": workspace.channel_id("board"), "text": "x"}, "channel_not_found"),
        "archived": ({"channel": workspace.archived, "text": "x"}, "is_archived"),
        "no text": ({"channel": sales, "text": " "}, "no_text"),
        "text too long": ({"channel": sales, "text": "x" * 4001}, "msg_too_long"),
        "broken blocks": ({"channel": sales, "blocks": [{"type": "section"}]}, "invalid_blocks"),
        "blocks that are no JSON": ({"channel": sales, "blocks": "[{"}, "invalid_blocks_format"),
        "unknown thread": ({"channel": sales, "text": "x", "thread_ts": "1.2"}, "cannot_reply_to_message"),
        "metadata of another shape": ({"channel": sales, "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
        "metadata too large": (
            {"channel": sales, "text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "x" * 9000}}},
            "metadata_too_large",
        ),
        "attachments": ({"channel": sales, "text": "x", "attachments": [{"text": "x"}]}, "invalid_arguments"),
        "a flag that is none": ({"channel": sales, "text": "x", "mrkdwn": "perhaps"}, "invalid_arguments"),
    }


NOWHERE = DemoWorkspace(now=lambda: 0)


@pytest.mark.parametrize("what", refused_posts(NOWHERE))
async def test_a_post_that_slack_refuses_is_refused(
    what: str, standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    args, expected = refused_posts(workspace)[what]
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json=args)
    assert code(refused) == expected
    assert standin.messages(workspace.sales) == ()


async def test_invalid_blocks_say_where(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    with pytest.raises(SlackApiError) as refused:
        await post(client, workspace.sales, blocks=[section("x" * 3001)])
    expected = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert refused.value.response["response_metadata"]["messages"] == [expected]


async def test_a_text_of_4000_characters_passes(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    assert await post(client, workspace.sales, "x" * 4000)


async def test_a_public_channel_without_the_bot_needs_chat_write_public(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    assert await post(client, workspace.general)
    workspace.scopes.discard("chat:write.public")
    with pytest.raises(SlackApiError) as refused:
        await post(client, workspace.general)
    assert code(refused) == "not_in_channel"


async def test_a_person_as_channel_means_their_direct_messages(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    rep = workspace.reps[0]
    posted = await client.chat_postMessage(channel=rep, text="yours")
    assert posted["channel"].startswith("D")
    assert [m.text for m in standin.dms(rep)] == ["yours"]
    with pytest.raises(SlackApiError) as refused:
        await client.chat_update(channel=rep, ts=str(posted["ts"]), text="still yours")
    assert code(refused) == "channel_not_found"
    await client.chat_update(channel=str(posted["channel"]), ts=str(posted["ts"]), text="still yours")
    assert standin.dms(rep)[0].text == "still yours"


async def test_who_left_the_company_gets_no_messages(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    dm = str((await client.chat_postMessage(channel=rep, text="hi"))["channel"])
    workspace.deactivate(rep)
    for channel, expected in ((rep, "channel_not_found"), (dm, "is_archived")):
        with pytest.raises(SlackApiError) as refused:
            await post(client, channel)
        assert code(refused) == expected


async def test_an_update_replaces_what_it_names_and_keeps_the_rest(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    ts = await post(client, workspace.sales, "Anna is hot", blocks=alert(), metadata=KEY)
    await client.chat_update(channel=workspace.sales, ts=ts, text="Anna is taken")
    message = standin.messages(workspace.sales)[0]
    assert (message.text, message.edits, message.metadata) == ("Anna is taken", 1, KEY)
    assert len(message.blocks) == 3
    other = {"event_type": "b", "event_payload": {}}
    await client.api_call("chat.update", json={"channel": workspace.sales, "ts": ts, "blocks": [], "metadata": other})
    message = standin.messages(workspace.sales)[0]
    assert (message.text, message.blocks, message.edits) == ("Anna is taken", (), 2)
    assert message.metadata == other


async def test_updates_are_refused_with_slacks_codes(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    ts = await post(client, workspace.sales)
    theirs = await standin.say(workspace.reps[0], workspace.sales, "mine")
    for args, expected in (
        ({"ts": "1.000001", "text": "x"}, "message_not_found"),
        ({"ts": theirs.ts, "text": "x"}, "cant_update_message"),
        ({"ts": ts}, "no_text"),
        ({"ts": ts, "text": "x" * 4001}, "msg_too_long"),
        ({"ts": ts, "blocks": [{"type": "x"}]}, "invalid_blocks"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call("chat.update", json={"channel": workspace.sales, **args})
        assert code(refused) == expected
    assert standin.messages(workspace.sales)[0].edits == 0


async def test_a_deleted_message_is_gone_and_one_with_replies_leaves_a_stone(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    alone, parent = [await post(client, workspace.sales) for _ in range(2)]
    await post(client, workspace.sales, "reply", thread_ts=parent)
    for ts in (alone, parent):
        await client.chat_delete(channel=workspace.sales, ts=ts)
    assert [m.text for m in standin.messages(workspace.sales)] == ["reply"]
    thread = await client.conversations_replies(channel=workspace.sales, ts=parent)
    assert thread["messages"][0]["subtype"] == "tombstone"
    with pytest.raises(SlackApiError) as refused:
        await client.chat_delete(channel=workspace.sales, ts=alone)
    assert code(refused) == "message_not_found"
    theirs = await standin.say(workspace.reps[0], workspace.sales, "mine")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_delete(channel=workspace.sales, ts=theirs.ts)
    assert code(refused) == "cant_delete_message"


async def test_an_ephemeral_message_is_seen_by_one_member(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    rep, other = workspace.reps[:2]
    await client.chat_postEphemeral(channel=workspace.sales, user=rep, text="psst")
    assert [m.text for m in standin.ephemerals(rep)] == ["psst"]
    assert standin.ephemerals(other) == ()
    assert standin.messages(workspace.sales) == ()


async def test_ephemerals_need_membership_of_both(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    rep = workspace.reps[0]
    for channel, user, expected in (
        (workspace.general, rep, "not_in_channel"),
        (workspace.admin, rep, "user_not_in_channel"),
        (workspace.archived, rep, "is_archived"),
        ("C1", rep, "channel_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postEphemeral(channel=channel, user=user, text="psst")
        assert code(refused) == expected


async def test_a_reply_to_a_reply_goes_to_the_thread(
    standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    parent = await post(client, workspace.sales)
    reply = await post(client, workspace.sales, thread_ts=parent)
    await post(client, workspace.sales, "deeper", thread_ts=reply)
    assert [m.thread_ts for m in standin.messages(workspace.sales)] == [parent] * 3


async def test_a_permalink_leads_to_the_message(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    ts = await post(client, workspace.sales)
    link = await client.chat_getPermalink(channel=workspace.sales, message_ts=ts)
    assert link["permalink"] == f"https://nordwind.slack.com/archives/{workspace.sales}/p1800000000000000"
    reply = await post(client, workspace.sales, thread_ts=ts)
    link = await client.chat_getPermalink(channel=workspace.sales, message_ts=reply)
    assert f"thread_ts={ts}" in link["permalink"]


async def test_a_reaction_is_added_once(standin: StandIn, client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    ts = await post(client, workspace.sales)
    await client.reactions_add(channel=workspace.sales, timestamp=ts, name="eyes")
    assert standin.messages(workspace.sales)[0].reactions == {"eyes": (workspace.bot_user,)}
    with pytest.raises(SlackApiError) as refused:
        await client.reactions_add(channel=workspace.sales, timestamp=ts, name="eyes")
    assert code(refused) == "already_reacted"
