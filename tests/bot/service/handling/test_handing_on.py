"""Leads that change hands, cell by cell of docs/handling.md: reassigned, or their owner leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service.views import Actor
from tests.bot.service.handling.states import act, bring, codes, opened
from tests.bot.service.house import (
    ANNA,
    BO,
    CARL,
    HOUR,
    MANAGER,
    house,
)

# ---- reassign


@pytest.mark.parametrize(
    ("state", "code", "after"),
    codes(
        quiet="not_possible>quiet",
        open="reassigned>claimed",
        offered="reassigned>claimed",
        claimed="reassigned>claimed",
        snoozed="reassigned>snoozed",
        recycled="reassigned>claimed",
        won="closed>closed",
    ),
)
async def test_a_manager_reassigns(tmp_path: Path, state: str, code: str, after: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        outcome = await act(it, "reassign", number, MANAGER, CARL.user_id)
        assert (outcome.code, outcome.handling.state.value) == (code, after)
        if outcome.done:
            assert outcome.handling.owner == CARL.user_id
            assert [row["lane"] for row in await it.owed("direct")][-1] == CARL.user_id
            assert (await it.codes("direct"))[-1] == "reassigned_to"


async def test_a_reassigned_snooze_keeps_its_time_and_the_new_owner_is_told_both(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "snoozed")
        until = (await it.row(number))["snoozed_until"]
        outcome = await act(it, "reassign", number, ANNA, BO.user_id)
        assert (outcome.handling.snoozed_until, outcome.handling.deadline) == (until, outcome.handling.deadline)
        assert outcome.handling.deadline is not None


@pytest.mark.parametrize(("actor", "code"), [(ANNA, "reassigned"), (BO, "not_yours"), (MANAGER, "reassigned")])
async def test_the_owner_and_a_manager_may_reassign(tmp_path: Path, actor: Actor, code: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        assert (await act(it, "reassign", number, actor, CARL.user_id)).code == code


async def test_reassigning_to_the_owner_changes_and_tells_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        before = (await it.actions(number), len(await it.rows("SELECT id FROM outbox")))
        assert (await act(it, "reassign", number, MANAGER, ANNA.user_id)).code == "already_theirs"
        assert (await it.actions(number), len(await it.rows("SELECT id FROM outbox"))) == before


async def test_reassigning_to_somebody_who_has_left_is_refused_and_to_somebody_away_or_full_warns(
    tmp_path: Path,
) -> None:
    reps = [{"user": BO.user_id, "away": ["2026-03-01..2026-03-09"]}, {"user": CARL.user_id, "capacity": 0}]
    async with house(tmp_path, rep=reps) as it:
        number = await bring(it, "claimed")
        await it.core.handling.member_changed("U0GONE", active=False)
        assert (await act(it, "reassign", number, ANNA, "U0GONE")).code == "not_active"
        assert (await act(it, "reassign", number, ANNA, BO.user_id)).warnings == ("away",)
        assert (await act(it, "reassign", number, BO, CARL.user_id)).warnings == ("full",)


# ---- owners who leave


@pytest.mark.parametrize(
    ("state", "after", "owner"),
    [
        ("offered", "offered", None),
        ("claimed", "open", None),
        ("snoozed", "snoozed", None),
        ("recycled", "recycled", None),
        ("won", "closed", None),
    ],
)
async def test_an_owner_leaves(tmp_path: Path, state: str, after: str, owner: str | None) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        await it.core.handling.member_changed(ANNA.user_id, active=False)
        handling = (await it.lead(number)).handling
        assert (handling.state.value, handling.owner) == (after, owner)
        assert handling.offered_to == (BO.user_id if state == "offered" else None)
        assert await it.core.handling.member_changed(ANNA.user_id, active=False) == 0


async def test_a_snoozed_lead_whose_owner_left_is_the_teams_when_its_time_comes(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "snoozed")
        await it.core.handling.member_changed(ANNA.user_id, active=False)
        await it.pass_(4 * HOUR)
        assert (await it.lead(number)).handling.state.value == "open"
        assert "back_to_team" in await it.codes("thread")
