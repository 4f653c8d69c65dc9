"""How a whole installation is, in one look: the service if it runs, and what its database says whether it runs or not.

What is wrong is said as a `Finding`: what, and what to do. Nothing here changes anything.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from bot.app.core import kinds_of
from bot.app.counting import size_of, wal_of
from bot.app.paths import database_of
from bot.control import NotRunning, RefusedByService, call
from bot.errors import Finding, HotleadError
from bot.language import counted
from bot.service.models.reviews import review_due
from bot.service.models.versions import version_of
from bot.service.models.views import Version
from bot.service.night import TROUBLE
from bot.service.source_health import SourceView, views
from bot.settings import Settings
from bot.storage import events, log, meta, models, outbox, publications, scores, steps
from bot.storage.reader import Reader
from bot.storage.store import Tx
from scoring.definition import load_model
from scoring.errors import InvalidModel
from scoring.instants import DAY, MINUTE, Duration, Instant

LATE: Final[Duration] = 10 * MINUTE
"""What is owed or due for longer is wrong."""
BACKUP_AGE: Final[Duration] = 2 * DAY
LARGEST_WAL: Final = 256 * 2**20
LEAST_FREE: Final = 500 * 2**20
_BACKUPS: Final = "backups"
_KINDS_OF_BACKUP: Final = ("nightly-*.db", "hotlead-*.db")


@dataclass(frozen=True, slots=True)
class Running:
    """What a service that runs says of itself."""

    process: int
    version: str
    started_at: Instant
    url: str
    operations_url: str
    slack: str
    """How Slack is listened to, in words."""
    trouble: tuple[str, ...]
    """What keeps it from being ready."""
    waiting_events: int


RUNNING: Final = TypeAdapter(Running)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is to be done, and how long the oldest of it has waited."""

    messages: int = 0
    messages_age: Duration = 0
    unknown: int = 0
    """Messages of which it is not known whether they arrived; they are looked up."""
    refused: int = 0
    """Messages refused for good in the last day."""
    evaluations: int = 0
    evaluations_age: Duration = 0
    steps: int = 0
    steps_age: Duration = 0


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A model as it is published, and how the file beside the configuration compares."""

    version: Version
    file: str = ""
    """`same`, `differs`, `invalid`; empty where the file is of another model or not there."""
    review_due: Instant | None = None
    """When its owners want to look at it again."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is there."""

    path: Path
    at: Instant
    size: int


@dataclass(frozen=True, slots=True)
class Data:
    """What the database says."""

    leads: int
    events: int
    written_by: str
    since: Instant
    owed: Owed
    models: tuple[LiveModel, ...]
    sources: tuple[SourceView, ...]
    backup_trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole look. `data` is None where there is no database, or none that can be read."""

    at: Instant
    program: str
    running: Running | None
    database: Path
    size: int
    wal: int
    free: int
    data: Data | None
    backup: Backup | None
    wrong: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.wrong


async def look(settings: Settings, model_file: Path, now: Instant) -> Status:
    """Look at everything. It raises nothing for what is wrong: that is what it is there to say."""
    database = database_of(settings)
    wrong: list[Finding] = []
    running = await _service(settings, wrong)
    data = await _data(settings, model_file, now, wrong)
    backup = _newest_backup(settings.backup.folder or database.parent / _BACKUPS)
    status = Status(
        at=now,
        program=version("hotlead"),
        running=running,
        database=database,
        size=size_of(database),
        wal=size_of(wal_of(database)),
        free=_free(database),
        data=data,
        backup=backup,
    )
    wrong += _of_files(status)
    if data is not None:
        wrong += [
            *_of_owed(data.owed, running=running is not None),
            *_of_sources(data),
            *_of_backups(status, data, nightly=settings.backup.nightly),
        ]
    return replace(status, wrong=tuple(wrong))


async def _service(settings: Settings, wrong: list[Finding]) -> Running | None:
    try:
        said = await call(settings.service.data, "status", {}, lambda _: None)
    except NotRunning:
        wrong.append(Finding("Service", "it does not run", "Start it: systemctl start hotlead, or hotlead serve."))
        return None
    except RefusedByService as refused:
        wrong.append(Finding("Service", str(refused), "Look at its log; a newer program may wait for a restart."))
        return None
    running = RUNNING.validate_python(said)
    wrong += [Finding("Service", one.rstrip("."), "Nothing is lost meanwhile.") for one in running.trouble]
    if running.version != version("hotlead"):
        found = f"version {running.version} runs, {version('hotlead')} is installed"
        wrong.append(Finding("Service", found, "Start it again: systemctl restart hotlead."))
    return running


async def _data(settings: Settings, model_file: Path, now: Instant, wrong: list[Finding]) -> Data | None:
    path = database_of(settings)
    if not path.exists():
        return None
    reader = Reader(path)
    try:
        return await reader.read(lambda tx: _read(tx, kinds_of(settings), model_file, now))
    except (HotleadError, sqlite3.Error) as trouble:
        wrong.append(Finding("Database", str(trouble).rstrip("."), "Look at the disk, or restore a backup."))
        return None
    finally:
        await reader.close()


def _read(tx: Tx, kinds: Mapping[str, str], model_file: Path, now: Instant) -> Data:
    trouble = meta.get(tx, TROUBLE)
    return Data(
        leads=log.count(tx),
        events=events.last_seq(tx),
        written_by=meta.get(tx, "program") or "",
        since=events.first_instant(tx) or now,
        owed=_owed(tx, now),
        models=tuple(_model(tx, row, model_file) for row in models.live(tx)),
        sources=views(tx, kinds, now),
        backup_trouble=json.loads(trouble)["words"] if trouble else None,
    )


def _owed(tx: Tx, now: Instant) -> Owed:
    waiting = outbox.waiting(tx)
    return Owed(
        messages=waiting.get("owed", 0) + waiting.get("sending", 0),
        messages_age=_age(outbox.oldest_owed(tx, now), now),
        unknown=waiting.get("unknown", 0),
        refused=outbox.refused_since(tx, now - DAY),
        evaluations=scores.count_due(tx, now),
        evaluations_age=_age(scores.next_due(tx), now),
        steps=steps.count_due(tx, now),
        steps_age=_age(steps.next_due(tx), now),
    )


def _age(at: Instant | None, now: Instant) -> Duration:
    return max(now - at, 0) if at is not None else 0


def _model(tx: Tx, row: Any, file: Path) -> LiveModel:
    published = version_of(publications.version(tx, row["id"]))
    return LiveModel(published, _compared(row, file), review_due(load_model(row["text"]), published.published_at))


def _compared(row: Any, file: Path) -> str:
    """How the model's file beside the configuration differs from what is live."""
    try:
        found = load_model(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return ""
    except InvalidModel:
        return "invalid"
    if found.name != row["name"]:
        return ""
    return "same" if found.hash == row["hash"] else "differs"


def _newest_backup(folder: Path) -> Backup | None:
    found = [path for kind in _KINDS_OF_BACKUP for path in folder.glob(kind)]
    newest = max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
    if newest is None:
        return None
    stat = newest.stat()
    return Backup(newest, stat.st_mtime_ns // 1000, stat.st_size)


def _free(database: Path) -> int:
    """Bytes that are free where the database lies, or would."""
    folder = next(one for one in database.parents if one.exists())
    return shutil.disk_usage(folder).free


def _of_files(status: Status) -> list[Finding]:
    found = []
    if status.wal > LARGEST_WAL:
        advice = "Something reads the database without end: look who has the file open."
        found.append(Finding("Database", f"its write-ahead log has {status.wal // 2**20} MiB", advice))
    if status.free < max(LEAST_FREE, status.size // 10):
        found.append(Finding("Disk", f"{status.free // 2**20} MiB are free", "Make room, or move the data folder."))
    return found


def _of_owed(owed: Owed, *, running: bool) -> list[Finding]:
    found = []
    if owed.refused:
        what = f"Slack refused {owed.refused} for good in the last day"
        found.append(Finding("Messages", what, "The admin channel and the log (result=refused) say which and why."))
    if not running:
        return found  # without a service nothing is on time, and that it does not run is a finding already
    for name, count, age in (
        ("Messages", owed.messages + owed.unknown, owed.messages_age),
        ("Evaluations", owed.evaluations, owed.evaluations_age),
        ("Steps of handling", owed.steps, owed.steps_age),
    ):
        if age > LATE:
            what = f"{counted(count, 'waits', 'wait')}, the oldest for {counted(age // MINUTE, 'minute')}"
            found.append(Finding(name, what, "The service's log says what stops them."))
    return found


def _of_sources(data: Data) -> list[Finding]:
    found = []
    for one in data.sources:
        where, show = f"Source {one.name}", f"`hotlead sources show {one.name}` says how it is meant."
        if one.failing_since is not None:
            found.append(Finding(where, "its sender's signatures fail", f"Compare the secrets; {show}"))
        if one.quiet_since is not None:
            found.append(Finding(where, "it is quiet against its habit", f"Look whether the sender sends; {show}"))
        if one.kept:
            advice = f"When the secret is right: `hotlead sources retry {one.name}`."
            found.append(
                Finding(where, f"{counted(one.kept, 'refused request is', 'refused requests are')} kept", advice)
            )
    return found


def _of_backups(status: Status, data: Data, *, nightly: bool) -> list[Finding]:
    if not nightly:
        return []  # turned off in the configuration: backups are made in another way
    if data.backup_trouble is not None:
        return [Finding("Backup", data.backup_trouble.rstrip("."), "It is tried again every hour.")]
    newest = status.backup.at if status.backup is not None else data.since
    if not data.events or status.at - newest < BACKUP_AGE:
        return []
    days = counted((status.at - newest) // DAY, "day")
    found = f"the last is {days} old" if status.backup is not None else f"there is none after {days}"
    return [Finding("Backup", found, "`hotlead backup` makes one while the service runs.")]
