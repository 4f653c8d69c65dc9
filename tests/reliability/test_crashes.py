"""Invariants 1, 6 and 20: the server is killed, or told to stop, while twenty send; nothing is lost, nothing is twice.

`CRASH_SEED=123 pytest -m full tests/reliability/test_crashes.py` plays the run of a seed again.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.reliability.crashing import ENDS_WITHIN, READY_WITHIN, Run, calm, complaints, crash

SEED = int(os.environ.get("CRASH_SEED", "7"))


async def compared(
    folder: Path, ends: int, senders: int, leads: int, *, kill: bool = True, history: bool = True
) -> Run:
    crashed = folder / "crashed"
    run = await crash(crashed, seed=SEED, ends=ends, senders=senders, leads=leads, kill=kill, history=history)
    (folder / "figures.txt").write_text(run.told() + "\n", encoding="utf-8")
    said = complaints(run, await calm(folder / "calm", run.requests), history=history)
    assert not said, f"{run.told()}\n" + "\n".join(said[:40])
    return run


async def test_after_some_kills_the_store_and_slack_are_as_after_a_calm_run(tmp_path: Path) -> None:
    run = await compared(tmp_path, ends=5, senders=6, leads=3)
    assert max(run.ready_seconds) <= READY_WITHIN


@pytest.mark.full
async def test_after_200_kills_the_store_and_slack_are_as_after_a_calm_run(tmp_path: Path) -> None:
    run = await compared(tmp_path, ends=200, senders=20, leads=1)
    assert max(run.ready_seconds) <= READY_WITHIN


@pytest.mark.full
async def test_without_the_history_scope_200_kills_lose_nothing_and_what_is_said_twice_was_counted(
    tmp_path: Path,
) -> None:
    run = await compared(tmp_path, ends=200, senders=20, leads=1, history=False)
    assert run.counted == run.unconfirmed_by_the_last


async def test_without_the_history_scope_nothing_is_lost_and_what_is_said_twice_was_counted(tmp_path: Path) -> None:
    run = await compared(tmp_path, ends=2, senders=6, leads=3, history=False)
    assert run.counted == run.unconfirmed_by_the_last


async def test_told_to_stop_under_load_it_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    run = await compared(tmp_path, ends=3, senders=6, leads=3, kill=False)
    assert run.codes == {0: 4}
    assert max(run.end_seconds) <= ENDS_WITHIN


@pytest.mark.full
async def test_told_to_stop_under_load_50_times_it_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    run = await compared(tmp_path, ends=50, senders=20, leads=1, kill=False)
    assert run.codes == {0: 51}
    assert max(run.end_seconds) <= ENDS_WITHIN
