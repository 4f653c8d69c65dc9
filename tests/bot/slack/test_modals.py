"""Details: a window that opens at once and says what became of it."""

from __future__ import annotations

from dataclasses import replace

from bot.slack import ids, modals
from bot.standin import Fault, check_view
from tests.bot.slack.fake_desk import facts
from tests.bot.slack.world import World


async def test_details_opens_a_skeleton_and_then_shows_ledger_timeline_and_history(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS)
    opened = world.slack.calls_of("views.open")[0].args["view"]
    assert "Loading" in str(opened)
    shown = str(world.modal().content)
    for part in ("*Ledger*", "*Timeline*", "*History*", "Careers page", "/cases/wind", "lead1@nordwind.example"):
        assert part in shown


async def test_details_tell_by_which_identifiers_a_lead_is_known_and_what_joined_them(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS)
    shown = str(world.modal().content)
    for part in (
        "*Known as*",
        "• E-mail lead1@nordwind.example – known since <!date^",
        "• User id website:u1 – known since",
        "named together with lead1@nordwind.example in an event from website, <!date^",
        "an alias of lead1@nordwind.example, <!date^",
        "joined with lead1@nordwind.example by an admin, <!date^",
    ):
        assert part in shown


async def test_older_history_is_a_press_away_in_the_same_window(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS)
    await world.press(world.modal(), ids.DETAILS_PAGE_OLDER)
    assert "Page 2 of 3" in str(world.modal().content)
    await world.press(world.modal(), ids.DETAILS_PAGE)
    assert "Page 1 of 3" in str(world.modal().content)
    assert len(world.slack.views(world.rep)) == 1


async def test_a_window_that_slack_gave_no_time_for_is_asked_to_be_opened_again(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.slack.inject(Fault("error", "views.open", code="expired_trigger_id"))
    await world.press(alert, ids.DETAILS)
    assert world.heard() == ["Slack gave no time to open the window. Please press it again."]


async def test_a_window_that_was_closed_meanwhile_is_nobodys_fault(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.slack.inject(Fault("error", "views.update", code="not_found"))
    await world.press(alert, ids.DETAILS)
    assert world.heard() == []


async def test_details_of_a_lead_that_was_erased_says_so_in_the_window(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.desk.cases.clear()
    await world.press(alert, ids.DETAILS)
    assert "no lead L-1 any more" in str(world.modal().content)


async def test_a_broken_desk_is_told_in_the_open_window(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.desk.broken = True
    await world.press(alert, ids.DETAILS)
    assert "Something went wrong" in str(world.modal().content)


async def test_a_ledger_of_any_length_fits_into_the_window(world: World) -> None:
    reasons = tuple(replace(facts().reasons[0], rule=f"Rule number {n} " + "x" * 60) for n in range(900))
    world.desk.add(made=replace(facts(), reasons=reasons))
    lead, why, history = await world.desk.lead(1), await world.desk.why(1), await world.desk.history(1)
    assert lead is not None
    view = modals.details_view(lead, why, history)
    assert check_view(view, "modal") == []
    assert "… and more" in str(view)


def test_what_a_modal_remembers_is_read_back_and_nothing_else_is() -> None:
    kept = modals.Kept(7, "b2b:7:1", "https://hooks.slack.com/x")
    assert modals.read_kept(kept.as_metadata()) == kept
    for other in ("", "{}", "[]", '{"n": "x"}', "null"):
        assert modals.read_kept(other) is None
