"""`hotlead model check | schema | score`: a model file by itself, and what the store says about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bot.app.paths import database_of
from bot.cli.beside import console, looked_up, plain, steps, text_of
from bot.cli.options import CONFIG, Config
from bot.cli.words import ledger, points, print_json, score_json, subtotals, when
from bot.clock import Clock, system_clock
from bot.errors import HotleadError
from bot.language import counted
from bot.service.models.stored import stored_of
from bot.service.models.trying import Tried, read_events, try_model
from bot.service.models.versions import Versions
from bot.settings import Settings, read_settings
from bot.storage.reader import Reader
from scoring.definition import load_model
from scoring.definition.lines import locate
from scoring.engine import Score
from scoring.errors import InvalidModel, Problem
from scoring.instants import DAY, Instant, UnreadableInstant, format_instant, parse_instant, to_datetime
from scoring.lint import ModelWarning, Stored, warnings
from scoring.model import Model
from scoring.schema import model_schema

File = Annotated[Path, typer.Argument(help="The model file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_DAYS = {"today": 0, "yesterday": 1}
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def check(
    file: File,
    config: Config = CONFIG,
    as_json: AsJson = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings make the command fail too.")] = False,
) -> None:
    """Say everything that is wrong with a model file, run its examples, and warn about what is seldom meant.

    When the configuration's database is there, warnings look into it.
    """
    text = text_of(file)
    try:
        model = load_model(text)
    except InvalidModel as invalid:
        _tell_problems(file, invalid.problems, as_json=as_json)
        raise typer.Exit(1) from None
    settings = read_settings(config) if config.exists() else None
    stored, live = _look(settings, model) if settings and database_of(settings).exists() else (None, None)
    found = warnings(model, stored)
    if as_json:
        lines = locate(text)
        told = [{"place": one.place, "line": _line(lines, one.place), "warning": one.text} for one in found]
        print_json({"ok": True, "model": model.name, "hash": model.hash, "problems": [], "warnings": told})
    else:
        _tell_good(file, model, found, text, live, looked=stored is not None)
    if strict and found:
        raise typer.Exit(1)


def _look(settings: Settings, model: Model) -> tuple[Stored, str | None]:
    async def look(reader: Reader) -> tuple[Stored, str | None]:
        with steps("Looking through the stored events") as stepped:
            stored = await stored_of(reader, model, stepped)
        versions = Versions(reader)
        live = await versions.live(model.name)
        if live is None:
            return stored, f"No model named {model.name!r} is published yet."
        same = "says the same" if live.hash == model.hash else "differs"
        return stored, f"Version {live.number} of it is live, published {when(live.published_at)}; it {same}."

    return looked_up(settings, look)


def _tell_problems(file: Path, problems: tuple[Problem, ...], *, as_json: bool) -> None:
    if as_json:
        told = [{"place": one.place, "line": one.line, "found": one.found, "allowed": one.allowed} for one in problems]
        print_json({"ok": False, "problems": told, "warnings": []})
        return
    for one in problems:
        where = ":".join(str(part) for part in (file, one.line) if part is not None)
        console.print(f"{plain(where)}  [bold]{plain(one.place or 'TOML')}[/bold]")
        console.print(f"    found    {plain(one.found)}")
        console.print(f"    allowed  {plain(one.allowed)}")
    count = len(problems)
    console.print(f"\n{counted(count, 'problem')}. The model is refused.")


def _tell_good(
    file: Path, model: Model, found: tuple[ModelWarning, ...], text: str, live: str | None, *, looked: bool
) -> None:
    lines = locate(text) if found else {}
    for one in found:
        where = ":".join(str(part) for part in (file, _line(lines, one.place)) if part is not None)
        console.print(f"{plain(where)}  [bold]{plain(one.place)}[/bold]")
        console.print(f"    warning  {plain(one.text)}")
    if found:
        console.print("")
    rules = sum(len(category.rules) for category in model.engagement)
    console.print(
        f"{plain(model.name)}: {counted(len(model.fit), 'fit category', 'fit categories')}, "
        f"{counted(rules, 'engagement rule')}, {counted(len(model.gates), 'gate')}; "
        f"{counted(len(model.examples), 'example passes', 'examples pass')}, {counted(len(found), 'warning')}."
    )
    console.print(f"hash {model.hash}")
    if live is not None:
        console.print(plain(live))
    if not looked:
        console.print("There is no database here: nothing is said of rules and values that never occur.")


def _line(lines: Mapping[tuple[str | int, ...], int], place: str) -> int | None:
    """The line of a place such as `fit[0].tiers[1].when`, or of the nearest table around it."""
    path: list[str | int] = [word if word else int(index) for word, index in _STEP.findall(place)]
    return next((lines[tuple(path[:n])] for n in range(len(path), 0, -1) if tuple(path[:n]) in lines), None)


def schema() -> None:
    """Print the JSON Schema of model files, so that an editor completes and checks them as you type."""
    print_json(model_schema())


def score(
    file: File,
    events: Annotated[Path, typer.Option(help="A file of events, one JSON object a line.")],
    lead: Annotated[str | None, typer.Option(help="Only this lead of the file.")] = None,
    at: Annotated[str | None, typer.Option(help="The instant, such as 2026-03-02T09:00:00Z; else now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score a file of events with a model file: no store, no service. Every lead in order, each with its ledger."""
    model = load_model(text_of(file))
    found = read_events(text_of(events))
    instant = instant_of(at) if at is not None else system_clock()
    tried = try_model(model, found, instant, lead)
    if as_json:
        leads = [{"lead": one.lead, **score_json(one.score)} for one in tried]
        print_json({"model": model.name, "hash": model.hash, "at": format_instant(instant), "leads": leads})
        return
    console.print(
        f"{plain(model.name)} at {format_instant(instant)}, {len(tried)} of {counted(len(found.leads), 'lead')}"
    )
    if found.duplicates:
        console.print(f"{counted(found.duplicates, 'duplicate')} left out: the first of a source and id stays")
    for place, one in enumerate(tried, start=1):
        _tell_lead(place, one)


def _tell_lead(place: int, tried: Tried) -> None:
    console.print(f"\n[bold]{place}. {plain(tried.lead)}[/bold]  {plain(score_line(tried.score))}")
    for line in (*ledger(tried.score.lines), subtotals(tried.score.lines)):
        if line:
            console.print(plain(line))


def score_line(score: Score) -> str:
    """A score in one line: points, rating, label, what it waits for, the next change."""
    if not score.in_population:
        return "outside the model's population, or without an event by then"
    parts = [points(score.score), score.rating or "", score.label or ""]
    parts.append(f"fit {points(score.fit)}, engagement {points(score.engagement)}")
    if score.failed_gates:
        parts.append(f"gates not met: {', '.join(score.failed_gates)}")
    elif score.waiting_on:
        parts.append(f"waits for: {', '.join(score.waiting_on)}")
    if score.never_alert:
        parts.append(f"never alerted: {', '.join(score.never_alert)}")
    parts.append(f"next change {when(score.next_change)}")
    return "  ".join(part for part in parts if part)


def instant_of(text: str, *, ends: bool = True, clock: Clock = system_clock) -> Instant:
    """An instant that somebody typed; a day means its end (or its beginning), UTC. Raises HotleadError in words.

    The day may be `today` or `yesterday` too; today ends now.
    """
    now = clock()
    back = _DAYS.get(text.strip().casefold())
    day = text if back is None else to_datetime(now - back * DAY).date().isoformat()
    time = "T23:59:59.999999Z" if ends else "T00:00:00Z"
    try:
        at = parse_instant(f"{day}{time}" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else day)
    except UnreadableInstant as bad:
        part = "end" if ends else "beginning"
        raise HotleadError(f"{bad} (or a day, such as 2026-03-02 or yesterday, for its {part}).") from None
    return at if back is None else min(at, now)
