"""An old score stays explainable: by what was known then, under the model live then, and by what is known today."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.charts import to_png, to_svg
from bot.charts.course import course_picture
from bot.charts.drawing import Words
from bot.errors import HotleadError
from bot.service.models.views import Course, CoursePoint, PastScore
from bot.service.past import Past
from bot.service.views import LeadRef
from scoring.instants import Instant, format_instant
from scoring.ledger import Line
from tests.bot.service.drafts import VISIT, small
from tests.bot.service.house import house
from tests.rig import DAY, HOUR, MINUTE, SECOND, T0, Rig, rig


async def explained(it: Rig, at: Instant, number: int = 1, model: str | None = None) -> PastScore:
    found = await Past(it.hotlead.core.store).explain(number, at, model)
    assert found is not None
    return found


async def visit(it: Rig, times: int = 1, email: str = "anna@nord.example", **more: object) -> None:
    await it.send(*({**VISIT, "email": email, **more} for _ in range(times)))
    await it.settle()


def total(lines: tuple[Line, ...]) -> int:
    return int(sum(line.points for line in lines))


def whole(points: Decimal | None) -> int | None:
    return None if points is None else int(points)


async def test_every_number_that_was_shown_is_explained_to_the_point_years_and_models_later(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        told: list[tuple[Instant, Decimal | None, str | None]] = []
        for step in range(12):
            await visit(it, 1 + step % 3)
            if step in (4, 8):
                it.clock.pass_(SECOND)
                await it.hotlead.core.publishing.publish(small(visit=11 + step), "anna", None)
            it.clock.pass_(13 * DAY)
            found = await it.hotlead.core.desk.why(1)
            assert found is not None
            told.append((it.clock(), found.score.score, found.score.label))
            it.clock.pass_(SECOND)
        it.clock.pass_(500 * DAY)
        for at, score, label in told:
            past = await explained(it, at)
            assert (past.shown.score, past.shown.label) == (score, label)
            assert total(past.lines) == score
            assert past.today is None
        assert {(await explained(it, at)).version for at, _, _ in told} == {1, 2, 3}


async def test_an_event_that_came_later_is_named_with_both_numbers(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visit(it, 2)
        then = it.clock()
        it.clock.pass_(DAY)
        await visit(it, 1, occurred_at=format_instant(then - HOUR))
        found = await explained(it, then)
        assert (whole(found.shown.score), total(found.lines)) == (20, 20)
        assert found.today is not None
        assert (whole(found.today.score), total(found.today_lines)) == (30, 30)
        (fact,) = found.late
        assert (fact.at, fact.type, whole(fact.points)) == (then - HOUR, "page_viewed", 10)
        assert fact.received_at > then
        assert found.gone == ()


async def test_visits_that_were_only_later_known_to_be_theirs_are_named(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visit(it)
        await it.send({**VISIT, "anonymous_id": "cookie"})
        then = it.clock()
        it.clock.pass_(HOUR)
        await it.send({"type": "form_submitted", "email": "anna@nord.example", "anonymous_id": "cookie"})
        found = await explained(it, then)
        assert found.shown.score == 10
        assert found.today is not None
        assert found.today.score == 20
        assert [fact.points for fact in found.late] == [10]


async def test_what_a_colleague_said_of_the_company_later_about_earlier_is_named(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visit(it, traits={"company": {"domain": "nord.example"}})
        then = it.clock()
        it.clock.pass_(DAY)
        traits = {"company": {"domain": "nord.example", "employees": 4000}}
        early = format_instant(then - HOUR)
        await it.send({"type": "crm_sync", "email": "bo@nord.example", "traits": traits, "occurred_at": early})
        found = await explained(it, then)
        assert found.shown.score == 10
        assert found.today is not None
        assert found.today.score == 110
        assert [(fact.of_colleague, fact.says) for fact in found.late] == [(True, ("company.employees = 4000",))]


async def test_a_late_event_that_changes_nothing_is_no_second_number(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visit(it)
        then = it.clock()
        it.clock.pass_(DAY)
        await it.send({"type": "email_opened", "email": "anna@nord.example", "occurred_at": format_instant(then)})
        assert (await explained(it, then)).today is None


async def test_a_crossing_keeps_its_ledger_as_it_was_posted(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visit(it, 5)
        (crossed,) = await it.rows("SELECT at FROM crossings")
        it.clock.pass_(DAY)
        await it.hotlead.core.publishing.publish(small(visit=1), "anna", None)
        await visit(it, 1, occurred_at=format_instant(crossed["at"] - HOUR))
        found = await explained(it, crossed["at"])
        assert found.posted is not None
        assert (found.posted.at, whole(found.posted.score), found.posted.version) == (crossed["at"], 50, 1)
        assert total(found.posted.lines) == 50
        assert found.posted.lines == found.lines
        assert found.today is not None
        assert found.today.score == 60


async def test_before_the_first_event_there_is_no_score_and_before_the_first_model_no_answer(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small()) as it:
        it.clock.pass_(DAY)
        await visit(it)
        found = await explained(it, T0 + HOUR)
        assert (found.shown.score, found.lines) == (None, ())
        with pytest.raises(HotleadError, match="No model was live"):
            await explained(it, T0 - HOUR)
        with pytest.raises(HotleadError, match="No model named 'X'"):
            await explained(it, T0 + HOUR, model="X")
        assert await Past(it.hotlead.core.store).explain(99, T0) is None


async def test_of_several_models_the_default_one_is_meant_unless_one_is_named(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await it.hotlead.core.publishing.publish(small(name="Main", visit=7, default=True), "anna", None)
        await visit(it)
        assert (await explained(it, it.clock())).shown.score == 7
        assert (await explained(it, it.clock(), model="small")).shown.score == 10


# ---- over time


async def test_the_course_shows_each_instant_under_the_model_live_then_and_what_comes(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        start = it.clock()
        await visit(it, 5)
        await it.later(DAY)
        published = it.clock()
        await it.hotlead.core.publishing.publish(small(visit=12), "anna", None)
        await it.later(74 * DAY)
        course = await Past(it.hotlead.core.store).course(1, it.clock())
        assert course is not None
        assert [(one.at, whole(one.score)) for one in course.points] == [(start, 50), (published, 60)]
        assert [one.score for one in course.ahead] == [60, 0]
        assert course.ahead[-1].at == start + 100 * DAY
        assert [(one.at, whole(one.score)) for one in course.crossings] == [(start, 50)]
        assert course.publications == ((start, 1), (published, 2))
        drawing = course_picture(course)
        assert "versions 1 to 2" in to_svg(drawing)
        assert "L-1" in to_svg(drawing)
        assert "if nothing happens" in to_svg(drawing)
        assert to_png(drawing).startswith(b"\x89PNG")


def test_versions_that_were_published_close_together_are_not_written_over_each_other() -> None:
    points = (CoursePoint(T0, Decimal(1), None), CoursePoint(T0 + DAY, Decimal(2), None))
    publications = ((T0, 1), (T0 + 1, 2), (T0 + 2, 4), (T0 + 20 * DAY, 7))
    course = Course(LeadRef(1, None, None, None), "Small", points, T0 + 40 * DAY, (), (), publications)
    texts = [one.text for one in course_picture(course).shapes if isinstance(one, Words)]
    assert [text for text in texts if "version" in text] == ["versions 1 to 4", "version 7"]


async def test_a_long_course_is_no_wider_than_a_picture(tmp_path: Path) -> None:
    fading = """
[[engagement]]
name = "More"
[[engagement.rule]]
name = "Form"
event = "form_submitted"
points = 1000
half_life = "1000d"
"""
    async with rig(tmp_path, model=small().replace("[labels]", fading + "[labels]")) as it:
        await it.send({"type": "form_submitted", "email": "anna@nord.example", "occurred_at": "2019-01-01T00:00:00Z"})
        course = await Past(it.hotlead.core.store).course(1, it.clock())
        assert course is not None
        assert 500 < len(course.points) <= 1_501
        begin = it.clock() - 30 * DAY
        recent = await Past(it.hotlead.core.store).course(1, it.clock(), since=begin)
        assert recent is not None
        assert recent.points[0].at == begin
        assert len(recent.points) == 31


async def test_leads_are_found_by_number_address_and_words(tmp_path: Path) -> None:
    async with rig(tmp_path, model=small()) as it:
        await visit(it, traits={"name": "Anna Ørsted", "company": {"name": "Nord A/S"}})
        await visit(it, email="anna@syd.example", traits={"name": "Anna Bo"})
        past = Past(it.hotlead.core.store)
        assert [one.number for one in await past.find("l-1")] == [1]
        assert [one.number for one in await past.find("Anna@Nord.example")] == [1]
        assert [one.number for one in await past.find("ann ors")] == [1]
        assert len(await past.find("anna")) == 2
        assert await past.find("L-99") == ()


async def test_the_course_ends_with_the_score_of_now_however_close_the_last_changes_are(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("other", at=it.clock() - 25 * DAY)
        it.clock.now += MINUTE
        await it.says("other")
        it.clock.now += SECOND
        await it.says("warm")
        it.clock.now += SECOND
        course = await it.core.explaining.course(number)
        assert course is not None
        assert course.points[-1].score == 60
        assert course.points[-1].at <= course.now
