"""Explanations to show: what Slack's side asks of scores, answered from a table."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.errors import HotleadError
from bot.service.explain_views import (
    CoolingPage,
    CoolingRow,
    Forecast,
    Judged,
    MissingFields,
    NearMiss,
    Shift,
    Step,
    Unlock,
)
from bot.service.models.views import Course, CoursePoint, LateFact, PastScore, PostedScore
from bot.service.views import Actor, LeadView, ScoreView
from scoring.explain import IfKnown, Unmet, WhyNot
from scoring.instants import DAY, Instant
from scoring.ledger import Line
from tests.bot.slack.fake_desk import NOON, FakeDesk, facts

WARM = ScoreView("b2b", Decimal(64), Decimal(65), Decimal(63), "B2", "warm", "sales")
MISSING = WhyNot(
    label="hot",
    score_short=None,
    fit_short=None,
    engagement_short=Decimal(12),
    failed_gates=(),
    waiting_on=(),
    unmet=(Unmet("Company size", "tier 1", Decimal(30), ("company.employees",)),),
    if_known=(IfKnown("company.employees", Decimal(76), "A2", "warm"),),
)
STEPS = (
    Step(NOON + DAY, Decimal(60), "B2", "warm", (Shift("Website", "Case page", Decimal(40), Decimal(30)),), False),
    Step(NOON + 9 * DAY, Decimal(40), "B4", "cold", (Shift("Meetings", "Meeting", Decimal(60), Decimal(0)),), True),
)
LINES = (
    Line("Website", "Case page", 4000, "engagement", ("site", "1"), "page_viewed", NOON - 9 * DAY, "/cases/wind"),
    Line("Job title", "tier 1", 2400, "fit", matched="title: Head of Sales"),
)
POSTED = PostedScore(NOON - 8 * DAY, "event", 3, Decimal(64), "B2", "warm", LINES)
LATE = LateFact(NOON - 9 * DAY, NOON - DAY, "email_clicked", "mail", "Spring news", Decimal(20))
PAST = PastScore(facts().lead, "b2b", 3, NOON - 7 * DAY, WARM, LINES, posted=POSTED)
COURSE = Course(
    facts().lead,
    "b2b",
    tuple(CoursePoint(NOON - (9 - n) * DAY, Decimal(10 * n), "warm") for n in range(10)),
    NOON,
    (),
    (),
    (),
)


class FakeExplains:
    """Implements bot.service.desk.Explains and Quarantines for the leads of a fake desk."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.missing_fields = MissingFields("b2b", "warm", (), 0, 0)

    async def _lead(self, number: int) -> LeadView | None:
        return await self._desk.lead(number)

    async def restore(self, number: int, seq: int, actor: Actor) -> Judged:
        return self._judge("restored", None, number, seq, actor)

    async def quarantine(self, number: int, seq: int, actor: Actor) -> Judged:
        return self._judge("quarantined", "hand", number, seq, actor)

    def _judge(self, code: str, why: str | None, number: int, seq: int, actor: Actor) -> Judged:
        case = self._desk.cases[number]
        activities = tuple(replace(one, quarantined=why) if one.seq == seq else one for one in case.facts.activities)
        case.facts = replace(case.facts, activities=activities)
        self._desk.acts.append((f"{code} {seq}", number, actor.user_id))
        return Judged(code, number, seq)

    async def why_not(self, number: int) -> NearMiss | None:
        view = await self._lead(number)
        return NearMiss(view.lead, WARM, MISSING) if view else None

    async def forecast(self, number: int) -> Forecast | None:
        view = await self._lead(number)
        return Forecast(view.lead, WARM, STEPS) if view else None

    async def why_at(self, number: int, at: Instant) -> PastScore | None:
        if at < NOON - 300 * DAY:
            raise HotleadError("No model was live then.")
        view = await self._lead(number)
        return replace(PAST, lead=view.lead, at=at) if view else None

    async def course(self, number: int) -> Course | None:
        view = await self._lead(number)
        return replace(COURSE, lead=view.lead) if view else None

    async def cooling(self, page: int = 1) -> CoolingPage:
        views = [view for number in self._desk.cases if (view := await self._lead(number))]
        rows = [CoolingRow(view.lead, "A1", view.handling, NOON + 3 * DAY, "cold") for view in views]
        size = 8
        shown = tuple(rows[(page - 1) * size : page * size])
        return CoolingPage(shown, 14, page, max(1, -(-len(rows) // size)), len(rows))

    async def missing(self) -> MissingFields:
        views = [view for number in self._desk.cases if (view := await self._lead(number))]
        if not views:
            return self.missing_fields
        row = Unlock("company.industry", len(views), 2, tuple(view.lead for view in views[:3]))
        return MissingFields("b2b", "warm", (row,), 40, 120)
