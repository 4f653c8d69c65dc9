"""`hotlead init` and `hotlead manifest`: what a new installation begins with."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from bot.app.slack_side import slack_settings
from bot.cli.options import CONFIG, Config
from bot.errors import HotleadError
from bot.service.models.live import SHIPPED, shipped
from bot.settings import CONFIG_NAME, read_settings
from bot.slack.manifest import manifest as app_manifest

MODEL_NAME = "model.toml"


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write hotlead.toml and model.toml.")] = Path(),
    model: Annotated[
        str, typer.Option(help="The shipped model to begin with: b2b, mail, points, ready150 or b2c.")
    ] = "b2b",
) -> None:
    """Write a commented configuration and a model into a folder. Files that are there stay as they are."""
    if model not in SHIPPED:
        raise HotleadError(f"There is no shipped model {model!r}. Allowed: {', '.join(SHIPPED)}.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((CONFIG_NAME, template()), (MODEL_NAME, shipped(model))):
        path = folder / name
        if path.exists():
            typer.echo(f"{path} is there already; it stays as it is.")
        else:
            path.write_text(text, encoding="utf-8")
            typer.echo(f"{path} is written.")
    typer.echo("Next: edit hotlead.toml, then `hotlead manifest` for the Slack app, then `hotlead check`.")


def template() -> str:
    """The commented configuration."""
    return (resources.files("bot") / "templates" / CONFIG_NAME).read_text(encoding="utf-8")


def manifest(
    config: Config = CONFIG,
    http: Annotated[bool, typer.Option("--http", help="For HTTP at public_url, not Socket Mode.")] = False,
) -> None:
    """Print the manifest of the Slack app, with exactly the scopes and events that it needs."""
    settings = read_settings(config)
    public_url = settings.service.public_url
    if http and not public_url:
        raise HotleadError("HTTP needs public_url under [service] in the configuration: Slack must reach it.")
    typer.echo(json.dumps(app_manifest(slack_settings(settings, ""), public_url if http else None), indent=2))
