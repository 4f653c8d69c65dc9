"""`hotlead backup` and `hotlead restore` as an engineer types them: beside a service, without one, and with rubbish."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.standin import DemoWorkspace, Fault, StandIn
from tests.bot.cli.shell import configuration, typed, typed_beside
from tests.rig import DAY, DIRECTOR, HOT, SetClock, rig, running


def facts(path: Path, sql: str) -> list[Any]:
    db = sqlite3.connect(path)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def live(data: Path, *names: str) -> None:
    """A service in which these people became hot."""

    async def go() -> None:
        async with rig(data) as it:
            for name in names:
                await it.send(*({**event, "id": f"{name}-{n}", "email": f"{name}@acme.example"} for n, event in hot()))
                await it.settle()

    asyncio.run(go())


def hot() -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What makes a lead hot, with its facts."""
    first, *rest = HOT
    return enumerate([{**first, "traits": DIRECTOR}, *rest])


async def test_beside_a_service_that_goes_on(tmp_path: Path) -> None:
    async with rig(tmp_path / "data") as it:
        config = configuration(tmp_path, tmp_path / "data")
        await it.make_hot()
        said = await typed_beside("backup", "-c", config)
        (made,) = (tmp_path / "data" / "backups").iterdir()
        assert said.out.startswith(f"{made} is written and checked: ")
        assert "1 lead, 2 events, the newest received 2026-03-02 09:00 UTC" in said.out
        there = await typed_beside("backup", made, "-c", config)
        assert (there.code, there.error) == (
            1,
            f"{made} is there already, and a backup overwrites nothing. Name another file.\n",
        )
        (tmp_path / "far").mkdir()
        assert (await typed_beside("backup", tmp_path / "far", "-c", config)).code == 0
        assert [path.name[:8] for path in (tmp_path / "far").iterdir()] == ["hotlead-"]
        missing = await typed_beside("backup", tmp_path / "nowhere" / "x.db", "-c", config)
        assert "Make it, or mount it, first" in missing.error
        refused = await typed_beside("restore", made, "-c", config)
        assert refused.code == 1
        assert "in use by process" in refused.error
        await it.make_hot("next@acme.example")
    assert facts(made, "SELECT COUNT(*) FROM leads") == [(1,)]


def test_what_happened_since_the_backup_is_kept_aside_and_numbers_are_not_given_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    config = configuration(tmp_path, data)
    live(data, "anna")
    assert typed("backup", tmp_path / "b.db", "-c", config).code == 0
    live(data, "bo", "carl")
    said = typed("restore", tmp_path / "b.db", "-c", config)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{tmp_path / 'b.db'} is restored: 1 lead, 2 events")
    (aside,) = (data / "backups").iterdir()
    assert lines[1] == f"The database that was in use before is kept as {aside}; delete it when all is well."
    assert lines[-1] == "Now start the service: hotlead serve"
    assert facts(aside, "SELECT COUNT(*) FROM leads") == [(3,)]
    assert facts(data / "hotlead.db", "SELECT id FROM leads") == [(1,)]
    assert facts(data / "hotlead.db", "SELECT action, after FROM audit ORDER BY id DESC LIMIT 1") == [
        ("restored", "b.db")
    ]
    live(data, "dora")
    assert facts(data / "hotlead.db", "SELECT id FROM leads") == [(1,), (4,)]


async def test_an_alert_that_was_posted_after_the_backup_is_not_posted_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    config = configuration(tmp_path, data)
    clock = SetClock()
    workspace = DemoWorkspace(now=clock)
    standin = StandIn(workspace)
    await standin.start()
    try:
        standin.inject(Fault("429", "chat.postMessage", 99, retry_after=1))
        async with running(data, standin, workspace, clock) as it:
            await it.send(*({**event, "email": "anna@acme.example"} for _, event in hot()))
        await asyncio.to_thread(typed, "backup", tmp_path / "b.db", "-c", config)
        assert facts(tmp_path / "b.db", "SELECT state FROM outbox WHERE kind = 'alert'") == [("owed",)]
        standin.faults.clear()
        async with running(data, standin, workspace, clock) as it:
            await it.settle()
            posted = len(it.alerts())
        said = await asyncio.to_thread(typed, "restore", tmp_path / "b.db", "-c", config)
        async with running(data, standin, workspace, clock) as it:
            await it.settle(120)
            assert len(it.alerts()) == posted
    finally:
        await standin.close()
    assert "looked up in Slack before anything is sent again" in said.out
    assert posted == 1


def test_a_fresh_machine_needs_the_backup_alone(tmp_path: Path) -> None:
    live(tmp_path / "old", "anna")
    typed("backup", tmp_path / "b.db", "-c", configuration(tmp_path, tmp_path / "old"))
    config = configuration(tmp_path, tmp_path / "new")
    said = typed("restore", tmp_path / "b.db", "-c", config)
    assert said.code == 0
    assert "kept as" not in said.out
    live(tmp_path / "new", "bo")
    assert facts(tmp_path / "new" / "hotlead.db", "SELECT id FROM leads") == [(1,), (2,)]
    assert not list((tmp_path / "new").glob("*.restoring*"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        ("nothing", "no database of hotlead's"),
        ("other", "no database of hotlead's: no such table"),
        ("damaged", "is a damaged database"),
        ("newer", "Install hotlead 7.1.0 or newer"),
        ("same", "is the database in use"),
    ],
)
def test_what_cannot_be_restored_leaves_everything_as_it_is(tmp_path: Path, content: str | None, words: str) -> None:
    data, file = tmp_path / "data", tmp_path / "b.db"
    config = configuration(tmp_path, data)
    live(data, "anna")
    spoil(file, content, config)
    before = (data / "hotlead.db").read_bytes()
    said = typed("restore", data / "hotlead.db" if content == "same" else file, "-c", config)
    assert said.code == 1
    assert words in said.error
    assert (data / "hotlead.db").read_bytes() == before
    assert not list((data).glob("*.restoring*"))


def spoil(file: Path, content: str | None, config: Path) -> None:
    if content == "nothing":
        file.write_bytes(b"")
    elif content == "other":
        db = sqlite3.connect(file)
        db.execute("CREATE TABLE t (a)")
        db.close()
    elif content is not None:
        typed("backup", file, "-c", config)
    if content == "damaged":
        with file.open("r+b") as written:
            written.seek(file.stat().st_size // 2)
            written.write(b"\xff" * 40_000)
    elif content == "newer":
        db = sqlite3.connect(file)
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE meta SET value = '7.1.0' WHERE name = 'program'")
        db.commit()
        db.close()


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    said = typed("backup", "-c", configuration(tmp_path, tmp_path / "data"))
    assert (said.code, said.error) == (1, f"There is no database {tmp_path / 'data' / 'hotlead.db'}.")


def test_reminders_that_came_due_meanwhile_come_late_rather_than_never(tmp_path: Path) -> None:
    """A restored database is like one whose service was down for as long."""
    data = tmp_path / "data"
    config = configuration(tmp_path, data)
    live(data, "anna")
    typed("backup", tmp_path / "b.db", "-c", config)
    typed("restore", tmp_path / "b.db", "-c", config)

    async def later() -> None:
        async with rig(data, clock=SetClock(SetClock().now + 300 * DAY)) as it:
            ((label,),) = await it.rows("SELECT label FROM scores WHERE lead_id = 1")
            assert label != "hot"

    asyncio.run(later())
