"""`hotlead demo`: the whole product on this machine, without Slack: a workspace in the browser, and a story."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import Hotlead
from bot.app.running import Secrets
from bot.clock import system_clock
from bot.demo.feed import DEMO_IDENTITY, DEMO_SOURCES, Feeder, generate_secrets
from bot.demo.story import DEMO_SEED, Story
from bot.logs import set_up_logs
from bot.service.garbage import collect_seldom
from bot.service.models.live import shipped
from bot.settings import SlackSecrets, settings_from, source_secrets
from bot.slack.commands import FAMILIES
from bot.slack.shortcuts import SHORTCUTS
from bot.standin import Command, DemoWorkspace, Shortcut, StandIn, bring_back, keep

_KEPT: Final = "demo.json"
_SAID: Final = "slack.json"
_KEEP_SECONDS: Final = 5.0
console: Final = Console(stderr=False, highlight=False)


@dataclass(slots=True)
class Kept:
    """What the demo remembers between its runs, beside the database."""

    secrets: dict[str, str]
    began_at: int
    runs: int = 0
    past_done: bool = False

    def write(self, folder: Path) -> None:
        values = {"secrets": self.secrets, "began_at": self.began_at, "runs": self.runs, "past_done": self.past_done}
        (folder / _KEPT).write_text(json.dumps(values), encoding="utf-8")


def demo(
    data: Annotated[Path, typer.Option(help="The folder of the database.")] = Path("hotlead-demo"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew: forget what an earlier demo stored.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the page.")] = False,
    speed: Annotated[float, typer.Option(help="How fast the live story goes; 2 is twice as fast.", min=0.1)] = 1.0,
    port: Annotated[int, typer.Option(help="The page's port; another is chosen when it is taken.")] = 8600,
) -> None:
    """Run everything on this machine: service, database, a Slack workspace in the browser, and a story of leads."""
    set_up_logs("text")
    folder = data.resolve()
    if fresh:
        _forget(folder)
    asyncio.run(_demo(folder, port, speed, browser=not no_browser))


def _forget(folder: Path) -> None:
    """Only a folder that an earlier demo made is emptied."""
    if (folder / _KEPT).exists():
        shutil.rmtree(folder)


def _kept(folder: Path) -> Kept:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _KEPT
    if path.exists():
        return Kept(**json.loads(path.read_text(encoding="utf-8")))
    kept = Kept(generate_secrets(), system_clock())
    kept.write(folder)
    return kept


async def _demo(folder: Path, port: int, speed: float, *, browser: bool) -> None:
    kept = _kept(folder)
    kept.runs += 1
    kept.write(folder)
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    workspace = DemoWorkspace(now=system_clock)
    workspace.ids.reseed(f"run {kept.runs}")
    bring_back(workspace, folder / _SAID)
    async with _slack(workspace, port) as standin, _service(folder, workspace, standin, kept) as hotlead:
        _welcome(standin, hotlead, folder)
        if browser:
            webbrowser.open(standin.page_url)
        story = asyncio.create_task(_tell(hotlead, kept, folder, speed))
        keeping = asyncio.create_task(_keep(workspace, folder / _SAID))
        ended = asyncio.create_task(told.wait())
        await asyncio.wait({story, ended}, return_when=asyncio.FIRST_COMPLETED)
        story.cancel()
        ended.cancel()
        keeping.cancel()
        console.print("\nEnding; the next `hotlead demo` goes on from here.")
        with contextlib.suppress(asyncio.CancelledError):
            await story
    keep(workspace, folder / _SAID)


async def _keep(workspace: DemoWorkspace, path: Path) -> None:
    """What was said is kept every few seconds, in case the demo is killed."""
    while True:
        await asyncio.sleep(_KEEP_SECONDS)
        await asyncio.to_thread(keep, workspace, path)


@asynccontextmanager
async def _slack(workspace: DemoWorkspace, port: int) -> AsyncIterator[StandIn]:
    standin = await _on_a_free_port(workspace, port)
    try:
        yield standin
    finally:
        await standin.close()


async def _on_a_free_port(workspace: DemoWorkspace, port: int) -> StandIn:
    for number in (port, 0):
        standin = StandIn(workspace, port=number)
        try:
            await standin.start()
        except OSError:
            await standin.close()
            continue
        standin.commands, standin.shortcuts = _COMMANDS, _SHORTCUTS
        return standin
    raise typer.Exit(1)


_COMMANDS: Final = tuple(
    Command(f"/{family.name}", family.about, " | ".join(verb.name for verb in family.verbs))
    for family in FAMILIES.values()
)
_SHORTCUTS: Final = tuple(Shortcut(one.callback, one.name, one.kind) for one in SHORTCUTS)


@asynccontextmanager
async def _service(folder: Path, workspace: DemoWorkspace, standin: StandIn, kept: Kept) -> AsyncIterator[Hotlead]:
    slack = SlackSecrets(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token),
    )
    settings = settings_from(_settings(folder, workspace, standin))
    sources, _ = source_secrets(settings, kept.secrets)
    hotlead = Hotlead(settings, Secrets(slack, sources), first_model=lambda: shipped("b2b"))
    await hotlead.start()
    collect_seldom()
    try:
        yield hotlead
    finally:
        await hotlead.stop()


def _settings(folder: Path, workspace: DemoWorkspace, standin: StandIn) -> dict[str, Any]:
    return {
        "service": {"data": folder, "port": 0, "metrics_port": 0},
        "slack": {"api_url": standin.api_url, "admins": [workspace.manager], "managers": [workspace.manager]},
        "alerts": {
            "channel": workspace.sales,
            "fallback_channel": workspace.admin,
            "admin_channel": workspace.admin,
        },
        "source": DEMO_SOURCES,
        "identity": DEMO_IDENTITY,
    }


def _welcome(standin: StandIn, hotlead: Hotlead, folder: Path) -> None:
    console.print(
        f"""
[bold]hotlead demo[/bold]  a sales team's Slack on this machine
  Slack   {standin.page_url}
  Events  {hotlead.url}
  Health  {hotlead.operations_url}/readyz
  Data    {folder}

Three things to try:
  1. Open the page and wait in #sales: the first hot lead arrives within a
     minute. Press [bold]Claim[/bold].
  2. Type [bold]/leads hot[/bold] or [bold]/lead why[/bold] and the beginning of somebody's name.
  3. Open the page twice as two people (top left) and race for one claim.

Ctrl-C ends it; started again it goes on from its database; [bold]--fresh[/bold] begins anew.
"""
    )


async def _tell(hotlead: Hotlead, kept: Kept, folder: Path, speed: float) -> None:
    """The past once, marked as history; then the present, live."""
    story = Story(DEMO_SEED, kept.began_at, run=kept.runs)
    async with Feeder(hotlead.url, kept.secrets) as feeder:
        if not kept.past_done:
            await _tell_past(story, feeder)
            kept.past_done = True
            kept.write(folder)
        console.print("The present is live now.")
        await feeder.feed_live(story.live(), speed=speed)


async def _tell_past(story: Story, feeder: Feeder) -> None:
    past = story.past()
    columns = (
        TextColumn("The last 120 days"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("events"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("past", total=sum(len(request.messages) for request in past))
        await feeder.feed_past(past, lambda done: progress.update(task, completed=done))
