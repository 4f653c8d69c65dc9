"""Claim and its neighbours: one winner, the loser told, the message right for everybody."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.senders.base import Owed
from bot.service.views import State
from bot.slack import ids
from bot.standin import Fault
from scoring.instants import SECOND
from tests.bot.slack.fake_desk import STATUSES
from tests.bot.slack.world import World


async def test_the_first_to_press_claim_has_it(world: World) -> None:
    alert = await world.alert(world.desk.add())
    delivery = await world.press(alert, ids.CLAIM)
    assert delivery.ok
    assert world.desk.acts == [("claim", 1, world.rep)]
    assert world.heard() == []  # the message changes for everybody, and a DM follows


async def test_the_loser_is_told_who_has_it_and_since_when(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM)
    await world.press(alert, ids.CLAIM, user=world.other)
    (said,) = world.heard(world.other)
    assert f"<@{world.rep}> has Anna Berg" in said
    assert "since <!date^" in said


async def test_a_double_click_of_the_loser_is_answered_once(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM)
    await asyncio.gather(*(world.slack.press(world.other, alert, ids.CLAIM) for _ in range(2)))
    await world.done()
    (said,) = world.heard(world.other)
    assert f"<@{world.rep}> has Anna Berg" in said


async def test_who_asks_again_later_or_hears_something_else_is_answered(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM)
    await world.press(alert, ids.CLAIM, user=world.other)
    world.now.forward(4 * SECOND)
    await world.press(alert, ids.CLAIM, user=world.other)
    assert len(world.heard(world.other)) == 2
    await world.type("release L-1")
    await world.press(alert, ids.CLAIM, user=world.shop.manager)
    await world.press(alert, ids.CLAIM, user=world.other)
    assert f"<@{world.shop.manager}> has Anna Berg" in world.heard(world.other)[-1]


async def test_the_second_tap_of_the_owner_says_that_it_is_already_theirs(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM)
    await world.press(alert, ids.CLAIM)
    assert "already yours" in world.heard()[-1]
    assert len(world.desk.acts) == 1


async def test_of_many_who_press_at_once_one_wins_and_every_other_is_told(world: World) -> None:
    alert = await world.alert(world.desk.add())
    people = [*world.shop.reps, world.shop.manager]
    await asyncio.gather(*(world.slack.press(user, alert, ids.CLAIM) for user in people))
    await world.done()
    ((_, _, winner),) = world.desk.acts
    told = {user for user in people if world.heard(user)}
    assert told == set(people) - {winner}


async def test_the_updated_alert_has_no_claim_button_and_offers_release(world: World) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    await world.press(alert, ids.CLAIM)
    await world.send(Owed(2, "update", case.key, "", {"channel": alert.channel, "ts": alert.ts}))
    changed = world.shop.messages.get(alert.channel, alert.ts)
    assert ids.CLAIM not in str(changed.blocks)
    await world.press(changed, ids.RELEASE)
    assert world.desk.acts[-1] == ("release", 1, world.rep)


async def test_somebody_else_cannot_release_and_a_manager_can(world: World) -> None:
    case = world.desk.add()
    case.handling = replace(case.handling, state=State.CLAIMED, owner=world.rep)
    alert = await world.alert(case)
    await world.press(alert, ids.RELEASE, user=world.other)
    assert "Only they or a manager" in world.heard(world.other)[-1]
    await world.press(alert, ids.RELEASE, user=world.shop.manager)
    assert world.desk.acts == [("release", 1, world.shop.manager)]


async def test_a_press_on_a_closed_lead_says_how_it_was_closed_and_how_to_reopen(world: World) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    case.handling = replace(case.handling, state=State.CLOSED, status=STATUSES[4], owner=world.other)
    await world.press(alert, ids.CLAIM)
    assert "closed as Customer" in world.heard()[-1]
    assert "reopens" in world.heard()[-1]


async def test_a_press_links_a_message_that_was_not_known_to_its_alert_again(world: World) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    await world.press(alert, ids.DETAILS)
    assert world.desk.links == [(case.key, alert.channel, alert.ts)]


async def test_a_press_on_a_lead_that_was_erased_says_so(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.desk.cases.clear()
    await world.press(alert, ids.CLAIM)
    assert "no lead L-1 any more" in world.heard()[-1]


async def test_a_button_of_another_version_says_so_instead_of_nothing(world: World) -> None:
    blocks = [{"type": "actions", "elements": [_button("lead_teleport", "- 1 x"), _button(ids.CLAIM, "not ours")]}]
    message = world.shop.messages.post(world.shop.sales, world.shop.bot_user, "old", blocks)
    await world.press(message, "lead_teleport")
    await world.press(message, ids.CLAIM)
    assert [said.split(" and ")[0] for said in world.heard()] == ["This button is from another version of hotlead"] * 2


def _button(action_id: str, value: str) -> dict[str, object]:
    text = {"type": "plain_text", "text": "Old"}
    return {"type": "button", "text": text, "action_id": action_id, "value": value}


async def test_open_in_crm_is_a_link_that_is_acked_and_does_nothing_else(world: World) -> None:
    case = world.desk.add(crm_url="https://crm.example/leads/1")
    alert = await world.alert(case)
    delivery = await world.press(alert, ids.MORE, f"{ids.CRM} 1 {case.key}")
    assert delivery.ok
    assert world.heard() == []
    assert world.slack.links(alert) == ()


async def test_a_broken_desk_is_told_in_a_sentence_with_a_reference(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.desk.broken = True
    delivery = await world.press(alert, ids.CLAIM)
    assert delivery.ok
    assert world.heard()[-1].startswith("Something went wrong, and it was not you.")


@pytest.mark.parametrize(
    "fault", [Fault("error", "response_url", code="used_url"), Fault("500_before", "response_url")]
)
async def test_an_answer_that_slack_does_not_take_is_said_in_the_dm(world: World, fault: Fault) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.CLAIM)
    world.slack.inject(fault)
    await world.press(alert, ids.CLAIM, user=world.other)
    assert world.heard(world.other) == []
    assert "has Anna Berg" in world.slack.dms(world.other)[-1].text
