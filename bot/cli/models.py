"""`hotlead model publish | post | rollback | history | show | diff`: the published models, beside a running service."""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Column, Table

from bot.app.operations import POSTED, PUBLICATION
from bot.app.paths import database_of
from bot.cli import backtesting, model_files
from bot.cli.beside import author, console, done_by_service, looked_up, plain, text_of
from bot.cli.model_files import AsJson, File
from bot.cli.options import CONFIG, Config
from bot.cli.words import instant, points, print_json, when, who
from bot.errors import HotleadError
from bot.language import counted
from bot.service.models.publishing import NoSuchVersion
from bot.service.models.versions import Versions, diff
from bot.service.models.views import Publication, Version
from bot.settings import read_settings
from scoring.definition import load_model

T = TypeVar("T")

model_app = typer.Typer(
    name="model",
    help="The models: check, try, back-test, publish, and go back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
model_app.command("check")(model_files.check)
model_app.command("schema")(model_files.schema)
model_app.command("score")(model_files.score)
model_app.command("backtest")(backtesting.backtest)

Note = Annotated[str | None, typer.Option("--note", help="Why, for whoever reads the history.")]
Named = Annotated[str | None, typer.Option("--model", help="The model's name; else the default one.")]
Number = Annotated[int, typer.Argument(help="A version's number, as `hotlead model history` lists them.", min=1)]


@model_app.command("publish")
def publish(file: File, config: Config = CONFIG, note: Note = None, as_json: AsJson = False) -> None:
    """Publish a model file: a running service takes it over at once, and every lead is rescored silently.

    Only a file without problems whose examples pass. Nobody is alerted; who was found newly at the hand-over label is
    listed, and `hotlead model post` posts them.
    """
    text = text_of(file)
    load_model(text)
    _published(
        done_by_service(config, "model.publish", {"text": text, "author": author(), "note": note}, None), as_json
    )


@model_app.command("rollback")
def rollback(version: Number, config: Config = CONFIG, note: Note = None, as_json: AsJson = False) -> None:
    """Publish what an earlier version said once more; a publication like any other."""
    _existing(config)
    values = {"version": version, "author": author(), "note": note}
    _published(done_by_service(config, "model.rollback", values, None), as_json)


def _published(result: Mapping[str, Any], as_json: bool) -> None:
    done = PUBLICATION.validate_python(result)
    if as_json:
        print_json(_publication_json(done))
        return
    version = done.version
    if done.unchanged:
        console.print(f"Nothing to do: version {version.number} of {plain(version.model)} is live and says the same.")
        return
    before = f", in place of version {done.before}" if done.before else ""
    console.print(f"[bold]Version {version.number}[/bold] of {plain(version.model)} is live{before}.")
    if version.rescored < version.leads or version.finished_at is None:
        console.print(
            f"Rescored so far: {version.rescored} of {counted(version.leads, 'lead')}; "
            "the service goes on with the rest."
        )
    else:
        console.print(f"{counted(version.leads, 'lead is', 'leads are')} rescored; nobody was alerted.")
    if version.cooled:
        console.print(
            f"{counted(version.cooled, 'open alert cooled: its lead is', 'open alerts cooled: their leads are')} "
            "below the hand-over label now."
        )
    _tell_found(done)


def _publication_json(done: Publication) -> dict[str, Any]:
    values: dict[str, Any] = PUBLICATION.dump_python(done)
    return values | {"version": _version_json(done.version), "found": list(values["found"])}


def _tell_found(done: Publication) -> None:
    version = done.version
    if not version.found:
        console.print("No lead is newly at the hand-over label.")
        return
    title = f"{counted(version.found, 'lead')} newly at the label"
    table = Table(Column("lead", overflow="fold"), "score", "rating", "label", "was", title=title, title_justify="left")
    for one in done.found:
        was = " ".join(part for part in (points(one.was_score), one.was_label) if part)
        lead = one.lead
        table.add_row(plain(who(lead)), points(lead.score), one.rating or "–", lead.label or "–", was)
    console.print(table)
    if version.found > len(done.found):
        console.print(f"… and {version.found - len(done.found)} more.")
    console.print(f"To alert them: hotlead model post {version.number}")


@model_app.command("post")
def post(version: Number, config: Config = CONFIG, as_json: AsJson = False) -> None:
    """Post the leads that a publication found: a crossing each, and an alert as ever."""
    _existing(config)
    result = done_by_service(config, "model.post", {"version": version, "author": author()}, None)
    if as_json:
        print_json(result)
        return
    done = POSTED.validate_python(result)
    told = [
        f"{done.posted} posted",
        f"{done.held_back} recorded without an alert (never_alert, or alert = false)",
        f"{done.crossed} crossed by themselves since",
        f"{done.cooled} no longer at the label",
        f"{done.gone} joined into another lead since, or erased",
        f"{done.failed} failed; the service's log says why",
    ]
    counts = (done.posted, done.held_back, done.crossed, done.cooled, done.gone, done.failed)
    console.print(
        "; ".join(text for text, count in zip(told, counts, strict=True) if count) or "Nobody was left to post."
    )


@model_app.command("history")
def history(config: Config = CONFIG, model: Named = None, as_json: AsJson = False) -> None:
    """List every version of every model, the newest first."""
    found = _read(config, lambda versions: versions.history(model))
    if as_json:
        print_json([_version_json(one) for one in found])
        return
    for one in found:
        state = f"{one.number} live" if one.live else str(one.number)
        if one.leads and one.finished_at is None:
            state += f", rescoring {one.rescored}/{one.leads}"
        console.print(
            f"[bold]{state:<7}[/bold] {plain(one.model)}, {when(one.published_at)} UTC by {plain(one.author)}"
        )
        console.print(f"        hash {one.hash[:12]}, found {counted(one.found, 'lead')} newly at the label")
        if one.note:
            console.print(f"        {plain(one.note)}")


def _version_json(one: Version) -> dict[str, Any]:
    return {
        "version": one.number,
        "model": one.model,
        "hash": one.hash,
        "published_at": instant(one.published_at),
        "author": one.author,
        "note": one.note,
        "live": one.live,
        "leads": one.leads,
        "rescored": one.rescored,
        "found": one.found,
        "unposted": one.unposted,
        "cooled": one.cooled,
    }


@model_app.command("show")
def show(
    version: Annotated[int | None, typer.Argument(help="A version's number; else the live one.")] = None,
    config: Config = CONFIG,
    model: Named = None,
    write: Annotated[Path | None, typer.Option("--write", help="Write it to a file.")] = None,
) -> None:
    """Print a published model, to the letter."""
    text = _text(config, version, model)[0]
    if write is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        write.write_text(text, encoding="utf-8")
        console.print(f"{plain(str(write))} is written.")


@model_app.command("diff")
def diff_(
    before: Annotated[str, typer.Argument(help="A version's number or a file.")],
    after: Annotated[str | None, typer.Argument(help="The same; without it, the live version and BEFORE.")] = None,
    config: Config = CONFIG,
) -> None:
    """Show what changed between two versions or files, line by line. Exit 0 in any case."""
    if after is not None:
        (old, old_name), (new, new_name) = _side(config, before), _side(config, after)
    else:
        new, new_name = _side(config, before)
        old, old_name = _text(config, None, _name_in(new))
    found = diff(old, new, old_name, new_name)
    if not found:
        console.print("They say the same to the letter.")
    for line in found.splitlines():
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        console.print(plain(line), style=style)


def _side(config: Path, side: str) -> tuple[str, str]:
    return _text(config, int(side), None) if side.isdigit() else (text_of(Path(side)), side)


def _name_in(text: str) -> str | None:
    """The model that a text is of, whatever else is wrong with it."""
    try:
        name = tomllib.loads(text).get("name")
    except tomllib.TOMLDecodeError:
        return None
    return name if isinstance(name, str) else None


def _text(config: Path, number: int | None, model: str | None) -> tuple[str, str]:
    async def look(versions: Versions) -> tuple[str, str]:
        chosen = number
        if chosen is None:
            live = await versions.live(model)
            if live is None:
                raise HotleadError(f"No model named {model!r} is published." if model else "No model is published.")
            chosen = live.number
        text = await versions.text(chosen)
        if text is None:
            raise NoSuchVersion(chosen)
        return text, f"version {chosen}"

    return _read(config, look)


def _read(config: Path, work: Callable[[Versions], Awaitable[T]]) -> T:
    return looked_up(read_settings(config), lambda reader: work(Versions(reader)))


def _existing(config: Path) -> None:
    """Commands that need a store do not make one."""
    path = database_of(read_settings(config))
    if not path.exists():
        raise HotleadError(f"There is no database {path}: nothing was ever published.")
