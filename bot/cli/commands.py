"""The table of commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.cli import backups, benchmark, checking, demo, erasing, importing, serving, starting, status
from bot.cli.auditing import audit_app
from bot.cli.data import data_app
from bot.cli.identity import identity_app
from bot.cli.leads import leads_app
from bot.cli.models import model_app
from bot.cli.routes import routes_app
from bot.cli.sources import sources_app

app = typer.Typer(
    name="hotlead",
    help="A lead-scoring Slack bot: events in, one provable score, one alert, exactly one owner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hotlead {version('hotlead')}")
        raise typer.Exit


@app.callback()
def hotlead(
    _: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say it.")] = False,
) -> None:
    """A lead-scoring Slack bot: events in, one provable score, one alert, exactly one owner."""


app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("init")(starting.init)
app.command("check")(checking.check)
app.command("status")(status.status)
app.command("bench")(benchmark.bench)
app.command("manifest")(starting.manifest)
app.command("import")(importing.import_)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore_)
leads_app.command("export")(erasing.export)
leads_app.command("erase")(erasing.erase)
leads_app.command("erased")(erasing.erased)
leads_app.command("lift")(erasing.lift)
app.add_typer(model_app)
app.add_typer(leads_app)
app.add_typer(routes_app)
app.add_typer(identity_app)
app.add_typer(data_app)
app.add_typer(sources_app)
app.add_typer(audit_app)
