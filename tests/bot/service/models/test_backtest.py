"""A back-test says before a publication what it would have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts import to_png, to_svg
from bot.charts.backtest import backtest_picture, bins_of
from bot.service.handling.outcomes import outcome_of
from bot.service.handling.state import Statuses
from bot.service.logbook import read_logs
from bot.service.models.backtest import backtest
from bot.service.models.live import shipped
from bot.service.models.replay import replay
from bot.service.models.views import Backtest
from scoring.definition import load_model
from scoring.events import ScoringEvent
from scoring.instants import DAY, HOUR, parse_instant
from tests.bot.service.drafts import VISIT, small
from tests.rig import Rig, SetClock, rig

T = parse_instant("2026-03-02T09:00:00Z")


def kind_of(key: str) -> str:
    return Statuses().of(key).kind


async def compare(it: Rig, draft: str, since: int | None = None) -> Backtest:
    live = it.hotlead.core.scorebook.models[0]
    steps: list[tuple[int, int]] = []
    return await backtest(
        it.hotlead.core.store,
        load_model(draft),
        (live.id, live.model),
        kind_of=kind_of,
        since=since,
        until=it.clock(),
        stepped=lambda done, total: steps.append((done, total)),
    )


async def visits(it: Rig, email: str, times: int, **more: Any) -> None:
    await it.send(*({**VISIT, "email": email, **more} for _ in range(times)))


async def test_leads_that_would_become_or_stop_being_hot_are_named_with_both_scores(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await visits(it, "bo@syd.example", 1)
        found = await compare(it, small(visit=20))
        (mover,) = found.becoming
        assert (mover.lead.email, mover.before.score, mover.before.label) == ("anna@nord.example", Decimal(30), "warm")
        assert (mover.after.score, mover.after.label) == (Decimal(60), "hot")
        assert (found.becoming_count, found.leaving_count) == (1, 0)
        assert (found.before.at_label, found.after.at_label) == (0, 1)
        back = await compare(it, small(visit=1))
        assert back.leaving == back.becoming == ()


async def test_a_rule_that_is_worth_more_is_told_with_what_it_gives_all_leads(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await visits(it, "bo@syd.example", 1)
        (rule,) = (await compare(it, small(visit=20))).rules
        assert (rule.category, rule.rule, rule.before, rule.after, rule.leads) == (
            "Website",
            "Visit",
            Decimal(40),
            Decimal(80),
            2,
        )


async def test_alerts_are_counted_by_week_under_both_models(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 5)  # Monday, 2 March
        it.clock.pass_(7 * DAY)
        await visits(it, "bo@syd.example", 3)
        it.clock.pass_(7 * DAY)
        found = await compare(it, small(visit=20))
        assert [(week.before, week.after) for week in found.weeks] == [(1, 1), (0, 1), (0, 0)]
        assert (found.before.alerts, found.after.alerts) == (1, 2)
        assert found.after.alerts_per_week == Decimal("0.67")
        later = await compare(it, small(visit=20), since=it.clock() - 8 * DAY)
        assert (later.before.alerts, later.after.alerts) == (0, 1)


async def test_customers_that_would_have_been_alerted_before_they_bought_and_how_much_earlier(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        it.clock.pass_(10 * DAY)
        await it.send({"type": "deal_won", "email": "anna@nord.example"})
        found = await compare(it, small(visit=20))
        assert found.customers == 1
        assert (found.before.customers_alerted, found.before.days_earlier) == (0, None)
        assert (found.after.customers_alerted, found.after.days_earlier) == (1, Decimal(10))


async def test_alerts_on_leads_that_were_rejected_later_are_counted(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 3)
        await it.settle()
        it.clock.pass_(HOUR)
        rep = it.workspace.reps[0]
        await it.standin.run_command(rep, it.workspace.sales, "/lead", "status anna@nord.example unqualified")
        await it.settle()
        found = await compare(it, small(visit=20))
        assert (found.before.alerts_rejected, found.after.alerts_rejected) == (0, 1)


async def test_the_picture_shows_scores_and_weeks_and_is_drawn_of_nothing_too(tmp_path: Any) -> None:
    async with rig(tmp_path, model=small(visit=10)) as it:
        empty = await compare(it, small(visit=20))
        await visits(it, "anna@nord.example", 3)
        full = await compare(it, small(visit=20))
    for found in (empty, full):
        assert "Leads by score" in to_svg(backtest_picture(found))
        assert to_png(backtest_picture(found)).startswith(b"\x89PNG")


def test_bins_are_equally_wide_and_lose_no_lead() -> None:
    bins = bins_of([(-7, 1, 0), (0, 2, 2), (55, 0, 3), (99, 1, 1)])
    assert len({end - start for start, end, _, _ in bins}) == 1
    assert (sum(one[2] for one in bins), sum(one[3] for one in bins)) == (4, 6)
    assert bins_of([]) == []


# ---- outcomes


def changes(*rows: tuple[int, str, str]) -> list[ScoringEvent]:
    return [ScoringEvent("s", str(n), kind, T + day * DAY, {"to": to}) for n, (day, kind, to) in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([(1, "deal_won", ""), (2, "lead.status_changed", "customer")], ("won", 1)),
        ([(1, "deal_won", ""), (2, "lead.status_changed", "lost")], ("lost", 2)),
        ([(1, "lead.status_changed", "customer"), (2, "lead.status_changed", "connected")], None),
        ([(1, "lead.status_changed", "unqualified")], ("rejected", 1)),
        ([(1, "lead.status_changed", "nurture")], None),
        ([(9, "deal_won", "")], None),
    ],
)
def test_the_outcome_is_the_first_that_still_stands(
    rows: Sequence[tuple[int, str, str]], outcome: tuple[str, int] | None
) -> None:
    found = outcome_of(changes(*rows), kind_of, T + 5 * DAY)
    assert found == (None if outcome is None else (outcome[0], T + outcome[1] * DAY))


# ---- the quick way of replaying is as good as the slow one

_URLS = ("https://x.dk/cases/a", "https://x.dk/priser", "https://x.dk/karriere", "https://x.dk/")
_EVENTS = st.lists(
    st.tuples(
        st.integers(0, 200 * 24),
        st.sampled_from(["page_viewed", "page_viewed", "form_submitted", "meeting_booked", "email_unsubscribed"]),
        st.sampled_from(_URLS),
    ),
    min_size=1,
    max_size=12,
)
_FACTS: Mapping[str, Any] = {"title": "Direktør", "company": {"country": "DK", "employees": 120, "industry": "SaaS"}}
_MODELS = [
    load_model(shipped("b2b")),
    load_model(shipped("b2b").replace('cooldown = "7d"', 'cooldown = "30d"')),
    load_model(shipped("points")),
    load_model(small(visit=20, cooldown="30d")),
]


@settings(max_examples=60, deadline=None)
@given(_EVENTS, st.sampled_from(_MODELS), st.sampled_from((300, 300, 60, 0)))
def test_visiting_events_alone_finds_the_crossings_that_visiting_every_change_finds(
    rows: list[tuple[int, str, str]], model: Any, days: int
) -> None:
    events = [
        ScoringEvent("s", f"{n:03}", kind, T + hours * HOUR, {"url": url, "form_id": "demo"}, _FACTS if not n else {})
        for n, (hours, kind, url) in enumerate(sorted(rows))
    ]
    until = T + days * DAY  # a lead may begin after it
    quick, score = replay(model, events, {}, until)
    slow, same = replay(model, events, {}, until, step_by_step=True)
    assert [(one.at, one.alert) for one in quick] == [(one.at, one.alert) for one in slow]
    assert score == same


async def test_leads_that_begin_after_the_end_are_no_part_of_it(tmp_path: Any) -> None:
    async with rig(tmp_path, clock=SetClock(T), model=small(visit=10)) as it:
        await visits(it, "anna@nord.example", 1)
        it.clock.pass_(DAY)
        await visits(it, "bo@nord.example", 1)
        it.clock.now -= HOUR  # as when events come in while it goes on
        found = await compare(it, small(visit=20))
        assert (found.leads, found.events) == (1, 1)


async def test_what_arrived_when_it_occurred_crossed_when_the_replay_says_so(tmp_path: Any) -> None:
    clock = SetClock(T)
    async with rig(tmp_path, clock=clock, model=small(visit=10, cooldown="14d")) as it:
        for gap in (1, 1, 1, 1, 20, 90, 1, 1, 1, 1, 1):
            await visits(it, "anna@nord.example", 1)
            await it.later(gap * DAY)
        live = it.hotlead.core.scorebook.models[0]
        one = (await it.hotlead.core.store.read(lambda tx: read_logs(tx, [1])))[1]
        crossed, _ = replay(live.model, one.events, {}, clock())
        recorded = [row["at"] for row in await it.rows("SELECT at FROM crossings ORDER BY at")]
        assert len(recorded) == 2
        assert [one.at for one in crossed] == recorded
