"""The table of docs/handling.md, cell by cell: reassign, snooze, wake, not a fit, not now, contacts, deals.

Of a lead in `offered` Anna has first refusal, then Bo; Anna owns what is claimed, snoozed, recycled or closed.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor, Outcome
from tests.bot.service.house import ALERTS, ANNA, BO, CARL, DAY, HOUR, MANAGER, MINUTE, SALES, House, house

STATES = ("quiet", "open", "offered", "claimed", "snoozed", "recycled", "won", "lost", "rejected")
CLOSED = {"won": "customer", "lost": "lost", "rejected": "unqualified"}
TURNS = [
    {"name": "Turns", "channel": SALES, "how": "round_robin", "reps": [ANNA.user_id, BO.user_id], "offer_for": "1h"}
]


async def bring(it: House, state: str) -> int:
    """A lead in this state, at the label but for quiet, its alert posted."""
    if state == "quiet":
        return await it.says("newsletter")
    number = await it.says("warm")
    await it.posted(number)
    if state not in ("open", "offered"):
        await it.claim(number)
    if state == "snoozed":
        await act(it, "snooze", number, ANNA, it.clock() + 3 * HOUR)
    elif state == "recycled":
        await act(it, "not_now", number, ANNA, "Too early")
    elif state in CLOSED:
        await it.status(number, CLOSED[state])
    await it.pass_(MINUTE)
    return number


def opened(tmp_path: Path, state: str, **sections: Any) -> Any:
    """A house whose alerts are offered in turns, where the state asks for it."""
    offered: dict[str, Any] = {"route": TURNS} if state == "offered" else {}
    return house(tmp_path, **offered, **sections)


async def act(it: House, name: str, number: int, actor: Actor, *more: Any, **named: Any) -> Outcome:
    outcome = await getattr(it.core.handling, name)(number, actor, *more, **named)
    assert isinstance(outcome, Outcome)
    return outcome


def codes(**by_state: str) -> list[tuple[str, str, str]]:
    """A row of the table: state=code>after."""
    return [(state, *told.split(">")) for state, told in by_state.items()]  # type: ignore[misc]


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
