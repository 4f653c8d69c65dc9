"""When the workspace changes: each event that Slack sends has one effect, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.senders.base import Owed, Refused, Sent
from bot.service.views import Actor, Role, State
from bot.slack.people import Refusal
from bot.standin import DemoWorkspace, Fault
from tests.bot.slack.world import World, open_world


async def heard(world: World) -> None:
    await world.slack.settled()
    await world.done()
    assert world.slack.failures == ()


async def test_the_leads_of_somebody_deactivated_go_back_once(world: World) -> None:
    case = world.desk.add()
    case.handling = replace(case.handling, state=State.CLAIMED, owner=world.other)
    world.shop.deactivate(world.other)
    await heard(world)
    assert world.handles.gone == [(world.other, False)]
    assert case.handling.owner is None


async def test_who_becomes_a_guest_has_no_leads_and_a_new_name_changes_nothing(world: World) -> None:
    world.shop.change_user(world.other, is_restricted=True)
    world.shop.change_user(world.rep, real_name="Another Name")
    await heard(world)
    assert world.handles.gone == [(world.other, False), (world.rep, True)]
    assert isinstance(await world.parts.people.actor(world.other), Refusal)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda shop: shop.archive(shop.sales), "is archived"),
        (lambda shop: shop.delete_channel(shop.sales), "was deleted"),
        (lambda shop: shop.remove_bot(shop.sales), "no longer has hotlead in it"),
        (lambda shop: shop.share(shop.sales), "is shared with another company now"),
    ],
)
async def test_a_channel_that_is_closed_to_us_is_told_to_admins_once(
    world: World, change: Callable[[DemoWorkspace], None], said: str
) -> None:
    sales = world.shop.sales
    change(world.shop)
    await heard(world)
    (event,) = [one for one in world.slack.deliveries.done if one.kind == "events_api"]
    assert (await world.slack.repeat(event)).ok
    await heard(world)
    (text,) = world.workspace.told.values()
    assert f"<#{sales}> {said}" in text


@pytest.mark.parametrize("change", ["archive", "delete_channel", "remove_bot"])
async def test_the_same_of_a_private_channel(change: str) -> None:
    async with open_world(configured=lambda shop: {"routed": frozenset({shop.channel_id("sales-private")})}) as world:
        getattr(world.shop, change)(world.shop.channel_id("sales-private"))
        await heard(world)
        assert len(world.workspace.told) == 1


async def test_channels_that_are_not_ours_and_new_names_are_nothing_to_tell(world: World) -> None:
    world.shop.archive(world.shop.channel_id("sales-dk"))
    world.shop.leave(world.shop.sales, world.other)
    world.shop.rename(world.shop.channel_id("sales-private"), "quiet")
    world.shop.rename(world.shop.sales, "hot-leads")
    await heard(world)
    assert world.workspace.told == {}


async def test_a_channel_with_another_id_is_followed(world: World) -> None:
    old = world.shop.sales
    new = world.shop.change_channel_id(old)
    await heard(world)
    assert world.workspace.moved == [(old, new)]
    assert f"is <#{new}> now" in next(iter(world.workspace.told.values()))


async def test_what_is_owed_to_the_old_id_arrives_in_the_new_one(world: World) -> None:
    old, case = world.shop.sales, world.desk.add()
    new = world.shop.change_channel_id(old)
    world.parts.places.moved[old] = new
    sent = await world.send(Owed(1, "alert", case.key, old, {}))
    assert isinstance(sent, Sent)
    assert sent.channel == new


async def test_no_lead_is_posted_where_another_company_reads_along(world: World) -> None:
    case = world.desk.add()
    refused = await world.send(Owed(1, "alert", case.key, world.shop.shared, {}))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.scope) == ("shared_channel", "lane")
    assert world.slack.messages(world.shop.shared) == ()


async def test_a_shared_channel_that_is_allowed_gets_alerts() -> None:
    async with open_world(configured=lambda shop: {"shared_channels": frozenset({shop.shared})}) as world:
        sent = await world.send(Owed(1, "alert", world.desk.add().key, world.shop.shared, {}))
        assert isinstance(sent, Sent)


async def test_a_channel_that_becomes_shared_gets_nothing_from_then_on(world: World) -> None:
    case = world.desk.add()
    assert isinstance(await world.send(Owed(1, "alert", case.key, world.shop.sales, {})), Sent)
    world.shop.share(world.shop.sales)
    await heard(world)
    assert isinstance(await world.send(Owed(2, "alert", case.key, world.shop.sales, {})), Refused)


async def test_managers_by_user_group_are_read_again_when_it_changes() -> None:
    def configured(shop: DemoWorkspace) -> dict[str, object]:
        return {"managers": frozenset(), "managers_group": shop.managers_group}

    async with open_world(configured=configured) as world:
        await world.parts.people.load_groups()
        assert await world.parts.people.actor(world.shop.manager) == Actor(world.shop.manager, Role.MANAGER)
        world.shop.set_usergroup(world.shop.managers_group, [world.rep])
        await heard(world)
        assert await world.parts.people.actor(world.rep) == Actor(world.rep, Role.MANAGER)
        assert await world.parts.people.actor(world.shop.manager) == Actor(world.shop.manager, Role.REP)
        assert world.handles.managers == (world.rep,)
        assert world.handles.groups == {"slack.managers_group": (world.rep,)}


@pytest.mark.parametrize("code", ["plan_upgrade_required", "missing_scope", "no_such_subteam"])
async def test_without_user_groups_only_those_named_by_id_have_a_role(code: str) -> None:
    async with open_world(managers_group="S0NOTTHERE") as world:
        world.slack.inject(Fault("error", "usergroups.users.list", code=code))
        await world.parts.people.load_groups()
        assert await world.parts.people.actor(world.shop.manager) == Actor(world.shop.manager, Role.MANAGER)
        assert await world.parts.people.actor(world.rep) == Actor(world.rep, Role.REP)


async def test_an_app_that_was_removed_or_whose_token_was_revoked_says_so(world: World) -> None:
    world.shop.revoke_token()
    await heard(world)
    assert "revoked the bot token" in (world.workspace.trouble or "")
    world.shop.uninstall()
    await heard(world)
    assert "was removed from the workspace" in (world.workspace.trouble or "")
