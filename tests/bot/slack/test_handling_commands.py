"""/lead snooze, wake, log, note, qualify, reassign, notnow, notfit, won and lost: what is left out is asked."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.slack import ids
from bot.slack.commands.until import split_until
from scoring.instants import HOUR, Instant, parse_instant
from tests.bot.slack.fake_desk import NOON, facts
from tests.bot.slack.world import World


def at(text: str) -> Instant:
    return parse_instant(f"{text}:00Z")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("snooze anna 2h", ("snoozed", 1, NOON + 2 * HOUR)),
        ("snooze anna until tomorrow", ("snoozed", 1, at("2026-03-04T08:00"))),
        ("wake L-1", ("woken", 1)),
        ("log anna no answer", ("logged_claimed", 1, "call", "no_answer", None, True, None)),
        ("log anna meeting reached “very keen”", ("logged_claimed", 1, "meeting", "reached", "very keen", True, None)),
        ('note anna "call after 3"', ("noted", 1, "call after 3", None)),
        ("note L-1 call after 3", ("noted", 1, "call after 3", None)),
        ("notnow anna too early 2026-05-01", ("status_set", 1, "Too early", at("2026-05-01T07:00"))),
        ("notnow anna no budget yet", ("status_set", 1, "No budget yet", None)),
        ('notfit anna other "a supplier"', ("status_set", 1, "Other", "a supplier")),
        ('won anna "the case"', ("status", 1, "customer", "the case", None, None)),
        ('qualify anna need:"less paper" BUDGET:40k', ("qualified", 1, "40k", None, "less paper", None)),
        ("lost anna no decision", ("status", 1, "lost", "No decision", None, None)),
        ('lost anna price "too dear"', ("status", 1, "lost", "Price: too dear", None, None)),
        ('notnow anna "Too early" 2026-05-01', ("status_set", 1, "Too early", at("2026-05-01T07:00"))),
        ("notfit anna “other”", ("status_set", 1, "Other", None)),
        ('log anna "no answer"', ("logged_claimed", 1, "call", "no_answer", None, True, None)),
        ("qualify anna budget:40 k a year need:less paper", ("qualified", 1, "40 k a year", None, "less paper", None)),
        ("qualify need:paper anna", ("qualified", 1, None, None, "paper", None)),
        ("qualify anna need:see https://a.example", ("qualified", 1, None, None, "see https://a.example", None)),
    ],
)
async def test_one_line_does_the_act(world: World, typed: str, said: tuple[Any, ...]) -> None:
    world.desk.add()
    await world.type(typed)
    assert world.handles.said == [said]


@pytest.mark.parametrize(
    ("typed", "button"),
    [
        ("snooze anna", ids.SNOOZE),
        ("log anna", ids.LOG),
        ("note anna", ids.NOTE),
        ('note L-1 ""', ids.NOTE),
        ("qualify anna", ids.QUALIFY),
        ("reassign anna", ids.REASSIGN),
        ("notnow anna", ids.NOT_NOW),
        ("notfit anna", ids.NOT_FIT),
        ("lost anna", ids.SET_STATUS),
    ],
)
async def test_what_is_left_out_is_asked_in_a_window(world: World, typed: str, button: str) -> None:
    world.desk.add()
    answer = await world.ask(typed)
    assert world.handles.said == []
    await world.press(answer, button)
    assert "Anna Berg" in str(world.modal().content)


async def test_a_command_leaves_what_is_known_of_the_qualification_and_asks_for_what_is_no_question(
    world: World,
) -> None:
    world.desk.add()
    for typed in ("qualify anna budget:40k timeline:May", "qualify anna budget:50k"):
        await world.type(typed)
    assert "“shoes:” is not understood here." in (await world.ask("qualify anna budget:60k shoes:red")).text
    assert world.handles.said[-1] == ("qualified", 1, "50k", None, None, "May")
    assert len(world.handles.said) == 2


async def test_a_lead_is_handed_to_the_colleague_who_is_mentioned(world: World) -> None:
    world.desk.add()
    await world.type(f"reassign anna to <@{world.other}|marijke>")
    assert world.handles.said == [("reassigned", 1, world.other)]


async def test_a_guest_is_no_owner(world: World) -> None:
    world.desk.add()
    answer = await world.ask(f"reassign anna <@{world.shop.guest}|lukas>")
    assert answer.text == "That is a guest. Leads go to full members of the workspace."


async def test_a_choice_among_several_keeps_what_was_typed(world: World) -> None:
    world.desk.add(1)
    world.desk.add(2, made=facts(2, "Anna Lind"))
    for typed in (f"reassign anna <@{world.other}>", "snooze anna monday 14:00"):
        answer = await world.ask(typed)
        await world.press(answer, ids.RUN, block=answer.blocks[2]["block_id"])
    assert world.handles.said == [("reassigned", 2, world.other), ("snoozed", 2, at("2026-03-09T13:00"))]


async def test_a_command_that_slack_sends_again_acts_once(world: World) -> None:
    world.desk.add()
    delivery = await world.slack.run_command(world.rep, world.shop.sales, "/lead", "wake anna")
    await world.slack.deliveries.send("slash_commands", delivery.payload)
    await world.done()
    assert world.handles.said == [("woken", 1)]


@pytest.mark.parametrize(
    ("typed", "who", "when"),
    [
        ("anna 30m", "anna", "2026-03-03T12:30"),
        ("anna for 2 hours", "anna", "2026-03-03T14:00"),
        ("anna 14:30", "anna", "2026-03-03T13:30"),
        ("anna 09:00", "anna", "2026-03-04T08:00"),
        ("anna tue", "anna", "2026-03-10T08:00"),
        ("anna berg until next friday at 16:00", "anna berg", "2026-03-06T15:00"),
        ("anna 2026-07-01", "anna", "2026-07-01T07:00"),
        ("anna 2026-07-01 10:30", "anna", "2026-07-01T08:30"),
        ("anna 2026-07-01T10:30", "anna", "2026-07-01T08:30"),
        ("anna 2026-07-01T10:30Z", "anna", "2026-07-01T10:30"),
        ("anna 14 March", "anna", "2026-03-14T08:00"),
        ("anna until 1. marts 2027 at 10:30", "anna", "2027-03-01T09:30"),
        ("anna 2 March", "anna", "2027-03-02T08:00"),
        ("anna 14.3.2026 10:00", "anna", "2026-03-14T09:00"),
        ("anna today 17:00", "anna", "2026-03-03T16:00"),
        ("anna at 3pm", "anna", "2026-03-03T14:00"),
        ("anna tomorrow at 9:30 AM", "anna", "2026-03-04T08:30"),
        ("anna 12am", "anna", "2026-03-03T23:00"),
        ("anna next week", "anna", "2026-03-09T08:00"),
        ("anna in an hour", "anna", "2026-03-03T13:00"),
        ("anna 3 months", "anna", "2026-06-03T11:00"),
        ("anna in a month", "anna", "2026-04-03T11:00"),
    ],
)
def test_times_to_come_are_read_in_the_zone_of_whoever_types(typed: str, who: str, when: str) -> None:
    assert split_until(typed, NOON, ZoneInfo("Europe/Copenhagen")) == (who, at(when))


@pytest.mark.parametrize(
    "typed",
    ["anna", "tomorrow", "anna 2026-02-30", "anna 25:00", "anna 9 lives", "anna may", "anna 13pm", "anna week 3"],
)
def test_what_is_no_time_stays_part_of_the_name(typed: str) -> None:
    assert split_until(typed, NOON, UTC) == (typed, None)
