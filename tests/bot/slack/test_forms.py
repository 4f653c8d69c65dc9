"""The forms of handling: each opens at once, shows where the lead stands, says what is wrong, and acts once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.service.views import Handling, Outcome, State
from bot.slack import ids
from bot.slack.outcomes import outcome_answer
from bot.standin import Delivery, Fault, Message
from scoring.instants import DAY, HOUR, SECOND, parse_instant
from tests.bot.slack.fake_desk import NOON, STATUSES, Case, FakeDesk, Now
from tests.bot.slack.fake_handles import CHOICES
from tests.bot.slack.world import World


async def opened(world: World, act: str, state: State = State.OPEN, **handling: Any) -> tuple[Case, Message]:
    """A lead in a state, and the window of an act on its alert."""
    case = world.desk.add()
    case.handling = replace(case.handling, state=state, **handling)
    alert = await world.alert(case)
    row = [one["action_id"] for block in alert.blocks if block["type"] == "actions" for one in block["elements"]]
    if act in row:
        await world.press(alert, act)
    else:
        await world.press(alert, ids.MORE, f"{act} 1 {case.key}")
    return case, alert


async def submit(world: World, values: dict[str, Any]) -> Delivery:
    delivery = await world.slack.submit_view(world.rep, world.modal(), values)
    await world.done()
    return delivery


async def test_a_form_opens_at_once_and_then_says_where_the_lead_stands(world: World) -> None:
    await opened(world, ids.SNOOZE)
    assert "Until" not in str(world.slack.calls_of("views.open")[0].args["view"])
    assert "*Anna Berg*, Nordwind A/S (L-1): *Open*" in str(world.modal().content)


async def test_a_lead_is_put_off_until_a_chosen_time_in_the_reps_zone(world: World) -> None:
    await opened(world, ids.SNOOZE)
    assert (await submit(world, {ids.UNTIL_BLOCK: "tomorrow"})).ok
    assert world.handles.said == [("snoozed", 1, parse_instant("2026-03-04T08:00:00Z"))]
    assert world.heard() == []  # the alert itself shows it


async def test_any_other_time_counts_before_the_chosen_one_and_one_that_is_past_is_refused(world: World) -> None:
    await opened(world, ids.SNOOZE)
    refused = await submit(world, {ids.AT_BLOCK: (NOON - HOUR) // SECOND})
    assert refused.view_errors == {ids.AT_BLOCK: "Choose a time that is still to come."}
    await submit(world, {ids.AT_BLOCK: (NOON + 5 * HOUR) // SECOND, ids.UNTIL_BLOCK: "week"})
    assert world.handles.said == [("snoozed", 1, NOON + 5 * HOUR)]


async def test_a_warning_is_told_even_where_the_alert_shows_the_act(world: World) -> None:
    world.handles.warnings = ("clock_runs",)
    await opened(world, ids.SNOOZE)
    await submit(world, {ids.UNTIL_BLOCK: "week"})
    assert world.heard()[-1].endswith("The follow-up deadline runs on meanwhile.")


async def test_a_contact_with_somebody_elses_lead_says_that_it_was_not_put_off(world: World) -> None:
    world.handles.warnings = ("not_snoozed",)
    await opened(world, ids.LOG)
    await submit(world, {ids.OUTCOME_BLOCK: "no_answer"})
    assert "It is not put off: only its owner can do that" in world.heard()[-1]


def test_an_open_deal_that_is_not_qualified_has_the_button_that_asks() -> None:
    case = FakeDesk(Now()).add(handling=Handling(State.CLAIMED, STATUSES[0]))
    answer = outcome_answer(Outcome(True, "status_set", *case.outcome, warnings=("budget", "need")), STATUSES)
    assert "Not known yet: budget, need. Qualify asks for it." in answer.text
    assert [one["action_id"] for one in answer.blocks[-1]["elements"]][:1] == [ids.QUALIFY]


@pytest.mark.parametrize("owner", [None, "U0OWNER"])
def test_who_may_not_reopen_a_closed_lead_is_told_that_it_is_closed_and_who_may(owner: str | None) -> None:
    case = FakeDesk(Now()).add(handling=Handling(State.CLOSED, STATUSES[-1], owner, since=NOON))
    text = outcome_answer(Outcome(False, "not_yours", *case.outcome), STATUSES).text
    assert f"is closed as {STATUSES[-1].label} since" in text
    assert ("Its owner is <@U0OWNER>." in text) == (owner is not None)
    assert "Only its owner, who closed it or a manager can change that." in text
    assert "Somebody else" not in text


@pytest.mark.parametrize("code", ["not_claimed", "not_possible", "not_yours"])
@pytest.mark.parametrize("state", [State.OPEN, State.QUIET, State.OFFERED])
def test_who_is_refused_a_lead_that_nobody_has_is_told_since_when_nobody_has(code: str, state: State) -> None:
    handled = Handling(state, STATUSES[0], since=NOON, deadline=NOON + DAY, offered_to="U0OTHER")
    case = FakeDesk(Now()).add(handling=handled)
    text = outcome_answer(Outcome(False, code, *case.outcome), STATUSES).text
    assert f"since <!date^{NOON // SECOND}^" in text.partition("Follow up by")[0]
    assert "Somebody else has" not in text


async def test_a_snoozed_lead_is_woken_by_one_press(world: World) -> None:
    await opened(world, ids.WAKE, State.SNOOZED, owner=world.rep)
    assert world.handles.said == [("woken", 1)]


async def test_not_a_fit_takes_one_of_the_reasons_and_more_words(world: World) -> None:
    await opened(world, ids.NOT_FIT)
    menu = world.modal().content["blocks"][1]["element"]["options"]
    assert [option["value"] for option in menu] == list(CHOICES.not_fit)
    await submit(world, {ids.REASON_BLOCK: "Other", ids.TEXT_BLOCK: "a competitor's student"})
    assert world.handles.said == [("status_set", 1, "Other", "a competitor's student")]


async def test_not_now_has_a_day_when_it_comes_back(world: World) -> None:
    await opened(world, ids.NOT_NOW)
    past = await submit(world, {ids.REASON_BLOCK: "Too early", ids.UNTIL_BLOCK: "2026-03-01"})
    assert past.view_errors == {ids.UNTIL_BLOCK: "Choose a time that is still to come."}
    await submit(world, {ids.REASON_BLOCK: "Too early", ids.UNTIL_BLOCK: "2026-05-01"})
    assert world.handles.said == [("status_set", 1, "Too early", parse_instant("2026-05-01T07:00:00Z"))]


async def test_a_contact_on_a_free_lead_claims_it_unless_that_is_unticked(world: World) -> None:
    await opened(world, ids.LOG)
    filled = {ids.KIND_BLOCK: "meeting", ids.OUTCOME_BLOCK: "reached", ids.TEXT_BLOCK: "wants a demo"}
    await submit(world, {**filled, ids.CLAIM_BLOCK: []})
    assert world.handles.said == [("logged", 1, "meeting", "reached", "wants a demo", False, None)]


async def test_a_contact_is_logged_with_the_claim_ticked_from_the_start(world: World) -> None:
    await opened(world, ids.LOG)
    await submit(world, {ids.OUTCOME_BLOCK: "no_answer"})
    assert world.handles.said == [("logged_claimed", 1, "call", "no_answer", None, True, None)]
    assert world.heard()[-1].startswith("The contact is logged, and you have Anna Berg")


async def test_after_no_answer_a_press_puts_the_lead_off(world: World) -> None:
    await opened(world, ids.LOG, State.CLAIMED, owner=world.rep)
    assert ids.CLAIM_BLOCK not in str(world.modal().content)
    await submit(world, {ids.OUTCOME_BLOCK: "no_answer"})
    await world.press(world.slack.ephemerals(world.rep)[-1], ids.AGAIN)
    await submit(world, {ids.UNTIL_BLOCK: "3h"})
    assert world.handles.said[-1] == ("snoozed", 1, world.now() + 3 * HOUR)


async def test_a_note_has_words_or_what_the_lead_says_of_our_content(world: World) -> None:
    await opened(world, ids.NOTE, State.CLAIMED, owner=world.other)
    empty = await submit(world, {})
    assert empty.view_errors == {ids.TEXT_BLOCK: "Write something here, or below."}
    await submit(world, {ids.CONTENT_BLOCK: "the wind case was what they showed their boss"})
    assert world.handles.said == [("noted", 1, "", "the wind case was what they showed their boss")]


async def test_the_qualification_begins_with_what_is_known(world: World) -> None:
    case, _ = await opened(world, ids.QUALIFY, State.CLAIMED, owner=world.rep)
    await submit(world, {ids.BUDGET_BLOCK: "50,000", ids.NEED_BLOCK: "fewer tools"})
    assert world.handles.said == [("qualified", 1, "50,000", None, "fewer tools", None)]
    assert world.heard()[-1].endswith("Still unknown: authority, timeline.")
    await world.press(await world.alert(case), ids.MORE, f"{ids.QUALIFY} 1 {case.key}")
    assert "50,000" in str(world.modal().content)


async def test_a_lead_is_handed_to_a_colleague_and_never_to_a_guest(world: World) -> None:
    await opened(world, ids.REASSIGN, State.CLAIMED, owner=world.rep)
    await submit(world, {ids.TO_BLOCK: world.shop.guest})
    assert world.handles.said == []
    assert world.heard()[-1].startswith("That is a guest.")
    await world.press(await world.alert(world.desk.cases[1]), ids.MORE, f"{ids.REASSIGN} 1 b2b:1:1")
    await submit(world, {ids.TO_BLOCK: world.other})
    assert world.handles.said == [("reassigned", 1, world.other)]


@pytest.mark.parametrize(("act", "word"), [(ids.SNOOZE, "It is closed."), (ids.REASSIGN, "It is closed.")])
async def test_an_old_button_opens_a_window_that_says_why_not(world: World, act: str, word: str) -> None:
    state = State.OPEN if act == ids.SNOOZE else State.CLAIMED
    case = world.desk.add(handling=Handling(state, STATUSES[0], owner=world.rep))
    alert = await world.alert(case)
    case.handling = replace(case.handling, state=State.CLOSED, status=STATUSES[5])
    await world.press(alert, *([act] if act == ids.SNOOZE else [ids.MORE, f"{act} 1 {case.key}"]))
    assert word in str(world.modal().content)
    assert "submit" not in world.modal().content


async def test_what_the_desk_refuses_is_said_with_the_reason(world: World) -> None:
    world.handles.refuse = "offered_elsewhere"
    await opened(world, ids.SNOOZE, State.OFFERED, offered_to=world.other, offered_until=NOON + HOUR)
    await submit(world, {ids.UNTIL_BLOCK: "1h"})
    assert f"is offered to <@{world.other}> until" in world.heard()[-1]


async def test_a_form_sent_twice_acts_once(world: World) -> None:
    await opened(world, ids.NOT_FIT)
    delivery = await submit(world, {ids.REASON_BLOCK: "Other"})
    await world.slack.deliveries.send("interactive", delivery.payload)
    await world.done()
    assert len(world.handles.said) == 1


async def test_a_form_of_a_lead_that_was_erased_says_so(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.desk.cases.clear()
    await world.press(alert, ids.NOT_FIT)
    assert "There is no lead L-1 any more." in str(world.modal().content)


async def test_a_form_that_slack_gave_no_time_for_is_asked_to_be_opened_again(world: World) -> None:
    alert = await world.alert(world.desk.add())
    world.slack.inject(Fault("error", "views.open", code="expired_trigger_id"))
    await world.press(alert, ids.SNOOZE)
    assert world.heard() == ["Slack gave no time to open the window. Please press it again."]


async def test_the_status_window_lists_every_status_and_sets_the_one_chosen(world: World) -> None:
    await opened(world, ids.SET_STATUS)
    options = world.modal().content["blocks"][1]["element"]["options"]
    assert [option["text"]["text"] for option in options] == [status.label for status in STATUSES]
    await submit(world, {ids.STATUS_BLOCK: "connected"})
    assert world.desk.acts == [("status connected", 1, world.rep)]
    assert world.slack.views(world.rep) == ()


async def test_the_chosen_status_asks_for_what_belongs_to_it(world: World) -> None:
    await opened(world, ids.SET_STATUS)
    await world.press(world.modal(), ids.STATUS_BLOCK, "deal")
    await submit(world, {ids.AMOUNT_BLOCK: "12000.50", ids.CLOSE_BLOCK: "2026-06-01"})
    ((_, _, key, reason, amount, close_on),) = world.handles.said
    assert (key, reason, str(amount), str(close_on)) == ("deal", None, "12000.50", "2026-06-01")


@pytest.mark.parametrize(
    ("key", "reason", "said"),
    [
        ("lost", "Price", ("status", 1, "lost", "Price", None, None)),
        ("unqualified", "Other", ("status_set", 1, "Other", None)),
        ("nurture", "Too early", ("status_set", 1, "Too early", None)),
    ],
)
async def test_a_status_that_ends_it_asks_for_a_reason_first(
    world: World, key: str, reason: str, said: tuple[Any, ...]
) -> None:
    await opened(world, ids.SET_STATUS)
    await submit(world, {ids.STATUS_BLOCK: key})  # sent before the reason was asked: the window asks it
    assert world.handles.said == []
    await submit(world, {ids.REASON_BLOCK: reason})
    assert world.handles.said == [said]


async def test_a_lost_lead_keeps_the_reason_and_what_is_said_of_it(world: World) -> None:
    await opened(world, ids.SET_STATUS)
    await world.press(world.modal(), ids.STATUS_BLOCK, "lost")
    await submit(world, {ids.REASON_BLOCK: "Price", ids.TEXT_BLOCK: "a third of ours"})
    assert world.handles.said == [("status", 1, "lost", "Price: a third of ours", None, None)]


async def test_a_form_may_be_seen_for_a_day_and_still_is_about_its_lead(world: World) -> None:
    await opened(world, ids.SNOOZE)
    world.now.forward(DAY)
    await submit(world, {ids.UNTIL_BLOCK: "1h"})
    assert world.handles.said == [("snoozed", 1, world.now() + HOUR)]
