"""Tells people in Slack what is owed: posts alerts, brings them up to date, writes in threads, to people, to channels.

Slack has no idempotency key, so every post carries the row's key in its metadata. An answer that did not come is
*ambiguous*: after a settle time `look_up` reads the channel since the attempt and finds the message by its key. Nothing
sleeps here: who has to wait is told for how long, and the outbox keeps the row.

`saying` makes the message, `calling` sends it, `finding` looks whether it is there, `handing` hands over files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import aiohttp

from bot.clock import Clock
from bot.errors import HotleadError
from bot.language import speaking
from bot.senders import handing
from bot.senders.base import Ambiguous, Later, Owed, Refused, Result, Sent
from bot.senders.calling import ALERT_EVENT, GONE, Calls, Failed, once_more
from bot.senders.finding import found, place_of
from bot.senders.saying import Saying
from bot.service.unsaying import ERASE, REDO, UNSAY
from bot.slack.blocks import said
from bot.slack.languages import Languages
from bot.slack.notices import erased_message

_REPEATABLE: Final = frozenset({"update", ERASE, REDO})
"""What may be done twice without anybody seeing it."""


class SlackSender:
    """A Sender for Slack."""

    def __init__(
        self, calls: Calls, saying: Saying, languages: Languages, export: handing.Export, clock: Clock
    ) -> None:
        self._calls = calls
        self._saying = saying
        self._languages = languages
        self._export_of = export
        self._clock = clock
        self._kinds = {
            "alert": self._alert,
            "update": self._update,
            "thread": self._thread,
            "direct": self._line,
            "channel": self._line,
            "publication": self._line,
            "digest": self._line,
            ERASE: self._erase,
            REDO: self._redo,
            UNSAY: self._unsay,
            handing.KIND: self._export,
        }

    async def send(self, owed: Owed) -> Result:
        """Send one row. It never raises for what Slack answers."""
        kind = self._kinds.get(owed.kind)
        if kind is None:
            return Refused("unknown_kind", f"This version of hotlead cannot send {owed.kind!r}; it takes a newer one.")
        try:
            with speaking(await self._languages.of(_spoken_at(owed))):
                return await kind(owed)
        except Failed as failed:
            return failed.result

    async def look_up(self, owed: Owed) -> Sent | Later | Refused | None:
        """Find what an ambiguous attempt posted, by its key. An update may simply be repeated."""
        if owed.kind in _REPEATABLE:
            return None
        try:
            return await found(owed, self._calls, self._clock)
        except Failed as failed:
            return once_more(failed.result)

    # ---- saying

    async def _alert(self, owed: Owed) -> Result:
        return await self._calls.post(owed.lane, await self._saying.alert(owed), owed.key, event=ALERT_EVENT)

    async def _update(self, owed: Owed) -> Result:
        message = await self._saying.alert(owed)
        return await self._calls.change(*place_of(owed, "ts"), message, owed.key, event=ALERT_EVENT)

    async def _thread(self, owed: Owed) -> Result:
        channel, ts = place_of(owed, "thread_ts")
        also_to_channel = {"reply_broadcast": True} if self._saying.notice(owed).broadcast else {}
        message = await self._saying.said(owed)
        return await self._calls.post(channel, message, owed.key, more={"thread_ts": ts, **also_to_channel})

    async def _line(self, owed: Owed) -> Result:
        return await self._calls.post(owed.lane, await self._saying.said(owed), owed.key)

    async def _export(self, owed: Owed) -> Result:
        """Everything about a lead, as a file for one person."""
        number = owed.payload.get("lead")
        if not isinstance(number, int):
            return Refused("unreadable_export", "What was to be handed over cannot be read; please report it.")
        try:
            return await handing.hand_over(owed, await self._export_of(number), self._calls)
        except HotleadError as gone:
            return Refused("gone", str(gone))
        except aiohttp.ClientError as trouble:
            return Later(15.0, type(trouble).__name__, "row")
        except Failed as failed:
            if not handing.is_missing_permission(failed.result):
                raise
        return await self._calls.post(owed.lane, said(handing.without_permission(number)), owed.key)

    # ---- taking back

    async def _erase(self, owed: Owed) -> Result:
        """A message about somebody who was erased says only that; a file of theirs is deleted, its messages first."""
        channel, ts, file = (owed.payload.get(name) for name in ("channel", "ts", "file"))
        try:
            if isinstance(file, str):
                for place in await handing.messages_with(file, self._calls):
                    await self._blank(*place, owed.key)
                await self._calls.call("files.delete", file=file)
            else:
                await self._blank(*place_of(owed, "ts"), owed.key)
        except Failed as failed:
            if handing.is_missing_permission(failed.result):
                return Refused("missing_scope", "The app may not delete files any more.")
            return _gone_already(failed.result)
        return Sent(str(channel or ""), str(ts or ""))

    async def _blank(self, channel: str, ts: str, key: str) -> None:
        """The message says that somebody was erased; where Slack refuses the change, it is deleted."""
        try:
            await self._calls.change(channel, ts, erased_message(), key)
        except Failed as failed:
            result = failed.result
            if not isinstance(result, Refused) or result.code in GONE or result.scope == "all":
                raise
            await self._calls.delete(channel, ts)

    async def _redo(self, owed: Owed) -> Result:
        """A list is told anew in its place, without somebody; one that never arrived needs nothing."""
        if not isinstance(owed.payload.get("ts"), str):
            return Sent("", "")
        try:
            message = await self._saying.said(_inner(owed))
            await self._calls.change(*place_of(owed, "ts"), message, owed.key)
        except Failed as failed:
            return _gone_already(failed.result)
        return Sent(*place_of(owed, "ts"))

    async def _unsay(self, _owed: Owed) -> Result:
        """It was looked for and is not there: nothing has to be taken back."""
        return Sent("", "")


def _inner(owed: Owed) -> Owed:
    """The list that a `redo` tells anew, as the row that told it."""
    kind, payload = owed.payload.get("kind"), owed.payload.get("payload")
    return replace(owed, kind=str(kind), payload=payload if isinstance(payload, Mapping) else {})


def _spoken_at(owed: Owed) -> str:
    """Whose language it is said in: that of the channel where the message is or will be, or of the person."""
    channel = owed.payload.get("channel")
    return channel if isinstance(channel, str) and channel[:1] in ("C", "G") else owed.lane


def _gone_already(result: Later | Ambiguous | Refused) -> Result:
    """Of a change that may simply be repeated: what is not there any more needs none."""
    if isinstance(result, Refused) and result.code in GONE:
        return Sent("", "")
    return once_more(result)
