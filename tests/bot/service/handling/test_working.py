"""What happens to a lead while somebody works on it: contacts, deals that arrive, later activity."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bot.service.handling.states import act, bring, codes, opened
from tests.bot.service.house import (
    ALERTS,
    ANNA,
    BO,
    HOUR,
    MINUTE,
    house,
)

STATES = ("quiet", "open", "offered", "claimed", "snoozed", "recycled", "won", "lost", "rejected")


# ---- contacts


@pytest.mark.parametrize(
    ("state", "code", "after"),
    codes(
        quiet="logged_claimed>claimed",
        open="logged_claimed>claimed",
        offered="logged>offered",
        claimed="logged>claimed",
        snoozed="logged>claimed",
        recycled="logged_claimed>claimed",
        won="logged>closed",
    ),
)
async def test_another_rep_logs_a_contact(tmp_path: Path, state: str, code: str, after: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        outcome = await act(it, "log_contact", number, BO, "call", "reached", "Wants a demo")
        assert (outcome.code, outcome.handling.state.value) == (code, after)
        record = await it.core.handling.record(number)
        assert record is not None
        assert [(one.by, one.kind, one.outcome, one.note) for one in record.contacts] == [
            (BO.user_id, "call", "reached", "Wants a demo")
        ]
        if after == "claimed":
            assert outcome.handling.deadline is None


async def test_a_contact_without_claim_it_leaves_the_clock_running(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        outcome = await act(it, "log_contact", number, BO, "email", "no_answer", claim=False)
        assert (outcome.code, outcome.handling.owner) == ("logged", None)
        assert outcome.handling.deadline is not None


async def test_no_answer_may_be_tried_again_later(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        again = it.clock() + 3 * HOUR
        outcome = await act(it, "log_contact", number, ANNA, "call", "no_answer", again_at=again)
        assert (outcome.handling.state.value, outcome.handling.snoozed_until) == ("snoozed", again)


async def test_words_of_others_are_told_to_the_owner(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await act(it, "note", number, BO, "Met at the fair", "They liked the ROI guide")
        qualified = await act(it, "qualify", number, BO, "50k", "", "Needs it by May", None)
        assert qualified.warnings == (), "the sentence says what is still unknown"
        await act(it, "log_contact", number, BO, "meeting", "reached")
        await act(it, "note", number, ANNA, "Mine")
        assert (await it.codes("direct"))[1:] == ["noted", "qualified", "contact_logged"]
        record = await it.core.handling.record(number)
        assert record is not None
        assert record.notes[1].content_feedback == "They liked the ROI guide"
        assert record.qualification is not None
        assert record.qualification.unset == ("authority", "timeline")


# ---- deals arrive


@pytest.mark.parametrize("state", ["quiet", "open", "offered", "claimed", "snoozed", "recycled", "lost"])
async def test_a_won_deal_closes_the_lead_and_its_owner_is_told(tmp_path: Path, state: str) -> None:
    async with opened(tmp_path, state) as it:
        number = await bring(it, state)
        await it.says("deal_won", properties={"amount": 500})
        handling = (await it.lead(number)).handling
        assert (handling.state.value, handling.status.key) == ("closed", "lost" if state == "lost" else "customer")
        told = (await it.codes("direct"))[-1:]
        assert (told == ["closed_elsewhere"]) == (state in ("claimed", "snoozed"))
        assert handling.amount == (None if state == "lost" else Decimal(500))


async def test_a_lost_deal_closes_only_an_open_deal_and_closes_may_be_turned_off(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.says("deal_lost")
        assert (await it.lead(number)).handling.state.value == "claimed"
        await it.status(number, "deal")
        await it.says("deal_lost", properties={"reason": "Price"})
        assert (await it.lead(number)).handling.reason == "Price"
    async with house(tmp_path / "off", follow_up={"closes": False}) as it:
        number = await bring(it, "claimed")
        await it.says("deal_won")
        assert (await it.lead(number)).handling.state.value == "claimed"


# ---- later activity


async def test_later_activity_of_a_claimed_lead_is_gathered_for_its_thread_and_owner(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=ALERTS | {"gather": "5m"}) as it:
        number = await bring(it, "claimed")
        await it.says("page_viewed")
        await it.pass_(2 * MINUTE)
        await it.says("page_viewed")
        assert await it.codes("thread") == []
        await it.pass_(3 * MINUTE)
        assert (await it.codes("thread"), (await it.codes("direct"))[1:]) == (["activity"], ["activity"])
        await it.release(number)
        await it.says("page_viewed")
        await it.pass_(HOUR)
        assert (await it.codes("thread")).count("activity") == 1
