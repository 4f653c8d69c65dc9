"""Quiet hours and ceilings turn alerts into a digest, never into silence; the day's digest; what is counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.senders.base import Refused, Sent
from bot.service.handling.views import DigestView
from bot.service.views import Unknown
from bot.service.views_json import digest_from_json
from bot.workers.settled import Settled
from scoring.instants import MINUTE
from tests.bot.service.handling.states import bring
from tests.bot.service.house import (
    ALERTS,
    ANNA,
    BO,
    COMPANY_MODEL,
    DAY,
    FALLBACK,
    HOUR,
    MANAGER,
    SALES,
    House,
    house,
)

QUIET = ALERTS | {"quiet_hours": "08:00-18:00", "gather": "52w"}  # the tests begin at 09:00
DIGEST = {"enabled": True, "at": "08:30"}


async def digests(it: House, lane: str | None = None) -> list[DigestView]:
    rows = [row for row in await it.owed("digest") if lane in (None, row["lane"])]
    return [digest_from_json(json.loads(row["payload"])["digest"]) for row in rows]


async def delivered(it: House, refused: Refused | None = None) -> None:
    """The digests that are owed reached Slack, or were refused."""
    settled = Settled(it.core.book, it.core.statuses, it.core.metrics)
    for row in await it.owed("digest"):

        def work(tx: Any, row: Any = row) -> None:
            if refused is not None:
                settled.undeliverable(tx, row, refused, it.clock())
            else:
                settled.delivered(tx, row, Sent(row["lane"], "1.1"), it.clock())

        await it.core.store.write(work)


async def test_in_quiet_hours_alerts_wait_and_come_as_one_digest(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=QUIET) as it:
        numbers = [await it.says("warm", f"lead{n}@x.example") for n in range(3)]
        await it.pass_(8 * HOUR)
        assert await it.owed("alert") == await it.owed("digest") == []
        await it.pass_(HOUR)
        (view,) = await digests(it)
        assert [row.lead.number for row in view.rows["held_back"]] == numbers
        assert await it.owed("alert") == []
        await delivered(it)
        assert (await it.row(numbers[0]))["deadline"] == it.clock() + DAY


async def test_what_was_claimed_in_quiet_hours_is_not_in_the_digest(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=QUIET) as it:
        first = await it.says("warm", "a@x.example")
        second = await it.says("warm", "b@x.example")
        await it.claim(first)
        await it.pass_(9 * HOUR)
        (view,) = await digests(it)
        assert [row.lead.number for row in view.rows["held_back"]] == [second]


async def test_what_goes_back_to_the_team_after_a_digest_has_a_message_of_its_own(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=QUIET) as it:
        number = await it.says("warm")
        await it.pass_(9 * HOUR)
        await delivered(it)
        await it.claim(number)
        await it.release(number)
        assert len(await it.owed("alert")) == 1


async def test_a_digest_that_is_refused_becomes_alerts_which_go_elsewhere(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=QUIET) as it:
        await it.says("warm")
        await it.pass_(9 * HOUR)
        await delivered(it, Refused("is_archived", "The channel is archived.", "lane"))
        assert len(await it.owed("alert")) == 1


async def test_beyond_a_channels_ceiling_the_rest_of_the_day_waits_for_its_digest(tmp_path: Path) -> None:
    async with house(tmp_path, alerts=ALERTS | {"daily_ceiling": 2}) as it:
        numbers = [await it.says("warm", f"lead{n}@x.example") for n in range(4)]
        assert len(await it.owed("alert")) == 2
        await it.pass_(DAY)
        (view,) = await digests(it)
        assert [row.lead.number for row in view.rows["held_back"]] == numbers[2:]
        await it.says("warm", "new@x.example")
        assert len(await it.owed("alert")) == 3


async def test_the_days_digest_goes_to_channel_and_manager_at_their_hour(tmp_path: Path) -> None:
    async with house(tmp_path, digest=DIGEST) as it:
        taken, left = await it.says("warm", "a@x.example"), await it.says("hot", "b@x.example")
        await it.posted(taken)
        await it.claim(taken)
        await it.core.handling.not_fit(await it.says("warm", "c@x.example"), BO, "Competitor")
        await it.pass_(23 * HOUR)
        assert await it.owed("digest") == []
        await it.pass_(HOUR)
        channel, manager = (await digests(it, SALES))[0], (await digests(it, MANAGER.user_id))[0]
        assert [row.lead.number for row in channel.rows["claimed"]] == [taken]
        assert channel.counts["new_hot"] == 3
        assert (channel.total.passed, channel.total.accepted, channel.total.rejected) == (3, 1, 1)
        assert channel.rejected_why == (("Competitor", 1),)
        assert left in [row.lead.number for row in manager.rows["overdue"]]


async def test_an_open_lead_past_its_deadline_is_named_every_working_day_until_it_is_claimed(tmp_path: Path) -> None:
    async with house(tmp_path, digest=DIGEST) as it:
        number = await it.says("warm")
        await it.posted(number)
        for _ in range(3):
            await it.pass_(DAY)
        assert all("overdue" in view.rows for view in (await digests(it, MANAGER.user_id))[1:])
        await it.claim(number)
        await it.status(number, "connected")
        before = len(await digests(it, MANAGER.user_id))
        await it.pass_(DAY)
        assert not any("overdue" in view.rows for view in (await digests(it, MANAGER.user_id))[before:])


async def test_a_day_without_anything_to_say_is_not_told(tmp_path: Path) -> None:
    async with house(tmp_path, digest=DIGEST) as it:
        await it.says("newsletter")
        await it.pass_(3 * DAY)
        assert await it.owed("digest") == []


async def test_a_digest_is_told_once_over_restarts(tmp_path: Path) -> None:
    async with house(tmp_path, digest=DIGEST) as it:
        await it.says("warm")
        clock = it.clock
    clock.now += 2 * DAY
    for _ in range(3):
        async with house(tmp_path, digest=DIGEST, clock=clock) as it:
            await it.pass_(0)
            assert len(await digests(it, SALES)) == 1


# ---- what is counted


@pytest.mark.parametrize(
    ("act", "result"),
    [
        ("nothing", "pending"),
        ("claim", "accepted"),
        ("not_fit", "rejected"),
        ("not_now", "recycled"),
        ("won", "accepted"),
        ("cools", "unanswered"),
        ("again", "superseded"),
    ],
)
async def test_each_alert_has_exactly_one_result_and_they_sum_to_what_was_passed(
    tmp_path: Path, act: str, result: str
) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        match act:
            case "claim":
                await it.claim(number)
            case "not_fit":
                await it.core.handling.not_fit(number, ANNA, "Competitor")
            case "not_now":
                await it.core.handling.not_now(number, ANNA, "Too early")
            case "won":
                await it.status(number, "customer")
            case "cools":
                await it.says("dip3")
            case "again":
                await it.says("dip3")
                await it.pass_(3 * DAY)
        stats = await it.core.handling.stats(MANAGER)
        total = stats.total
        assert getattr(total, result) == 1
        assert total.passed == 1 + (act == "again")
        parts = ("joined", "superseded", "rejected", "recycled", "accepted", "pending", "unanswered")
        assert sum(getattr(total, part) for part in parts) == total.passed


async def test_times_run_from_the_alerts_post_and_figures_are_by_cell_channel_model_and_rep(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.pass_(HOUR)
        await it.claim(number)
        await it.pass_(HOUR)
        await it.core.handling.log_contact(number, ANNA, "call", "reached")
        stats = await it.core.handling.stats(MANAGER)
        assert (stats.numbers.time_to_claim, stats.numbers.time_to_contact) == (HOUR, 2 * HOUR)
        assert {name: [row.group for row in rows] for name, rows in stats.by.items()} == {
            "cell": ["warm"],
            "rule": ["warm"],
            "model": ["house v1"],
            "channel": [SALES],
            "rep": [ANNA.user_id],
        }
        assert str(stats.total.acceptance) == "100.0"


async def test_home_shows_what_is_mine_offered_and_open(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        mine, other = await it.says("warm", "a@x.example"), await it.says("warm", "b@x.example")
        await it.claim(mine)
        home = await it.core.handling.home(ANNA)
        assert [row.lead.number for row in home.mine] == [mine]
        assert [row.lead.number for row in home.open] == [other]
        assert home.numbers.claimed == 1
        team = await it.core.handling.team(MANAGER)
        assert (team.unclaimed, [rep.claimed for rep in team.reps]) == (1, [1])


@pytest.mark.parametrize(
    ("name", "filters", "found"),
    [
        ("warm", {}, 2),
        ("hot", {}, 0),
        ("mine", {}, 1),
        ("team", {"owner": ANNA.user_id}, 1),
        ("unclaimed", {}, 1),
        ("recent", {"status": "new"}, 2),
        ("recent", {"label": "warm", "channel": SALES}, 2),
        ("overdue", {}, 0),
        ("unheard_of", {}, 0),
        ("recent", {"unheard_of": "x"}, 0),
    ],
)
async def test_lists_and_their_filters(tmp_path: Path, name: str, filters: dict[str, str], found: int) -> None:
    async with house(tmp_path) as it:
        await it.claim(await it.says("warm", "a@x.example"))
        await it.says("warm", "b@x.example")
        page = await it.core.handling.listed(name, ANNA, filters=filters)
        assert (page.total, len(page.rows)) == (found, found)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"country": "dk"}, ["a@x.example"]),
        ({"country": "Danmark"}, ["a@x.example"]),
        ({"country": "Holland", "owner": "none"}, ["b@y.example"]),
        ({"country": "nowhere"}, []),
        ({"territory": "Denmark"}, ["a@x.example"]),
        ({"territory": ANNA.user_id}, ["a@x.example", "b@y.example"]),
        ({"territory": BO.user_id}, ["a@x.example", "b@y.example", "c@z.example"]),
        ({"territory": "U0STRANGER"}, ["a@x.example", "b@y.example", "c@z.example"]),
        ({"territory": "Atlantis"}, []),
    ],
)
async def test_lists_by_country_and_by_territory(tmp_path: Path, filters: dict[str, str], found: list[str]) -> None:
    reps = [{"user": ANNA.user_id, "territories": ["Denmark", "NL"]}, {"user": BO.user_id}]
    async with house(tmp_path, rep=reps) as it:
        places = {"a@x.example": {"company.country": "Denmark"}, "b@y.example": {"country": "Nederland"}}
        for email in ("a@x.example", "b@y.example", "c@z.example"):
            await it.says("warm", email, traits={"email": email, **places.get(email, {})})
        page = await it.core.handling.listed("warm", ANNA, filters=filters)
        assert sorted(str(row.lead.email) for row in page.rows) == found


@pytest.mark.parametrize(
    ("filters", "unknown"),
    [
        ({"label": "hot"}, None),
        ({"label": "hto"}, Unknown("label", ("hot", "warm", "cold", "none", "waiting", "ineligible"))),
        ({"rating": "B2"}, None),
        ({"rating": "Z9"}, Unknown("rating", tuple(f"{letter}{digit}" for letter in "ABCD" for digit in (1, 2, 3, 4)))),
        ({"rating": "A1", "model": "b2b"}, Unknown("model", ("house",))),
        ({"model": "House", "label": "hot"}, None),
        ({"channel": FALLBACK}, None),
        ({"channel": "C0RANDOM"}, Unknown("channel", (SALES, FALLBACK))),
        ({"country": "sweden"}, None),
        ({"country": "Danmrk"}, Unknown("country", ("DK",))),
        ({"country": "Atlantisss"}, Unknown("country", ())),
        ({"country": "home"}, None),
    ],
)
async def test_an_empty_list_says_which_filter_no_lead_could_have_passed(
    tmp_path: Path, filters: dict[str, str], unknown: Unknown | None
) -> None:
    rated = COMPANY_MODEL + "[rating]\nA = 75\nB = 50\nC = 25\n1 = 75\n2 = 50\n3 = 25\n"
    async with house(tmp_path, model=rated, vocabulary={"countries": {"home": "DK"}}) as it:
        await it.says("warm", "a@x.example")
        page = await it.core.handling.listed("hot", ANNA, filters=filters)
        assert (page.total, page.unknown) == (0, unknown)


async def test_lists_by_priority_which_is_the_quarter_of_all_leads_by_score(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for lead, times in (("a", 4), ("b", 3), ("c", 3), ("d", 1)):
            for _ in range(times):
                it.clock.now += MINUTE
                await it.says("warm", f"{lead}@x.example", traits={"email": f"{lead}@x.example"})
        found = {}
        for priority in ("Very high", "High", "Medium", "Low"):
            page = await it.core.handling.listed("recent", ANNA, filters={"priority": priority})
            found[priority] = sorted(str(row.lead.email)[0] for row in page.rows)
        assert found == {"Very high": ["a"], "High": ["b", "c"], "Medium": [], "Low": ["d"]}
        page = await it.core.handling.listed("recent", ANNA, filters={"priority": "Very high", "owner": ANNA.user_id})
        assert (page.total, page.unknown) == (0, None)
        page = await it.core.handling.listed("recent", ANNA, filters={"priority": "high"})
        assert page.unknown == Unknown("priority", ("Very high", "High", "Medium", "Low", "Closed won"))


async def test_a_customer_is_closed_won_and_in_no_other_priority(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await bring(it, "won")

        async def listed(priority: str) -> list[int]:
            page = await it.core.handling.listed("recent", ANNA, filters={"priority": priority})
            return [row.lead.number for row in page.rows]

        assert await listed("Closed won") == [number]
        assert [await listed(one) for one in ("Very high", "High", "Medium", "Low")] == [[], [], [], []]
        assert (await it.status(number, "new")).code == "status_set"
        assert (await listed("Closed won"), await listed("Very high")) == ([], [number])


async def test_whom_nobody_has_to_call_is_in_no_list_of_hot_leads(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("hot")
        open_one = await it.says("hot", "other@x.example")

        async def listed(name: str, **filters: str) -> set[int]:
            page = await it.core.handling.listed(name, ANNA, filters=filters)
            return {row.lead.number for row in page.rows}

        assert await listed("hot") == await listed("all") == {number, open_one}
        for status in ("customer", "lost", "unqualified"):
            assert (await it.status(number, status, reason="a reason")).code == "status_set"
            assert await listed("hot") == {open_one}
            assert await listed("hot", status=status) == {number}
            assert await listed("all", label="hot") == {number, open_one}


async def test_a_priority_of_no_leads_is_an_empty_list(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        page = await it.core.handling.listed("recent", ANNA, filters={"priority": "Low"})
        assert (page.total, page.unknown) == (0, None)


async def test_what_a_lead_has_is_no_unknown_value_though_nothing_is_configured_so(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        await it.says("warm", "a@x.example", traits={"email": "a@x.example", "country_code": "XX"})
        page = await it.core.handling.listed("warm", ANNA, filters={"country": "xx", "model": "HOUSE"})
        assert (page.total, page.unknown) == (1, None)


async def test_managers_by_user_group_get_the_digest_and_lose_it_again(tmp_path: Path) -> None:
    async with house(tmp_path, slack={"managers": ()}, digest=DIGEST) as it:
        await it.core.handling.managers_are([BO.user_id])
        await it.says("warm", "a@x.example")
        await it.pass_(DAY)
        assert [row["lane"] for row in await it.owed("digest") if row["lane"] != SALES] == [BO.user_id]
        await it.core.handling.managers_are([])
        await it.says("warm", "b@x.example")
        await it.pass_(DAY)
        assert [row["lane"] for row in await it.owed("digest") if row["lane"] != SALES] == [BO.user_id]


async def test_reasons_are_counted_without_the_words_that_were_added_to_them(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        for text in (None, "a supplier", "a rival"):
            number = await it.says("warm", f"{text or 'x'}@x.example".replace(" ", ""))
            await it.core.handling.not_fit(number, ANNA, "Competitor", text)
        assert (await it.core.handling.stats(MANAGER)).rejected_why == (("Competitor", 3),)
