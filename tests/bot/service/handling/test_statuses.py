"""Statuses, cell by cell of docs/handling.md: what each kind does, and who may set it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from bot.service.views import Actor, State
from tests.bot.service.handling.states import CLOSED, act, as_plain, bring, cross_again
from tests.bot.service.house import (
    ANNA,
    BO,
    CARL,
    DAY,
    MANAGER,
    house,
)

STATES = ("quiet", "cooled", "open", "claimed", "recycled", "lost", "won", "rejected")


@pytest.mark.parametrize("key", ["customer", "lost", "unqualified"])
@pytest.mark.parametrize("state", STATES)
async def test_a_closing_status_closes_in_every_state_and_keeps_the_owner(tmp_path: Path, state: str, key: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        owner = (await it.row(number))["owner"]
        outcome = await it.status(number, key)
        same = key == CLOSED.get(state)
        assert outcome.code == ("status_unchanged" if same else "status_set")
        row = await it.row(number)
        assert (outcome.handling.state, row["owner"], row["alert_id"]) == (State.CLOSED, owner, None)
        assert (row["status"], row["deadline"], row["cooled"]) == (key, None, 0)


@pytest.mark.parametrize("state", STATES)
async def test_not_now_recycles_in_every_state_and_remembers_the_owner(tmp_path: Path, state: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        outcome = await it.status(number, "nurture")
        assert outcome.code == ("status_unchanged" if state == "recycled" else "status_set")
        row = await it.row(number)
        assert (outcome.handling.state, row["owner"], row["alert_id"]) == (State.RECYCLED, None, None)
        had = state in (*CLOSED, "claimed", "recycled")
        assert (row["last_owner"], row["deadline"]) == (ANNA.user_id if had else None, None)


@pytest.mark.parametrize(
    ("state", "key", "after", "owner"),
    [
        ("quiet", "connected", "quiet", None),
        ("cooled", "connected", "quiet", None),
        ("open", "connected", "claimed", BO),
        ("open", "waiting", "open", None),
        ("claimed", "connected", "claimed", ANNA),
        ("claimed", "waiting", "claimed", ANNA),
        ("recycled", "waiting", "claimed", BO),
        ("recycled", "connected", "claimed", BO),
        ("lost", "waiting", "claimed", ANNA),
        ("won", "connected", "claimed", ANNA),
        ("rejected", "deal", "claimed", ANNA),
    ],
)
async def test_a_status_of_kind_open(tmp_path: Path, state: str, key: str, after: str, owner: Actor | None) -> None:
    async with house(tmp_path, status=STATUSES) as it:
        number = await bring(it, state)
        actor = BO if state in ("quiet", "cooled", "open", "recycled") else ANNA
        outcome = await it.status(number, key, actor)
        assert (outcome.code, outcome.handling.status.key) == ("status_set", key)
        assert (outcome.handling.state.value, outcome.handling.owner) == (after, owner.user_id if owner else None)


STATUSES = [
    {"key": "new", "label": "New"},
    {"key": "waiting", "label": "Waiting for an answer"},
    {"key": "connected", "label": "Connected", "is_contact": True},
    {"key": "deal", "label": "Deal", "is_contact": True},
    {"key": "customer", "label": "Customer", "kind": "won"},
    {"key": "lost", "label": "Lost", "kind": "lost"},
    {"key": "unqualified", "label": "Unqualified", "kind": "rejected"},
    {"key": "nurture", "label": "Nurture", "kind": "recycled"},
]


async def test_a_closed_lead_without_owner_is_reopened_by_who_closed_it_and_theirs(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        await it.status(number, "lost", BO)
        assert (await it.status(number, "deal", CARL)).code == "not_yours"
        outcome = await it.status(number, "deal", BO)
        assert (outcome.handling.state, outcome.handling.owner) == (State.CLAIMED, BO.user_id)


@pytest.mark.parametrize("state", ["open", "claimed"])
async def test_a_contact_stops_the_clock_of_a_lead_with_an_owner(tmp_path: Path, state: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        outcome = await it.status(number, "attempting")
        assert (outcome.handling.deadline, outcome.handling.contacted_at) == (None, it.clock())


@pytest.mark.parametrize("closed", CLOSED)
async def test_a_reopened_lead_at_the_label_that_nobody_contacted_has_a_clock(tmp_path: Path, closed: str) -> None:
    async with house(tmp_path, status=STATUSES) as it:
        number = await bring(it, closed)
        outcome = await it.status(number, "waiting")
        assert outcome.handling.deadline == it.clock() + DAY


async def test_a_contact_of_an_earlier_crossing_is_none_of_this_one(tmp_path: Path) -> None:
    async with house(tmp_path, status=STATUSES) as it:
        number = await bring(it, "claimed")
        await it.status(number, "connected")
        await it.status(number, "nurture")
        await cross_again(it)
        await it.status(number, "lost", BO)
        outcome = await it.status(number, "waiting", BO)
        assert outcome.handling.deadline == it.clock() + DAY


@pytest.mark.parametrize(
    ("state", "actor", "may"),
    [
        ("quiet", BO, True),
        ("open", BO, True),
        ("recycled", BO, True),
        ("claimed", ANNA, True),
        ("claimed", BO, False),
        ("claimed", MANAGER, True),
        ("lost", ANNA, True),
        ("lost", BO, False),
        ("lost", MANAGER, True),
    ],
)
async def test_who_may_close(tmp_path: Path, state: str, actor: Actor, may: bool) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, state)
        before = as_plain(await it.row(number))
        outcome = await it.status(number, "unqualified", actor)
        assert (outcome.code, outcome.done) == (("status_set", True) if may else ("not_yours", False))
        assert may or as_plain(await it.row(number)) == before


async def test_a_status_is_an_event_and_an_audit_row_with_its_reason(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "lost", reason="Bought elsewhere")
        (event,) = await it.rows("SELECT * FROM events WHERE type = 'lead.status_changed'")
        assert json.loads(event["properties"]) == {"from": "new", "to": "lost", "by": ANNA.user_id}
        page = await it.core.desk.history(number)
        assert page is not None
        act = page.acts[0]
        assert (act.action, act.before, act.after, act.note) == ("status", "New", "Lost", "Bought elsewhere")


async def test_an_unknown_lead_or_status_is_none(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        assert await it.core.desk.claim(number + 1, ANNA) is None
        assert await it.core.desk.release(number + 1, ANNA) is None
        assert await it.core.desk.set_status(number, "unheard_of", ANNA) is None


# ---- qualification, amount


async def test_a_deal_warns_of_what_is_unset_or_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        outcome = await it.status(number, "deal")
        assert (outcome.code, outcome.warnings) == ("status_set", ("budget", "authority", "need", "timeline"))
    async with house(tmp_path / "strict", follow_up={"qualification": "refuse"}) as it:
        number = await bring(it, "claimed")
        assert (await it.status(number, "deal")).code == "needs_qualification"
        await act(it, "qualify", number, ANNA, "50k", "CFO", "Yes", "May")
        assert (await it.status(number, "deal")).code == "status_set"


async def test_a_deal_has_an_amount_and_a_date(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        outcome = await it.core.handling.set_status(number, "deal", ANNA, amount=Decimal("1200.50"))
        assert outcome is not None
        assert outcome.handling.amount == Decimal("1200.50")
        bad = await it.core.handling.set_status(number, "deal", ANNA, amount=Decimal(-1))
        assert bad is not None
        assert bad.code == "bad_choice"


@pytest.mark.parametrize(("before", "then"), [("lost", "customer"), ("unqualified", "nurture"), ("nurture", "lost")])
async def test_a_reason_goes_with_its_status(tmp_path: Path, before: str, then: str) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        assert (await it.status(number, before, reason="too dear")).handling.reason == "too dear"
        assert (await it.status(number, before)).handling.reason == "too dear"
        assert (await it.status(number, then)).handling.reason is None
