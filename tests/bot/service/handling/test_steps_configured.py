"""What teams configure of the clock: where it stops, who hears of a missed deadline, when it is let go, digests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.service.house import ANNA, DAY, HOUR, MANAGER, MINUTE, House, house


@pytest.mark.parametrize(("stops_at", "runs"), [("contact", True), ("claim", False)])
async def test_the_clock_stops_at_the_first_contact_or_where_configured_at_the_claim(
    tmp_path: Path, stops_at: str, runs: bool
) -> None:
    async with house(tmp_path, follow_up={"remind": 75, "escalate": True, "stops_at": stops_at}) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.claim(number)
        assert ((await it.row(number))["deadline"] is not None) == runs
        await it.pass_(2 * DAY)
        assert ("escalation" in await it.codes("direct")) == runs
        await it.release(number)
        assert (await it.row(number))["deadline"] is not None, "back with the team it has a clock"


@pytest.mark.parametrize(("where", "thread", "direct"), [("direct", 0, 1), ("thread", 1, 0)])
async def test_a_missed_deadline_is_told_in_the_thread_or_to_the_manager_never_both(
    tmp_path: Path, where: str, thread: int, direct: int
) -> None:
    async with house(tmp_path, follow_up={"remind": 0, "escalate": True, "escalate_in": where}) as it:
        await it.posted(await it.says("warm"))
        await it.pass_(DAY)
        assert (await it.codes("thread")).count("escalation") == thread
        assert (await it.codes("direct")).count("escalation") == direct


async def test_a_lead_is_let_go_at_the_earliest_an_hour_after_the_manager_was_told(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up={"remind": 0, "escalate": True, "release_after": "5m"}) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.claim(number)
        await it.pass_(DAY)
        await it.pass_(HOUR - MINUTE)
        assert (await it.row(number))["owner"] == ANNA.user_id
        await it.pass_(MINUTE)
        assert (await it.row(number))["owner"] is None


async def test_a_reminder_of_a_lead_that_was_put_off_comes_at_three_quarters_of_what_was_left(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up={"remind": 75, "escalate": True}) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.claim(number)
        await it.pass_(12 * HOUR)
        await it.core.handling.snooze(number, ANNA, it.clock() + 6 * HOUR)
        await it.pass_(6 * HOUR)
        assert (await it.codes("direct"))[-1] == "woken"
        await it.pass_(9 * HOUR - MINUTE)
        assert "reminder" not in await it.codes("direct")
        await it.pass_(MINUTE)
        assert (await it.codes("direct"))[-1] == "reminder"
        await it.pass_(3 * HOUR)
        assert [row["lane"] for row in await it.owed("direct")][-1] == MANAGER.user_id


async def test_the_manager_is_told_when_an_absence_is_entered_in_which_a_deadline_falls(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")  # on 2 March at 09:00, to be followed up by the next day
        await it.posted(number)
        await it.claim(number)
        await it.core.handling.set_me(ANNA, away="2026-03-09..2026-03-13")
        assert "due_while_away" not in await it.codes("direct")
        view = await it.core.handling.set_me(ANNA, away="2026-03-03..2026-03-06")
        assert [lead.number for lead in view.due_while_away] == [number]
        rows = [row for row in await it.owed("direct") if "due_while_away" in row["payload"]]
        assert [row["lane"] for row in rows] == [MANAGER.user_id]


DIGEST = {"enabled": True, "at": "08:30"}


async def named_in(it: House, rows: str) -> bool:
    """Whether the manager's newest digest has rows of this kind."""
    sent = await it.rows("SELECT payload FROM outbox WHERE kind = 'digest' AND lane = :who", who=MANAGER.user_id)
    return bool(sent) and f'"{rows}"' in sent[-1]["payload"]


async def test_a_question_that_is_not_answered_for_three_working_days_is_in_the_managers_digest(tmp_path: Path) -> None:
    async with house(tmp_path, stale_after={"other": "3d"}, digest=DIGEST) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.claim(number)
        await it.status(number, "connected")
        named = []
        for _ in range(9):
            await it.pass_(DAY)
            named += [it.clock()] if await named_in(it, "stale") else []
        asked = (await it.row(number))["asked_at"]
        assert 3 * DAY <= named[0] - asked < 4 * DAY


@pytest.mark.parametrize("status", ["lost", "customer", "unqualified"])
async def test_a_closed_lead_that_crosses_is_listed_in_the_managers_weekly_digest(tmp_path: Path, status: str) -> None:
    async with house(tmp_path, digest=DIGEST) as it:
        number = await it.says("warm")
        await it.status(number, status)
        await it.says("dip3")
        for _ in range(14):
            await it.pass_(DAY)
        sent = await it.rows("SELECT payload FROM outbox WHERE kind = 'digest' AND lane = :who", who=MANAGER.user_id)
        assert len(await it.rows("SELECT id FROM crossings")) == 2
        assert sum('"crossed_closed"' in row["payload"] for row in sent) == 1
