"""Details and Set status: windows that open at once and say what became of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.service.views import State
from bot.slack import ids, modals
from bot.standin import Fault, check_view
from tests.bot.slack.fake_desk import NOON, STATUSES, facts
from tests.bot.slack.world import World


async def test_details_opens_a_skeleton_and_then_shows_ledger_timeline_and_history(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS)
    opened = world.slack.calls_of("views.open")[0].args["view"]
    assert "Loading" in str(opened)
    shown = str(world.modal().content)
    for part in ("*Ledger*", "*Timeline*", "*History*", "Careers page", "/cases/wind", "lead1@nordwind.example"):
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


async def test_the_status_window_lists_every_status_and_sets_the_one_chosen(world: World) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    await world.press(alert, ids.MORE, f"{ids.SET_STATUS} 1 {case.key}")
    options = world.modal().content["blocks"][1]["element"]["options"]
    assert [option["text"]["text"] for option in options] == [status.label for status in STATUSES]
    delivery = await world.slack.submit_view(world.rep, world.modal(), {ids.STATUS_BLOCK: "connected"})
    await world.done()
    assert delivery.ok
    assert world.desk.acts == [("status connected", 1, world.rep)]
    assert world.slack.views(world.rep) == ()
    assert world.heard() == []  # the alert itself shows it


@pytest.mark.parametrize("key", ["lost", "unqualified", "nurture"])
async def test_a_status_that_ends_it_asks_for_a_reason(world: World, key: str) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    await world.press(alert, ids.MORE, f"{ids.SET_STATUS} 1 {case.key}")
    refused = await world.slack.submit_view(world.rep, world.modal(), {ids.STATUS_BLOCK: key})
    assert refused.view_errors[ids.REASON_BLOCK].startswith("Say in a few words why")
    assert world.desk.acts == []
    values = {ids.STATUS_BLOCK: key, ids.REASON_BLOCK: "they left the market"}
    assert (await world.slack.submit_view(world.rep, world.modal(), values)).ok
    await world.done()
    assert world.desk.reasons == ["they left the market"]


async def test_a_status_that_may_not_be_set_is_told_with_the_owner(world: World) -> None:
    case = world.desk.add()
    case.handling = replace(case.handling, state=State.CLAIMED, owner=world.other, owner_since=NOON)
    alert = await world.alert(case)
    await world.press(alert, ids.MORE, f"{ids.SET_STATUS} 1 {case.key}")
    await world.slack.submit_view(world.rep, world.modal(), {ids.STATUS_BLOCK: "connected"})
    await world.done()
    assert world.heard()[-1].startswith(f"<@{world.other}> has Anna Berg")


async def test_the_status_window_sent_twice_sets_it_once(world: World) -> None:
    case = world.desk.add()
    alert = await world.alert(case)
    await world.press(alert, ids.MORE, f"{ids.SET_STATUS} 1 {case.key}")
    view = world.modal()
    delivery = await world.slack.submit_view(world.rep, view, {ids.STATUS_BLOCK: "connected"})
    await world.type("status L-1 open deal")
    await world.slack.deliveries.send("interactive", delivery.payload)
    await world.done()
    assert [act for act, _, _ in world.desk.acts] == ["status connected", "status deal"]


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
