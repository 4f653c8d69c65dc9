"""When the workspace changes the app is told with Slack's events, if it subscribed."""

from collections.abc import Callable

import pytest

from bot.standin import DemoWorkspace, StandIn
from tests.bot.standin.leadapp import LeadApp

Change = Callable[[DemoWorkspace], object]

CHANGES: list[tuple[str, Change, list[str]]] = [
    ("deactivated", lambda w: w.deactivate(w.reps[0]), ["user_change"]),
    ("became a guest", lambda w: w.change_user(w.reps[0], is_restricted=True), ["user_change"]),
    ("user group", lambda w: w.set_usergroup(w.managers_group, [w.reps[0]]), ["subteam_members_changed"]),
    ("bot removed", lambda w: w.remove_bot(w.sales), ["member_left_channel"]),
    (
        "bot removed from a private channel",
        lambda w: w.remove_bot(w.channel_id("sales-private")),
        ["member_left_channel", "group_left"],
    ),
    ("joined", lambda w: w.join(w.general, w.bot_user), ["member_joined_channel"]),
    ("archived", lambda w: w.archive(w.sales), ["channel_archive"]),
    ("unarchived", lambda w: w.unarchive(w.archived), ["channel_unarchive"]),
    ("private archived", lambda w: w.archive(w.channel_id("sales-private")), ["group_archive"]),
    ("renamed", lambda w: w.rename(w.sales, "hot"), ["channel_rename"]),
    ("deleted", lambda w: w.delete_channel(w.sales), ["channel_deleted"]),
    ("shared", lambda w: w.share(w.sales), ["channel_shared"]),
    ("id changed", lambda w: w.change_channel_id(w.sales), ["channel_id_changed"]),
    ("without the bot", lambda w: w.archive(w.general), []),
    ("token revoked", lambda w: w.revoke_token(), ["tokens_revoked"]),
    ("uninstalled", lambda w: w.uninstall(), ["tokens_revoked", "app_uninstalled"]),
]


@pytest.mark.parametrize(("what", "change", "expected"), CHANGES, ids=[row[0] for row in CHANGES])
async def test_a_change_is_told(
    what: str, change: Change, expected: list[str], standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    change(workspace)
    await standin.settled()
    told = [d.payload["event"]["type"] for d in standin.deliveries.done]
    assert sorted(told) == sorted(expected)


async def test_what_the_app_did_not_subscribe_to_is_not_told(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    workspace.subscriptions.discard("user_change")
    workspace.deactivate(workspace.reps[0])
    await standin.say(workspace.reps[1], workspace.sales, "messages are not subscribed to either")
    await standin.settled()
    assert standin.deliveries.done == []


async def test_an_event_is_wrapped_as_slack_does(standin: StandIn, app: LeadApp, workspace: DemoWorkspace) -> None:
    workspace.deactivate(workspace.reps[0])
    await standin.settled()
    payload = standin.deliveries.done[0].payload
    assert (payload["type"], payload["team_id"], payload["event_time"]) == (
        "event_callback",
        workspace.team_id,
        1_800_000_000,
    )
    assert payload["event_id"].startswith("Ev")
    assert payload["event"]["user"]["deleted"] is True
    assert (await app.heard_events(1))[0]["user"]["id"] == workspace.reps[0]


async def test_a_message_of_a_person_is_told_when_subscribed(
    standin: StandIn, app: LeadApp, workspace: DemoWorkspace
) -> None:
    workspace.subscriptions.add("message")
    app.bolt.event("message")(app.event)
    await standin.say(workspace.reps[0], workspace.sales, "hello")
    await standin.settled()
    heard = (await app.heard_events(1))[0]
    assert (heard["text"], heard["channel_type"]) == ("hello", "channel")


async def test_a_channel_with_a_new_id_is_found_under_it_alone(workspace: DemoWorkspace) -> None:
    old = workspace.sales
    new = workspace.change_channel_id(old)
    assert workspace.channel(new).name == "sales"
    assert workspace.channels[old].deleted
    assert workspace.sales == new
