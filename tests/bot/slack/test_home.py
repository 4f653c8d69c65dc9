"""The Home tab: what a rep and a manager see, and how often it is shown anew."""

from __future__ import annotations

from dataclasses import replace

from bot.service.views import State
from bot.slack import ids
from bot.standin import Fault
from scoring.instants import HOUR, MINUTE, SECOND
from tests.bot.slack.fake_desk import facts
from tests.bot.slack.world import World


async def opened(world: World, user: str) -> str:
    assert (await world.slack.open_home(user)).ok
    await world.done()
    home = world.slack.home(user)
    assert home is not None
    return str(home.content["blocks"])


def published(world: World) -> int:
    return len(world.slack.calls_of("views.publish"))


async def test_a_rep_sees_their_leads_what_is_free_and_their_figures(world: World) -> None:
    mine = world.desk.add(1)
    mine.handling = replace(mine.handling, state=State.CLAIMED, owner=world.rep)
    world.desk.add(2, made=facts(2, "Bo Lind"))
    home = await opened(world, world.rep)
    for part in ("Your leads", "Anna Berg", "Log contact", "Free to claim", "Bo Lind", "12 claimed", "81.8 %"):
        assert part in home
    assert "The team" not in home


async def test_a_manager_sees_the_team_with_buttons_to_hand_over(world: World) -> None:
    world.desk.add(1)
    home = await opened(world, world.shop.manager)
    for part in ("The team", "3 unclaimed, 1 overdue, 1 offered", "Reassign", "away"):
        assert part in home


async def test_what_is_free_can_be_handed_over_by_a_manager_and_looked_at_by_all(world: World) -> None:
    world.desk.add(1)
    await opened(world, world.rep)
    await opened(world, world.shop.manager)
    rep, manager = world.slack.home(world.rep), world.slack.home(world.shop.manager)
    assert rep is not None
    assert manager is not None
    assert "Reassign" not in str(rep.content)
    await world.press(manager, ids.REASSIGN, user=world.shop.manager)
    assert "New owner" in str(world.slack.views(world.shop.manager)[-1].content)
    await world.press(rep, ids.DETAILS)
    assert "*Ledger*" in str(world.modal().content)


async def test_a_manager_sees_each_lead_that_is_free_once(world: World) -> None:
    for number in (1, 2):
        world.desk.add(number)
    home = await opened(world, world.shop.manager)
    assert [home.count(f" · L-{number}") for number in (1, 2)] == [1, 1]
    assert "Open for longest" not in home


async def test_a_guest_sees_why_there_is_nothing(world: World) -> None:
    assert "Guests cannot work on leads here." in await opened(world, world.shop.guest)


async def test_buttons_of_the_home_act_and_answer_in_the_dm(world: World) -> None:
    world.desk.add(1)
    await opened(world, world.rep)
    home = world.slack.home(world.rep)
    assert home is not None
    await world.press(home, ids.CLAIM)
    assert world.desk.acts == [("claim", 1, world.rep)]
    assert "You have Anna Berg" in world.slack.dms(world.rep)[-1].text


async def test_it_is_shown_anew_at_most_twice_a_minute_and_only_when_it_is_another(world: World) -> None:
    world.desk.add(1)
    await opened(world, world.rep)
    await opened(world, world.rep)
    assert published(world) == 1
    world.desk.add(2, made=facts(2, "Bo Lind"))
    world.parts.homes.changed()
    assert await world.parts.homes.work() == 30.0
    world.now.forward(30 * SECOND)
    await world.parts.homes.work()
    world.now.forward(MINUTE)
    world.parts.homes.changed()
    await world.parts.homes.work()
    assert published(world) == 2


async def test_who_has_not_looked_for_an_hour_is_left_alone(world: World) -> None:
    await opened(world, world.rep)
    world.now.forward(HOUR)
    world.desk.add(1)
    world.parts.homes.changed()
    await world.parts.homes.work()
    assert published(world) == 1


async def test_a_home_that_slack_does_not_take_is_tried_again_later(world: World) -> None:
    world.slack.inject(Fault("error", "views.publish", code="internal_error"))
    await world.slack.open_home(world.rep)
    await world.done()
    assert world.slack.home(world.rep) is None
    world.now.forward(MINUTE)
    await world.parts.homes.work()
    assert world.slack.home(world.rep) is not None
