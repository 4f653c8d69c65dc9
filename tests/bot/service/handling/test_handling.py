"""The table of docs/handling.md, cell by cell: the acts and happenings of one lead in each of its states.

The states that exist so far: quiet, cooled (a quiet lead that was alerted), open, claimed, recycled, lost, won,
rejected.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.service.views import Actor, Better, State
from tests.bot.service.house import ANNA, BO, CARL, DAY, HEAD, HOUR, MANAGER, MINUTE, TAIL, House, house

CLOSED = {"lost": "lost", "won": "customer", "rejected": "unqualified"}
STATES = ("quiet", "cooled", "open", "claimed", "recycled", *CLOSED)


async def bring(it: House, state: str) -> int:
    """A lead in this state, at the label but for quiet and cooled; its number. Anna owns it, or closed it."""
    if state == "quiet":
        return await it.says("newsletter")
    number = await it.says("warm")
    await it.posted(number)
    if state == "cooled":
        await it.says("dip3")
    elif state != "open":
        await it.claim(number)
    if state == "recycled":
        await it.status(number, "nurture")
    elif state in CLOSED:
        await it.status(number, CLOSED[state])
    await it.pass_(MINUTE)
    return number


async def state_of(it: House, number: int) -> str:
    return (await it.lead(number)).handling.state.value


# ---- crossing


async def cross_again(it: House) -> None:
    """Dip, wait until the cooldown is over, and come back."""
    await it.says("dip3")
    await it.pass_(3 * DAY)


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
        assert [*map(_plain, before)] == [*map(_plain, after)]


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


# ---- statuses


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
        before = _plain(await it.row(number))
        outcome = await it.status(number, "unqualified", actor)
        assert (outcome.code, outcome.done) == (("status_set", True) if may else ("not_yours", False))
        assert may or _plain(await it.row(number)) == before


async def test_a_status_is_an_event_and_an_audit_row_with_its_reason(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "claimed")
        await it.status(number, "lost", reason="Bought elsewhere")
        (event,) = await it.rows("SELECT * FROM events WHERE type = 'lead.status_changed'")
        assert json.loads(event["properties"]) == {"from": "new", "to": "lost", "by": ANNA.user_id}
        page = await it.core.desk.history(number)
        assert page is not None
        act = page.acts[0]
        assert (act.action, act.before, act.after, act.note) == ("status", "new", "lost", "Bought elsewhere")


async def test_an_unknown_lead_or_status_is_none(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "open")
        assert await it.core.desk.claim(number + 1, ANNA) is None
        assert await it.core.desk.release(number + 1, ANNA) is None
        assert await it.core.desk.set_status(number, "unheard_of", ANNA) is None


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


async def test_an_alert_that_was_sent_stays_live_when_something_would_hold_it_back_now(tmp_path: Path) -> None:
    async with house(tmp_path, model=_never_model()) as it:
        number = await bring(it, "open")
        await it.says("applied")
        assert await state_of(it, number) == "open"
        await it.pass_(6 * DAY)
        assert await state_of(it, number) == "open"


def _never_model() -> str:
    return HEAD + NEVER + TAIL


def _plain(found: Any) -> Any:
    return dict(found) if hasattr(found, "keys") else found
