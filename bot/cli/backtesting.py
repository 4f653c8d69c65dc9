"""`hotlead model backtest`: what a draft would have done, before anything is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import TypeAdapter
from rich.table import Column, Table

from bot.app.core import statuses_of
from bot.charts.backtest import backtest_picture
from bot.cli.beside import console, looked_up, plain, steps, text_of
from bot.cli.model_files import AsJson, File, instant_of
from bot.cli.options import CONFIG, Config
from bot.cli.pictures import check_name, save
from bot.cli.words import instant, points, print_json, when, who
from bot.clock import system_clock
from bot.errors import HotleadError
from bot.language import counted
from bot.service.models.backtest import backtest as run
from bot.service.models.versions import Versions
from bot.service.models.views import Backtest, Mover, Side, Standing
from bot.settings import Settings, read_settings
from bot.storage.reader import Reader
from scoring.definition import load_model
from scoring.instants import Instant
from scoring.model import Model

_BACKTEST: Final = TypeAdapter(Backtest)


def backtest(
    file: File,
    config: Config = CONFIG,
    since: Annotated[str | None, typer.Option(help="Count alerts from here on, such as 2026-01-01; else all.")] = None,
    until: Annotated[str | None, typer.Option(help="The instant that is taken for now; else now.")] = None,
    against: Annotated[int | None, typer.Option(help="A published version; else the live one of this name.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw it too: a name that ends in .svg or .png.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay the stored history under a draft and under the published model, and say what would change."""
    draft = load_model(text_of(file))
    check_name(picture)
    settings = read_settings(config)
    span = (
        instant_of(since, ends=False) if since is not None else None,
        instant_of(until) if until is not None else system_clock(),
    )
    found = looked_up(settings, lambda reader: _run(reader, settings, draft, against, span))
    if picture is not None:
        save(backtest_picture(found), picture)
    if as_json:
        print_json(_json(found))
    else:
        _tell(found)
        if picture is not None:
            console.print(f"\n{plain(str(picture))} is written.")


async def _run(
    reader: Reader, settings: Settings, draft: Model, against: int | None, span: tuple[Instant | None, Instant]
) -> Backtest:
    versions = Versions(reader)
    live = await versions.version(against) if against is not None else await versions.live(draft.name)
    if live is None and against is None:
        live = await versions.live()  # the draft bears a new name: it is compared with the default model
    text = await versions.text(live.number) if live is not None else None
    if live is None or text is None:
        raise HotleadError("There is no such published model to compare with. `hotlead model history` lists them.")
    statuses = statuses_of(settings)
    with steps("Replaying leads") as stepped:
        return await run(
            reader,
            draft,
            (live.number, load_model(text)),
            kind_of=lambda key: statuses.of(key).kind,
            since=span[0],
            until=span[1],
            stepped=stepped,
        )


def _tell(found: Backtest) -> None:
    console.print(
        f"[bold]{plain(found.model)}[/bold], draft {found.draft_hash[:12]} against version {found.published}: "
        f"{counted(found.leads, 'lead')}, {counted(found.events, 'event')}, "
        f"{when(found.since)} to {when(found.until)} UTC"
    )
    console.print(_numbers(found))
    for title, count, movers in (
        ("would come to the hand-over label", found.becoming_count, found.becoming),
        ("would no longer be at it", found.leaving_count, found.leaving),
    ):
        if count:
            console.print(_movers(f"{counted(count, 'lead')} {title}", movers))
    if found.rules:
        console.print(_rules(found))
    else:
        console.print("No rule gives any lead other points than before.")


def _numbers(found: Backtest) -> Table:
    table = Table("", f"version {found.published}", "draft", title_justify="left")
    labels = [dict(side.labels) for side in (found.before, found.after)]
    rows: list[tuple[str, str, str]] = [
        ("alerts", str(found.before.alerts), str(found.after.alerts)),
        ("alerts per week", str(found.before.alerts_per_week), str(found.after.alerts_per_week)),
        ("leads at the hand-over label now", str(found.before.at_label), str(found.after.at_label)),
        *((f"  {name}", str(labels[0].get(name, 0)), str(labels[1].get(name, 0))) for name in _names(found)),
        (f"of {found.customers} customers alerted before they bought", *_both(found, _caught)),
        ("  days earlier (median)", *_both(found, lambda side, _: points(side.days_earlier))),
        ("alerts on leads later rejected", str(found.before.alerts_rejected), str(found.after.alerts_rejected)),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _names(found: Backtest) -> list[str]:
    return list(dict.fromkeys(name for side in (found.before, found.after) for name, _ in side.labels))


def _both(found: Backtest, told: Any) -> tuple[str, str]:
    return told(found.before, found.customers), told(found.after, found.customers)


def _caught(side: Side, customers: int) -> str:
    share = f" ({100 * side.customers_alerted // customers} %)" if customers else ""
    return f"{side.customers_alerted}{share}"


def _movers(title: str, movers: tuple[Mover, ...]) -> Table:
    table = Table(Column("lead", overflow="fold"), "published", "draft", title=title, title_justify="left")
    for one in movers:
        table.add_row(plain(who(one.lead)), _standing(one.before), _standing(one.after))
    return table


def _standing(one: Standing) -> str:
    return " ".join(part for part in (points(one.score), one.rating, one.label) if part)


def _rules(found: Backtest) -> Table:
    title = "Rules that move leads most"
    table = Table(Column("rule", overflow="fold"), "points now", "draft", "leads", title=title, title_justify="left")
    for one in found.rules:
        name = one.rule if one.category is None else f"{one.category}: {one.rule}"
        table.add_row(plain(name), points(one.before), points(one.after), str(one.leads))
    return table


def _json(found: Backtest) -> dict[str, Any]:
    values: dict[str, Any] = _BACKTEST.dump_python(found)
    values |= {"since": instant(found.since), "until": instant(found.until)}
    values["weeks"] = [
        {"starts": instant(week.starts), "before": week.before, "after": week.after} for week in found.weeks
    ]
    values["distribution"] = [
        {"score": score, "before": before, "after": after} for score, before, after in found.distribution
    ]
    return values
