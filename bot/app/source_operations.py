"""What commands about sources ask of the service that owns the data folder."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any, TypeAlias

from bot.app.core import Core, open_core
from bot.app.sources import open_sources
from bot.clock import Clock
from bot.control import NotRunning, Operation, Progress, Told, call
from bot.errors import HotleadError
from bot.service.importing import Importing, event_from_json
from bot.settings import Settings
from bot.sources.base import Received, Refused
from bot.sources.reading import Endpoint
from bot.storage import letters
from bot.storage.lock import FolderLock
from bot.web.hooks import tally

Asking: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Asks for something by its name."""
_AT_ONCE = 50


def source_operations(core: Core, endpoints: Mapping[str, Endpoint]) -> dict[str, Operation]:
    """The table of these operations."""
    importing = Importing(core.store, core.intake, core.source_health, core.clock)
    return {
        "sources.store": partial(_store, core),
        "sources.retry": partial(_retry, core, endpoints),
        "import.begin": partial(_begin, importing),
        "import.take": partial(_take, importing),
        "import.end": partial(_end, importing),
    }


@asynccontextmanager
async def asking(
    settings: Settings,
    secrets: Mapping[str, tuple[bytes, ...]],
    clock: Clock,
    told: Told,
    *,
    first_model: Callable[[], str] | None,
) -> AsyncIterator[Asking]:
    """Ask several things of the running service; when none runs, own the folder for as long as that takes."""
    folder = settings.service.data
    try:
        await call(folder, "sources.store", {}, told)
    except NotRunning:
        async with _owning(settings, secrets, clock, told, first_model) as ask:
            yield ask
        return
    yield lambda name, values: call(folder, name, values, told)


@asynccontextmanager
async def _owning(
    settings: Settings,
    secrets: Mapping[str, tuple[bytes, ...]],
    clock: Clock,
    told: Told,
    first_model: Callable[[], str] | None,
) -> AsyncIterator[Asking]:
    lock = FolderLock(settings.service.data)
    lock.take()
    try:
        core = await open_core(settings, clock, first_model)
        operations = source_operations(core, open_sources(settings, secrets))
        core.intake.start()
        try:
            yield lambda name, values: operations[name](values, told)
        finally:
            await core.intake.stop()
            await core.source_health.store()
            await core.publishing.stop()
            await core.store.close()
    finally:
        lock.release()


async def _store(core: Core, _values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    await core.source_health.store()
    return {}


async def _begin(importing: Importing, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    standing = await importing.begin(values["file"], values["source"], values["name"], again=values["again"])
    return asdict(standing)


async def _take(importing: Importing, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    events = [event_from_json(one) for one in values["events"]]
    receipt = await importing.take(
        values["import_id"], values["source"], events, lines=values["lines"], bad=values["bad"]
    )
    return asdict(receipt)


async def _end(importing: Importing, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    return asdict(await importing.end(values["import_id"], values["author"]))


async def _retry(
    core: Core, endpoints: Mapping[str, Endpoint], values: Mapping[str, Any], told: Told
) -> Mapping[str, Any]:
    """Read the kept requests of a source again: those that its secret of now proves are taken in, the others stay."""
    name = values["source"]
    endpoint = endpoints.get(name)
    if endpoint is None:
        raise HotleadError(f"The running service knows no source {name!r}. Restart it after a change of the file.")
    await core.source_health.store()
    total = (await core.store.read(letters.counts)).get(name, 0)
    found = {"tried": 0, "proved": 0, "accepted": 0, "duplicates": 0}
    after = 0
    while rows := await core.store.read(lambda tx, seen=after: letters.after(tx, name, seen, _AT_ONCE)):  # type: ignore[misc]
        for row in rows:
            after = row["id"]
            found["tried"] += 1
            told(Progress("Trying again", found["tried"], total))
            await _try_again(core, endpoint, row, found)
    return {**found, "left": total - found["proved"]}


async def _try_again(core: Core, endpoint: Endpoint, row: Any, found: dict[str, int]) -> None:
    received = Received(
        row["method"], row["url"], row["path"], json.loads(row["headers"]), bytes(row["body"]), row["received_at"]
    )
    read = endpoint.read(received)
    if isinstance(read, Refused) and read.status == 401:
        return
    found["proved"] += 1
    if not isinstance(read, Refused):
        receipt = await core.intake.accept(row["source"], read.events)
        core.source_health.took(row["source"], tally(read, receipt))
        found["accepted"] += receipt.accepted
        found["duplicates"] += receipt.duplicates
    await core.store.write(lambda tx: letters.drop(tx, row["id"]))
