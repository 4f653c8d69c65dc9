"""From any version to this one: as if made anew, backed up before, and never backwards. And whose the folder is."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import NoBackup, StoreInUse, StoreTooNew, StoreUnusable
from bot.storage import backups, migrate
from bot.storage.lock import FolderLock
from bot.storage.migrate import bring_up_to_date
from bot.storage.tables import APPEND_ONLY, metadata
from tests.bot.service.house import T0


def schema(path: Path) -> dict[str, str]:
    """Every object of a database but Alembic's own, with its words in one line."""
    db = sqlite3.connect(path)
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    found = {name: " ".join(sql.replace('"', "").split()) for name, sql in rows.fetchall()}
    db.close()
    return found


def columns(path: Path) -> dict[str, set[Any]]:
    """Every table's columns, in any order: a migration can only append one."""
    db = sqlite3.connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    found = {
        name: {tuple(row[1:]) for row in db.execute(f"PRAGMA table_info({name})").fetchall()}
        for name in tables
        if name != "alembic_version"
    }
    db.close()
    return found


def at_revision(path: Path, revision: str, program: str = "0.0.9") -> None:
    """A database as an older hotlead left it."""
    engine = migrate._engine(path)
    config = migrate._config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(sa.text("INSERT INTO meta (name, value) VALUES ('program', :p)"), {"p": program})
    engine.dispose()


def test_a_migrated_schema_is_the_fresh_one(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path / "migrated.db", T0)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for trigger in APPEND_ONLY:
            connection.exec_driver_sql(trigger)
    engine.dispose()
    assert columns(tmp_path / "migrated.db") == columns(tmp_path / "fresh.db")
    migrated, fresh = schema(tmp_path / "migrated.db"), schema(tmp_path / "fresh.db")
    assert migrated.keys() == fresh.keys()
    of_tables = {name for name, sql in fresh.items() if sql.startswith("CREATE TABLE")}
    assert {name: sql for name, sql in migrated.items() if name not in of_tables} == {
        name: sql for name, sql in fresh.items() if name not in of_tables
    }


def test_alembic_would_change_nothing(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path / "x.db", T0)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": lambda name, *_: name != "sqlite_stat1"})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_is_strict(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path / "x.db", T0)
    db = sqlite3.connect(tmp_path / "x.db")
    lax = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0")
    assert {name for (name,) in lax.fetchall()} <= {"alembic_version", "sqlite_schema", "sqlite_sequence"}
    db.close()


def test_a_database_of_this_version_is_left_alone(tmp_path: Path) -> None:
    assert bring_up_to_date(tmp_path / "x.db", T0) is None
    assert bring_up_to_date(tmp_path / "x.db", T0) is None
    assert not (tmp_path / "backups").exists()


def test_before_a_migration_a_backup_is_taken_that_bears_the_old_version_and_holds_the_old_data(tmp_path: Path) -> None:
    at_revision(tmp_path / "x.db", "0001")
    db = sqlite3.connect(tmp_path / "x.db")
    db.execute("INSERT INTO leads (created_at, name) VALUES (1, 'Anna')")
    db.commit()
    db.close()
    backup = bring_up_to_date(tmp_path / "x.db", T0)
    assert backup is not None
    assert backup.parent == tmp_path / "backups"
    assert "from-0.0.9-20260302T090000Z" in backup.name
    for path, revision in ((backup, "0001"), (tmp_path / "x.db", _head())):
        db = sqlite3.connect(path)
        assert db.execute("SELECT name FROM leads").fetchall() == [("Anna",)]
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
        db.close()


def test_a_migration_that_fails_leaves_the_old_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_revision(tmp_path / "x.db", "0001")
    before = schema(tmp_path / "x.db")
    monkeypatch.setattr("bot.storage.migrate.version", lambda _name: None)  # the last statement is refused
    with pytest.raises(StoreUnusable):
        bring_up_to_date(tmp_path / "x.db", T0)
    assert schema(tmp_path / "x.db") == before


def test_a_backup_that_is_damaged_is_not_kept_and_stops_the_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_revision(tmp_path / "x.db", "0001")
    before = schema(tmp_path / "x.db")

    def damaged(path: Path, _copying: object) -> None:
        raise NoBackup(f"The copy {path} is damaged")

    monkeypatch.setattr(backups, "check", damaged)
    with pytest.raises(NoBackup, match="damaged"):
        bring_up_to_date(tmp_path / "x.db", T0)
    assert schema(tmp_path / "x.db") == before
    assert not list((tmp_path / "backups").iterdir())


def test_a_database_of_a_newer_program_is_refused_with_the_version_that_it_needs(tmp_path: Path) -> None:
    bring_up_to_date(tmp_path / "x.db", T0)
    db = sqlite3.connect(tmp_path / "x.db")
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.execute("UPDATE meta SET value = '7.1.0' WHERE name = 'program'")
    db.commit()
    db.close()
    with pytest.raises(StoreTooNew, match=r"Install hotlead 7\.1\.0 or newer"):
        bring_up_to_date(tmp_path / "x.db", T0)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("something else entirely " * 100)
    with pytest.raises(StoreUnusable, match=r"cannot be opened: [^\n]*$"):
        bring_up_to_date(tmp_path / "x.db", T0)


def _head() -> str:
    head = ScriptDirectory.from_config(migrate._config()).get_current_head()
    assert head is not None
    return head


# ---- whose the folder is


def test_a_second_start_says_who_has_the_folder_and_the_next_after_it_gets_it(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "data"), FolderLock(tmp_path / "data")
    first.take()
    with pytest.raises(StoreInUse, match=f"in use by process {os.getpid()}"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_process_that_died_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from bot.storage.lock import FolderLock; "
        "FolderLock(Path(sys.argv[1])).take(); os._exit(9)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert died.returncode == 9
    lock = FolderLock(tmp_path)
    lock.take()
    lock.release()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable, match="cannot be used"):
        FolderLock(tmp_path / "file" / "data").take()


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "data")
    lock.take()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    lock.release()
