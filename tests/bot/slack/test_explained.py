"""What is missing, what comes, who is about to cool: the answers that explain a score."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.service.explain_views import MissingFields, NearMiss
from bot.service.models.views import CoursePoint
from bot.service.views import Reason, State
from bot.slack import ids
from bot.slack.answers import why_answer
from bot.slack.commands.grammar import split_model
from bot.slack.explained import missing_answer, why_not_answer
from bot.slack.words import course_line
from tests.bot.slack.fake_desk import NOON, facts
from tests.bot.slack.fake_explains import COURSE, MISSING, WARM
from tests.bot.slack.world import World


async def test_why_not_says_how_far_it_is_and_what_would_help(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why-not anna")
    assert "short of Hot" in answer.text
    assert "Hot takes 12 more points of engagement (what they do)" in answer.text
    assert "Company size at its best would add 30 to fit (not known: company employees)" in answer.text
    assert "At best Warm · A2 · 76 points if we knew: company employees" in answer.text


def test_why_not_names_requirements_before_points() -> None:
    missing = replace(MISSING, failed_gates=("Not a student",), waiting_on=("company.country",))
    answer = why_not_answer(NearMiss(facts().lead, WARM, missing))
    lines = answer.blocks[1]["text"]["text"].splitlines()
    assert lines[:2] == ["• Requirement not met: Not a student", "• Waiting to know: company country"]


def test_why_not_counts_points_where_labels_are_bounds_on_the_score() -> None:
    missing = replace(MISSING, score_short=Decimal(1), engagement_short=None)
    assert "1 point short of Hot" in why_not_answer(NearMiss(facts().lead, WARM, missing)).text


def test_why_not_says_that_nothing_is_missing_or_that_the_model_does_not_score_the_lead() -> None:
    best = replace(MISSING, label=None, engagement_short=None, unmet=(), if_known=())
    assert "has the best label there is" in why_not_answer(NearMiss(facts().lead, WARM, best)).text
    assert "does not score leads like this one" in why_not_answer(NearMiss(facts().lead, WARM, None)).text


@pytest.mark.parametrize(("failed", "waiting"), [(("Not a student",), ()), ((), ("title",))])
def test_a_lead_that_only_its_requirements_hold_back_is_not_said_to_have_the_best_label(
    failed: tuple[str, ...], waiting: tuple[str, ...]
) -> None:
    best = replace(MISSING, label=None, failed_gates=failed, waiting_on=waiting)
    answer = why_not_answer(NearMiss(facts().lead, WARM, best))
    assert answer.text.startswith("What holds Anna Berg, Nordwind A/S (L-1) back: ")
    assert "the best label" not in answer.text


async def test_the_forecast_says_until_when_and_what_changes(world: World) -> None:
    world.desk.add()
    answer = await world.ask("forecast anna")
    assert "If nothing happens, Anna Berg, Nordwind A/S (L-1) is Warm until <!date^" in answer.text
    assert "Case page 40 → 30 (−10)" in answer.text
    assert "Meeting 60 → 0 (−60)" in answer.text


async def test_why_leads_to_what_is_missing_and_to_the_forecast(world: World) -> None:
    world.desk.add()
    answer = await world.ask("why anna")
    await world.press(answer, ids.WHY_NOT)
    await world.press(answer, ids.FORECAST)
    assert ["short of" in text or "If nothing happens" in text for text in world.heard()[-2:]] == [True, True]


async def test_several_models_stand_side_by_side_and_each_explains_itself(world: World) -> None:
    world.desk.add()
    why = await world.desk.why(1)
    assert why is not None
    shown = why_answer(replace(why, others=(replace(WARM, model="B2C shop"),)), 1)
    buttons = [block["accessory"] for block in shown.blocks if "accessory" in block]
    assert [button["value"] for button in buttons] == ["lead 1 why L-1 by B2C shop"]
    assert "model B2C shop" in (await world.ask("why L-1 by B2C shop")).blocks[2]["elements"][0]["text"]


async def test_why_says_of_a_model_that_does_not_score_the_lead_that_it_does_not(world: World) -> None:
    world.desk.add()
    why = await world.desk.why(1)
    assert why is not None
    shown = why_answer(replace(why, lines=(), score=replace(WARM, score=None, model="Customers")), 1)
    assert shown.text.endswith("is not scored: The model Customers does not score leads like this one.")
    assert "together" not in str(shown.blocks)


async def test_why_says_what_who_they_are_and_what_they_do_give_apart(world: World) -> None:
    world.desk.add()
    why = await world.desk.why(1)
    assert why is not None
    split = replace(why.score, fit=Decimal(35), engagement=Decimal("12.5"))
    assert "(fit 35, engagement 12.5) · model" in str(why_answer(replace(why, score=split), 1).blocks)


async def test_why_sums_up_each_category_where_one_has_several_lines(world: World) -> None:
    world.desk.add()
    why = await world.desk.why(1)
    assert why is not None
    case, career = Reason("Web *site*", "Case page", Decimal(20), 2), Reason("Web *site*", "Career", Decimal(-5))
    given = (Reason("Facts", "Known", Decimal(30), kind="fit"), case, career)
    rounding = Reason(None, "rounding", Decimal("0.5"), kind="adjustment")
    small = why_answer(replace(why, lines=(*given, rounding)), 1).blocks[2]["elements"][0]["text"]
    assert small.splitlines()[0] == "By category: Facts 30 · Web ∗site∗ 15"
    small = why_answer(replace(why, lines=(*given[:2], rounding)), 1).blocks[2]["elements"][0]["text"]
    assert "By category" not in small  # the two lines are the two categories


@pytest.mark.parametrize("text", ["Stand by Me", "anna by nord", "L-1"])
def test_by_names_a_model_only_after_a_number(text: str) -> None:
    assert split_model(text) == (text, None)
    assert split_model("l-1 by  B2C shop") == ("l-1", "B2C shop")


async def test_cooling_lists_who_leaves_soon_with_the_one_thing_to_do(world: World) -> None:
    world.desk.add(1)
    case = world.desk.add(2, made=facts(2, "Bo Lind"))
    case.handling = replace(case.handling, state=State.CLAIMED, owner=world.other)
    answer = await world.ask("cooling", "/leads")
    accessories = [block["accessory"]["action_id"] for block in answer.blocks if "accessory" in block]
    assert accessories == [ids.CLAIM, ids.DETAILS]
    assert "About to cool – 2 within 14 days" in answer.text
    assert "Cold from <!date^" in answer.text


async def test_cooling_is_paged(world: World) -> None:
    for number in range(1, 12):
        world.desk.add(number)
    answer = await world.ask("cooling", "/leads")
    await world.press(answer, ids.RUN_ON)
    assert "page 2 of 2" in world.heard()[-1]


async def test_missing_ranks_fields_by_the_leads_that_they_would_unlock(world: World) -> None:
    assert (await world.ask("missing", "/leads")).text == "Nobody is below Warm."
    all_known = missing_answer(MissingFields("b2b", "warm", (), 4, 4))
    assert all_known.text == "No missing field alone keeps a lead from Warm."
    world.desk.add()
    answer = await world.ask("missing", "/leads")
    assert (
        "company industry: 1 lead would be ready, were it as good as can be, 2 wait for it – such as Anna Berg"
        in answer.text
    )
    assert "Looked at: the 40 most active of 120 below Warm" in answer.text


async def test_details_show_the_score_over_time_and_how_complete_the_picture_is(world: World) -> None:
    alert = await world.alert(world.desk.add())
    await world.press(alert, ids.DETAILS)
    shown = str(world.modal().content)
    assert "▁▁▁▁▁▁▁▂▂▂▃▃▃▄▄▄▄▄▄▄▅▅▅▆▆▆▇▇▇█  score 0 (" in shown
    assert "90 now, highest 90 (" in shown
    assert "Known: 1 of 2 that the model asks for; missing: phone" in shown


def test_a_course_in_words_for_those_who_do_not_see_bars() -> None:
    points = (CoursePoint(NOON - 2, None, None), CoursePoint(NOON - 1, Decimal("-5"), "cold"))
    course = replace(COURSE, points=(*points, CoursePoint(NOON, Decimal("12.5"), "cold")))
    line = course_line(course)
    assert line.startswith("▁")
    assert "█  score −5 (" in line
    assert "12.5 now, highest 12.5 (" in line
    assert course_line(replace(COURSE, points=points[:1])) == ""
