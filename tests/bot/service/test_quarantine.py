"""Quarantined events are kept, worth nothing, and let go again by a mail that is opened or a person who says so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor
from scoring.instants import SECOND, format_instant
from tests.rig import HOUR, T0, Rig, rig

MODEL = """
name = "Mail"
market = "b2b"
[[engagement]]
name = "Mail"
[[engagement.rule]]
name = "Click"
event = "email_clicked"
points = 10
[[engagement.rule]]
name = "Open"
event = "email_opened"
points = 1
[[engagement.rule]]
name = "Page"
event = "page_viewed"
points = 5
[labels]
hot = 30
[hand_over]
label = "hot"
"""
BASE = T0 - HOUR
WHO = "anna@nord.example"


def clicked(link: str, after: float = 0, **more: Any) -> dict[str, Any]:
    at = format_instant(BASE + int(after * SECOND))
    return {"type": "email_clicked", "email": WHO, "occurred_at": at, "properties": {"url": link, **more}}


def opened(after: float = 0, **more: Any) -> dict[str, Any]:
    at = format_instant(BASE + int(after * SECOND))
    return {"type": "email_opened", "email": WHO, "occurred_at": at, "properties": more}


async def score(it: Rig) -> Decimal | None:
    (found,) = await it.hotlead.core.desk.find(WHO)
    view = await it.hotlead.core.desk.lead(found.number)
    assert view is not None
    return view.scores[0].score


async def reasons(it: Rig) -> list[str | None]:
    return [row["quarantined"] for row in await it.rows("SELECT quarantined FROM events ORDER BY occurred_at, seq")]


async def test_a_third_click_within_two_seconds_quarantines_the_two_before_it(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a"), clicked("b", 1))
        assert await score(it) == 20
        await it.send(clicked("c", 2))
        assert await reasons(it) == ["burst", "burst", "burst"]
        assert await score(it) is None
        assert it.alerts() == []


async def test_a_burst_in_one_request_alerts_nobody_and_a_human_click_after_it_counts(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a"), clicked("b"), clicked("c"), clicked("a", 60))
        await it.settle()
        assert await reasons(it) == ["burst", "burst", "burst", None]
        assert await score(it) == 10
        assert it.alerts() == []


async def test_a_burst_that_comes_in_the_reverse_order_is_one_too(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        for link, after in (("c", 2.0), ("a", 0.0), ("b", 1.0)):
            await it.send(clicked(link, after))
        assert await reasons(it) == ["burst", "burst", "burst"]


async def test_a_scanners_events_and_those_of_data_centres_are_worth_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a"), clicked("b", 60, user_agent="Barracuda Sentinel (EE)"))
        await it.send(opened(90, ip_class="hosting"))
        assert await reasons(it) == [None, "agent:Barracuda", "address:hosting"]
        assert await score(it) == 10


async def test_a_click_on_a_mail_that_nobody_opened_counts_once_somebody_did(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(opened(0, message_id="other"), clicked("a", 60, message_id="m1"))
        assert await reasons(it) == [None, "unopened"]
        assert await score(it) == 1
        await it.send(opened(120, message_id="m1"))
        assert await score(it) == 12


async def test_where_a_source_never_tells_of_opening_nothing_can_be_said_of_it(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a", message_id="m1"))
        await it.send(opened(60, message_id="m2"))
        await it.send(clicked("a", 120, message_id="m2"), clicked("b", 180))
        assert await reasons(it) == [None] * 4


async def numbers(it: Rig) -> tuple[int, list[int]]:
    (found,) = await it.hotlead.core.desk.find(WHO)
    return found.number, [row["seq"] for row in await it.rows("SELECT seq FROM events ORDER BY seq")]


async def test_a_restored_event_counts_for_good_and_may_make_the_lead_hot(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        rep = it.workspace.reps[0]
        await it.send(clicked("a"), clicked("b"), clicked("c"))
        number, seqs = await numbers(it)
        for seq in seqs:
            judged = await it.hotlead.core.quarantine.restore(number, seq, Actor(rep))
            assert judged.code == "restored"
        await it.settle()
        assert len(it.alerts()) == 1
        await it.send(clicked("d", 1))
        assert await reasons(it) == [None, None, None, "burst"]
        assert await it.rows("SELECT cause FROM crossings") == [await _row(it, "quarantine")]


async def _row(it: Rig, cause: str) -> Any:
    (row,) = await it.rows("SELECT :cause AS cause", cause=cause)
    return row


async def test_an_event_is_quarantined_by_hand_once_and_both_acts_are_in_the_history(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        actor = Actor(it.workspace.reps[0])
        await it.send(clicked("a"), clicked("b", 60))
        number, (seq, _) = await numbers(it)
        acts = it.hotlead.core.quarantine
        codes = [(await act(number, seq, actor)).code for act in (acts.quarantine, acts.quarantine, acts.restore)]
        assert codes == ["quarantined", "already", "restored"]
        page = await it.hotlead.core.desk.history(number)
        assert page is not None
        assert [act.action for act in page.acts] == ["event_restored", "event_quarantined"]
        assert page.acts[1].actor == actor.user_id


@pytest.mark.parametrize(("number", "seq"), [(1, 99), (7, 1)])
async def test_only_an_event_of_that_lead_can_be_judged(tmp_path: Path, number: int, seq: int) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a"))
        found = await it.hotlead.core.quarantine.quarantine(number, seq, Actor("U1"))
        assert found.code == "gone"
        assert await reasons(it) == [None]


async def test_an_opening_that_is_quarantined_takes_the_clicks_on_its_mail_with_it(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(opened(0, message_id="m1"), clicked("a", 60, message_id="m1"))
        number, (seq, _) = await numbers(it)
        await it.hotlead.core.quarantine.quarantine(number, seq, Actor("U1"))
        assert await reasons(it) == ["hand", "unopened"]
        await it.hotlead.core.quarantine.restore(number, seq, Actor("U1"))
        assert await reasons(it) == [None, None]


async def test_a_quarantined_click_gives_no_anonymous_visit_to_anybody(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        visit = {"type": "page_viewed", "anonymous_id": "cookie", "occurred_at": format_instant(BASE - HOUR)}
        await it.send(visit)
        await it.send({**clicked("a"), "anonymous_id": "cookie"})
        assert await score(it) == 15
        await it.send(clicked("b"), clicked("c"))
        assert await score(it) is None
        assert await it.rows("SELECT * FROM identifications") == []


async def test_a_restored_click_gives_the_anonymous_visits_back(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send({"type": "page_viewed", "anonymous_id": "cookie", "occurred_at": format_instant(BASE - HOUR)})
        await it.send({**clicked("a"), "anonymous_id": "cookie"})
        number, (_, seq) = await numbers(it)
        await it.hotlead.core.quarantine.quarantine(number, seq, Actor("U1"))
        assert await score(it) is None
        await it.hotlead.core.quarantine.restore(number, seq, Actor("U1"))
        assert await score(it) == 15


async def test_the_score_is_the_same_when_it_is_read_from_zero(tmp_path: Path) -> None:
    async with rig(tmp_path, model=MODEL) as it:
        await it.send(clicked("a"), clicked("b", 1))
        await it.send(clicked("c", 2), clicked("d", 60))
        before = [dict(row) for row in await it.rows("SELECT score, label FROM scores")]
        it.hotlead.core.scorebook.histories.forget_all()
        number, _ = await numbers(it)
        await it.hotlead.core.store.write(
            lambda tx: it.hotlead.core.scorebook.evaluate(tx, number, it.clock(), "event")
        )
        assert [dict(row) for row in await it.rows("SELECT score, label FROM scores")] == before
        assert before == [{"score": 1000, "label": "cold"}]
