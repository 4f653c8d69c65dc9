"""The clock's steps: each at its instant, once, over restarts and downtime, and none before the alert is there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.service.handling.team import Team
from bot.service.views import Actor
from tests.bot.service.house import ANNA, BO, DAY, HOUR, MANAGER, MINUTE, SALES, House, SetClock, house

STEPS: dict[str, Any] = {"remind": 75, "escalate": True}
RELEASE = STEPS | {"release_after": "2h"}
TURNS = [{"name": "Turns", "channel": SALES, "how": "round_robin", "reps": ["U0BO", "U0CARL"], "offer_for": "1h"}]


async def claimed(it: House, actor: Actor = ANNA) -> int:
    number = await it.says("warm")
    await it.posted(number)
    await it.claim(number, actor)
    return number


async def test_the_owner_is_reminded_at_three_quarters_and_the_manager_told_at_the_deadline(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        await claimed(it)
        await it.pass_(18 * HOUR - MINUTE)
        assert await it.codes("direct") == ["claimed"]
        await it.pass_(MINUTE)
        assert await it.codes("direct") == ["claimed", "reminder"]
        await it.pass_(6 * HOUR - 1)
        assert await it.codes("direct") == ["claimed", "reminder"]
        await it.pass_(1)
        assert await it.codes("direct") == ["claimed", "reminder", "escalation"]
        assert (await it.owed("direct"))[-1]["lane"] == MANAGER.user_id


async def test_of_steps_that_fell_due_while_the_service_was_down_only_the_last_is_told(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, follow_up=STEPS, clock=clock) as it:
        await claimed(it)
    clock.now += 3 * DAY
    async with house(tmp_path, follow_up=STEPS, clock=clock) as it:
        await it.pass_(0)
        assert await it.codes("direct") == ["claimed", "escalation"]
        await it.pass_(DAY)
        assert await it.codes("direct") == ["claimed", "escalation"]


async def test_nothing_is_told_before_the_alert_is_and_a_late_post_moves_the_deadline(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        number = await it.says("warm")
        deadline = (await it.row(number))["deadline"]
        await it.pass_(30 * HOUR)
        assert await it.codes("thread") == await it.codes("direct") == []
        await it.posted(number)
        assert (await it.row(number))["deadline"] == deadline + 30 * HOUR
        await it.pass_(18 * HOUR)
        assert await it.codes("thread") == ["reminder"]


async def test_a_contact_stops_the_steps(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        number = await claimed(it)
        await it.status(number, "attempting")
        await it.pass_(3 * DAY)
        assert await it.codes("direct") == ["claimed"]
        assert await it.rows("SELECT id FROM steps WHERE kind IN ('remind', 'escalate') AND done_at IS NULL") == []


async def test_a_reminder_soon_after_another_message_is_left_out(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.pass_(18 * HOUR - 10 * MINUTE)
        await it.claim(number)
        await it.pass_(10 * MINUTE)
        assert await it.codes("direct") == ["claimed"]


async def test_several_escalations_at_once_are_one_message(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up={"remind": 0, "escalate": True}) as it:
        for n in range(3):
            number = await it.says("warm", f"lead{n}@x.example")
            await it.posted(number)
        await it.pass_(DAY)
        assert await it.codes("direct") == ["escalation"]


async def test_a_new_owner_is_reminded_too_but_the_manager_is_told_once_per_clock(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        number = await claimed(it)
        await it.pass_(HOUR)
        await it.core.handling.reassign(number, ANNA, BO.user_id)
        await it.pass_(17 * HOUR)
        assert [row["lane"] for row in await it.owed("direct")][-1] == BO.user_id
        await it.pass_(6 * HOUR)
        await it.core.handling.reassign(number, BO, ANNA.user_id)
        await it.pass_(2 * DAY)
        assert (await it.codes("direct")).count("escalation") == 1


async def test_the_step_release_passes_a_lead_on_with_a_new_clock_beside_the_missed_one(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=RELEASE, route=TURNS) as it:
        number = await claimed(it, BO)
        deadline = (await it.row(number))["deadline"]
        await it.pass_(DAY)
        await it.pass_(2 * HOUR)
        handling = (await it.lead(number)).handling
        assert (handling.state.value, handling.offered_to) == ("offered", "U0CARL")
        assert (handling.missed, handling.deadline) == (deadline, it.clock() + DAY)
        assert "released" in await it.codes("direct")


async def test_a_lead_is_passed_on_at_most_twice_and_then_open(tmp_path: Path) -> None:
    async with house(tmp_path, follow_up=RELEASE) as it:
        number = await claimed(it)
        for _ in range(3):
            await it.pass_(DAY)
            await it.pass_(2 * HOUR)
            assert (await it.lead(number)).handling.state.value == "open"
            await it.posted(number)
            await it.claim(number)
        assert (await it.codes("thread")).count("passed_on") == 3


@pytest.mark.parametrize("answer", ["yes", "release", "not_now"])
async def test_an_owner_is_asked_in_the_morning_about_all_that_lies_still(tmp_path: Path, answer: str) -> None:
    async with house(tmp_path, stale_after={"other": "3d"}) as it:
        numbers = [await it.says("warm", f"lead{n}@x.example") for n in range(2)]
        for number in numbers:
            await it.posted(number)
            await it.claim(number)
        await it.pass_(3 * DAY)
        assert "stale" not in await it.codes("direct")
        await it.pass_(DAY)
        assert (await it.codes("direct")).count("stale") == 1
        outcome = await it.core.handling.still_working(numbers[0], ANNA, answer)
        assert outcome is not None
        after = {"yes": "claimed", "release": "open", "not_now": "recycled"}
        assert outcome.handling.state.value == after[answer]
        assert (await it.lead(numbers[0])).handling.asked_at is None
        assert (await it.lead(numbers[1])).handling.asked_at is not None


async def test_hours_of_a_calendar_are_working_time(tmp_path: Path) -> None:
    office = {"time_zone": "Europe/Copenhagen", "hours": "Mon-Fri 09:00-17:00", "holidays": "DK"}
    async with house(tmp_path, follow_up=STEPS | office) as it:
        number = await it.says("warm")  # Monday 10:00: 24 working hours are three days
        assert (await it.row(number))["deadline"] == it.clock() + 3 * DAY


async def test_every_step_happens_once_however_often_the_service_starts(tmp_path: Path) -> None:
    clock = SetClock()
    for _ in range(12):
        async with house(tmp_path, follow_up=STEPS, clock=clock) as it:
            if clock.now == 1772442000000000:
                await claimed(it)
            await it.pass_(3 * HOUR)
            told = Counter(await it.codes("direct"))
    assert told == {"claimed": 1, "reminder": 1, "escalation": 1}


async def test_a_step_that_cannot_be_done_is_put_off_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, follow_up=STEPS) as it:
        for name in "ab":
            number = await it.says("warm", f"{name}@x.example")
            await it.posted(number)
            await it.claim(number)
        sick = number - 1
        notice = Team.notice

        def bad(self: Team, tx: Any, lead_id: int, code: str, *more: Any, **named: Any) -> Any:
            if lead_id == sick and code == "reminder":
                tx.run("UPDATE leads SET name = 'half done' WHERE id = :id", id=lead_id)
                raise ArithmeticError("a fault of ours")
            return notice(self, tx, lead_id, code, *more, **named)

        monkeypatch.setattr(Team, "notice", bad)
        await it.pass_(18 * HOUR)
        assert await it.codes("direct") == ["claimed", "claimed", "reminder"]
        assert (await it.row(sick))["name"] is None
        monkeypatch.undo()
        await it.pass_(HOUR)
        assert await it.codes("direct") == ["claimed", "claimed", "reminder", "reminder"]


async def test_the_question_comes_in_the_owners_own_morning(tmp_path: Path) -> None:
    reps = [{"user": ANNA.user_id, "time_zone": "America/New_York", "hours": "Tue-Fri 09:00-17:00"}]
    async with house(tmp_path, stale_after={"other": "3d"}, rep=reps) as it:
        await it.claim(await it.says("warm"))  # on a Monday at nine, UTC
        await it.pass_(3 * DAY)
        assert "stale" not in await it.codes("direct")
        await it.pass_(4 * HOUR)
        assert "stale" not in await it.codes("direct")
        await it.pass_(HOUR)  # 08:30 in New York is 13:30
        assert (await it.codes("direct")).count("stale") == 1
