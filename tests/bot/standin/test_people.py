"""users.*, usergroups.*, bots.info, team.info: people as this app may see them."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import DemoWorkspace, User
from tests.bot.standin.conftest import code


async def test_a_rep_has_a_zone_a_locale_and_an_address(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    workspace.change_user(workspace.reps[0], locale="da-DK")
    found = await client.users_info(user=workspace.reps[0], include_locale=True)
    user = found["user"]
    assert user["real_name"] == "Søren Kjærgaard"
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Europe/Copenhagen", 3600, "da-DK")
    assert user["profile"]["email"] == "soren@nordwind.example"
    bare = await client.users_info(user=workspace.reps[0])
    assert "locale" not in bare["user"]


async def test_addresses_need_their_own_scope(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    workspace.scopes.discard("users:read.email")
    found = await client.users_info(user=workspace.reps[0])
    assert "email" not in found["user"]["profile"]
    with pytest.raises(SlackApiError) as refused:
        await client.users_lookupByEmail(email="soren@nordwind.example")
    assert code(refused) == "missing_scope"


async def test_people_are_found_by_address_until_they_leave(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    found = await client.users_lookupByEmail(email="ASA@nordwind.example")
    assert found["user"]["id"] == workspace.reps[2]
    workspace.deactivate(workspace.reps[2])
    with pytest.raises(SlackApiError) as refused:
        await client.users_lookupByEmail(email="asa@nordwind.example")
    assert code(refused) == "users_not_found"


async def test_the_list_has_the_manager_the_guest_the_bot_and_strangers(
    client: AsyncWebClient, workspace: DemoWorkspace
) -> None:
    workspace.add_user(User("USTRANGER", "wile", "Wile Coyote", is_stranger=True))
    first = await client.users_list(limit=5)
    rest = await client.users_list(limit=5, cursor=first["response_metadata"]["next_cursor"])
    users = {u["id"]: u for u in [*first["members"], *rest["members"]]}
    assert len(users) == 7
    assert users[workspace.manager]["is_admin"] is True
    assert users[workspace.guest]["is_restricted"] is True
    assert users[workspace.bot_user]["profile"]["bot_id"] == workspace.bot_id
    assert users["USTRANGER"]["team_id"] != workspace.team_id


async def test_user_groups_need_a_paid_plan(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    groups = await client.usergroups_list(include_users=True)
    assert [(g["handle"], g["users"]) for g in groups["usergroups"]] == [("sales-managers", [workspace.manager])]
    bare = await client.usergroups_list()
    assert "users" not in bare["usergroups"][0]
    members = await client.usergroups_users_list(usergroup=workspace.managers_group)
    assert members["users"] == [workspace.manager]
    with pytest.raises(SlackApiError) as refused:
        await client.usergroups_users_list(usergroup="S1")
    assert code(refused) == "no_such_subteam"
    workspace.has_paid_plan = False
    with pytest.raises(SlackApiError) as refused:
        await client.usergroups_list()
    assert code(refused) == "plan_upgrade_required"


async def test_bot_and_team_are_told(client: AsyncWebClient, workspace: DemoWorkspace) -> None:
    bot = await client.bots_info(bot=workspace.bot_id)
    assert bot["bot"]["user_id"] == workspace.bot_user
    team = await client.team_info()
    assert team["team"]["domain"] == "nordwind"
    for method, args, expected in (
        ("users.info", {"user": "U1"}, "user_not_found"),
        ("bots.info", {"bot": "B1"}, "bot_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.api_call(method, params=args)
        assert code(refused) == expected
