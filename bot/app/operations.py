"""What commands may ask of the service that owns the data folder: a name for each, values and result in JSON.

To add one: a function here, its name in `operations_of`, and a command in bot/cli that asks for it with `ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from bot.app.core import Core, open_core
from bot.clock import Clock
from bot.control import NotRunning, Operation, Progress, Told, call
from bot.errors import HotleadError
from bot.service.erasing import Done
from bot.service.handling.views import RouteView
from bot.service.identity.instructions import Effect
from bot.service.identity.instructions_listed import Fault, Said
from bot.service.identity.joining import Verb
from bot.service.models.views import Posted, Publication
from bot.settings import Settings
from bot.storage.lock import FolderLock

PUBLICATION: Final = TypeAdapter(Publication)
POSTED: Final = TypeAdapter(Posted)
ROUTE: Final = TypeAdapter(RouteView)
EFFECT: Final = TypeAdapter(Effect)
ERASURE: Final = TypeAdapter(Done)
ERASURES: Final = TypeAdapter(tuple[Done, ...])
LISTED: Final = TypeAdapter(tuple[tuple[Said, ...], tuple[Fault, ...]])


def operations_of(core: Core) -> dict[str, Operation]:
    """The table of operations."""
    return {
        "model.publish": partial(_publish, core),
        "model.rollback": partial(_rollback, core),
        "model.post": partial(_post, core),
        "routes.test": partial(_route, core),
        "identity.say": partial(_say, core),
        "identity.revoke": partial(_revoke, core),
        "identity.list": partial(_list, core),
        "leads.exported": partial(_exported, core),
        "leads.erase": partial(_erase, core),
        "leads.erased": partial(_erased, core),
        "leads.lift": partial(_lift, core),
    }


async def ask(
    settings: Settings,
    clock: Clock,
    name: str,
    values: Mapping[str, Any],
    told: Told,
    *,
    first_model: Callable[[], str] | None,
) -> Mapping[str, Any]:
    """Let the running service do something; when none runs, own the folder and do it here.

    `first_model` reads what a store without a model publishes, as when the service starts; None: nothing.
    """
    folder = settings.service.data
    try:
        return await call(folder, name, values, told)
    except NotRunning:
        pass
    lock = FolderLock(folder)
    lock.take()
    try:
        core = await open_core(settings, clock, first_model)
        try:
            return await operations_of(core)[name](values, told)
        finally:
            await core.publishing.stop()
            await core.store.close()
    finally:
        lock.release()


def _steps(what: str, told: Told) -> Callable[[int, int], None]:
    return lambda done, total: told(Progress(what, done, total))


async def _publish(core: Core, values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    done = await core.publishing.publish(
        values["text"], values["author"], values.get("note"), _steps("Rescoring leads", told)
    )
    return _json(PUBLICATION, done)


async def _rollback(core: Core, values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    done = await core.publishing.rollback(
        values["version"], values["author"], values.get("note"), _steps("Rescoring leads", told)
    )
    return _json(PUBLICATION, done)


async def _post(core: Core, values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    done = await core.publishing.post_found(values["version"], values["author"], _steps("Posting leads", told))
    return _json(POSTED, done)


async def _route(core: Core, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    found = await core.desk.find(values["lead"], 2)
    if len(found) != 1:
        raise HotleadError(
            f"{'Several leads are' if found else 'No lead is'} meant by {values['lead']!r}. Name one as L-123."
        )
    view = await core.handling.route(found[0].number)
    if view is None:
        raise HotleadError(f"There is no lead {values['lead']}.")
    return _json(ROUTE, view)


async def _say(core: Core, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    verb = Verb(values["verb"])
    note, show = values.get("note"), values["show"]
    if values.get("companies"):
        one, other = values["one"][0], next(iter(values["other"]), None)
        companies = await core.company_instructions.say(verb, one, other, values["actor"], note, show=show)
        return _json(EFFECT, companies)
    done = await core.instructions.say(verb, values["one"], values["other"], values["actor"], note, show=show)
    return _json(EFFECT, done)


async def _revoke(core: Core, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    revoke = core.company_instructions.revoke if values.get("companies") else core.instructions.revoke
    return _json(EFFECT, await revoke(values["number"], values["actor"], show=values["show"]))


async def _list(core: Core, _values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    return {"listed": LISTED.dump_python(await core.instructions.listed(), mode="json")}


async def _exported(core: Core, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    await core.erasing.exported(values["number"], values["actor"])
    return {}


async def _erase(core: Core, values: Mapping[str, Any], told: Told) -> Mapping[str, Any]:
    looked = _steps("Looking through events", told)
    done = await core.erasing.erase(values["number"], values["actor"], looked)
    done = await core.erasing.said(done.token, _steps("Taking back messages", told))
    return _json(ERASURE, done)


async def _erased(core: Core, _values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    return {"erased": ERASURES.dump_python(await core.erasing.listed(), mode="json")}


async def _lift(core: Core, values: Mapping[str, Any], _told: Told) -> Mapping[str, Any]:
    return asdict(await core.erasing.lift(values["value"], values["actor"]))


def _json(adapter: TypeAdapter[Any], value: Any) -> Mapping[str, Any]:
    dumped: Mapping[str, Any] = adapter.dump_python(value, mode="json")
    return dumped
