"""How commands reach the data: a reader of their own, or the service that owns the folder, with a bar of progress."""

from __future__ import annotations

import asyncio
import getpass
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app.operations import ask
from bot.app.paths import database_of
from bot.clock import system_clock
from bot.control import Progress as Step
from bot.control import Told
from bot.errors import HotleadError
from bot.settings import Settings, read_settings
from bot.storage.reader import Reader

T = TypeVar("T")

console: Final = Console(highlight=False, soft_wrap=True)
_bar_console: Final = Console(stderr=True)


@contextmanager
def steps(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's standard error; elsewhere nothing."""
    with _bar() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_bar_console,
        transient=True,
        disable=not _bar_console.is_terminal,
    )


def done_by_service(
    config: Path, name: str, values: Mapping[str, Any], first_model: Callable[[], str] | None
) -> Mapping[str, Any]:
    """Let the service do something, or do it here while none runs."""
    settings = read_settings(config)
    with following() as told:
        return asyncio.run(ask(settings, system_clock, name, values, told, first_model=first_model))


@contextmanager
def following() -> Iterator[Told]:
    """A bar that follows whatever the service, or this process in its place, tells of its progress."""
    with _logs_aside(), _bar() as bar:
        task = bar.add_task("", total=None)

        def told(step: Step) -> None:
            bar.update(task, description=step.what, completed=step.done, total=step.total or None)

        yield told


@contextmanager
def _logs_aside() -> Iterator[None]:
    """What the service would log is no part of a command's output; what went wrong is told on standard error."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def looked_up(settings: Settings, work: Callable[[Reader], Awaitable[T]]) -> T:
    """Read the database, which a service may be writing."""

    async def read() -> T:
        reader = Reader(database_of(settings))
        try:
            return await work(reader)
        finally:
            await reader.close()

    return asyncio.run(read())


def author() -> str:
    """Who types, for the audit trail."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"


def text_of(path: Path) -> str:
    """A file's text, without the mark that some editors begin it with. Raises HotleadError in words."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as bad:
        what = f"{path} is no UTF-8 text: {bad.reason} at byte {bad.start}."
        raise HotleadError(f"{what} Save it as UTF-8 in your editor.") from None
    except OSError as trouble:
        raise HotleadError(f"{path} cannot be read: {trouble.strerror or trouble}.") from None


def plain(text: str) -> str:
    """A text of somebody else's, for the console: no markup, no control characters."""
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown.replace("[", r"\[")
