"""`/lead why WHO WHEN`: days and times as people write them, and a score as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import ids
from bot.slack.commands.when import split_when, zone_of
from bot.slack.past import past_answer
from bot.slack.text import in_zone
from scoring.instants import DAY, Instant, parse_instant
from tests.bot.slack.fake_desk import NOON
from tests.bot.slack.fake_explains import LATE, PAST, POSTED, WARM
from tests.bot.slack.world import World

NOW = parse_instant("2026-03-20T12:00:00Z")
CPH = zone_of("Europe/Copenhagen")


def at(text: str) -> Instant:
    return parse_instant(text)


END_OF_14 = at("2026-03-14T22:59:59.999999Z")


@pytest.mark.parametrize(
    "text",
    [
        "14 March",
        "March 14",
        "14. marts",
        "14 mrt",
        "14 mars 2026",
        "2026-03-14",
        "14.3.",
        "14.3.2026",
        "14th of March",
    ],
)
def test_a_day_is_its_end_in_the_zone_of_whoever_asks(text: str) -> None:
    if text == "14th of March":
        assert split_when(f"L-123 {text}", NOW, CPH) == (f"L-123 {text}", None)
    else:
        assert split_when(f"L-123 {text}", NOW, CPH) == ("L-123", END_OF_14)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("14 March 09:00", "2026-03-14T08:00:00Z"),
        ("on 14 March at 9:00", "2026-03-14T08:00:00Z"),
        ("2026-03-14 09:00 UTC", "2026-03-14T09:00:00Z"),
        ("2026-03-14T09:00", "2026-03-14T08:00:00Z"),
        ("2026-03-14T09:00:00Z", "2026-03-14T09:00:00Z"),
        ("den 14. marts kl. 9.30", "2026-03-14T08:30:00Z"),
        ("yesterday", "2026-03-19T22:59:59.999999Z"),
        ("igår 07:15", "2026-03-19T06:15:00Z"),
        ("3 days ago", "2026-03-17T22:59:59.999999Z"),
        ("today", "2026-03-20T12:00:00Z"),
        ("1 April", "2025-04-01T21:59:59.999999Z"),
        ("29 Feb", "2024-02-29T22:59:59.999999Z"),
        ("1 July 2025 12:00", "2025-07-01T10:00:00Z"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, instant: str) -> None:
    assert split_when(f"anna berg {text}", NOW, CPH) == ("anna berg", at(instant))


@pytest.mark.parametrize(
    "text",
    ["anna march", "May", "14 March", "anna 31 June", "anna 2026-13-01", "anna 25:00", "5 may", "anna 9999-99-99"],
)
def test_what_is_no_time_is_left_to_the_name_and_a_name_is_never_empty(text: str) -> None:
    who, _ = split_when(text, NOW, CPH)
    assert who
    if not text[0].isdigit():
        assert split_when(text, NOW, CPH) == (text, None)


@given(st.text(max_size=60), st.integers(0, 4 * NOW))
def test_any_text_is_read_without_an_error(text: str, now: int) -> None:
    who, _ = split_when(text, now, CPH)
    assert text == who or len(who) <= len(text)


def test_a_zone_that_is_not_known_is_utc() -> None:
    assert [str(zone_of(name)) for name in (None, "", "Not/There", "/etc/passwd")] == ["UTC"] * 4
    assert in_zone(END_OF_14, CPH) == "the end of 14 March 2026"


async def test_a_score_at_a_date_shows_its_ledger_and_the_crossing_before_it(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why anna 24 February 10:30")
    assert answer.text.startswith("Anna Berg, Nordwind A/S (L-1) had 64 at 24 February 2026 10:30")
    assert "Case page: /cases/wind" in answer.text
    assert "version 3, live then" in str(answer.blocks)
    await world.press(answer, ids.RUN)
    assert "had 64 at" in world.heard()[-1]


def test_both_numbers_are_shown_with_the_facts_that_came_later() -> None:
    today = replace(WARM, score=Decimal(84), label="hot")
    answer = past_answer(replace(PAST, today=today, late=(LATE,), gone=(replace(LATE, says=("title = x",)),)), 1, CPH)
    assert "With what is known today it was 84" in answer.text
    assert "Received later: Spring news" in answer.text
    assert "No longer counts: Spring news" in answer.text
    assert "(+20): title = x" in answer.text


def test_a_crossings_own_ledger_is_shown_where_it_is_another_one() -> None:
    posted = replace(POSTED, at=PAST.at, lines=PAST.lines[:1], score=Decimal(40))
    assert "As it was posted: 40" in past_answer(replace(PAST, posted=posted), 1, CPH).text
    assert "As it was posted" not in past_answer(replace(PAST, posted=replace(posted, lines=PAST.lines)), 1, CPH).text


async def test_a_time_to_come_leads_to_the_forecast(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why anna 2030-01-01")
    assert answer.text == "Still to come: the end of 1 January 2030. Try `/lead forecast anna`."


async def test_a_time_before_the_first_model_says_so(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why anna 2020-01-01")
    assert answer.text == "No model was live at the end of 1 January 2020: the first was published later."


async def test_several_leads_are_choices_that_keep_the_time(world: World) -> None:
    world.desk.add(1)
    world.desk.add(2)
    answer = await world.ask("why anna yesterday")
    value = next(block["accessory"]["value"] for block in answer.blocks if "accessory" in block)
    assert value.startswith("lead 1 why L-1 2026-03-0")
    assert NOON - 2 * DAY < parse_instant(value.split(" ")[-1]) < NOON
