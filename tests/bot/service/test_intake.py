"""Intake: one event one effect, one bad request harms nobody, history is silent, and what was due comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Overloaded
from bot.service.group import Receipt
from bot.service.identity.index import Identity
from bot.service.scorebook import Scorebook
from bot.service.views import Better
from scoring.events import Value
from tests.bot.service.house import ANNA, COMPANY_MODEL, DAY, HEAD, HOUR, MINUTE, TAIL, House, house


async def label_of(it: House, email: str) -> str | None:
    return (await it.lead(await it.number(email))).scores[0].label


def metric(it: House, name: str, **labels: str) -> float:
    return it.core.metrics.registry.get_sample_value(name, labels) or 0.0


# ---- one event, one effect


async def test_an_event_that_comes_twice_counts_once_in_one_request_and_in_two(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        event = it.event("warm", email="a@x.example")
        assert await it.take(event, event) == Receipt(1, 1)
        assert await it.take(event) == Receipt(0, 1)
        (lead,) = [await it.lead(await it.number("a@x.example"))]
        assert lead.scores[0].score == 60


async def test_the_same_id_from_another_source_is_another_event(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        event = it.event("warm", email="a@x.example")
        await it.take(event)
        assert await it.take(event, source="mail") == Receipt(1, 0)


@pytest.mark.parametrize("other", [{"properties": {"url": "b"}}, {"traits": {"title": "CEO"}}, {"event_type": "hot"}])
@pytest.mark.parametrize("together", [True, False])
async def test_an_id_that_comes_again_with_other_content_is_a_counted_conflict(
    tmp_path: Path, other: dict[str, Any], together: bool
) -> None:
    async with house(tmp_path) as it:
        first = it.event("warm", email="a@x.example", event_id="1")
        again = it.event(**{"event_type": "warm", "email": "a@x.example", "event_id": "1"} | other)
        receipts = [await it.take(first, again)] if together else [await it.take(first), await it.take(again)]
        assert sum(receipt.duplicates for receipt in receipts) == 1
        assert metric(it, "hotlead_events_duplicate_changed_total", source="site") == 1


async def test_a_lead_that_fifty_requests_push_over_the_line_at_once_crosses_once(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await asyncio.gather(*(it.take(it.event("warm", email="a@x.example")) for _ in range(50)))
        assert len(await it.rows("SELECT id FROM crossings")) == len(await it.owed("alert")) == 1


# ---- trouble


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    belongs = Identity.belongs

    def bad(self: Identity, tx: Any, event: Any, *more: Any) -> Any:
        if event.type == "poison":
            raise ValueError("a fault of ours")
        return belongs(self, tx, event, *more)

    monkeypatch.setattr(Identity, "belongs", bad)
    return iter(())


@pytest.mark.usefixtures("poison")
async def test_one_request_that_fails_does_not_harm_those_beside_it(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        good = [it.take(it.event("warm", email=f"a{n}@x.example")) for n in range(5)]
        bad = it.take(it.event("warm", email="b@x.example"), it.event("poison", email="b@x.example"))
        *receipts, trouble = await asyncio.gather(*good, bad, return_exceptions=True)
        assert receipts == [Receipt(1, 0)] * 5
        assert isinstance(trouble, ValueError)
        assert len(await it.rows("SELECT id FROM leads")) == len(await it.rows("SELECT id FROM events")) == 5


@pytest.mark.usefixtures("poison")
async def test_after_a_failure_scores_are_those_of_what_is_stored(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        with pytest.raises(ValueError, match="ours"):
            await it.take(it.event("hot", email="a@x.example"), it.event("poison", email="a@x.example"))
        await it.says("newsletter", "a@x.example")
        (row,) = await it.rows("SELECT score FROM scores WHERE lead_id = :n", n=number)
        assert row["score"] == 6000


async def test_more_than_there_is_room_for_is_refused_and_room_comes_back(tmp_path: Path) -> None:
    async with house(tmp_path, service={"data": tmp_path, "max_waiting_events": 3}) as it:
        several = [it.event("warm", email=f"a{n}@x.example") for n in range(4)]
        with pytest.raises(Overloaded):
            await it.take(*several)
        for event in several:
            assert await it.take(event) == Receipt(1, 0)
        assert metric(it, "hotlead_intake_waiting_events") == 0


# ---- history


async def test_history_above_the_line_alerts_nobody_and_only_a_later_crossing_does(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("warm", email="a@x.example"), history=True)
        assert await label_of(it, "a@x.example") == "warm"
        await it.says("warm", "a@x.example")
        assert await it.rows("SELECT id FROM crossings") == []
        await it.says("dip", "a@x.example")
        await it.pass_(12 * HOUR)
        assert len(await it.owed("alert")) == 1


async def test_history_below_the_line_leaves_a_lead_that_crosses_with_news(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("newsletter", email="a@x.example"), history=True)
        await it.says("warm", "a@x.example")
        assert len(await it.owed("alert")) == 1


async def test_history_and_news_of_a_lead_at_one_instant_are_news(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        past, news = it.event("warm", email="a@x.example"), it.event("newsletter", email="a@x.example")
        await asyncio.gather(it.take(past, history=True), it.take(news))
        assert len(await it.owed("alert")) == 1


async def test_history_that_makes_an_open_alert_better_is_shown_and_told_to_nobody(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        await it.take(it.event("hot", email="a@x.example"), history=True)
        view = await it.core.desk.alert((await it.lead(number)).alert_key or "")
        assert view is not None
        assert view.better == Better("hot")
        assert await it.codes("thread") == await it.codes("direct") == []


EMPLOYEES: dict[str, Value] = {"company": {"domain": "acme.example", "employees": 100}}


async def test_a_companys_facts_from_history_alert_no_colleague(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        await it.take(it.event("newsletter", email="b@acme.example", traits=EMPLOYEES), history=True)
        await it.pass_(0)
        assert await label_of(it, "a@acme.example") == "warm"
        assert await it.rows("SELECT id FROM crossings") == []


async def test_news_of_a_company_alerts_for_colleagues_even_right_after_history(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        await it.take(it.event("newsletter", email="b@acme.example", traits={"company": {"name": "A"}}), history=True)
        await it.take(it.event("newsletter", email="b@acme.example", traits=EMPLOYEES))
        await it.pass_(0)
        assert {row["lead_id"] for row in await it.rows("SELECT lead_id FROM crossings")} == {1, 2}


# ---- events that are early or late


async def test_an_event_from_the_future_counts_when_it_happens(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.take(it.event("warm", email="a@x.example", at=it.clock() + 4 * MINUTE))
        assert await label_of(it, "a@x.example") != "warm"
        await it.pass_(3 * MINUTE)
        assert await it.owed("alert") == []
        await it.pass_(MINUTE)
        assert len(await it.owed("alert")) == 1


async def test_a_companys_fact_from_the_future_counts_for_colleagues_when_it_happens(tmp_path: Path) -> None:
    async with house(tmp_path, model=COMPANY_MODEL) as it:
        await it.says("newsletter", "a@acme.example")
        ahead = it.event("newsletter", email="b@acme.example", traits=EMPLOYEES, at=it.clock() + 4 * MINUTE)
        await it.take(ahead)
        await it.pass_(MINUTE)
        await it.pass_(3 * MINUTE)
        assert len(await it.rows("SELECT id FROM crossings WHERE lead_id = 1")) == 1


async def test_a_late_event_counts_with_its_own_time(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.says("newsletter", "a@x.example")
        await it.says("warm", "a@x.example", at=it.clock() - 31 * DAY)
        assert await it.owed("alert") == []
        await it.says("warm", "a@x.example", at=it.clock() - 29 * DAY)
        assert len(await it.owed("alert")) == 1
        await it.pass_(DAY)
        assert await label_of(it, "a@x.example") != "warm"


async def test_what_was_due_before_something_newer_arrives_is_evaluated_for_its_own_instant_first(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        crossed = it.clock()
        await it.says("dip3", "a@x.example")
        it.clock.now += 4 * DAY
        await it.says("newsletter", "a@x.example")
        first, second = await it.rows("SELECT at, cause FROM crossings WHERE lead_id = :n ORDER BY id", n=number)
        assert (first["at"], second["at"]) == (crossed, crossed + 3 * DAY)
        assert (first["cause"], second["cause"]) == ("event", "time")


async def test_a_recycled_lead_whose_comeback_was_due_is_made_up_within_the_request_of_another(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        await it.status(number, "nurture")
        await it.says("dip3", "a@x.example")
        it.clock.now += 4 * DAY
        several = (it.event("newsletter", email="b@x.example"), it.event("newsletter", email="a@x.example"))
        assert await it.take(*several) == Receipt(2, 0)
        assert (await it.row(number))["status"] == "new"
        seqs = [row["seq"] for row in await it.rows("SELECT seq FROM events ORDER BY seq")]
        assert len(seqs) == len(set(seqs)) == 6


async def test_a_clock_that_is_set_back_takes_nothing_back_and_alerts_nobody_twice(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        it.clock.now -= HOUR
        await it.says("newsletter", "a@x.example")
        await it.claim(number)
        (alert,) = await it.rows("SELECT made_at FROM alerts")
        assert (await it.row(number))["owner_since"] == alert["made_at"]
        assert len(await it.owed("alert")) == 1


# ---- the due loop


async def test_a_lead_that_cannot_be_evaluated_is_put_off_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path) as it:
        for name in "ab":
            await it.says("warm", f"{name}@x.example")
        sick = await it.number("a@x.example")
        evaluate = Scorebook.evaluate

        def bad(self: Scorebook, tx: Any, lead_id: int, *more: Any, **named: Any) -> None:
            if lead_id == sick:
                tx.run("UPDATE leads SET name = 'half done' WHERE id = :id", id=lead_id)
                raise ArithmeticError("a fault of ours")
            evaluate(self, tx, lead_id, *more, **named)

        monkeypatch.setattr(Scorebook, "evaluate", bad)
        await it.pass_(31 * DAY)
        monkeypatch.undo()
        stored = {row["lead_id"]: row["label"] for row in await it.rows("SELECT lead_id, label FROM scores")}
        assert stored == {sick: "warm", sick + 1: "cold"}
        assert (await it.row(sick))["name"] is None
        await it.pass_(HOUR)
        assert {row["label"] for row in await it.rows("SELECT label FROM scores")} == {"cold"}


async def test_what_was_due_while_the_service_was_down_is_made_up_in_order_at_the_start(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        await it.says("dip3", "a@x.example")
        await it.claim(number)
        clock = it.clock
    clock.now += 60 * DAY
    async with house(tmp_path, clock=clock) as it:
        await it.pass_(0)
        crossings = await it.rows("SELECT at FROM crossings WHERE lead_id = :n ORDER BY at", n=number)
        assert [row["at"] - crossings[0]["at"] for row in crossings] == [0, 3 * DAY]
        assert await it.codes("thread") == ["crossed_again"]
        (row,) = await it.rows("SELECT label, due_at FROM scores")
        assert row["label"] == "cold"


async def test_a_status_counts_for_the_score_at_once(tmp_path: Path) -> None:
    rule = '[[fit]]\nname = "F"\n[[fit.rule]]\nname = "Deal"\nwhen = { lead.status = "deal" }\npoints = 100\n'
    async with house(tmp_path, model=HEAD + rule + TAIL) as it:
        number = await it.says("warm", "a@x.example")
        await it.claim(number)
        await it.status(number, "deal", ANNA)
        await it.pass_(0)
        assert await label_of(it, "a@x.example") == "hot"
