"""One process owns a data folder: a second start says who has it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from bot.errors import StoreInUse, StoreUnusable
from bot.storage.disk import full, is_full


class FolderLock:
    """Held from start to end; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Make the folder and own it. Raises StoreInUse with the number of the process that has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._path.open("a+", encoding="utf-8")
        except OSError as trouble:
            raise StoreUnusable(
                f"The data folder {self._path.parent} cannot be used: {trouble.strerror}. "
                "Let this user write there, or name another under [service] as data."
            ) from trouble
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            file.close()
            raise StoreInUse(
                f"The data folder {self._path.parent} is in use by process {owner}. "
                "Stop it first, or name another folder."
            ) from None
        self._file = file
        try:
            file.seek(0)
            file.truncate()
            file.write(str(os.getpid()))
            file.flush()
        except OSError as trouble:
            if is_full(trouble, self._path):
                raise full(self._path) from trouble
            raise StoreUnusable(f"The lock {self._path} cannot be written: {trouble}") from trouble

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
