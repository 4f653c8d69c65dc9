"""Who may act: full members of the own workspace alone, and nobody in doubt."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.service.views import Actor, Role
from bot.slack import ids
from bot.slack.people import BOT, DEACTIVATED, DOUBT, GUEST, STRANGER, People, Refusal, refusal_of
from bot.slack.settings import SlackSettings
from bot.standin import Fault
from scoring.instants import MINUTE
from tests.bot.slack.world import World

MEMBER: dict[str, Any] = {
    "id": "U1",
    "team_id": "T1",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"is_restricted": True}, GUEST),
        ({"is_ultra_restricted": True}, GUEST),
        ({"is_bot": True}, BOT),
        ({"id": "USLACKBOT"}, BOT),
        ({"is_workflow_bot": True}, BOT),
        ({"deleted": True}, DEACTIVATED),
        ({"is_stranger": True}, STRANGER),
        ({"team_id": "T2"}, STRANGER),
        ({"team_id": "T2", "enterprise_user": {"teams": ["T2", "T1"]}}, None),
        ({"team_id": "T2", "enterprise_user": {"teams": "T1"}}, STRANGER),
        ({"is_restricted": None}, DOUBT),
        ({"is_bot": "no"}, DOUBT),
    ],
)
def test_only_a_full_member_of_the_workspace_may_act(change: dict[str, Any], refusal: Refusal | None) -> None:
    assert refusal_of({**MEMBER, **change}, "T1") == refusal


@pytest.mark.parametrize("flag", ["is_bot", "is_restricted", "is_ultra_restricted", "deleted", "team_id"])
def test_a_profile_that_does_not_say_is_doubt_and_doubt_is_a_refusal(flag: str) -> None:
    assert refusal_of({key: value for key, value in MEMBER.items() if key != flag}, "T1") in (DOUBT, STRANGER)


def test_without_a_known_workspace_nobody_may_act() -> None:
    assert refusal_of({**MEMBER, "team_id": ""}, "") == STRANGER


async def test_a_guest_who_presses_claim_is_told_and_nothing_happens(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM, user=world.shop.guest)
    assert world.heard(world.shop.guest) == [GUEST.sentence]
    assert world.desk.acts == []


async def test_a_guest_gets_no_lead_data_by_command_either(world: World) -> None:
    world.desk.add()
    assert (await world.ask("anna", user=world.shop.guest)).text == GUEST.sentence


async def test_a_guest_opens_no_window(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS, user=world.shop.guest)
    assert world.slack.calls_of("views.open") == []


async def test_roles_come_from_the_configured_ids(world: World) -> None:
    settings = SlackSettings(
        world.shop.team_id, admins=frozenset({world.other}), managers=frozenset({world.shop.manager, world.other})
    )
    people = People(world.parts.client, settings, world.now)
    assert await people.actor(world.rep) == Actor(world.rep, Role.REP)
    assert await people.actor(world.shop.manager) == Actor(world.shop.manager, Role.MANAGER)
    assert await people.actor(world.other) == Actor(world.other, Role.ADMIN)


async def test_slack_is_asked_once_in_a_few_minutes(world: World) -> None:
    people = world.parts.people
    for _ in range(5):
        await people.actor(world.rep)
    assert len(world.slack.calls_of("users.info")) == 1
    world.now.forward(5 * MINUTE)
    await people.actor(world.rep)
    assert len(world.slack.calls_of("users.info")) == 2


async def test_when_slack_does_not_answer_nobody_is_let_in_and_it_is_asked_again_next_time(world: World) -> None:
    world.slack.inject(Fault("error", "users.info", code="internal_error"))
    assert await world.parts.people.actor(world.rep) == DOUBT
    assert await world.parts.people.actor(world.rep) == Actor(world.rep)


async def test_an_answer_that_was_on_its_way_when_the_profile_changed_is_not_kept(world: World) -> None:
    people = world.parts.people
    asking = asyncio.create_task(people.actor(world.rep))
    await asyncio.sleep(0)
    people.changed(world.rep)
    await asking
    await people.actor(world.rep)
    assert len(world.slack.calls_of("users.info")) == 2


async def test_somebody_unknown_to_slack_is_a_stranger(world: World) -> None:
    assert await world.parts.people.actor("U0NOBODY") == STRANGER
    assert await world.parts.people.actor("") == DOUBT


async def test_a_change_of_the_profile_counts_from_the_next_act_on(world: World) -> None:
    world.desk.add()
    assert "Anna Berg" in (await world.ask("anna")).text
    world.shop.users[world.rep] = replace(world.shop.users[world.rep], is_restricted=True)
    world.shop.emit("user_change", user={"id": world.rep})
    await world.slack.settled()
    assert (await world.ask("anna")).text == GUEST.sentence
