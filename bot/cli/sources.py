"""`hotlead sources`: what is configured, what comes, what to paste where; adding a source, and trying it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import secrets as randomness
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import aiohttp
import tomlkit
import typer
from rich.console import Console

from bot.app.core import kinds_of
from bot.app.guides import GUIDES, Guide, steps_of, url_of
from bot.app.paths import database_of
from bot.app.samples import CannotSign, Sample, sample
from bot.app.source_operations import asking
from bot.app.sources import RESERVED, open_sources
from bot.app.status import RUNNING
from bot.cli.options import CONFIG, Config
from bot.cli.serving import first_model
from bot.cli.starting import MODEL_NAME
from bot.clock import system_clock
from bot.control import NotRunning, RefusedByService, call
from bot.errors import BadConfiguration, HotleadError
from bot.language import counted
from bot.service.source_health import (
    ACCEPTED,
    DUPLICATE,
    ERASED,
    HISTORY,
    IGNORED,
    NOBODY,
    QUARANTINED,
    SourceView,
    Tally,
    views,
)
from bot.settings import Settings, read_settings, settings_from, source_secrets
from bot.storage.reader import Reader
from scoring.instants import DAY, HOUR, MINUTE, Instant, format_instant

out: Final = Console(highlight=False, soft_wrap=True, markup=False)
sources_app: Final = typer.Typer(
    name="sources", help="What is configured, what comes, and what to paste at the sender.", invoke_without_command=True
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_WORDS: Final = (
    (ACCEPTED, ("accepted",) * 2), (DUPLICATE, ("duplicate", "duplicates")), (HISTORY, ("of history",) * 2),
    (QUARANTINED, ("by machines",) * 2), (ERASED, ("of somebody erased",) * 2), (IGNORED, ("no event", "no events")),
    (NOBODY, ("naming nobody",) * 2),
)  # fmt: skip
_PUBLIC: Final = "https://YOUR-ADDRESS"


@sources_app.callback()
def sources(context: typer.Context, config: Config = CONFIG) -> None:
    """Every source: where to send, when the last event came, and what was accepted and refused."""
    context.obj = config
    if context.invoked_subcommand is None:
        settings = read_settings(config)
        for view in asyncio.run(_views(settings)):
            _tell(settings, view)


@sources_app.command("show")
def show(context: typer.Context, name: Annotated[str, typer.Argument(help="The source.")]) -> None:
    """One source, with the exact address and settings to paste at the sender."""
    settings = read_settings(context.obj)
    section = _section(settings, name)
    for view in asyncio.run(_views(settings)):
        if view.name == name:
            _tell(settings, view)
    guide = GUIDES[section.kind]
    signed = section.kind == "generic" and not section.header and section.secrets  # as settings says of `header`
    out.print(f"\n{guide.title}{', signed by Standard Webhooks' if signed else ''}: {guide.what}.")
    _steps(GUIDES["standard"] if signed else guide, name, settings, _named(guide, section.secrets), section.header)
    out.print(f"The sender, when it is refused: {guide.refused.replace('**', '')}.")


def _named(guide: Guide, variables: Sequence[str]) -> str:
    """The secret in a step: our own is pasted at the sender, the sender's is copied into the variable."""
    if variables and not guide.ours:
        return " and ".join(variables)
    return f"<{' and '.join(f'the value of {one}' for one in variables) or 'no secret (insecure = true)'}>"


@sources_app.command("add")
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind of source; asked for when it is left out.")] = "",
    name: Annotated[str, typer.Option(help="What to call it; it is part of the address.")] = "",
) -> None:
    """Write a source into the configuration, and print a fresh secret and what to paste where."""
    path: Path = context.obj
    settings = read_settings(path)
    kind = kind or typer.prompt(f"Kind of source ({', '.join(sorted(GUIDES))})")
    guide = GUIDES.get(kind)
    if guide is None:
        raise HotleadError(f"{kind!r} is no kind of source. Allowed: {', '.join(sorted(GUIDES))}.")
    name = name or typer.prompt("Name", default=kind.replace("_", "-"))
    if not _NAME.fullmatch(name) or name in RESERVED or name in settings.source:
        raise HotleadError(
            f"The name {name!r} cannot be used: it is taken, or not made of a-z, 0-9, _ and - (at most 31)."
        )
    variable = f"HOTLEAD_{name.upper().replace('-', '_')}_SECRET"
    _write(path, name, guide, variable)
    out.print(f"[source.{name}] is written to {path}.\n")
    if guide.ours:
        secret = fresh_secret(guide)
        out.print(f"Put this into the service's environment; it is shown once:\n\n  {variable}={secret}\n")
    else:
        secret = variable
        out.print(f"The sender makes the secret: copy it into the environment as {variable}.\n")
    out.print("At the sender:")
    _steps(guide, name, settings, secret)
    tried = f", and try: hotlead sources test {name}" if guide.testable else ""
    out.print(f"\nThen start the service again{tried}.")


@sources_app.command("test")
def try_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source.")],
    url: Annotated[str, typer.Option(help="Where to send; the service on this machine by default.")] = "",
) -> None:
    """Send a signed sample, which names nobody, to the running service; no lead comes of it."""
    settings = read_settings(context.obj)
    section = _section(settings, name)
    values, missing = source_secrets(settings)
    wrong = tuple(finding for finding in missing if finding.place.startswith(f"source.{name}."))
    if wrong:
        raise BadConfiguration(wrong)
    only = settings.model_copy(update={"source": {name: section}})
    endpoint = open_sources(only, values)[name]
    base = url.rstrip("/") or asyncio.run(_listening_at(settings))
    guide = GUIDES[section.kind]
    path = guide.path.format(name=name) or "/v1/batch"
    secret = next(iter(values[name]), None)
    try:
        made = sample(endpoint, secret, path, settings.service.public_url or base, system_clock())
    except CannotSign:
        raise HotleadError(
            f"Only the sender can sign for a source of kind {section.kind}. {guide.steps[-1].split(':')[0]} there, and "
            f"look at `hotlead sources show {name}`."
        ) from None
    status, told = asyncio.run(_send(base, made))
    if status != 200 or not told.get("accepted"):
        raise HotleadError(f"{base}{path} answered {status}: {told.get('code', '')} {told.get('message', told)}")
    out.print(f"{base}{path} took the sample: secret and signature are right. It names nobody, so no lead comes of it.")


@sources_app.command("retry")
def retry(context: typer.Context, name: Annotated[str, typer.Argument(help="The source.")]) -> None:
    """Try again what was refused for a wrong secret and kept: what the secret of now proves is taken in."""
    path: Path = context.obj
    settings = read_settings(path)
    _section(settings, name)
    values, missing = source_secrets(settings)
    if missing:
        raise BadConfiguration(missing)

    model = first_model(path.resolve().parent / MODEL_NAME)

    async def ask() -> Mapping[str, Any]:
        async with asking(settings, values, system_clock, lambda _: None, first_model=model) as asked:
            return await asked("sources.retry", {"source": name})

    done = asyncio.run(ask())
    if not done["tried"]:
        out.print("No refused request is kept that could be tried.")
        return
    out.print(
        f"{counted(done['tried'], 'kept request was', 'kept requests were')} tried: the secret proves "
        f"{done['proved']}, which brought {counted(done['accepted'], 'new event')} and "
        f"{counted(done['duplicates'], 'that was', 'that were')} there. "
        f"{counted(done['left'], 'is', 'are')} still kept."
    )


def fresh_secret(guide: Guide) -> str:
    """32 random bytes, as this kind of source takes them."""
    value = randomness.token_bytes(32)
    if guide.looks == "whsec":
        return f"whsec_{base64.b64encode(value).decode()}"
    return f"hotlead:{value.hex()}" if guide.looks == "basic" else value.hex()


def _write(path: Path, name: str, guide: Guide, variable: str) -> None:
    """Add the section after the last source, leaving every comment where it is. What is written is read first."""
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    section = tomlkit.table()
    section.add("kind", guide.kind)
    if guide.header:
        section.add("header", guide.header)
    section.add("secrets", [variable])
    written = tomlkit.dumps(document).rstrip("\n") + f"\n\n[source.{name}]\n" + tomlkit.dumps(section)
    settings_from(tomlkit.parse(written).unwrap())
    new = path.with_suffix(".new")
    new.write_text(written, encoding="utf-8")
    new.replace(path)


def _section(settings: Settings, name: str) -> Any:
    if name not in settings.source:
        raise HotleadError(f"No source is called {name!r}. Configured: {', '.join(settings.source) or 'none'}.")
    section = settings.source[name]
    if section.kind not in GUIDES:
        raise HotleadError(f"{section.kind!r} is no kind of source. Allowed: {', '.join(sorted(GUIDES))}.")
    return section


def _steps(guide: Guide, name: str, settings: Settings, secret: str, header: str = "") -> None:
    for number, step in enumerate(steps_of(guide, name, settings.service.public_url or _PUBLIC, secret, header), 1):
        out.print(f"  {number}. {step}")


async def _views(settings: Settings) -> Sequence[SourceView]:
    """From the database; a service that runs is asked to store its newest counts first."""
    kinds, now = kinds_of(settings), system_clock()
    with contextlib.suppress(NotRunning):
        await call(settings.service.data, "sources.store", {}, lambda _: None)
    if not database_of(settings).exists():
        return [SourceView(name, kind, None, Tally(), Tally()) for name, kind in kinds.items()]
    reader = Reader(database_of(settings))
    try:
        return await reader.read(lambda tx: views(tx, kinds, now))
    finally:
        await reader.close()


def _tell(settings: Settings, view: SourceView) -> None:
    guide = GUIDES.get(view.kind)
    where = url_of(guide, view.name, settings.service.public_url or _PUBLIC) if guide else "(unknown kind)"
    last = ago(view.last_at, system_clock()) if view.last_at is not None else "nothing has come yet"
    out.print(f"{view.name} ({view.kind})  {where}")
    out.print(f"  last event   {last}")
    out.print(f"  24 hours     {tally_words(view.day)}")
    out.print(f"  7 days       {tally_words(view.week)}")
    if view.quiet_since is not None:
        out.print("  QUIET        against its habit: look whether the sender still sends")
    if view.failing_since is not None:
        out.print(f"  FAILS        signatures fail since {format_instant(view.failing_since)}: compare the secrets")
    if view.kept:
        out.print(f"  KEPT         {counted(view.kept, 'refused request')}: hotlead sources retry {view.name}")


def tally_words(tally: Tally) -> str:
    """`120 accepted, 3 duplicates, 2 refused: signature_wrong 2`."""
    words = [counted(tally.of(what), *word) for what, word in _WORDS if tally.of(what)]
    refused = tally.refused
    if refused:
        words.append(f"{sum(refused.values()):,} refused: " + ", ".join(f"{code} {n:,}" for code, n in refused.items()))
    return ", ".join(words) or "nothing"


def ago(at: Instant, now: Instant) -> str:
    """`3 minutes ago`, in the largest unit."""
    for unit, word in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if now - at >= 2 * unit:
            return f"{(now - at) // unit} {word} ago"
    return "just now"


async def _listening_at(settings: Settings) -> str:
    """Where the service on this data folder says that it listens; without one, where the configuration says."""
    service = settings.service
    with contextlib.suppress(NotRunning, RefusedByService):
        running = RUNNING.validate_python(await call(service.data, "status", {}, lambda _: None))
        if running.url:
            return running.url
    if service.port == 0:
        raise HotleadError(
            f"No service runs on {service.data}, and port = 0 means that one is chosen at its start. "
            "Start it (hotlead serve), or say where it is with --url."
        )
    return f"http://{service.host}:{service.port}"


async def _send(base: str, made: Sample) -> tuple[int, Mapping[str, Any]]:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.post(f"{base}{made.path}", data=made.body, headers=dict(made.headers)) as response,
        ):
            told = await response.json(content_type=None)
            return response.status, told if isinstance(told, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError) as trouble:
        raise HotleadError(f"{base} cannot be reached: {trouble}. Does the service run?") from None
