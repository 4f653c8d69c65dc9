"""Copies of a database: made while it is in use, checked before they bear their name, and put back.

A copy is VACUUM INTO on a plain read-only connection: copying the file of a live database loses rows, and neither
`query_only` nor an open transaction allows it. It is written under another name, of which this process holds a lock,
so that two at once do not meet and what a killed one left behind is known for what it is.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from bot.errors import BackupFailed, BackupStopped, HotleadError, NoBackup
from scoring.instants import Instant, to_datetime

UNFINISHED: Final = ".unfinished"
_STEPS: Final = 20_000
"""Of SQLite's virtual machine between two looks at the progress: some hundred a second."""
_MB: Final = 1_000_000

Progressed: TypeAlias = Callable[[str, int, int], None]
"""(what, done, total), in MB; called in the thread that works."""


@dataclass(frozen=True, slots=True)
class Copying:
    """How somebody follows a copy, and ends it early."""

    told: Progressed = lambda _what, _done, _total: None
    stopped: Callable[[], bool] = lambda: False


_UNHEEDED: Final = Copying()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds, in words' numbers."""

    program: str
    leads: int
    events: int
    latest_at: Instant | None
    """When its newest event was received."""


def copy(source: Path, target: Path, copying: Copying = _UNHEEDED) -> int:
    """Write a consistent, checked copy of a database that may be in use; its size in bytes.

    Raises BackupFailed in words, and BackupStopped; then nothing bears the target's name.
    """
    with _unfinished(target) as unfinished:
        _vacuum(source, unfinished, copying)
        check(unfinished, copying)
        with _in_words(target):
            _sync(unfinished)
            size = unfinished.stat().st_size
            unfinished.replace(target)
            _sync(target.parent)
    return size


def _vacuum(source: Path, unfinished: Path, copying: Copying) -> None:
    total = source.stat().st_size // _MB

    def size() -> int:
        return unfinished.stat().st_size // _MB

    try:
        with _connected(source) as db, _followed(db, copying, lambda: copying.told("Copying, MB", size(), total)):
            db.execute("VACUUM INTO ?", (str(unfinished),))
    except sqlite3.OperationalError as trouble:  # the disk is full or read-only
        raise BackupFailed(f"The copy of {source} cannot be written to {unfinished.parent}: {trouble}.") from trouble
    except sqlite3.DatabaseError as trouble:
        raise NoBackup(f"The database {source} cannot be copied: {trouble}.") from trouble


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A file that is the target's until it is done, readable by its owner alone."""
    path = target.with_name(target.name + UNFINISHED)
    with _in_words(target):
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        if not (_hold(held) and _is_at(held, path)):
            raise BackupFailed(f"{target} is being written by another process. Wait for it, or name another file.")
        try:
            _refuse_to_overwrite(target)
            os.ftruncate(held, 0)  # what a killed backup left behind
            yield path
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
    finally:
        os.close(held)


def _refuse_to_overwrite(target: Path) -> None:
    if target.exists():
        raise BackupFailed(f"{target} is there already, and a backup overwrites nothing. Name another file.")


def _hold(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file still has its name: whoever finished meanwhile has renamed it."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def keep_newest(folder: Path, name: str, most: int) -> int:
    """Delete all but the newest backups of a name, and what killed ones left behind; how many."""
    found = sorted(
        folder.glob(f"{name}-*.db"), key=lambda path: (path.name[: len(name) + 17], len(path.name), path.name)
    )
    for path in found[:-most]:
        path.unlink()
    return len(found[:-most]) + clear_unfinished(folder, f"{name}-*.db")


def clear_unfinished(folder: Path, pattern: str) -> int:
    """Remove what killed backups left behind under names like this; how many. Those being written stay."""
    cleared = 0
    for path in folder.glob(pattern + UNFINISHED):
        with suppress(OSError):
            held = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                if _hold(held):
                    path.unlink()
                    cleared += 1
            finally:
                os.close(held)
    return cleared


def check(path: Path, copying: Copying = _UNHEEDED) -> None:
    """Let SQLite look at every page and index. Raises NoBackup when something is wrong, or it is no database."""
    try:
        with _connected(path) as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            size = pages * db.execute("PRAGMA page_size").fetchone()[0] // _MB
            with _followed(db, copying, lambda: copying.told("Checking, MB", 0, size)):
                (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as trouble:
        raise NoBackup(f"{path} cannot be read as a database: {trouble}.") from trouble
    if verdict != "ok":
        raise NoBackup(f"The database {path} is damaged: {verdict}.")


def look_into(path: Path) -> Contents:
    """What a database of hotlead's holds. Raises NoBackup when it is none, in words."""
    if not path.is_file():
        raise NoBackup(f"There is no file {path}.")
    try:
        with _connected(path) as db:
            program = db.execute("SELECT value FROM meta WHERE name = 'program'").fetchone()
            leads = db.execute("SELECT COUNT(*) FROM leads").fetchone()[0]
            events = db.execute("SELECT COUNT(*) FROM events").fetchone()[0]
            latest = db.execute("SELECT received_at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error as trouble:
        what = (
            "a damaged database" if trouble.sqlite_errorcode == sqlite3.SQLITE_CORRUPT else "no database of hotlead's"
        )
        raise NoBackup(f"{path} is {what}: {trouble}.") from trouble
    return Contents(program[0] if program else "unknown", leads, events, latest[0] if latest else None)


def highest_lead(path: Path) -> int:
    """The highest number that a lead of a database ever had; 0 where it cannot be read."""
    try:
        with _connected(path) as db:
            sql = (
                "SELECT MAX(COALESCE((SELECT MAX(id) FROM leads), 0), COALESCE((SELECT MAX(id) FROM former_leads), 0))"
            )
            return int(db.execute(sql).fetchone()[0])
    except (sqlite3.Error, OSError):
        return 0


def put_in_place(fresh: Path, place: Path, aside: Path) -> bool:
    """Let a database take the place of another, which is kept under the name `aside`; whether there was one.

    The folder's lock is held. Killed at any point, the place has the old database or the new one.
    """
    with _in_words(place):
        was = place.exists()
        if was:
            log, log_aside = (path.with_name(f"{path.name}-wal") for path in (place, aside))
            if log.exists():
                shutil.copyfile(log, log_aside)  # kept aside, because SQLite deletes a log that it cannot read
                if _take_in_log(place):
                    log_aside.unlink()
            os.link(place, aside)
            for ending in ("-wal", "-shm"):  # they must not be taken for those of the database that comes
                place.with_name(place.name + ending).unlink(missing_ok=True)
        _sync(fresh)
        fresh.replace(place)
        _sync(place.parent)
    return was


def _take_in_log(path: Path) -> bool:
    """Write the write-ahead log into the database, so that the file is whole by itself; False where it cannot be."""
    try:
        db = sqlite3.connect(path)
        try:
            (busy, _, _) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            db.close()
    except sqlite3.Error:
        return False
    return not busy


def backups_beside(path: Path) -> Path:
    """The folder of the backups beside a database; made, for its owner alone, where it is missing."""
    folder = path.parent / "backups"
    with _in_words(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def stamp(at: Instant) -> str:
    """An instant as part of a file's name."""
    return to_datetime(at).strftime("%Y%m%dT%H%M%SZ")


def free_name(folder: Path, name: str, at: Instant) -> Path:
    """A name in a folder that nothing has yet: `name-20260302T023000Z.db`."""
    path = folder / f"{name}-{stamp(at)}.db"
    number = 2
    while path.exists():
        path = folder / f"{name}-{stamp(at)}-{number}.db"
        number += 1
    return path


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA busy_timeout=5000")
        yield db
    finally:
        db.close()


@contextmanager
def _followed(db: sqlite3.Connection, copying: Copying, tell: Callable[[], None]) -> Iterator[None]:
    def look() -> int:
        if copying.stopped():
            return 1
        tell()
        return 0

    db.set_progress_handler(look, _STEPS)
    try:
        _go_on(copying)
        yield
        _go_on(copying)
    except sqlite3.OperationalError:
        _go_on(copying)
        raise
    finally:
        db.set_progress_handler(None, 0)


def _go_on(copying: Copying) -> None:
    if copying.stopped():
        raise BackupStopped("The service stops: the backup was left off. Nothing of it stays.") from None


@contextmanager
def _in_words(target: Path) -> Iterator[None]:
    try:
        yield
    except HotleadError:
        raise
    except FileNotFoundError:
        if target.parent.is_dir():
            raise BackupFailed(f"{target} cannot be written: {target.parent} takes no files.") from None
        raise BackupFailed(
            f"{target} cannot be written: there is no folder {target.parent}. Make it, or mount it, first."
        ) from None
    except OSError as trouble:
        raise BackupFailed(f"{target} cannot be written: {trouble.strerror or trouble}.") from trouble


def _sync(path: Path) -> None:
    """Let what was written, or the names in a folder, be on the disk before anything else relies on it."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
