"""Backups and restoring, for commands: beside a running service, and while none runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from bot.app.nights import backups_of
from bot.app.paths import database_of
from bot.clock import Clock
from bot.control import NotRunning, Operation, Progress, Told, call
from bot.errors import BackupFailed
from bot.service.backing_up import Backup, Backups, on_the_loop
from bot.service.erasure import apply_tombstones
from bot.settings import Settings
from bot.storage import audit, backups, leads, outbox
from bot.storage.lock import FolderLock
from bot.storage.migrate import bring_up_to_date, refuse_newer
from bot.storage.store import Store, Tx
from scoring.instants import Instant

_BACKUP: Final = TypeAdapter(Backup)


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did."""

    contents: backups.Contents
    aside: Path | None
    """Where the database lies that was in use before."""
    in_doubt: int
    """Messages that were owed at the time of the backup."""
    erased: int
    """People who were erased after the backup, and are again."""


def backup_operations(made: Backups) -> dict[str, Operation]:
    """The table of these operations."""

    async def make(values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
        to = values.get("to")
        backup = await made.make(Path(to) if to else None, lambda *step: told(Progress(*step)))
        found: Mapping[str, Any] = _BACKUP.dump_python(backup, mode="json")
        return found

    return {"backup": make}


async def back_up(settings: Settings, clock: Clock, to: Path | None, told: Told) -> Backup:
    """Let the running service make a backup; when none runs, make it here. Raises HotleadError in words.

    `to` is absolute: the service works in another folder.
    """
    values = {"to": str(to) if to is not None else None}
    try:
        found = await call(settings.service.data, "backup", values, told)
    except NotRunning:
        found = await backup_operations(backups_of(settings, clock))["backup"](values, told)
    return _BACKUP.validate_python(found)


async def restore(settings: Settings, clock: Clock, file: Path, told: Told) -> Restored:
    """Put a backup in the place of the database, which is kept aside. Raises StoreInUse while a service runs.

    Nothing of the database in use is touched before the copy that takes its place is complete: checked, brought to
    this version, and told what has happened since.
    """
    lock = FolderLock(settings.service.data)
    lock.take()
    try:
        return await _restore(database_of(settings), clock(), file, told)
    finally:
        lock.release()


async def _restore(place: Path, now: Instant, file: Path, told: Told) -> Restored:
    fresh = place.with_name(f"{place.name}.restoring")
    copying = backups.Copying(on_the_loop(lambda *step: told(Progress(*step))))
    try:
        given = await asyncio.to_thread(_copied, place, file, fresh, copying)
        told(Progress("Bringing it up to date"))
        await asyncio.to_thread(bring_up_to_date, fresh, now, keeping=False)
        store = Store(fresh)
        try:
            erased = await apply_tombstones(store, place.parent, now)
            in_doubt = await store.write(lambda tx: _carry_on(tx, file, given, now))
        finally:
            await store.close()
        return await asyncio.to_thread(_take_over, place, fresh, now, in_doubt, erased)
    finally:
        await asyncio.to_thread(_clear, fresh)


def _copied(place: Path, file: Path, fresh: Path, copying: backups.Copying) -> int:
    """Copy a backup beside the database, if it is one; the highest number that a lead has had."""
    if place.exists() and file.exists() and file.samefile(place):
        raise BackupFailed(f"{file} is the database in use. Name the backup that is to take its place.")
    _clear(fresh)  # left behind by a backup that was killed
    backups.look_into(file)
    refuse_newer(file)
    backups.check(file, copying)
    backups.copy(file, fresh, copying)
    return backups.highest_lead(place)


def _carry_on(tx: Tx, file: Path, given: int, now: Instant) -> int:
    """What was said or numbered since the backup is not said or numbered again. How many messages are in doubt."""
    leads.number_on_from(tx, given)
    audit.record(tx, at=now, actor=audit.SYSTEM, action="restored", after=file.name)
    return outbox.doubt_all(tx)


def _take_over(place: Path, fresh: Path, now: Instant, in_doubt: int, erased: int) -> Restored:
    contents = backups.look_into(fresh)
    aside = backups.free_name(backups.backups_beside(place), "replaced", now)
    was = backups.put_in_place(fresh, place, aside)
    return Restored(contents, aside if was else None, in_doubt, erased)


def _clear(fresh: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
