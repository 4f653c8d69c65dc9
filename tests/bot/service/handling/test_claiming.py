"""Claim, release, and what is offered, cell by cell of docs/handling.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.service.views import Actor, State
from tests.bot.service.handling.states import as_plain, bring, opened
from tests.bot.service.house import (
    ANNA,
    BO,
    CARL,
    DAY,
    HOUR,
    MANAGER,
    house,
)

# ---- claim


@pytest.mark.parametrize(
    ("state", "code", "after", "owner"),
    [
        ("quiet", "claimed", "claimed", BO),
        ("cooled", "claimed", "claimed", BO),
        ("open", "claimed", "claimed", BO),
        ("claimed", "taken", "claimed", ANNA),
        ("recycled", "claimed", "claimed", BO),
        ("lost", "closed", "closed", ANNA),
        ("won", "closed", "closed", ANNA),
        ("rejected", "closed", "closed", ANNA),
    ],
)
async def test_claiming(tmp_path: Path, state: str, code: str, after: str, owner: Actor) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        told = len(await it.owed("direct"))
        outcome = await it.claim(number, BO)
        assert (outcome.code, outcome.done) == (code, code == "claimed")
        assert (outcome.handling.state.value, outcome.handling.owner) == (after, owner.user_id)
        assert len(await it.owed("direct")) == told + (code == "claimed")


async def test_claiming_what_is_yours_already_changes_and_tells_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        before = (await it.actions(number), await it.row(number), len(await it.rows("SELECT id FROM outbox")))
        outcome = await it.claim(number)
        assert (outcome.code, outcome.done) == ("already_yours", True)
        after = (await it.actions(number), await it.row(number), len(await it.rows("SELECT id FROM outbox")))
        assert [*map(as_plain, before)] == [*map(as_plain, after)]


async def test_claiming_a_recycled_lead_makes_it_new_with_a_clock(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "recycled")
        outcome = await it.claim(number, BO)
        assert outcome.handling.status.key == "new"
        assert outcome.handling.deadline == it.clock() + DAY
        assert (await it.actions(number))[-2:] == ["status", "claimed"]


async def test_a_claim_leaves_a_running_clock_alone(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        before = (await it.row(number))["deadline"]
        await it.pass_(HOUR)
        assert (await it.claim(number)).handling.deadline == before


# ---- release


@pytest.mark.parametrize(
    ("state", "code", "after"),
    [
        ("quiet", "not_claimed", "quiet"),
        ("cooled", "not_claimed", "quiet"),
        ("open", "not_claimed", "open"),
        ("claimed", "released", "open"),
        ("recycled", "not_claimed", "recycled"),
        ("lost", "closed", "closed"),
        ("won", "closed", "closed"),
        ("rejected", "closed", "closed"),
    ],
)
async def test_releasing(tmp_path: Path, state: str, code: str, after: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        outcome = await it.release(number)
        assert (outcome.code, outcome.done) == (code, code == "released")
        assert outcome.handling.state.value == after


@pytest.mark.parametrize("state", ["quiet", "cooled", "open"])
async def test_who_is_refused_is_told_since_when_the_lead_stands_so(tmp_path: Path, state: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        became = (await it.release(number)).handling.since
        await it.pass_(HOUR)
        if state == "open":
            await it.says("hot")  # a better label is no other state
        assert (await it.release(number)).handling.since == became
        assert became is not None
        assert became <= it.clock() - HOUR


async def test_an_open_lead_is_open_since_it_was_given_back_and_not_since_its_status(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "attempting")
        await it.pass_(HOUR)
        await it.release(number)
        given_back = it.clock()
        await it.pass_(HOUR)
        refused = await it.release(number)
        assert (refused.code, refused.handling.state.value, refused.handling.since) == (
            "not_claimed", "open", given_back,
        )  # fmt: skip


@pytest.mark.parametrize(("actor", "code"), [(ANNA, "released"), (BO, "not_yours"), (MANAGER, "released")])
async def test_the_owner_and_a_manager_may_release(tmp_path: Path, actor: Actor, code: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        assert (await it.release(number, actor)).code == code


async def test_a_released_lead_at_the_label_goes_on_with_its_alert_and_clock_and_the_channel_hears_it(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        before = (await it.row(number))["deadline"]
        await it.release(number)
        row = await it.row(number)
        assert (row["deadline"], row["last_owner"]) == (before, ANNA.user_id)
        (line,) = [json.loads(owed["payload"])["notice"] for owed in await it.owed("thread")]
        assert (line["code"], line["broadcast"], line["actor"]) == ("back_to_team", True, ANNA.user_id)
        (alert,) = await it.rows("SELECT ended_at FROM alerts WHERE id = :id", id=row["alert_id"])
        assert alert["ended_at"] is None


async def test_after_more_than_a_day_a_released_lead_is_posted_anew_and_not_counted_again(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.pass_(2 * DAY)
        await it.release(number)
        old, new = await it.rows("SELECT * FROM alerts ORDER BY id")
        assert (new["previous_id"], new["anew"], new["crossing_id"]) == (old["id"], 1, old["crossing_id"])
        assert old["ended_why"] == "superseded"
        assert len(await it.owed("alert")) == 2
        assert (await it.row(number))["alert_id"] == new["id"]


async def test_a_released_lead_that_crossed_while_claimed_without_an_alert_is_posted(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "quiet")
        await it.claim(number)
        await it.says("warm")
        assert await it.owed("alert") == []
        assert (await it.row(number))["deadline"] == it.clock() + DAY
        assert (await it.release(number)).handling.state is State.OPEN
        assert len(await it.owed("alert")) == 1


async def test_a_released_lead_below_the_label_is_quiet_and_the_manager_is_told_if_it_was_contacted(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "connected")
        await it.says("dip3")
        assert (await it.release(number)).handling.state is State.QUIET
        told = [row["lane"] for row in await it.owed("direct")]
        assert told == [ANNA.user_id, MANAGER.user_id]
        assert (await it.codes("direct"))[-1] == "needs_owner"


async def test_a_released_lead_below_the_label_that_nobody_contacted_is_simply_quiet(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.says("dip3")
        assert (await it.release(number)).handling.state is State.QUIET
        assert await it.codes("direct") == ["claimed"]
        assert (await it.row(number))["deadline"] is None


# ---- offered


@pytest.mark.parametrize(
    ("actor", "code", "after"),
    [(ANNA, "claimed", "claimed"), (BO, "offered_elsewhere", "offered"), (MANAGER, "claimed", "claimed")],
)
async def test_claiming_what_is_offered(tmp_path: Path, actor: Actor, code: str, after: str) -> None:
    async with opened(tmp_path, "offered") as it:
        number = await bring(it, "offered")
        outcome = await it.claim(number, actor)
        assert (outcome.code, outcome.handling.state.value) == (code, after)


async def test_what_is_declined_goes_to_the_next_and_then_to_all(tmp_path: Path) -> None:
    async with opened(tmp_path, "offered") as it:
        number = await bring(it, "offered")
        assert (await it.release(number, CARL)).code == "offered_elsewhere"
        first = await it.release(number, ANNA)
        assert (first.code, first.handling.state.value, first.handling.offered_to) == ("released", "offered", "U0BO")
        assert (await it.release(number, BO)).handling.state.value == "open"
        assert await it.codes("thread") == ["offered", "offer_ended"]


async def test_an_offer_that_ends_goes_on_and_a_label_that_falls_ends_it(tmp_path: Path) -> None:
    async with opened(tmp_path, "offered") as it:
        number = await bring(it, "offered")
        await it.pass_(HOUR)
        assert (await it.lead(number)).handling.offered_to == BO.user_id
        await it.says("dip3")
        handling = (await it.lead(number)).handling
        assert (handling.state.value, handling.offered_to, handling.cooled) == ("quiet", None, True)
        assert (await it.codes("direct"))[-1] == "offer_ended"
