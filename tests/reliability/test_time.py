"""Invariant 18: time is hostile. Clocks are set forward and back, summer begins and ends, events are late or ahead."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.service.timeline import Timeline
from bot.standin import DemoWorkspace, Fault, StandIn
from scoring.instants import parse_instant
from tests import rig as rigs
from tests.bot.service.handling.test_four_weeks import TEAM
from tests.bot.service.house import DAY, HOUR, MINUTE, SECOND, T0, House, SetClock, house
from tests.rig import Rig, running

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("says"), st.sampled_from(("warm", "hot", "dip", "dip3", "newsletter"))),
        st.tuples(st.just("step"), st.sampled_from((-HOUR, HOUR))),
        st.tuples(st.just("wait"), st.sampled_from((0, SECOND, 20 * MINUTE, 12 * HOUR, 2 * DAY))),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=14,
)


async def play(folder: Path, steps: list[tuple[str, str | int]]) -> None:
    """Of a lead that crossed, another alert is only made when something pushed it below the line meanwhile."""
    clock, ids, dips = SetClock(), itertools.count(1), 0
    open_house = house(folder, clock=clock, ids=ids)
    it = await open_house.__aenter__()
    try:
        for what, value in steps:
            match what:
                case "says":
                    dips += str(value).startswith("dip")
                    await it.says(str(value))
                case "step":
                    clock.now += int(value)
                case "wait":
                    await it.pass_(int(value))
                case _:
                    await open_house.__aexit__(None, None, None)
                    open_house = house(folder, clock=clock, ids=ids)
                    it = await open_house.__aenter__()
        assert len(await alerts(it)) <= 1 + dips
        crossings = await it.rows("SELECT at FROM crossings ORDER BY id")
        assert [row["at"] for row in crossings] == sorted({row["at"] for row in crossings})
    finally:
        await open_house.__aexit__(None, None, None)


async def alerts(it: House) -> list[int]:
    return [row["lead_id"] for row in await it.rows("SELECT lead_id FROM alerts WHERE anew = 0")]


def of_any_steps(steps: list[tuple[str, str | int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), steps))


BRIEF = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
test_clock_steps_of_an_hour_alert_nobody_twice = BRIEF(given(STEPS)(of_any_steps))
test_clock_steps_of_an_hour_alert_nobody_twice_for_long = pytest.mark.full(
    settings(BRIEF, max_examples=1_500)(given(STEPS)(of_any_steps))
)


class Apart(rigs.SetClock):
    """A machine's clock that is wrong by `off`, beside Slack's that is right."""

    def __init__(self, off: int) -> None:
        super().__init__()
        self.right = rigs.SetClock()
        self.off = off

    def __call__(self) -> int:
        return self.right() + self.off

    def pass_(self, time: int) -> None:
        self.right.pass_(time)


@asynccontextmanager
async def rig_apart(folder: Path, off: int) -> AsyncIterator[tuple[Rig, Apart]]:
    clock = Apart(off)
    workspace = DemoWorkspace(now=clock.right)
    standin = StandIn(workspace)
    await standin.start()
    try:
        async with running(folder, standin, workspace, clock) as it:
            yield it, clock
    finally:
        await standin.close()


@pytest.mark.parametrize("off", [HOUR, -HOUR])
async def test_when_a_wrong_clock_is_set_right_slack_is_heard_and_alerts_arrive_within_a_minute(
    tmp_path: Path, off: int
) -> None:
    async with rig_apart(tmp_path, off) as (it, clock):
        await it.make_hot("first@nord.example")
        clock.off = 0
        for name in ("second", "third"):
            await it.make_hot(f"{name}@nord.example")
        assert len(it.alerts()) == 3
        said = await it.standin.run_command(it.workspace.reps[0], it.workspace.sales, "/leads", "open")
        assert (said.ok, said.status) == (True, 200)


@pytest.mark.parametrize("off", [HOUR, -HOUR])
async def test_what_was_posted_is_found_though_our_clock_is_an_hour_off_slacks(tmp_path: Path, off: int) -> None:
    async with rig_apart(tmp_path, off) as (it, _):
        it.standin.inject(Fault("drop_after", "chat.postMessage", channel=it.workspace.sales))
        await it.make_hot()
        assert len(it.alerts()) == 1


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_what_was_posted_is_found_though_our_clock_was_set_meanwhile(tmp_path: Path, step: int) -> None:
    async with rig_apart(tmp_path, 0) as (it, clock):
        it.standin.inject(Fault("drop_after", "chat.postMessage", channel=it.workspace.sales))
        await it.send(*({**event, "email": "a@nord.example", "traits": rigs.DIRECTOR} for event in rigs.HOT))
        await it.hotlead.deliverer.work()
        await it.hotlead.deliverer.drain()
        clock.off = step
        await it.settle()
        assert len(it.alerts()) == 1


def test_time_that_is_ahead_of_the_clock_runs_at_half_its_speed_and_never_back() -> None:
    clock = SetClock()
    timeline = Timeline(clock)
    assert timeline() == T0
    clock.now -= 30 * SECOND
    assert timeline() == T0
    seen = []
    for _ in range(8):
        clock.now += 10 * SECOND
        seen.append((timeline() - T0) // SECOND)
    assert seen == [5, 10, 15, 20, 25, 30, 40, 50]  # a minute later they agree again


def test_a_clock_that_was_years_behind_and_is_set_right_does_not_carry_time_away() -> None:
    clock = SetClock()
    timeline = Timeline(clock, since=T0)
    clock.now -= 20 * 365 * DAY
    assert timeline() == T0
    clock.now = T0 + HOUR
    assert timeline() == T0 + HOUR


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
async def test_when_summer_begins_or_ends_nothing_is_told_twice_and_no_day_is_left_out(
    tmp_path: Path, day: str
) -> None:
    clock = SetClock(parse_instant(f"{day}T05:00:00Z"))
    async with house(tmp_path, clock=clock, **TEAM) as it:
        number = await it.says("warm")
        assert number
        for _ in range(2 * 24 * 4):
            await it.pass_(15 * MINUTE)
        told = await it.rows(
            "SELECT kind, lane, json_extract(payload, '$.notice.code') AS code, alert_id, made_at FROM outbox "
            "WHERE kind IN ('digest', 'direct', 'thread')"
        )
        days = Counter((row["kind"], row["lane"], row["code"], row["alert_id"], row["made_at"] // DAY) for row in told)
        assert days
        assert all(count == 1 for count in days.values())
        assert len(await alerts(it)) == 1


async def test_events_a_hundred_days_late_or_ahead_alert_once_and_at_their_time(tmp_path: Path) -> None:
    async with house(tmp_path) as it:
        number = await it.says("warm", "a@x.example")
        for kind in ("dip3", "warm", "hot", "dip"):
            await it.says(kind, "a@x.example", at=it.clock() - 100 * DAY)
        assert await alerts(it) == [number]
        ahead = await it.says("warm", "b@x.example", at=it.clock() + 100 * DAY)
        await it.pass_(100 * DAY - 1)
        assert await alerts(it) == [number]
        await it.pass_(1)
        assert await alerts(it) == [number, ahead]
