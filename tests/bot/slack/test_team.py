"""/lead me and route, /hotlead team and stats."""

from __future__ import annotations

import pytest

from bot.slack import ids
from bot.slack.text import duration
from scoring.instants import DAY, HOUR, MINUTE
from tests.bot.slack.world import World


async def test_a_rep_sees_how_routing_sees_them_and_sets_it(world: World) -> None:
    assert "hours: Mon-Fri 09:00-17:00" in (await world.ask("me")).text
    await world.ask("me away 2026-07-06..2026-07-24")
    await world.ask("me capacity none")
    assert world.handles.set == {"away": "2026-07-06..2026-07-24", "capacity": None}


async def test_what_cannot_be_set_is_said_with_what_can(world: World) -> None:
    assert "“shoes” cannot be set. There are: zone" in (await world.ask("me shoes 43")).text
    assert "To what?" in (await world.ask("me hours")).text
    assert world.handles.set == {}
    unread = (await world.ask("me hours always")).text
    assert "it cannot be read: hours. An example: /lead me hours Mon-Fri 09:00-17:00" in unread


async def test_a_route_says_who_was_passed_over_and_why(world: World) -> None:
    world.desk.add()
    text = (await world.ask("route anna")).text
    for part in ("offered to <@U0REP>", "rule big: does not hold", "rule dk takes it", "<@U0AWAY>: away"):
        assert part in text


async def test_a_manager_sees_the_team_and_opens_its_lists(world: World) -> None:
    world.desk.add()
    manager = world.shop.manager
    team = await world.ask("team", "/hotlead", manager)
    assert team.text.startswith("Team: 3 unclaimed, 1 overdue, 1 offered.")
    await world.press(team, "run_unclaimed", user=manager)
    assert "Unclaimed leads" in world.heard(manager)[-1]
    await world.press(team, ids.REASSIGN, user=manager)
    assert "New owner" in str(world.modal(manager).content)


@pytest.mark.parametrize("typed", ["team", "stats"])
async def test_the_team_is_for_managers(world: World, typed: str) -> None:
    assert (await world.ask(typed, "/hotlead")).text == f"`/hotlead {typed}` is for managers."


async def test_the_figures_of_some_days(world: World) -> None:
    text = (await world.ask("stats 7", "/hotlead", world.shop.manager)).text
    assert "10 passed (6 accepted, 2 not a fit, 1 not now, 1 pending, acceptance 75 %)" in text
    assert "Not a fit: Competitor 2" in text
    assert "is no number of days" in (await world.ask("stats many", "/hotlead", world.shop.manager)).text


def test_a_length_of_time_is_as_short_as_it_can_be() -> None:
    found = [duration(length) for length in (None, 0, 5 * MINUTE, HOUR + 20 * MINUTE, DAY + 2 * HOUR + MINUTE)]
    assert found == ["–", "under a minute", "5 min", "1 h 20 min", "1 d 2 h"]
