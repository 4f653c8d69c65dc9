"""Bringing a database to this program's version: a checked backup first, then every migration in one transaction."""

from __future__ import annotations

import os
import sqlite3
from importlib.metadata import version
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import StoreTooNew, StoreUnusable
from scoring.instants import Instant, to_datetime

_HERE: Final = Path(__file__).resolve().parent.parent
_SHIPPED: Final = _HERE / "_migrations"  # inside the wheel
_CHECKED_OUT: Final = _HERE.parent / "migrations"


def bring_up_to_date(path: Path, now: Instant) -> Path | None:
    """Create or migrate the database at `path`; the backup that was taken before, if one was needed.

    Raises StoreTooNew for a database of a newer program, StoreUnusable when it cannot be opened.
    """
    try:
        backup = _prepare(path, now)
        _upgrade(path)
    except (sqlite3.Error, sa.exc.DatabaseError) as trouble:
        raise StoreUnusable(
            f"The database {path} cannot be opened: {trouble}. Is the disk full, or the file no database of hotlead's?"
        ) from trouble
    return backup


def backup_to(source: Path, target: Path) -> None:
    """Write a consistent copy of a database that may be in use, and check it, before it bears its name.

    VACUUM INTO on a plain read-only connection: copying the file of a live database loses rows.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    db = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        db.execute("VACUUM INTO ?", (str(unfinished),))
    finally:
        db.close()
    _check_integrity(unfinished)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(target)


def _check_integrity(path: Path) -> None:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
    finally:
        db.close()
    if verdict != "ok":
        raise StoreUnusable(f"The copy {path} of the database is damaged: {verdict}")


def _prepare(path: Path, now: Instant) -> Path | None:
    if not path.exists():
        return None
    engine = _engine(path)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return None
        written_by = connection.scalar(sa.text("SELECT value FROM meta WHERE name = 'program'"))
    engine.dispose()
    scripts = ScriptDirectory.from_config(_config())
    if revision not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreTooNew(
            f"The database {path} was written by hotlead {written_by}; this is hotlead {version('hotlead')}. "
            f"Install hotlead {written_by} or newer, or restore a backup that this version made."
        )
    if revision == scripts.get_current_head():
        return None
    stamp = to_datetime(now).strftime("%Y%m%dT%H%M%SZ")
    backup = path.parent / "backups" / f"before-{version('hotlead')}-from-{written_by}-{stamp}.db"
    backup_to(path, backup)
    return backup


def _upgrade(path: Path) -> None:
    engine = _engine(path)
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(
            sa.text(
                "INSERT INTO meta (name, value) VALUES ('program', :value) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            {"value": version("hotlead")},
        )
    engine.dispose()


def _engine(path: Path) -> sa.Engine:
    """A plain connection whose BEGIN is real: the driver's own would leave DDL outside the transaction."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SHIPPED if _SHIPPED.exists() else _CHECKED_OUT))
    return config
