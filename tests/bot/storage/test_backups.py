"""Copies of a database: whole or not there, never two at once under one name, and put back without a moment's loss."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.errors import BackupFailed, BackupStopped, NoBackup
from bot.storage.backups import Copying, check, clear_unfinished, copy, free_name, look_into, put_in_place
from bot.storage.migrate import bring_up_to_date
from tests.bot.service.house import T0


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    bring_up_to_date(path, T0)
    return path


def fill(path: Path, rows: int = 20_000) -> None:
    """Some megabytes."""
    db = sqlite3.connect(path)
    db.executemany("INSERT INTO leads (created_at, name) VALUES (?, ?)", ((n, "x" * 200) for n in range(rows)))
    db.commit()
    db.close()


def leads_in(path: Path) -> list[int]:
    db = sqlite3.connect(path)
    found = [at for (at,) in db.execute("SELECT created_at FROM leads ORDER BY id").fetchall()]
    db.close()
    return found


def test_a_copy_of_a_database_in_use_has_what_was_committed(database: Path) -> None:
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("INSERT INTO leads (created_at) VALUES (1)")
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO leads (created_at) VALUES (2)")
    (database.parent / "far").mkdir()
    target = database.parent / "far" / "copy.db"
    size = copy(database, target)
    db.execute("ROLLBACK")
    db.close()
    assert leads_in(target) == [1]
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert target.stat().st_size == size
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_copy_tells_how_far_it_is(database: Path) -> None:
    fill(database)
    told: list[tuple[str, int, int]] = []
    copy(database, database.with_name("copy.db"), Copying(lambda *step: told.append(step)))
    assert {what for what, _, _ in told} == {"Copying, MB", "Checking, MB"}
    assert max(done for _, done, _ in told) >= 3


def test_a_copy_that_is_stopped_leaves_nothing(database: Path) -> None:
    fill(database)
    with pytest.raises(BackupStopped):
        copy(database, database.with_name("copy.db"), Copying(stopped=lambda: True))
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_nothing_is_overwritten(database: Path) -> None:
    target = database.with_name("copy.db")
    target.write_text("mine")
    with pytest.raises(BackupFailed, match="overwrites nothing"):
        copy(database, target)
    assert target.read_text() == "mine"
    assert not list(database.parent.glob("*.unfinished"))


def test_two_at_once_under_one_name_do_not_meet(database: Path) -> None:
    fill(database)
    target = database.with_name("copy.db")
    inside, go = threading.Event(), threading.Event()

    def hold(*_step: object) -> None:
        inside.set()
        go.wait(20)

    first = threading.Thread(target=copy, args=(database, target, Copying(hold)))
    first.start()
    assert inside.wait(20)
    with pytest.raises(BackupFailed, match="being written by another process"):
        copy(database, target)
    assert clear_unfinished(target.parent, "copy*.db") == 0
    go.set()
    first.join()
    assert len(leads_in(target)) == 20_000


def test_what_a_killed_one_left_behind_is_taken_over_or_cleared(database: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from bot.storage.backups import Copying, copy; "
        "copy(Path(sys.argv[1]), Path(sys.argv[2]), Copying(lambda *_: os._exit(9)))"
    )
    fill(database)
    target = database.with_name("copy.db")
    for _ in range(2):
        died = subprocess.run([sys.executable, "-c", code, str(database), str(target)], check=False)
        assert died.returncode == 9
        assert not target.exists()
        assert target.with_name("copy.db.unfinished").exists()
    assert clear_unfinished(target.parent, "copy*.db") == 1
    subprocess.run([sys.executable, "-c", code, str(database), str(target)], check=False)
    copy(database, target)
    assert len(leads_in(target)) == 20_000
    assert not list(target.parent.glob("*.unfinished"))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("missing/copy.db", "there is no folder .*missing. Make it, or mount it, first"),
        ("x.db/copy.db", "Not a directory"),
        ("link.db", "symbolic link"),
    ],
)
def test_where_it_cannot_be_written_is_said_in_words(database: Path, target: str, words: str) -> None:
    (database.parent / "link.db.unfinished").symlink_to(database)
    with pytest.raises(BackupFailed, match=words):
        copy(database, database.parent / target)
    assert look_into(database).leads == 0


@pytest.mark.parametrize("content", [b"", b"something else entirely " * 100, b"SQLite format 3\0" + b"\1" * 5000])
def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(NoBackup, match="no database of hotlead's"):
        look_into(tmp_path / "x.db")
    with pytest.raises(NoBackup, match="no file"):
        look_into(tmp_path / "y.db")


def test_a_damaged_one_is_found(database: Path) -> None:
    fill(database)
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    with pytest.raises(NoBackup, match="damaged"):
        check(database)


def test_names_of_the_same_second_differ(tmp_path: Path) -> None:
    first = free_name(tmp_path, "hotlead", T0)
    assert first.name == "hotlead-20260302T090000Z.db"
    first.touch()
    assert free_name(tmp_path, "hotlead", T0).name == "hotlead-20260302T090000Z-2.db"


def test_what_is_put_aside_has_the_changes_that_were_only_in_its_log(tmp_path: Path) -> None:
    place, fresh = tmp_path / "x.db", tmp_path / "fresh.db"
    for path in (place, fresh):
        bring_up_to_date(path, T0)
    code = (  # killed with a log that nobody took in
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "db.execute('PRAGMA journal_mode=WAL'); db.execute('INSERT INTO leads (created_at) VALUES (7)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(place)], check=False)
    assert (tmp_path / "x.db-wal").stat().st_size > 0
    assert put_in_place(fresh, place, tmp_path / "aside.db")
    assert leads_in(tmp_path / "aside.db") == [7]
    assert leads_in(place) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aside.db", "x.db"]


def test_a_log_of_a_database_that_cannot_be_read_goes_aside_with_it(tmp_path: Path) -> None:
    place, fresh = tmp_path / "x.db", tmp_path / "fresh.db"
    bring_up_to_date(fresh, T0)
    place.write_bytes(b"broken" * 1000)
    (tmp_path / "x.db-wal").write_bytes(b"of the broken one")
    assert put_in_place(fresh, place, tmp_path / "aside.db")
    assert (tmp_path / "aside.db").read_bytes() == b"broken" * 1000
    assert (tmp_path / "aside.db-wal").read_bytes() == b"of the broken one"
    assert leads_in(place) == []
