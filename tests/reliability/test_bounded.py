"""Memory and the write-ahead log stay bounded (invariant 15), however slow the readers are."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import aiohttp
import pytest

from bot.bench.workload import PER_BATCH, Workload
from bot.storage.backups import copy
from bot.storage.migrate import bring_up_to_date
from bot.storage.store import Store, Tx
from tests.bot.service.house import T0
from tests.reliability.process import Service, configure, send, serve, slack

WAL_AT_MOST = 64 * 1024 * 1024
_ROW = 400_000
"""Bytes: as much as a large group of events writes."""


class Watched:
    """A store that is written all the time, and the largest size of its log."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.wal = path.with_name(f"{path.name}-wal")
        self.largest = 0
        self.reads = 0
        self.slowest_write = 0.0
        self.stopping = False

    async def write(self, commits: int) -> None:
        for n in range(commits):
            began = time.perf_counter()
            await self.store.write(lambda tx, n=n: fill(tx, n))  # type: ignore[misc]
            self.slowest_write = max(self.slowest_write, time.perf_counter() - began)
            self.largest = max(self.largest, self.wal.stat().st_size)

    async def read_slowly(self, seconds: float) -> None:
        """One reader after the other: with several of them somebody reads at every moment."""

        def slow(tx: Tx) -> None:
            tx.all("SELECT COUNT(*) FROM meta")
            time.sleep(seconds)

        while not self.stopping:
            await self.store.read(slow)
            self.reads += 1


def fill(tx: Tx, n: int) -> None:
    tx.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=f"row {n % 10}",
        value=f"{n:010}" * (_ROW // 10),
    )


@pytest.mark.parametrize(
    ("commits", "seconds"), [(250, 0.05), pytest.param(2_000, 2.0, marks=pytest.mark.full)], ids=["small", "full"]
)
async def test_the_log_stays_bounded_though_somebody_reads_at_every_moment(
    tmp_path: Path, commits: int, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_up_to_date(tmp_path / "x.db", T0)
    watched = Watched(tmp_path / "x.db")
    readers = [asyncio.create_task(watched.read_slowly(seconds * (1 + n / 3))) for n in range(3)]
    try:
        await watched.write(commits)
    finally:
        watched.stopping = True
        await asyncio.gather(*readers)
        await watched.store.close()
    assert watched.reads > 3
    assert watched.largest <= WAL_AT_MOST
    with capsys.disabled():
        print(  # noqa: T201
            f"\n  {commits * _ROW / 1e6:,.0f} MB written, {watched.reads} slow reads: the log had "
            f"{watched.largest / 1048576:.1f} MiB at most, the slowest write took {watched.slowest_write:.2f} s"
        )


async def test_after_a_backup_that_kept_the_log_it_is_small_again(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path / "x.db", T0)
    watched = Watched(tmp_path / "x.db")
    await watched.write(20)
    await asyncio.gather(asyncio.to_thread(copy, tmp_path / "x.db", tmp_path / "copy.db"), watched.write(100))
    assert await watched.store.checkpoint()
    assert watched.wal.stat().st_size == 0
    await watched.store.close()


HOURS = 24
LEADS = 3_000


def memory(service: Service) -> int:
    """Bytes of memory that the process has."""
    pages = Path(f"/proc/{service.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


class SlowReader:
    """A program that reads the database beside the service, at leisure, and the largest size of the log meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = path.with_name(f"{path.name}-wal")
        self._stopping = False
        self.reads = 0
        self.largest = 0

    def _read(self) -> None:
        db = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        db.execute("BEGIN")
        db.execute("SELECT COUNT(*) FROM leads").fetchone()
        time.sleep(0.3)
        db.close()

    async def go_on(self) -> None:
        while not self._stopping:
            await asyncio.to_thread(self._read)
            self.reads += 1
            self.largest = max(self.largest, self._wal.stat().st_size)

    def stop(self) -> None:
        self._stopping = True


@pytest.mark.parametrize(
    ("an_hour", "most"), [(2_000, 0.08), pytest.param(10_000, 0.05, marks=pytest.mark.full)], ids=["small", "full"]
)
async def test_a_day_of_traffic_beside_slow_readers_leaves_memory_and_the_log_as_they_were(
    tmp_path: Path, an_hour: int, most: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """By two thirds of the day all that is remembered is full; from then on nothing grows.

    In a small day SQLite's pages at hand (32 MiB) are not all there yet.
    """
    workload = Workload(LEADS)
    async with (
        slack() as (standin, workspace),
        serve(tmp_path, configure(tmp_path, standin, workspace)) as service,
        aiohttp.ClientSession() as http,
    ):
        await service.ready()
        reader = SlowReader(tmp_path / "hotlead-data" / "hotlead.db")
        reading = asyncio.create_task(reader.go_on())
        warm = 0
        try:
            for hour in range(HOURS):
                for _ in range(an_hour // PER_BATCH):
                    status, answer = await send(http, service.url, workload.batch())
                    assert (status, answer["accepted"]) == (200, PER_BATCH)
                if hour == HOURS * 2 // 3:
                    warm = memory(service)
        finally:
            reader.stop()
            await reading
        grown = memory(service) / warm - 1
        with capsys.disabled():
            print(  # noqa: T201
                f"\n  {HOURS * an_hour:,} events: memory {warm / 2**20:.0f} MiB after two thirds of them, {grown:+.1%} "
                f"in the end; the log had {reader.largest / 2**20:.1f} MiB at most beside {reader.reads} slow reads"
            )
        assert grown <= most
        assert reader.reads > 3
        assert reader.largest <= WAL_AT_MOST
        assert await service.terminate() == 0
