"""Backups of the running service's database: one at a time, in a thread, told as they go, ended early when it stops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from bot.clock import Clock
from bot.errors import BackupFailed, NoBackup
from bot.storage.backups import Contents, Copying, backups_beside, copy, free_name, keep_newest, look_into

BY_HAND: Final = "hotlead"
Told: TypeAlias = Callable[[str, int, int], None]
"""(what, done, total), on the event loop."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and checked."""

    path: Path
    size: int
    """In bytes."""
    contents: Contents


class Backups:
    """Makes backups of one database. `folder`: where those go for which no other place is named."""

    def __init__(self, database: Path, folder: Path | None, clock: Clock) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._busy = asyncio.Lock()
        self._stop = threading.Event()

    @property
    def folder(self) -> Path:
        """Where backups go; the one beside the database is made. Raises BackupFailed."""
        return self._folder if self._folder is not None else backups_beside(self._database)

    async def make(self, to: Path | None, told: Told) -> Backup:
        """Make a backup: to a file, into a folder, or into the configured one. Raises BackupFailed in words."""
        if self._busy.locked():
            raise BackupFailed("A backup is being made at this moment. Wait until it is done.")
        return await self._in_turn(to, BY_HAND, told)

    async def make_in_turn(self, name: str) -> Backup:
        """Make a backup in the configured folder, after one that is being made."""
        return await self._in_turn(None, name, lambda _what, _done, _total: None)

    async def _in_turn(self, to: Path | None, name: str, told: Told) -> Backup:
        async with self._busy:
            try:
                return await asyncio.to_thread(self._make, to, name, Copying(on_the_loop(told), self._stop.is_set))
            except asyncio.CancelledError:
                self._stop.set()
                raise

    async def keep(self, name: str, most: int) -> int:
        """Delete all but the newest backups of this name, and what killed ones left; how many."""
        return await asyncio.to_thread(keep_newest, self.folder, name, most)

    def stop(self) -> None:
        """Leave off a backup that is being made: the service stops."""
        self._stop.set()

    def _make(self, to: Path | None, name: str, copying: Copying) -> Backup:
        if not self._database.is_file():
            raise NoBackup(f"There is no database {self._database}.")
        target = to if to is not None and not to.is_dir() else free_name(to or self.folder, name, self._clock())
        size = copy(self._database, target, copying)
        return Backup(target, size, look_into(target))


def on_the_loop(told: Told) -> Told:
    """What a thread tells, told on the event loop of now."""
    loop = asyncio.get_running_loop()

    def pass_on(what: str, done: int, total: int) -> None:
        loop.call_soon_threadsafe(told, what, done, total)

    return pass_on
