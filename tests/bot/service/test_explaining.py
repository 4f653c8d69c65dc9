"""Explaining scores over a real store: what is missing, what comes, what it would be worth to know."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.service.explaining import behaviours_of
from bot.service.models.live import shipped
from scoring.definition import load_model
from tests.rig import DAY, DIRECTOR, T0, Rig, rig

VISIT = {"type": "page_viewed", "properties": {"url": "https://www.example.nl/prijzen"}}
MEETING = {"type": "meeting_booked"}
SECOND_MODEL = """
name = "Everybody"
market = "b2b"
[[engagement]]
name = "Web"
[[engagement.rule]]
name = "Any page"
event = "page_viewed"
points = 7
[labels]
hot = 100
"""


async def meet(it: Rig, email: str, **company: Any) -> int:
    """A lead who asks for a meeting, of whom the company is known as said."""
    await it.send({**MEETING, "email": email, "traits": {"name": email[:3], "title": "Director", "company": company}})
    (found,) = await it.hotlead.core.desk.find(email)
    return found.number


async def test_why_not_of_a_lead_whose_gate_waits_names_the_field_and_what_it_would_become(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await meet(it, "anna@nord.example", employees=250, industry="Software")
        found = await it.hotlead.core.explaining.why_not(number)
        assert found is not None
        assert found.missing is not None
        assert found.missing.waiting_on == ("company.country",)
        (best,) = [one for one in found.missing.if_known if one.field == "company.country"]
        assert best.label in ("warm", "hot")


async def test_a_forecast_ends_with_the_label_that_time_brings(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        found = await it.hotlead.core.explaining.forecast(number)
        assert found is not None
        turns = [step for step in found.steps if step.label_changes]
        assert turns[0].at == found.score.forecast
        it.clock.now = turns[0].at
        view = await it.hotlead.core.desk.lead(number)
        assert view is not None
        assert (view.scores[0].label, view.scores[0].score) == (turns[0].label, turns[0].score)


async def test_every_step_of_a_forecast_says_what_changed_to_the_point(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        found = await it.hotlead.core.explaining.forecast(await it.make_hot())
        assert found is not None
        assert [step.at for step in found.steps] == sorted({step.at for step in found.steps})
        (shift,) = found.steps[0].shifts
        assert (shift.rule, shift.before > shift.after) == ("Price page", True)


async def test_cooling_lists_who_leaves_within_a_fortnight_the_soonest_first(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        first = await it.make_hot("anna@nord.example")
        it.clock.pass_(5 * DAY)
        second = await it.make_hot("bo@syd.example")
        explaining = it.hotlead.core.explaining
        it.clock.now = T0 + 12 * DAY
        await it.settle()
        assert (await explaining.cooling()).total == 0
        it.clock.now = T0 + 38 * DAY
        await it.settle()
        page = await explaining.cooling()
        assert [row.lead.number for row in page.rows] == [first, second]
        forecasts = [await explaining.forecast(row.lead.number) for row in page.rows]
        assert [row.leaves_at for row in page.rows] == [one and one.score.forecast for one in forecasts]


async def test_missing_fields_are_ranked_by_the_leads_that_they_unlock(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        unlocked = [await meet(it, f"a@{name}.example", employees=250, industry="Software") for name in ("nord", "syd")]
        await it.send({**VISIT, "email": "c@vest.example", "traits": {"name": "Cyd"}})
        found = await it.hotlead.core.explaining.missing()
        assert [(row.field, row.leads, row.waiting) for row in found.rows] == [
            ("company.country", 2, 3),
            ("title", 0, 1),
        ]
        assert [lead.number for lead in found.rows[0].best] == unlocked
        assert (found.label, found.looked_at, found.below) == ("warm", 3, 3)


async def test_the_picture_is_complete_in_fields_and_in_kinds_of_behaviour(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        view = await it.hotlead.core.desk.lead(await meet(it, "anna@nord.example", country="DK"))
        assert view is not None
        assert view.known_fields == ("title", "company.country", "meeting_booked")
        assert {"company.employees", "company.industry", "webinar_attended", "page_viewed"} <= set(view.missing_fields)


def test_what_only_takes_points_away_is_no_behaviour_that_the_model_asks_for() -> None:
    kinds = behaviours_of(load_model(shipped("b2b")))
    assert kinds == [("page_viewed",), ("form_submitted",), ("webinar_attended",), ("meeting_booked",)]


async def test_the_course_of_a_score_ends_with_the_score_of_now(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        number = await it.make_hot()
        it.clock.pass_(50 * DAY)
        course = await it.hotlead.core.explaining.course(number)
        view = await it.hotlead.core.desk.lead(number)
        assert course is not None
        assert view is not None
        assert course.points[0].at == T0
        assert course.points[-1].score == view.scores[0].score
        assert max(point.score for point in course.points if point.score is not None) == 86


async def test_what_is_told_of_a_customer_is_told_by_the_model_that_scores_customers(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.send({**VISIT, "email": "anna@nord.example", "traits": {"lifecycle": "customer"}})
        await it.hotlead.core.publishing.publish(SECOND_MODEL, "U1", None)
        (found,) = await it.hotlead.core.desk.find("anna@nord.example")
        page = await it.hotlead.core.desk.history(found.number)
        assert page is not None
        assert [one.points for one in page.activities] == [7]
        view = await it.hotlead.core.desk.lead(found.number)
        assert view is not None
        assert (view.known_fields, view.missing_fields) == (("page_viewed",), ())


async def test_several_models_are_shown_and_a_lead_outside_one_is_explained_by_the_other(tmp_path: Path) -> None:
    async with rig(tmp_path) as it:
        await it.hotlead.core.publishing.publish(SECOND_MODEL, "U1", None)
        await it.send({**VISIT, "email": "c@nord.example", "traits": {**DIRECTOR, "lifecycle": "customer"}})
        (lead,) = await it.hotlead.core.desk.find("c@nord.example")
        desk = it.hotlead.core.desk
        view, why = await desk.lead(lead.number), await desk.why(lead.number)
        assert view is not None
        assert [score.score for score in view.scores] == [None, Decimal(7)]
        assert why is not None
        assert (why.score.model, [other.model for other in why.others]) == ("Everybody", ["B2B inbound"])
        named = await desk.why(lead.number, "b2b inbound")
        assert named is not None
        assert named.score.score is None
