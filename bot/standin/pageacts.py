"""What the page may do for the person who looks at it: each act is one call of the stand-in's own functions."""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.standin import elements
from bot.standin.deliver import Delivery
from bot.standin.values import Message, Obj, View

if TYPE_CHECKING:
    from bot.standin.server import StandIn

REFERENCE = re.compile(r"(?<![\w.])([@#])([a-z0-9-]+)")
ADDRESS = re.compile(r"(?<![\w|:])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

Act = Callable[["StandIn", str, Obj], Awaitable[Obj]]


def _outcome(delivery: Delivery | None) -> Obj:
    if delivery is None:
        return {"ok": True}
    shown = {"ok": delivery.ok, "error": delivery.error, "seconds": round(delivery.seconds, 3)}
    return shown | {"errors": delivery.view_errors}


def _values(wanted: Obj) -> dict[Any, Any]:
    return {(block, action): value for block, action, value in wanted.get("values", ())}


async def _say(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    text = str(wanted["text"]).strip()
    if text:
        await standin.say(user, wanted["channel"], _typed(standin, text), wanted.get("thread_ts", ""))
    return {"ok": True}


async def _command(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    name, _, text = str(wanted["text"]).strip().partition(" ")
    known = {command.name for command in standin.commands}
    if known and name not in known:
        said = f"{name} is not a valid command. Known here: {', '.join(sorted(known))}."
        standin.workspace.messages.post(wanted["channel"], "USLACKBOT", said, ephemeral_to=user)
        return {"ok": True}
    return _outcome(
        await standin.run_command(user, wanted["channel"], name, _typed(standin, text.strip(), command=True))
    )


async def _press(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    place = _as_seen(standin, _place(standin, user, wanted), wanted)
    if isinstance(place, View) and "values" in wanted:
        place = standin.fill(user, place, _values(wanted))
    return _outcome(
        await standin.press(user, place, wanted["action_id"], wanted.get("value"), block_id=wanted["block_id"])
    )


async def _submit(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    return _outcome(await standin.submit_view(user, wanted["view"], _values(wanted)))


async def _close(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    return _outcome(await standin.close_view(user, wanted["view"]))


async def _home(standin: "StandIn", user: str, _: Obj) -> Obj:
    return _outcome(await standin.open_home(user))


async def _shortcut(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    message = None
    if wanted.get("ts"):
        found = standin.place(user, wanted["ts"], wanted["channel"])
        message = found if isinstance(found, Message) else None
    return _outcome(await standin.shortcut(user, wanted["callback_id"], message))


async def _suggest(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    place = _place(standin, user, wanted)
    return {"ok": True, "options": await standin.suggest(user, place, wanted["action_id"], str(wanted["typed"]))}


async def _dismiss(standin: "StandIn", user: str, wanted: Obj) -> Obj:
    message = standin.workspace.messages.ephemeral(user, wanted["ts"])
    if message:
        standin.workspace.messages.delete(message)
    return {"ok": True}


def _place(standin: "StandIn", user: str, wanted: Obj) -> Message | View:
    return standin.place(user, wanted.get("view") or wanted["ts"], wanted.get("channel", ""))


def _as_seen(standin: "StandIn", place: Message | View, wanted: Obj) -> Message | View:
    """The message as it was when the page showed the button: a click may cross a change, and reaches the app so."""
    if isinstance(place, View):
        return place
    for version in (place, *standin.workspace.messages.before(place.channel, place.ts)):
        if elements.has(version.blocks, wanted["action_id"], wanted["block_id"]):
            return version
    return place


def _typed(standin: "StandIn", text: str, *, command: bool = False) -> str:
    """What people type, as their client sends it: escaped, @name and #channel made ids, in commands addresses too."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    workspace = standin.workspace
    people = {user.name: user.id for user in workspace.users.values()}
    rooms = {channel.name: channel.id for channel in workspace.channels.values() if channel.name}

    def reference(found: re.Match[str]) -> str:
        known = (people if found[1] == "@" else rooms).get(found[2])
        label = f"|{found[2]}" if command else ""
        return f"<{found[1]}{known}{label}>" if known else found[0]

    said = REFERENCE.sub(reference, escaped)
    return ADDRESS.sub(r"<mailto:\g<0>|\g<0>>", said) if command else said


ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "say": _say,
        "command": _command,
        "press": _press,
        "submit": _submit,
        "close": _close,
        "home": _home,
        "shortcut": _shortcut,
        "suggest": _suggest,
        "dismiss": _dismiss,
    }
)
