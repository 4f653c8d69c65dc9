"""`hotlead backup` and `hotlead restore`: a checked copy of the database, and its way back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app.backing_up import back_up, restore
from bot.cli.beside import console, following, plain
from bot.cli.options import CONFIG, Config
from bot.cli.words import when
from bot.clock import system_clock
from bot.language import counted
from bot.settings import read_settings
from bot.storage.backups import Contents


def backup(
    to: Annotated[
        Path | None, typer.Argument(help="A file that is not there yet, or a folder. Default: the configured folder.")
    ] = None,
    config: Config = CONFIG,
) -> None:
    """Write a consistent copy of the database and check it, while the service runs or not."""
    settings = read_settings(config)
    with following() as told:
        made = asyncio.run(back_up(settings, system_clock, to.absolute() if to else None, told))
    console.print(plain(f"{made.path} is written and checked: {made.size / 1e6:,.1f} MB, {_contents(made.contents)}."))


def restore_(
    file: Annotated[Path, typer.Argument(help="A backup that hotlead made.")], config: Config = CONFIG
) -> None:
    """Put a backup in the place of the database, which is kept. Stop the service first."""
    settings = read_settings(config)
    with following() as told:
        done = asyncio.run(restore(settings, system_clock, file, told))
    console.print(plain(f"{file} is restored: {_contents(done.contents)}."))
    if done.aside is not None:
        console.print(
            plain(f"The database that was in use before is kept as {done.aside}; delete it when all is well.")
        )
    if done.erased:
        people = counted(done.erased, "person who was", "people who were")
        console.print(f"Erased again: {people} erased after the backup was made.")
    if done.in_doubt:
        console.print(
            f"{counted(done.in_doubt, 'message was', 'messages were')} waiting to be sent then, and may have been "
            "since: looked up in Slack before anything is sent again."
        )
    console.print(
        "What came in after that is not in it. Senders may send it again: what is there already has no effect.\n"
        "Now start the service: hotlead serve"
    )


def _contents(contents: Contents) -> str:
    newest = f", the newest received {when(contents.latest_at)} UTC" if contents.latest_at is not None else ""
    return f"{counted(contents.leads, 'lead')}, {counted(contents.events, 'event')}{newest}"
