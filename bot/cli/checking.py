"""`hotlead check`: the doctor. Everything that is wrong, at once, each with what to do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.app.handling import policy_of
from bot.app.paths import database_of
from bot.app.slack_side import slack_settings
from bot.app.sources import open_sources
from bot.cli.beside import text_of
from bot.cli.options import CONFIG, Config
from bot.cli.starting import MODEL_NAME
from bot.clock import system_clock
from bot.errors import BadConfiguration, Finding, HotleadError, StoreUnusable
from bot.language import counted
from bot.service.handling.clockwork import span_text
from bot.settings import Settings, read_settings, slack_secrets, source_secrets
from bot.slack.calls import make_client
from bot.slack.doctor import Check, examine
from bot.storage.inspect import count_leads
from scoring.definition import load_model
from scoring.errors import InvalidModel
from scoring.instants import HOUR, Days, Duration, format_instant

console: Final = Console(highlight=False, soft_wrap=True)
_SHORT: Final = 16
"""A secret of fewer bytes is guessed too easily."""
_SIGNS_THE_ADDRESS: Final = frozenset({"hubspot", "hubspot_workflow", "mandrill"})


def check(
    config: Config = CONFIG,
    post: Annotated[bool, typer.Option("--post", help="Post a test message in every channel, and delete it.")] = False,
) -> None:
    """Look at configuration, model, secrets, database and Slack; say what is wrong and what to do."""
    try:
        settings = read_settings(config)
    except BadConfiguration as bad:
        _show([_wrong(finding) for finding in bad.findings])
        raise typer.Exit(1) from None
    checks = [Check(True, f"{config} can be read")]
    checks += _model(config.resolve().parent / MODEL_NAME)
    checks += _follow_up(settings, config.resolve().parent / MODEL_NAME)
    checks += _sources(settings)
    checks += _database(settings)
    checks += asyncio.run(_slack(settings, post=post))
    _show(checks)
    if not all(one.ok for one in checks):
        raise typer.Exit(1)


def _show(checks: list[Check]) -> None:
    for one in checks:
        mark = "[green]ok[/green]   " if one.ok else "[red]WRONG[/red]"
        console.print(f"{mark} {_plain(one.what)}")
        if one.advice:
            console.print(f"      {_plain(one.advice)}")
    wrong = sum(not one.ok for one in checks)
    console.print(f"\n{len(checks)} looked at, {wrong} wrong." if wrong else f"\n{len(checks)} looked at, all is well.")


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _wrong(finding: Finding) -> Check:
    return Check(False, f"{finding.place}: {finding.found}", finding.advice)


def _model(path: Path) -> list[Check]:
    if not path.exists():
        return [Check(True, f"There is no {path}; a store without a model begins with the shipped B2B one")]
    try:
        model = load_model(text_of(path))
    except HotleadError as unreadable:
        return [Check(False, str(unreadable))]
    except InvalidModel as invalid:
        return [Check(False, f"{path.name}, {_place(one)}: {one.found}", one.allowed) for one in invalid.problems]
    return [
        Check(
            True, f"{path} is a model: {model.name}; {counted(len(model.examples), 'example passes', 'examples pass')}"
        )
    ]


def _follow_up(settings: Settings, path: Path) -> list[Check]:
    """Reps, routes and the calendar; an example of a deadline, and hours that span more than a working day."""
    try:
        calendar = policy_of(settings).calendar
    except BadConfiguration as bad:
        return [_wrong(finding) for finding in bad.findings]
    if not calendar.works:
        return [Check(True, "Without [follow_up] hours, a follow-up clock counts elapsed time")]
    now = system_clock()
    example = format_instant(calendar.add(now, 4 * HOUR))
    checks = [Check(True, f"Four working hours from now are over at {example}")]
    day = calendar.between(calendar.next_open(now), calendar.working_day(calendar.next_open(now)))
    advice = 'With [follow_up] hours, "2d" is two working days; "48h" is forty-eight working hours.'
    long = [within for within in _lengths(path) if not isinstance(within, Days) and within > day]
    words = "follow_up_within = {} is working time, more than one working day"
    checks += [Check(True, words.format(span_text(within)), advice) for within in long]
    return checks


def _lengths(path: Path) -> list[Duration]:
    """What the model file gives people to follow up."""
    try:
        model = load_model(text_of(path))
    except (HotleadError, InvalidModel):
        return []
    cells = model.matrix.values() if model.matrix is not None else ()
    found = [model.labels.follow_up_within if model.labels else None, *(cell.follow_up_within for cell in cells)]
    return list(dict.fromkeys(within for within in found if within is not None))


def _place(problem: object) -> str:
    line, place = getattr(problem, "line", None), getattr(problem, "place", "")
    return f"line {line}, {place}" if line else str(place)


def _sources(settings: Settings) -> list[Check]:
    secrets, missing = source_secrets(settings)
    checks = [_wrong(finding) for finding in missing]
    try:
        if not missing:
            open_sources(settings, secrets)
    except BadConfiguration as bad:
        checks += [_wrong(finding) for finding in bad.findings]
    for name, source in settings.source.items():
        short = [value for value in secrets.get(name, ()) if len(value) < _SHORT]
        if short:
            checks.append(
                Check(False, f"A secret of the source {name} is short", f"Use {_SHORT} bytes or more, made at random.")
            )
        elif source.insecure and not secrets.get(name):
            checks.append(Check(True, f"The source {name} is insecure, as configured: anybody may send events"))
        elif secrets.get(name):
            checks.append(Check(True, f"The source {name} ({source.kind}) has its secret"))
        if source.kind in _SIGNS_THE_ADDRESS and not settings.service.public_url:
            what = f"The source {name} ({source.kind}) signs its address, and no public_url is set"
            checks.append(Check(False, what, "Set public_url under [service] to the address that the sender has."))
    return checks


def _database(settings: Settings) -> list[Check]:
    path = database_of(settings)
    if not path.exists():
        return [Check(True, f"There is no database yet; {path} is made at the first start")]
    try:
        leads = count_leads(path)
    except StoreUnusable as trouble:
        return [Check(False, str(trouble), "Restore a backup, or look at the disk.")]
    return [Check(True, f"The database {path} can be read: {counted(leads, 'lead')}")]


async def _slack(settings: Settings, *, post: bool) -> list[Check]:
    secrets = slack_secrets()
    if secrets.slack_bot_token is None:
        return [Check(False, "The environment has no SLACK_BOT_TOKEN", "Set it to the bot token (xoxb-…) of the app.")]
    checks = []
    if secrets.slack_app_token is None and secrets.slack_signing_secret is None:
        advice = "Set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP."
        checks.append(Check(False, "The environment has no way for Slack to reach us", advice))
    client = make_client(secrets.slack_bot_token.get_secret_value(), base_url=settings.slack.api_url)
    checks += await examine(client, slack_settings(settings, ""), system_clock, post=post)
    return checks
