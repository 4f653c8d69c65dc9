"""A label that gets better, is reached again or falls below, cell by cell of docs/handling.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.service.views import Better
from tests.bot.service.handling.states import bring, state_of
from tests.bot.service.house import (
    DAY,
    HOUR,
    house,
)

# ---- better


@pytest.mark.parametrize(
    ("state", "thread", "direct"),
    [
        ("open", ["better"], []),
        ("claimed", ["better"], ["claimed", "better"]),
        ("recycled", [], ["claimed"]),
        ("lost", [], ["claimed"]),
        ("won", [], ["claimed"]),
        ("rejected", [], ["claimed"]),
    ],
)
async def test_a_better_label_is_told_where_the_table_says(
    tmp_path: Path, state: str, thread: list[str], direct: list[str]
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        before = await state_of(it, number)
        await it.says("hot")
        assert await state_of(it, number) == before
        assert (await it.codes("thread"), await it.codes("direct")) == (thread, direct)
        assert len(await it.rows("SELECT id FROM alerts")) == 1


async def test_a_better_label_of_an_open_lead_goes_to_the_channel_and_never_later_than_the_running_deadline(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        before = (await it.row(number))["deadline"]
        await it.pass_(HOUR)
        await it.says("hot")
        (line,) = [json.loads(row["payload"])["notice"] for row in await it.owed("thread")]
        assert line["broadcast"] is True
        assert (await it.row(number))["deadline"] == before
        view = await it.core.desk.alert((await it.lead(number)).alert_key or "")
        assert view is not None
        assert view.better == Better("hot")
        assert view.facts.label == "warm"


async def test_the_same_label_is_told_once_and_a_worse_one_not_at_all(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await bring(it, "open")
        for word in ("hot", "hot", "warm"):
            await it.says(word)
        assert await it.codes("thread") == ["better"]


# ---- at the label again without a crossing, below the label


@pytest.mark.parametrize(
    ("state", "after", "thread"),
    [
        ("cooled", "open", ["back_to_team"]),
        ("claimed", "claimed", []),
        ("recycled", "recycled", []),
        ("lost", "closed", []),
    ],
)
async def test_at_the_label_again_during_the_cooldown(
    tmp_path: Path, state: str, after: str, thread: list[str]
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open" if state == "cooled" else state)
        await it.says("dip")
        await it.pass_(12 * HOUR)
        assert await state_of(it, number) == after
        assert await it.codes("thread") == thread
        assert len(await it.rows("SELECT id FROM crossings")) == 1
        assert len(await it.rows("SELECT id FROM alerts")) == 1


async def test_at_the_label_again_an_open_lead_has_a_clock_again(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        await it.says("dip")
        assert (await it.row(number))["deadline"] is None
        await it.pass_(12 * HOUR)
        assert (await it.row(number))["deadline"] == it.clock() + DAY


async def test_at_the_label_again_a_claimed_lead_without_contact_has_a_clock(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        await it.says("dip")
        await it.claim(number)
        assert (await it.row(number))["deadline"] is None
        await it.pass_(12 * HOUR)
        assert (await it.row(number))["deadline"] == it.clock() + DAY


async def test_at_the_label_again_after_a_contact_no_clock_starts(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "connected")
        await it.says("dip")
        await it.pass_(12 * HOUR)
        assert (await it.row(number))["deadline"] is None


@pytest.mark.parametrize(
    ("state", "after", "ended", "clock"),
    [
        ("open", "quiet", "cooled", False),
        ("claimed", "claimed", None, True),
        ("recycled", "recycled", "recycled", False),
        ("lost", "closed", "closed", False),
    ],
)
async def test_a_label_that_falls_below_ends_the_alert_of_an_open_lead_alone(
    tmp_path: Path, state: str, after: str, ended: str | None, clock: bool
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        await it.says("dip3")
        assert await state_of(it, number) == after
        (alert,) = await it.rows("SELECT ended_why FROM alerts")
        assert alert["ended_why"] == ended
        row = await it.row(number)
        assert (row["deadline"] is not None) == clock
        assert bool(row["cooled"]) == (state == "open")


async def test_a_lead_that_cooled_may_still_be_claimed_and_is_then_no_longer_cooled(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "cooled")
        assert (await it.lead(number)).handling.cooled
        assert (await it.claim(number)).code == "claimed"
        assert not (await it.lead(number)).handling.cooled
