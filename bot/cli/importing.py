"""`hotlead import`: files of the past, which alert nobody."""

from __future__ import annotations

import asyncio
import getpass
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.app.source_operations import Asking, asking
from bot.app.sources import source_config
from bot.cli.options import CONFIG, Config
from bot.cli.serving import first_model
from bot.cli.starting import MODEL_NAME
from bot.clock import system_clock
from bot.errors import BadConfiguration, HotleadError
from bot.history import SHAPES, Event, Problem, Reader, fingerprint, open_reader
from bot.language import counted
from bot.service.importing import event_to_json
from bot.service.incoming import SourcedEvent
from bot.settings import Settings, read_settings, source_secrets
from scoring.instants import Instant, format_instant

out: Final = Console(highlight=False, soft_wrap=True, markup=False)
err: Final = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

_BATCH: Final = 250
"""Lines per transaction: what comes live waits for no more than these."""
_LARGEST: Final = 4_000_000
"""Characters of a batch at most; the socket takes 8 MB."""


def import_(
    file: Annotated[Path, typer.Argument(help="CSV (.csv, .tsv) or JSON Lines; .gz is read too.")],
    source: Annotated[str, typer.Option(help="The configured source whose history it is.")],
    shape: Annotated[str, typer.Option(help=f"How it is laid out: {', '.join(SHAPES)}.")] = "",
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="FIELD=COLUMN, as in --map email='E-mail' ; several are fine.")
    ] = None,
    type_: Annotated[str, typer.Option("--type", help="The type of lines that name none.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of times without one, as Europe/Copenhagen; else UTC.")] = "",
    portal: Annotated[str, typer.Option(help="HubSpot's portal number, to know contacts by their number.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read the file, and name every bad line.")] = False,
    again: Annotated[bool, typer.Option("--again", help="From the first line, also if it was imported.")] = False,
    config: Config = CONFIG,
) -> None:
    """Bring in the past: stored and scored, and nobody is alerted. Interrupted, the same command goes on from there."""
    settings = read_settings(config)
    reader = _reader(settings, file, source, shape, map_ or [], type_, zone, portal)
    if dry_run:
        _look(reader)
        return
    known = fingerprint(file, source, reader.shape.name, *(map_ or []), type_, zone, portal)
    try:
        asyncio.run(_bring(settings, reader, source, known, model=config.resolve().parent / MODEL_NAME, again=again))
    except KeyboardInterrupt:
        raise HotleadError("Interrupted. The same command goes on from there.") from None


def _reader(
    settings: Settings, file: Path, source: str, shape: str, maps: list[str], type_: str, zone: str, portal: str
) -> Reader:
    section = settings.source.get(source)
    if section is None:
        raise HotleadError(f"No source is called {source!r}. Configured: {', '.join(settings.source) or 'none'}.")
    if not file.is_file():
        raise HotleadError(f"There is no file {file}.")
    columns = {}
    for one in maps:
        path, _, column = one.partition("=")
        if not path or not column:
            raise HotleadError(f"--map {one!r} is not FIELD=COLUMN.")
        columns[column] = path
    try:
        where = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        raise HotleadError(f"{zone!r} is no zone; Europe/Copenhagen is one.") from None
    return open_reader(
        file, source_config(source, section, ()), system_clock(),
        shape=shape, columns=columns, type_=type_, zone=where, portal=portal,
    )  # fmt: skip


# ---- a dry run


@dataclass(slots=True)
class Found:
    """What a file holds."""

    events: int = 0
    bad: int = 0
    types: Counter[str] = field(default_factory=Counter)
    first: Instant | None = None
    last: Instant | None = None

    def add(self, event: SourcedEvent) -> None:
        self.events += 1
        self.types[event.type] += 1
        self.first = min(event.occurred_at, self.first if self.first is not None else event.occurred_at)
        self.last = max(event.occurred_at, self.last if self.last is not None else event.occurred_at)


def _look(reader: Reader) -> None:
    found = Found()
    with _bar() as bar:
        task = bar.add_task("Reading", total=reader.path.stat().st_size)
        for one in reader.read():
            bar.update(task, completed=one.row.at)
            if isinstance(one, Problem):
                found.bad += 1
                out.print(bad_line(one))
            else:
                for event in one.events:
                    found.add(event)
    out.print(f"{counted(found.events, 'event')} can be imported; {counted(found.bad, 'line is', 'lines are')} bad.")
    if found.first is not None and found.last is not None:
        out.print(f"From {format_instant(found.first)} to {format_instant(found.last)}.")
    for name, count in found.types.most_common():
        out.print(f"  {count:>9,}  {name}")
    if found.bad:
        raise typer.Exit(1)


def bad_line(problem: Problem) -> str:
    """`line 17: bad_time: …`, whatever the file put into it."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in problem.message)
    return f"line {problem.row.number}: {problem.code}: {text}"


# ---- the import


async def _bring(settings: Settings, reader: Reader, source: str, known: str, *, model: Path, again: bool) -> None:
    secrets, missing = source_secrets(settings)
    if missing:
        raise BadConfiguration(missing)
    async with asking(settings, secrets, system_clock, lambda _: None, first_model=first_model(model)) as ask:
        begun = await ask("import.begin", {"file": known, "source": source, "name": reader.path.name, "again": again})
        if begun["ended_at"] is not None:
            when = format_instant(begun["ended_at"])
            out.print(
                f"This file was imported at {when}: {counted(begun['accepted'], 'event')}. --again reads it once more."
            )
            return
        if begun["lines"]:
            out.print(f"Going on after line {begun['lines']:,}.")
        await _batches(ask, reader, source, begun)
        ended = await ask("import.end", {"import_id": begun["import_id"], "author": _author()})
    out.print(
        f"{counted(ended['accepted'], 'event is', 'events are')} imported, {ended['duplicates']:,} were there before, "
        f"{counted(ended['bad'], 'bad line was', 'bad lines were')} left out. Nobody is alerted."
    )


async def _batches(ask: Asking, reader: Reader, source: str, begun: Mapping[str, Any]) -> None:
    with _bar() as bar:
        task = bar.add_task("Importing", total=reader.path.stat().st_size)
        for batch in batches(reader.read(after=begun["lines"])):
            bad = [one for one in batch if isinstance(one, Problem)]
            for one in bad:
                err.print(bad_line(one))
            events = [event_to_json(event) for one in batch if isinstance(one, Event) for event in one.events]
            await ask(
                "import.take",
                {
                    "import_id": begun["import_id"],
                    "source": source,
                    "events": events,
                    "lines": batch[-1].row.last,
                    "bad": len(bad),
                },
            )
            bar.update(task, completed=batch[-1].row.at)


def batches(read: Iterable[Event | Problem]) -> Iterator[list[Event | Problem]]:
    """So many lines that they make a good transaction, and fit through the socket."""
    held: list[Event | Problem] = []
    size = 0
    for one in read:
        weight = sum(len(event.raw) * 3 for event in one.events) if isinstance(one, Event) else 0
        if held and (len(held) >= _BATCH or size + weight > _LARGEST):
            yield held
            held, size = [], 0
        held.append(one)
        size += weight
    if held:
        yield held


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip


def _author() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"
