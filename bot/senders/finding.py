"""Finds what an ambiguous attempt posted: reads the channel since the attempt and looks for the row's key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from bot.clock import Clock
from bot.senders import handing
from bot.senders.base import Owed, Refused, Sent
from bot.senders.calling import Calls, Failed, key_of
from bot.service.unsaying import UNSAY
from scoring.instants import DAY, HOUR, SECOND, Duration, Instant

_SKEW: Final[Duration] = 2 * HOUR
"""Slack's clock and ours may differ; keys are unique, so a wide window is harmless."""
_PAGE: Final = 100
_MOST_PAGES: Final = 20


async def found(owed: Owed, calls: Calls, clock: Clock) -> Sent | None:
    """Where the row's message (or file) is, None if it is not there. Raises Failed: it could not be looked up."""
    wanted = owed.payload.get("key") if owed.kind == UNSAY else owed.key
    channel, method, arguments = await _where(owed, calls)
    async for message in _messages_since(owed, calls, clock, method, arguments):
        if owed.kind == handing.KIND and (file := handing.is_of(message, owed)):
            return Sent(channel, "", file)
        if key_of(message) == wanted:
            return Sent(channel, str(message["ts"]))
    return None


async def _where(owed: Owed, calls: Calls) -> tuple[str, str, dict[str, Any]]:
    """The channel, and the method with its arguments that reads it."""
    kind = owed.payload.get("was") if owed.kind == UNSAY else owed.kind
    if kind == "thread":
        channel, ts = place_of(owed, "thread_ts")
        channel = calls.places.now(channel)
        return channel, "conversations.replies", {"channel": channel, "ts": ts}
    direct = kind in ("direct", handing.KIND)
    channel = await calls.direct_channel(owed.lane) if direct else calls.places.now(owed.lane)
    return channel, "conversations.history", {"channel": channel}


async def _messages_since(
    owed: Owed, calls: Calls, clock: Clock, method: str, arguments: dict[str, Any]
) -> AsyncIterator[Mapping[str, Any]]:
    since = owed.tried_at if owed.tried_at is not None else clock() - DAY
    arguments = {**arguments, "oldest": _ts(since - _SKEW), "limit": _PAGE, "include_all_metadata": True}
    for _ in range(_MOST_PAGES):
        answer = await calls.call(method, **arguments)
        for message in answer.get("messages") or ():
            yield message
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor
    raise Failed(Refused("too_many_messages", "Too much was said since then to find out whether it arrived."))


def place_of(owed: Owed, field: str) -> tuple[str, str]:
    """(channel, ts) of the message that a row is about; `field` is `ts`, or `thread_ts` of the one it answers."""
    channel, ts = owed.payload.get("channel"), owed.payload.get(field)
    if not isinstance(channel, str) or not isinstance(ts, str):
        raise Failed(Refused("unknown_message", "It is not known which message this belongs to."))
    return channel, ts


def _ts(at: Instant) -> str:
    return f"{at // SECOND}.{at % SECOND:06d}"
