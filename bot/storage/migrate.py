"""Bringing a database to this program's version: a checked backup first, then every migration in one transaction."""

from __future__ import annotations

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
from bot.storage.backups import backups_beside, copy, free_name
from bot.storage.disk import full, is_full
from scoring.instants import Instant

_HERE: Final = Path(__file__).resolve().parent.parent
_SHIPPED: Final = _HERE / "_migrations"  # inside the wheel
_CHECKED_OUT: Final = _HERE.parent / "migrations"


def bring_up_to_date(path: Path, now: Instant, *, keeping: bool = True) -> Path | None:
    """Create or migrate the database at `path`; the backup that was taken before, if one was needed.

    `keeping` False: the database is itself a copy, of which none is made before. Raises StoreTooNew for a database of
    a newer program, StoreUnusable when it cannot be opened.
    """
    try:
        backup = _prepare(path, now, keeping=keeping)
        _upgrade(path)
    except (sqlite3.Error, sa.exc.DatabaseError) as trouble:
        cause = getattr(trouble, "orig", None) or trouble
        if is_full(cause, path):
            raise full(path) from trouble
        raise StoreUnusable(
            f"The database {path} cannot be opened: {cause}. Is the disk full, or the file no database of hotlead's?"
        ) from trouble
    return backup


def refuse_newer(path: Path) -> None:
    """Raise StoreTooNew for a database of a newer program, StoreUnusable for one that was never migrated."""
    engine = sa.create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true", poolclass=sa.NullPool)
    with engine.connect() as connection:
        if _standing(connection, path) is None:
            raise StoreUnusable(f"{path} was not written by hotlead: it has no version of its tables.")


def _standing(connection: sa.Connection, path: Path) -> tuple[str, str] | None:
    """The revision of a database's tables and the program that wrote it; None before the first."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return None
    written_by = connection.scalar(sa.text("SELECT value FROM meta WHERE name = 'program'"))
    if revision not in {script.revision for script in _scripts().walk_revisions()}:
        raise StoreTooNew(
            f"The database {path} was written by hotlead {written_by}; this is hotlead {version('hotlead')}. "
            f"Install hotlead {written_by} or newer, or restore a backup that this version made."
        )
    return revision, str(written_by)


def _prepare(path: Path, now: Instant, *, keeping: bool) -> Path | None:
    if not path.exists():
        return None
    engine = _engine(path)
    with engine.connect() as connection:
        standing = _standing(connection, path)
    engine.dispose()
    if standing is None or not keeping or standing[0] == _scripts().get_current_head():
        return None
    name = f"before-{version('hotlead')}-from-{standing[1]}"
    backup = free_name(backups_beside(path), name, now)
    copy(path, backup)
    return backup


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


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
