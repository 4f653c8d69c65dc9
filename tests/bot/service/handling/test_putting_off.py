"""Snooze, wake, not a fit and not now, cell by cell of docs/handling.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.service.handling.states import act, bring, codes, opened
from tests.bot.service.house import (
    ANNA,
    CARL,
    DAY,
    HOUR,
    house,
)

STATES = ("quiet", "open", "offered", "claimed", "snoozed", "recycled", "won", "lost", "rejected")


# ---- snooze and wake


@pytest.mark.parametrize(
    ("state", "code", "after"),
    codes(
        quiet="not_possible>quiet",
        open="snoozed>snoozed",
        offered="snoozed>snoozed",
        claimed="snoozed>snoozed",
        snoozed="snoozed>snoozed",
        recycled="not_possible>recycled",
        lost="closed>closed",
    ),
)
async def test_snoozing(tmp_path: Path, state: str, code: str, after: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        until = it.clock() + 5 * HOUR
        outcome = await act(it, "snooze", number, ANNA, until)
        assert (outcome.code, outcome.handling.state.value) == (code, after)
        if outcome.done:
            assert (outcome.handling.owner, outcome.handling.snoozed_until) == (ANNA.user_id, until)


async def test_another_may_not_snooze_what_is_offered_or_owned_and_nobody_into_the_past(tmp_path: Path) -> None:
    async with opened(tmp_path, "offered") as it:
        number = await bring(it, "offered")
        assert (await act(it, "snooze", number, CARL, it.clock() + HOUR)).code == "offered_elsewhere"
        await it.claim(number)
        assert (await act(it, "snooze", number, CARL, it.clock() + HOUR)).code == "not_yours"
        assert (await act(it, "snooze", number, ANNA, it.clock())).code == "in_the_past"


@pytest.mark.parametrize(("word", "code"), [("dip3", "crossed_again"), ("hot", "better")])
async def test_the_score_tells_the_owner_of_a_snoozed_lead_and_its_thread_and_wakes_nobody(
    tmp_path: Path, word: str, code: str
) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        await it.posted(number)
        await act(it, "snooze", number, ANNA, it.clock() + 30 * DAY)
        before = await it.row(number)
        await it.says(word)
        await it.pass_(3 * DAY)
        row = await it.row(number)
        assert (await it.codes("thread"), await it.codes("direct")) == ([code], ["claimed", code])
        assert (row["snoozed_until"], row["deadline"]) == (before["snoozed_until"], before["deadline"])
        (told,) = [json.loads(one["payload"])["notice"] for one in await it.owed("thread")]
        assert (told["handling"]["state"], told["broadcast"]) == ("snoozed", False)
        assert len(await it.rows("SELECT id FROM alerts")) == 1


async def test_when_its_time_comes_the_owner_has_it_again_and_is_told_once(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "snoozed")
        await it.pass_(4 * HOUR)
        assert (await it.lead(number)).handling.state.value == "claimed"
        await it.pass_(4 * HOUR)
        assert (await it.codes("direct")).count("woken") == 1


@pytest.mark.parametrize(
    ("state", "code", "after"),
    codes(
        quiet="not_possible>quiet",
        open="not_possible>open",
        claimed="not_possible>claimed",
        snoozed="woken>claimed",
        recycled="not_possible>recycled",
        rejected="closed>closed",
    ),
)
async def test_waking(tmp_path: Path, state: str, code: str, after: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        outcome = await act(it, "wake", number, ANNA)
        assert (outcome.code, outcome.handling.state.value) == (code, after)


async def test_a_snooze_suspends_the_clock_once_and_what_was_left_runs_on(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        deadline = (await it.row(number))["deadline"]
        first = await act(it, "snooze", number, ANNA, it.clock() + 2 * HOUR)
        assert (first.handling.deadline, first.warnings) == (deadline + 2 * HOUR, ())
        await it.pass_(2 * HOUR)
        again = await act(it, "snooze", number, ANNA, it.clock() + 2 * HOUR)
        assert (again.handling.deadline, again.warnings) == (deadline + 2 * HOUR, ("clock_runs",))


async def test_a_snooze_of_more_than_a_working_day_suspends_the_clock_for_one(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        deadline = (await it.row(number))["deadline"]
        outcome = await act(it, "snooze", number, ANNA, it.clock() + 5 * DAY)
        assert (outcome.handling.deadline, outcome.warnings) == (deadline + DAY, ("clock_runs",))


async def test_waking_early_gives_back_no_time(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        deadline = (await it.row(number))["deadline"]
        await act(it, "snooze", number, ANNA, it.clock() + 5 * HOUR)
        await it.pass_(HOUR)
        assert (await act(it, "wake", number, ANNA)).handling.deadline == deadline + HOUR


async def test_releasing_a_snoozed_lead_gives_it_to_the_team(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "snoozed")
        outcome = await it.release(number)
        assert (outcome.code, outcome.handling.state.value) == ("released", "open")
        await it.pass_(DAY)
        assert (await it.codes("direct")).count("woken") == 0


# ---- not a fit, not now


@pytest.mark.parametrize("state", STATES)
async def test_not_a_fit_closes_in_every_state(tmp_path: Path, state: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        outcome = await act(it, "not_fit", number, ANNA, "Competitor", "Works for them")
        assert outcome.code == ("status_unchanged" if state == "rejected" else "status_set")
        assert (outcome.handling.state.value, outcome.handling.reason) == ("closed", "Competitor")
        assert outcome.handling.deadline is None


@pytest.mark.parametrize("state", STATES)
async def test_not_now_recycles_in_every_state_until_its_time_comes(tmp_path: Path, state: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        until = it.clock() + 10 * DAY
        outcome = await act(it, "not_now", number, ANNA, "Too early", until)
        assert outcome.code == ("new_time" if state == "recycled" else "status_set")
        assert (outcome.handling.state.value, outcome.handling.back_at) == ("recycled", until)
        await it.pass_(11 * DAY)
        after = (await it.lead(number)).handling
        assert (after.state.value, after.status.key) == ("quiet" if state == "quiet" else "open", "new")


async def test_a_reason_that_is_not_configured_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        outcome = await act(it, "not_fit", number, ANNA, "I do not like them")
        assert (outcome.code, outcome.done, outcome.handling.state.value) == ("bad_choice", False, "claimed")


async def test_a_lead_that_was_put_off_without_a_time_comes_back_in_ninety_days(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "recycled")
        row = await it.row(number)
        assert row["back_at"] == row["status_since"] + 90 * DAY
