"""Invariant 16: a migration that is killed at any of its statements leaves the old database or the new one."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.storage.migrate import bring_up_to_date
from tests.bot.service.house import T0
from tests.bot.storage.test_migrate import at_revision, schema
from tests.reliability.process import ROOT


def die_at(path: str, statement: int) -> None:
    """Bring the database up to date, and be killed before the statement of this number."""
    count = 0

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(step)

    def step(_sql: str) -> None:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "connect", prepare)
    bring_up_to_date(Path(path), T0)


def all_deaths(old: str, folder: str, every: str) -> None:
    """Die at every statement (or every so many), each time on a copy; what is left then, one line of JSON each."""
    statement, code = 1, -signal.SIGKILL
    while code == -signal.SIGKILL:
        target = Path(folder, f"{statement}.db")
        if old:
            target.write_bytes(Path(old).read_bytes())
        child = os.fork()  # by now everything is loaded, so that a death costs little
        if child == 0:
            die_at(str(target), statement)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(json.dumps({"statement": statement, "code": code, "path": str(target)}) + "\n")
        statement += int(every)


def left(folder: Path, old: Path | None, every: int) -> list[dict[str, Any]]:
    folder.mkdir()
    words = [sys.executable, "-m", "tests.reliability.test_migrations_killed", str(old or ""), str(folder), str(every)]
    ran = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def data(path: Path) -> list[tuple[object, ...]]:
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = db.execute("SELECT id, created_at, name FROM leads ORDER BY id").fetchall()
    db.close()
    return rows


def deaths_leave_old_or_new(tmp_path: Path, revision: str, every: int) -> int:
    """How many deaths there were."""
    old: Path | None = None
    if revision:
        old = tmp_path / "old.db"
        at_revision(old, revision)
        db = sqlite3.connect(old)
        db.executemany("INSERT INTO leads (created_at, name) VALUES (?, ?)", [(n, f"lead {n}") for n in range(50)])
        db.commit()
        db.close()
    bring_up_to_date(tmp_path / "new.db", T0)
    before, after = schema(old) if old else {}, schema(tmp_path / "new.db")
    *deaths, end = left(tmp_path / "left", old, every)
    assert [one["code"] for one in deaths] == [-signal.SIGKILL] * len(deaths)
    assert end["code"] == 0
    for one in deaths:
        path = Path(one["path"])
        found = schema(path)
        assert found in (before, after), f"killed at statement {one['statement']}, it is neither old nor new"
        bring_up_to_date(path, T0)
        assert schema(path).keys() == after.keys()
        assert old is None or data(path) == data(old)
    return len(deaths)


@pytest.mark.parametrize("revision", ["", "0001", "0002"])
def test_killed_at_a_statement_of_a_migration_the_database_is_old_or_new(tmp_path: Path, revision: str) -> None:
    assert deaths_leave_old_or_new(tmp_path, revision, every=17) >= 2


@pytest.mark.parametrize("revision", ["", "0001", "0002"])
@pytest.mark.full
def test_killed_at_every_statement_of_a_migration_the_database_is_old_or_new(tmp_path: Path, revision: str) -> None:
    deaths = deaths_leave_old_or_new(tmp_path, revision, every=1)
    (tmp_path / "figures.txt").write_text(f"{deaths} deaths\n", encoding="utf-8")
    assert deaths >= 20


if __name__ == "__main__":
    all_deaths(*sys.argv[1:])
