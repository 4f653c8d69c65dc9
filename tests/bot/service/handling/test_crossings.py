"""A crossing, cell by cell of docs/handling.md; and what holds its alert back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.service.handling.states import CLOSED, bring, cross_again, state_of
from tests.bot.service.house import (
    ANNA,
    BO,
    DAY,
    HEAD,
    TAIL,
    house,
)


@pytest.mark.parametrize(
    ("state", "after", "alerts", "thread", "direct"),
    [
        ("cooled", "open", 2, [], []),
        ("claimed", "claimed", 1, ["crossed_again"], ["claimed", "crossed_again"]),
        ("recycled", "offered", 2, [], ["claimed", "offered"]),
        ("lost", "closed", 1, [], ["claimed", "crossed_closed"]),
        ("won", "closed", 1, [], ["claimed", "crossed_closed"]),
        ("rejected", "closed", 1, [], ["claimed", "crossed_closed"]),
    ],
)
async def test_a_crossing_does_what_the_state_says(
    tmp_path: Path, state: str, after: str, alerts: int, thread: list[str], direct: list[str]
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        await cross_again(it)
        assert await state_of(it, number) == after
        assert len(await it.rows("SELECT id FROM alerts")) == alerts
        assert await it.codes("thread") == thread
        assert await it.codes("direct") == direct
        assert len(await it.rows("SELECT id FROM crossings")) == 2


async def test_a_quiet_lead_that_crosses_is_open_with_a_posted_alert_and_a_running_clock(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "quiet")
        await it.says("warm")
        row = await it.row(number)
        assert await state_of(it, number) == "open"
        assert row["deadline"] == it.clock() + DAY
        (owed,) = await it.owed("alert")
        assert owed["alert_id"] == row["alert_id"]


async def test_a_second_model_that_crosses_joins_the_open_alert_and_tells_the_channel(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        alert = (await it.rows("SELECT * FROM alerts"))[0]
        await it.core.store.write(
            lambda tx: tx.run(
                "UPDATE alerts SET facts = json_set(facts, '$.model', 'other') WHERE id = :id", id=alert["id"]
            )
        )
        await it.core.store.write(lambda tx: tx.run("UPDATE scores SET armed = 1"))
        it.core.scorebook.histories.forget_all()
        await it.says("hot")
        assert await state_of(it, number) == "open"
        (line,) = [json.loads(row["payload"])["notice"] for row in await it.owed("thread")]
        assert (line["code"], line["broadcast"]) == ("also_crossed", True)
        assert len(await it.rows("SELECT id FROM alerts")) == 1


async def test_a_recycled_lead_that_crosses_is_new_again_and_its_alert_is_linked_to_the_old_one(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "recycled")
        await cross_again(it)
        old, new = await it.rows("SELECT id, previous_id, anew, ended_why FROM alerts ORDER BY id")
        assert (new["previous_id"], new["anew"]) == (old["id"], 0)
        row = await it.row(number)
        assert (row["status"], row["owner"], row["last_owner"]) == ("new", None, ANNA.user_id)
        assert row["deadline"] == it.clock() + DAY


@pytest.mark.parametrize(("rest", "after"), [(89, "closed"), (91, "offered")])
async def test_a_lost_lead_is_a_lead_again_after_ninety_days_and_offered_to_its_last_owner(
    tmp_path: Path, rest: int, after: str
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "lost")
        await it.says("dip")
        await it.pass_(rest * DAY)
        await it.says("warm")
        assert await state_of(it, number) == after
        row = await it.row(number)
        assert (row["owner"], row["status"]) == ((ANNA.user_id, "lost") if after == "closed" else (None, "new"))


async def test_a_lost_lead_that_comes_back_has_the_change_of_owner_in_its_audit_trail(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "lost")
        await it.says("dip")
        await it.pass_(91 * DAY)
        await it.says("warm")
        assert await it.actions(number) == ["claimed", "status", "status", "released"]


@pytest.mark.parametrize("state", CLOSED)
async def test_a_crossing_of_a_closed_lead_without_owner_is_recorded_and_tells_nobody(
    tmp_path: Path, state: str
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "cooled")
        await it.status(number, CLOSED[state], BO)
        await it.pass_(3 * DAY)
        assert await state_of(it, number) == "closed"
        assert len(await it.rows("SELECT id FROM crossings")) == 2
        assert await it.codes("direct") == await it.codes("thread") == []


async def test_a_crossing_after_a_contact_starts_the_clock_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "connected")
        assert (await it.row(number))["deadline"] is None
        await cross_again(it)
        assert (await it.row(number))["deadline"] == it.clock() + DAY


async def test_a_crossing_before_a_contact_does_not_restart_the_clock(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        before = (await it.row(number))["deadline"]
        await cross_again(it)
        assert (await it.row(number))["deadline"] == before


# ---- what holds an alert back


NEVER = '[[never_alert]]\nname = "Applicants"\nwhen = { has = { event = "applied", within = "5d" } }\n'


@pytest.mark.parametrize("act", ["waits", "is claimed and released"])
async def test_an_alert_that_was_held_back_is_not_sent_when_that_lapses(tmp_path: Path, act: str) -> None:
    async with house(tmp_path, model=_never_model()) as it:
        await it.says("applied")
        number = await it.says("warm")
        (crossing,) = await it.rows("SELECT held_back FROM crossings")
        assert crossing["held_back"] == "Applicants"
        if act == "is claimed and released":
            await it.claim(number)
            await it.release(number)
        await it.pass_(6 * DAY)
        assert await state_of(it, number) == "quiet"
        assert await it.owed("alert") == []


async def test_a_list_says_what_held_an_alert_back_while_nobody_works_on_the_lead(tmp_path: Path) -> None:
    async with house(tmp_path, model=_never_model()) as it:
        await it.says("applied")
        number = await it.says("warm")
        await it.says("warm", "bo@other.example")

        async def held() -> list[str | None]:
            page = await it.core.handling.listed("warm", ANNA)
            return [row.held_back for row in sorted(page.rows, key=lambda row: row.lead.number)]

        assert await held() == ["Applicants", None]
        await it.claim(number)
        assert await held() == [None, None]


async def test_an_alert_that_was_sent_stays_live_when_something_would_hold_it_back_now(tmp_path: Path) -> None:
    async with house(tmp_path, model=_never_model()) as it:
        number = await bring(it, "open")
        await it.says("applied")
        assert await state_of(it, number) == "open"
        await it.pass_(6 * DAY)
        assert await state_of(it, number) == "open"


def _never_model() -> str:
    return HEAD + NEVER + TAIL
