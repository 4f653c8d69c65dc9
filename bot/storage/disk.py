"""Recognises a full disk: SQLite reports it in several ways, and opening a database on one in yet another."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import Final

from bot.errors import DiskFull

_NEEDED: Final = 262_144
"""Bytes: with fewer a group of events may find no room, and SQLite cannot even open a database for reading."""


def full(path: Path) -> DiskFull:
    """The trouble in words."""
    return DiskFull(
        f"The disk is full: nothing can be stored in {path.parent}. Make room, and it goes on by itself; nothing that "
        "was accepted is lost."
    )


def is_full(trouble: BaseException, path: Path) -> bool:
    """Whether this trouble with a database, or a file beside it, comes from a disk without room."""
    if isinstance(trouble, sqlite3.Error):
        code = getattr(trouble, "sqlite_errorcode", 0) & 0xFF
        return code == sqlite3.SQLITE_FULL or (code in _OTHER_WORDS and has_no_room(path))
    return isinstance(trouble, OSError) and trouble.errno in (errno.ENOSPC, errno.EDQUOT)


_OTHER_WORDS: Final = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def has_no_room(path: Path) -> bool:
    """Whether the disk of a file is as good as full."""
    try:
        return shutil.disk_usage(path.parent).free < _NEEDED
    except OSError:
        return False
