"""`hotlead status`: whether all is well, in one screen; it works whether the service runs or not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from bot.app.status import Data, LiveModel, Owed, Status, look
from bot.cli.beside import console, plain
from bot.cli.options import CONFIG, Config
from bot.cli.sources import ago, tally_words
from bot.cli.starting import MODEL_NAME
from bot.cli.words import instant, print_json, when
from bot.clock import system_clock
from bot.language import counted
from bot.service.source_health import SourceView
from bot.settings import read_settings
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Duration, Instant

_UNITS: Final = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
_FILE: Final = {
    "same": f"{MODEL_NAME} says the same",
    "differs": f"{MODEL_NAME} differs: `hotlead model diff` shows how, `hotlead model publish` takes it over",
    "invalid": f"{MODEL_NAME} is no model: hotlead model check {MODEL_NAME}",
}


def status(
    config: Config = CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for machines.")] = False,
) -> None:
    """Say whether all is well, what is owed, and what is wrong with what to do. Exit 0: all is well; 1: it is not."""
    settings = read_settings(config)
    found = asyncio.run(look(settings, config.resolve().parent / MODEL_NAME, system_clock()))
    if as_json:
        print_json(as_table(found))
    else:
        for name, text in screen(found):
            console.print(f"[bold]{name:<10}[/bold] {plain(text)}" if name else plain(text))
    if not found.ok:
        raise typer.Exit(1)


def screen(found: Status) -> Iterator[tuple[str, str]]:
    """The screen line by line, each with its heading."""
    verdict = counted(len(found.wrong), "thing is wrong", "things are wrong") if found.wrong else "all is well"
    yield "", f"hotlead {found.program}, {when(found.at)} UTC: {verdict}."
    for one in found.wrong:
        yield "WRONG", f"{one.place}: {one.found}. {one.advice}"
    yield "Service", _service(found)
    if found.running is not None:
        yield "Slack", f"by {found.running.slack}"
    yield "Database", _database(found)
    yield "Backup", _backup(found)
    if found.data is None:
        return
    yield "Owed", _owed(found.data.owed, found.running.waiting_events if found.running is not None else 0)
    for number, model in enumerate(found.data.models):
        yield "" if number else "Model", f"{' ' * 11 if number else ''}{_model(model)}"
    for number, source in enumerate(found.data.sources):
        yield "" if number else "Sources", f"{' ' * 11 if number else ''}{_source(source, found.at)}"


def _service(found: Status) -> str:
    one = found.running
    if one is None:
        return "does not run"
    ready = "ready" if not one.trouble else "NOT READY"
    since = f"since {when(one.started_at)} ({_long(found.at - one.started_at)})"
    return f"{ready}, version {one.version}, process {one.process}, {since}, {one.url}, {one.operations_url}"


def _database(found: Status) -> str:
    if not found.size:
        return f"{found.database} is not there yet"
    told = f"{found.database}, {_bytes(found.size)}, its write-ahead log {_bytes(found.wal)}, {_bytes(found.free)} free"
    if found.data is None:
        return told
    return f"{told}; {counted(found.data.leads, 'lead')}, {counted(found.data.events, 'event')}"


def _backup(found: Status) -> str:
    if found.backup is None:
        return "none yet"
    return (
        f"{when(found.backup.at)} ({ago(found.backup.at, found.at)}), {_bytes(found.backup.size)}, {found.backup.path}"
    )


def _owed(owed: Owed, waiting_events: int) -> str:
    doubt = f", {owed.unknown:,} being looked up" if owed.unknown else ""
    parts = (
        f"{counted(owed.messages, 'message')}{doubt}{_oldest(owed.messages_age)}",
        counted(owed.evaluations, "evaluation") + _oldest(owed.evaluations_age),
        counted(owed.steps, "step") + _oldest(owed.steps_age),
        counted(waiting_events, "event"),
    )
    return "; ".join(parts)


def _oldest(age: Duration) -> str:
    return f" (the oldest {_long(age)})" if age >= SECOND else ""


def _model(one: LiveModel) -> str:
    version = one.version
    told = f"{version.model}, version {version.number} of {when(version.published_at)} by {version.author}"
    if version.finished_at is None and version.leads:
        told += f", rescored so far: {version.rescored:,} of {counted(version.leads, 'lead')}"
    if one.review_due is not None:
        told += f"; review due {when(one.review_due)[:10]}"
    return f"{told}; {_FILE[one.file]}" if one.file else told


def _source(one: SourceView, now: Instant) -> str:
    last = f"last event {ago(one.last_at, now)}" if one.last_at is not None else "nothing has come yet"
    return f"{one.name} ({one.kind}): {last}; 24 h: {tally_words(one.day)}"


def _long(time: Duration) -> str:
    """In the largest unit of which there are two."""
    unit, word = next((one for one in _UNITS if time >= 2 * one[0]), _UNITS[-1])
    return f"{time // unit} {word}"


def _bytes(size: int) -> str:
    for power, word in ((3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.1f} {word}"
    return f"{size} bytes"


def as_table(found: Status) -> dict[str, Any]:
    """The same for machines; instants in ISO 8601, ages in seconds, sizes in bytes."""
    running = found.running
    return {
        "ok": found.ok,
        "at": instant(found.at),
        "program": found.program,
        "wrong": [{"what": one.place, "found": one.found, "advice": one.advice} for one in found.wrong],
        "service": None if running is None else {**asdict(running), "started_at": instant(running.started_at)},
        "database": {
            "path": str(found.database),
            "bytes": found.size,
            "wal_bytes": found.wal,
            "free_bytes": found.free,
        },
        "backup": None
        if found.backup is None
        else {"path": str(found.backup.path), "at": instant(found.backup.at), "bytes": found.backup.size},
        **(_data_table(found.data) if found.data is not None else {}),
    }


def _data_table(data: Data) -> dict[str, Any]:
    owed = {name: value // SECOND if name.endswith("_age") else value for name, value in asdict(data.owed).items()}
    return {
        "leads": data.leads,
        "events": data.events,
        "written_by": data.written_by,
        "owed": owed,
        "models": [
            {
                "name": one.version.model,
                "version": one.version.number,
                "published_at": instant(one.version.published_at),
                "file": one.file or None,
                "review_due": instant(one.review_due),
            }
            for one in data.models
        ],
        "sources": [
            {
                "name": one.name,
                "kind": one.kind,
                "last_event": instant(one.last_at),
                "day": dict(one.day.counts),
                "quiet_since": instant(one.quiet_since),
                "failing_since": instant(one.failing_since),
                "kept": one.kept,
            }
            for one in data.sources
        ],
    }


__all__ = ["as_table", "screen", "status"]
