"""`hotlead serve`: the service, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.app import Hotlead
from bot.app.running import Secrets
from bot.cli.beside import text_of
from bot.cli.options import CONFIG, Config
from bot.cli.starting import MODEL_NAME
from bot.errors import BadConfiguration
from bot.logs import set_up_logs
from bot.service.garbage import collect_seldom
from bot.service.models.live import shipped
from bot.settings import read_settings, slack_secrets, source_secrets


def serve(
    config: Config = CONFIG,
    model: Annotated[
        Path | None,
        typer.Option(help="The model that a store without one publishes; else model.toml beside the configuration."),
    ] = None,
) -> None:
    """Run the service: Socket Mode when SLACK_APP_TOKEN is set, HTTP otherwise. SIGTERM drains and ends it."""
    settings = read_settings(config)
    set_up_logs(settings.service.log_format)
    sources, findings = source_secrets(settings)
    if findings:
        raise BadConfiguration(findings)
    hotlead = Hotlead(
        settings,
        Secrets(slack_secrets(), sources),
        first_model=first_model(config.resolve().parent / MODEL_NAME) if model is None else lambda: text_of(model),
    )
    asyncio.run(run_until_told(hotlead))


def first_model(path: Path) -> Callable[[], str]:
    """Reads a model file, or the shipped B2B model where there is none."""
    return lambda: text_of(path) if path.exists() else shipped("b2b")


async def run_until_told(hotlead: Hotlead) -> None:
    """Start, wait for SIGTERM or SIGINT, drain."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await hotlead.start()
    collect_seldom()
    try:
        await told.wait()
    finally:
        await hotlead.stop()
