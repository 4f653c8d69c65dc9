"""A rehearsal tells the admin channel alone; going live lists who is hot by then and alerts nobody of them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from tests.bot.service.house import ADMIN, ALERTS, ANNA, BO, DAY, HOUR, SALES, House, SetClock, house

SHADOW = ALERTS | {"mode": "shadow"}
TURNS = [{"name": "Turns", "channel": SALES, "how": "round_robin", "reps": ["U0ANNA", "U0BO"], "offer_for": "1h"}]


async def told(it: House) -> list[str]:
    return [json.loads(row["payload"])["notice"]["text"] for row in await it.owed("channel")]


async def test_a_rehearsal_tells_nobody_but_the_admin_channel(tmp_path: Path) -> None:
    steps: dict[str, Any] = {"remind": 75, "escalate": True}
    more: dict[str, Any] = {"route": TURNS, "follow_up": steps, "digest": {"enabled": True, "at": "08:00"}}
    async with house(tmp_path, alerts=SHADOW, **more) as it:
        number = await it.says("warm")
        await it.posted(number)
        assert (await it.lead(number)).handling.state.value == "offered"
        await it.pass_(3 * DAY)
        lanes = {row["lane"].removeprefix("update:") for row in await it.rows("SELECT lane FROM outbox")}
        assert lanes == {ADMIN}
        view = await it.core.desk.alert((await it.lead(number)).alert_key or "")
        assert view is not None
        assert view.shadow


async def test_going_live_lists_who_is_hot_once_and_alerts_nobody_of_them(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, alerts=SHADOW, clock=clock) as it:
        free = await it.says("warm", "free@x.example", traits={"name": "Freja Fri"})
        taken = await it.says("hot", "taken@x.example", traits={"name": "Tage Tagen"})
        for number in (free, taken):
            await it.posted(number)
        await it.claim(taken)
    clock.now += HOUR
    for _ in range(2):
        async with house(tmp_path, clock=clock) as it:
            (text,) = await told(it)
            assert "L-1 Freja Fri" in text
            assert "Tage" not in text
            row = await it.row(free)
            assert (row["alert_id"], row["deadline"]) == (None, None)
            assert ((await it.lead(free)).handling.state.value, (await it.row(taken))["owner"]) == (
                "quiet",
                ANNA.user_id,
            )
            assert {one["lane"] for one in await it.owed("alert")} == {ADMIN}
            assert await it.owed("direct") == []
    assert row["cooled"] == 0


async def test_what_was_rehearsed_can_be_claimed_and_alerts_the_team_when_it_crosses_again(tmp_path: Path) -> None:
    clock, ids = SetClock(), itertools.count(1)
    async with house(tmp_path, alerts=SHADOW, clock=clock, ids=ids) as it:
        first, second = await it.says("warm", "a@x.example"), await it.says("warm", "b@x.example")
        for number in (first, second):
            await it.posted(number)
    async with house(tmp_path, clock=clock, ids=ids) as it:
        assert (await it.claim(first, BO)).code == "claimed"
        await it.says("dip3", "b@x.example")
        await it.pass_(3 * DAY)
        assert (await it.lead(second)).handling.state.value == "open"
        assert [row["lane"] for row in await it.owed("alert")] == [ADMIN, ADMIN, SALES]
        view = await it.core.desk.alert((await it.lead(second)).alert_key or "")
        assert view is not None
        assert not view.shadow


async def test_what_goes_back_to_the_team_after_a_rehearsal_is_posted_where_the_team_is(tmp_path: Path) -> None:
    clock = SetClock()
    async with house(tmp_path, alerts=SHADOW, clock=clock) as it:
        number = await it.says("warm")
        await it.posted(number)
        await it.claim(number)
    async with house(tmp_path, clock=clock) as it:
        await it.release(number)
        assert (await it.lead(number)).handling.state.value == "open"
        assert [row["lane"] for row in await it.owed("alert")] == [ADMIN, SALES]
        assert (await it.row(number))["deadline"] is not None


async def test_a_team_that_never_rehearsed_is_told_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        async with house(tmp_path) as it:
            assert await told(it) == []
