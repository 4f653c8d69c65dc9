"""Invariant 2: whatever the moment at which the power goes, nothing that was answered with 200 is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.reliability import powercut
from tests.reliability.crashing import prepare, until_nothing_is_owed
from tests.reliability.process import send, serve, slack


async def record(folder: Path, *, senders: int, requests: int, code: str = powercut.SERVE) -> Path:
    """Let the server take in events under strace; the recording. Every fourth event makes a lead cross."""
    trace = folder / "trace"

    async def sender(http: aiohttp.ClientSession, url: str, name: int) -> None:
        for number in range(requests):
            lead, kind = f"lead{number // 4}@nord{name}.example", "warm" if number % 4 == 3 else "visit"
            status, _ = await send(http, url, [{"id": f"{name}-{number}", "type": kind, "email": lead}])
            assert status == 200

    async with slack() as (standin, workspace):
        workspace.limits.on = False
        environment = prepare(folder / "run", standin, workspace)
        async with serve(folder / "run", environment, powercut.recorded(trace, code)) as service:
            await service.ready()
            async with aiohttp.ClientSession() as http:
                await asyncio.gather(*(sender(http, service.url, name) for name in range(senders)))
            await until_nothing_is_owed(folder / "run")
            await service.terminate()
    return trace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path


async def look(folder: Path, trace: Path, most: int) -> powercut.Verdict:
    verdict = await asyncio.to_thread(powercut.cuts, trace, folder / "after", most=most, seed=1)
    (folder / "figures.txt").write_text(str(verdict), encoding="utf-8")
    return verdict


async def test_a_power_cut_at_any_of_120_moments_loses_nothing_and_spoils_nothing(folder: Path) -> None:
    verdict = await look(folder, await record(folder, senders=4, requests=24), most=120)
    assert (verdict.accepted, verdict.lost, verdict.untold, verdict.corrupt) == (96, 0, 0, [])


async def test_the_same_with_synchronous_normal_loses_what_was_accepted(folder: Path) -> None:
    trace = await record(folder, senders=4, requests=24, code=powercut.SERVE_NORMAL)
    verdict = await look(folder, trace, most=120)
    assert verdict.lost > 0
    assert verdict.corrupt == []


@pytest.mark.full
async def test_a_power_cut_at_any_of_3000_moments_loses_nothing_and_spoils_nothing(folder: Path) -> None:
    verdict = await look(folder, await record(folder, senders=20, requests=100), most=3_000)
    assert (verdict.accepted, verdict.lost, verdict.untold, verdict.corrupt) == (2_000, 0, 0, [])
