"""Tells people in Slack what is owed: posts alerts, brings them up to date, writes in threads, to people, to channels.

Slack has no idempotency key, so every post carries the row's key in its metadata. An answer that did not come is
*ambiguous*: after a settle time `look_up` reads the channel since the attempt and finds the message by its key. Nothing
sleeps here: who has to wait is told for how long, and the outbox keeps the row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, Final

import aiohttp
from pydantic import ValidationError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.charts.png import to_png
from bot.charts.results import results_picture
from bot.clock import Clock
from bot.errors import HotleadError
from bot.language import speaking
from bot.senders import handing
from bot.senders.base import Ambiguous, Later, Owed, Refused, Result, Sent
from bot.senders.pace import Pace
from bot.senders.pictures import Pictures
from bot.service.desk import Desk, Models
from bot.service.handling.views import DigestView
from bot.service.unsaying import ERASE, REDO, UNSAY
from bot.service.views import AlertView, Notice
from bot.service.views_json import digest_from_json, notice_from_json
from bot.slack.alert import alert_message
from bot.slack.blocks import Message, said
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.digest import ALT_LIMIT, digest_message, is_day
from bot.slack.faults import Weight
from bot.slack.languages import Languages
from bot.slack.models import publication_message
from bot.slack.notices import erased_message, notice_message
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from scoring.instants import DAY, HOUR, SECOND, Instant

ALERT_EVENT: Final = "hotlead_alert"
NOTICE_EVENT: Final = "hotlead_notice"
SKEW: Final = 2 * HOUR  # Slack's clock and ours may differ; keys are unique, so a wide window is harmless
PAGE: Final = 100
MOST_PAGES: Final = 20
_REPEATABLE: Final = frozenset({"update", ERASE, REDO})
"""What may be done twice without anybody seeing it."""
_GONE: Final = frozenset({"message_not_found", "file_not_found", "file_deleted"})
READING: Final = frozenset({"conversations.history", "conversations.replies", "files.getUploadURLExternal"})
# parse none and no link_names: Slack makes nothing of a lead's words; no unfurling: no link of ours needs a preview
QUIETLY: Final[Mapping[str, Any]] = {
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


SHARED: Final = (
    "People of another company read along there. Allow it with `shared_channels` under [alerts], or configure another."
)


class _Failed(Exception):
    """A call did not work out; `result` is what the outbox is told."""

    def __init__(self, result: Later | Ambiguous | Refused) -> None:
        super().__init__(result)
        self.result = result


class SlackSender:
    """A Sender for Slack. `client` should repeat nothing by itself (`make_client(…, repeats_limited=False)`)."""

    def __init__(
        self,
        client: AsyncWebClient,
        desk: Desk,
        settings: SlackSettings,
        clock: Clock,
        languages: Languages,
        pace: Pace | None = None,
        models: Models | None = None,
        places: Places | None = None,
        export: handing.Export | None = None,
        people: People | None = None,
    ) -> None:
        self._people = people
        self._client = client
        self._desk = desk
        self._settings = settings
        self._clock = clock
        self._languages = languages
        self._models = models
        self._export_of = export
        self._pictures = Pictures(client, clock)
        self._places = places or Places(client, settings, clock)
        self._pace = pace or Pace(clock, settings.post_interval)
        self._kinds = {
            "alert": self._alert,
            "update": self._update,
            "thread": self._thread,
            "direct": self._line,
            "channel": self._line,
            "publication": self._publication,
            "digest": self._digest,
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
        except _Failed as failed:
            return failed.result

    async def look_up(self, owed: Owed) -> Sent | Later | Refused | None:
        """Find what an ambiguous attempt posted, by its key. An update may simply be repeated."""
        if owed.kind in _REPEATABLE:
            return None
        wanted = owed.payload.get("key") if owed.kind == UNSAY else owed.key
        try:
            async for message in self._messages_since(owed):
                if owed.kind == handing.KIND and (file := handing.is_of(message, owed)):
                    return Sent(str(message["channel"]), "", file)
                if _key_of(message) == wanted:
                    channel = str(message["channel"])
                    return Sent(channel, str(message["ts"]))
        except _Failed as failed:
            if isinstance(failed.result, Ambiguous):  # reading has no effect, so it is simply asked again
                return Later(5.0, failed.result.reason, "row")
            return failed.result
        return None

    async def _alert(self, owed: Owed) -> Result:
        return await self._post(owed, owed.lane, await self._rendered(owed), event=ALERT_EVENT)

    async def _update(self, owed: Owed) -> Result:
        message = await self._rendered(owed)
        channel, ts = _place(owed, "ts")
        channel = self._places.now(channel)
        arguments = {"channel": channel, "ts": ts, **message.as_arguments(), "parse": "none", "link_names": False}
        try:
            answer = await self._call("chat.update", metadata=_metadata(ALERT_EVENT, owed.key), **arguments)
        except _Failed as failed:
            if isinstance(failed.result, Ambiguous):  # saying the same state twice is harmless
                return Later(5.0, failed.result.reason, "row")
            raise
        return Sent(channel, str(answer.get("ts") or ts))

    async def _thread(self, owed: Owed) -> Result:
        channel, ts = _place(owed, "thread_ts")
        notice = _notice(owed)
        more: dict[str, Any] = {"thread_ts": ts, **({"reply_broadcast": True} if notice.broadcast else {})}
        return await self._post(owed, channel, notice_message(notice, in_thread=True), more=more)

    async def _line(self, owed: Owed) -> Result:
        return await self._post(owed, owed.lane, notice_message(_notice(owed), channels=self._settings.places))

    async def _digest(self, owed: Owed) -> Result:
        view = _digest_of(owed)
        if view is None:
            return await self._line(owed)
        message = await self._of_digest(owed.key, view)
        return message if isinstance(message, Later) else await self._post(owed, owed.lane, message)

    async def _of_digest(self, key: str, view: DigestView) -> Message | Later:
        """A digest, with a picture of what became of the alerts; without it where Slack does not take one."""
        if not is_day(view) or not view.total.passed:
            return digest_message(view)
        drawing = results_picture(view.total)
        found = await self._pictures.ready(key, lambda: to_png(drawing), drawing.title[:ALT_LIMIT])
        if isinstance(found, float):
            return Later(found, "Slack is not ready with the picture", "row")
        return digest_message(view, found or None, drawing.title)

    async def _publication(self, owed: Owed) -> Result:
        return await self._post(owed, owed.lane, await self._of_publication(owed))

    async def _of_publication(self, owed: Owed) -> Message:
        version = owed.payload.get("version")
        found = await self._models.publication(version) if self._models and isinstance(version, int) else None
        if found is None:
            raise _Failed(Refused("gone", "There is no such version of a model."))
        return publication_message(found)

    async def _export(self, owed: Owed) -> Result:
        """Everything about a lead, as a file for one person."""
        number = owed.payload.get("lead")
        if self._export_of is None or not isinstance(number, int):
            return Refused("unreadable_export", "What was to be handed over cannot be read; please report it.")
        try:
            return await handing.hand_over(owed, await self._export_of(number), self._call)
        except HotleadError as gone:
            return Refused("gone", str(gone))
        except aiohttp.ClientError as trouble:
            return Later(15.0, type(trouble).__name__, "row")
        except _Failed as failed:
            if not handing.is_missing_permission(failed.result):
                raise
        return await self._post(owed, owed.lane, said(handing.without_permission(number)))

    # ---- taking back

    async def _erase(self, owed: Owed) -> Result:
        """A message about somebody who was erased says only that; a file of theirs is deleted."""
        channel, ts, file = (owed.payload.get(name) for name in ("channel", "ts", "file"))
        try:
            if isinstance(file, str):
                await self._call("files.delete", file=file)
            else:
                await self._replace(owed, erased_message(), "chat.delete")
        except _Failed as failed:
            if handing.is_missing_permission(failed.result):
                return Refused("missing_scope", "The app may not delete files any more.")
            return _gone_already(failed.result)
        return Sent(str(channel or ""), str(ts or ""))

    async def _redo(self, owed: Owed) -> Result:
        """A list is told anew in its place, without somebody; one that never arrived needs nothing."""
        if not isinstance(owed.payload.get("ts"), str):
            return Sent("", "")
        kind, inner = owed.payload.get("kind"), owed.payload.get("payload")
        told = Owed(owed.id, str(kind), owed.key, owed.lane, inner if isinstance(inner, Mapping) else {})
        try:
            message = await self._said(told)
            if isinstance(message, Later):
                return message
            await self._replace(owed, message)
        except _Failed as failed:
            return _gone_already(failed.result)
        return Sent(*_place(owed, "ts"))

    async def _said(self, owed: Owed) -> Message | Later:
        """What a list says now."""
        if owed.kind == "publication":
            return await self._of_publication(owed)
        if owed.kind == "digest":
            view = _digest_of(owed)
            return await self._of_digest(owed.key, view) if view is not None else notice_message(_notice(owed))
        return notice_message(_notice(owed), in_thread=owed.kind == "thread", channels=self._settings.places)

    async def _replace(self, owed: Owed, message: Message, otherwise: str | None = None) -> None:
        """Let a message say something else; where Slack refuses that, the method `otherwise` is tried."""
        channel, ts = _place(owed, "ts")
        channel = self._places.now(channel)
        metadata = _metadata(NOTICE_EVENT, owed.key)
        quiet: dict[str, Any] = {"parse": "none", "link_names": False, "metadata": metadata}
        try:
            await self._call("chat.update", channel=channel, ts=ts, **message.as_arguments(), **quiet)
        except _Failed as failed:
            result = failed.result
            if otherwise is None or not isinstance(result, Refused) or result.code in _GONE or result.scope == "all":
                raise
            await self._call(otherwise, channel=channel, ts=ts)

    async def _unsay(self, _owed: Owed) -> Result:
        """It was looked for and is not there: nothing has to be taken back."""
        return Sent("", "")

    async def _rendered(self, owed: Owed) -> Message:
        view = await self._desk.alert(owed.key)
        if view is None:
            raise _Failed(Refused("gone", "The lead was erased, so there is nothing left to tell."))
        return alert_message(await self._named(view), self._settings)

    async def _named(self, view: AlertView) -> AlertView:
        """With the names of those who have colleagues of the lead: whoever is mentioned in an alert would be called."""
        if self._people is None or not view.colleagues:
            return view
        named = [replace(one, name=await self._people.name(one.owner)) for one in view.colleagues]
        return replace(view, colleagues=tuple(named))

    async def _post(
        self,
        owed: Owed,
        channel: str,
        message: Message,
        *,
        event: str = NOTICE_EVENT,
        more: Mapping[str, Any] | None = None,
    ) -> Result:
        channel = self._places.now(channel)
        if await self._places.shared(channel):
            return Refused("shared_channel", SHARED, "lane")
        if wait := self._pace.channel_wait(channel):
            return Later(wait, "Slack takes one message a second and channel", "lane")
        arguments = {"channel": channel, **message.as_arguments(), **QUIETLY, **(more or {})}
        arguments["metadata"] = _metadata(event, owed.key)
        try:
            answer = await self._call("chat.postMessage", paced=channel, **arguments)
        except _Failed as failed:
            if not await self._joined(failed.result, channel):
                raise
            answer = await self._call("chat.postMessage", paced=channel, **arguments)
        return Sent(str(answer.get("channel") or channel), str(answer["ts"]))

    async def _joined(self, result: Result, channel: str) -> bool:
        """A public channel that the app is not in is joined: without membership a lost answer cannot be looked up."""
        if not isinstance(result, Refused) or result.code != "not_in_channel":
            return False
        try:
            await self._call("conversations.join", channel=channel)
        except _Failed:
            return False  # a private one: what counts is that it was not in it
        return True

    async def _call(self, method: str, *, paced: str | None = None, **arguments: Any) -> AsyncSlackResponse:
        if wait := self._pace.method_wait(method):
            raise _Failed(Later(wait, f"{method} is at its rate", "method"))
        self._pace.count(method, paced)
        # methods that read take form fields, not JSON (docs.slack.dev/apis/web-api)
        reads = method in READING
        try:
            return await self._client.api_call(
                method, params=arguments if reads else None, json=None if reads else arguments
            )
        except CALL_ERRORS as error:
            failure = explain(error)
        if failure.limited:
            self._pace.hold(method, failure.wait)
            raise _Failed(Later(failure.wait, failure.code, "method"))
        results: Mapping[Weight, Later | Ambiguous | Refused] = {
            Weight.TEMPORARY: Later(failure.wait, failure.code, "row"),
            Weight.AMBIGUOUS: Ambiguous(f"{failure.code}: {failure.fault.advice}"),
            Weight.FINAL: Refused(failure.code, failure.fault.advice, failure.fault.scope),
        }
        raise _Failed(results[failure.fault.weight])

    async def _messages_since(self, owed: Owed) -> AsyncIterator[Mapping[str, Any]]:
        method, arguments = await self._reading(owed)
        since = owed.tried_at if owed.tried_at is not None else self._clock() - DAY
        arguments |= {"oldest": _ts(since - SKEW), "limit": PAGE, "include_all_metadata": True}
        for _ in range(MOST_PAGES):
            answer = await self._call(method, **arguments)
            for message in answer.get("messages") or ():
                yield {**message, "channel": arguments["channel"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor
        raise _Failed(Refused("too_many_messages", "Too much was said since then to find out whether it arrived."))

    async def _reading(self, owed: Owed) -> tuple[str, dict[str, Any]]:
        kind = owed.payload.get("was") if owed.kind == UNSAY else owed.kind
        if kind == "thread":
            channel, ts = _place(owed, "thread_ts")
            return "conversations.replies", {"channel": self._places.now(channel), "ts": ts}
        if kind in ("direct", handing.KIND):
            opened = await self._call("conversations.open", users=owed.lane)
            return "conversations.history", {"channel": str((opened.get("channel") or {}).get("id") or owed.lane)}
        return "conversations.history", {"channel": self._places.now(owed.lane)}


def _spoken_at(owed: Owed) -> str:
    """Whose language it is said in: that of the channel where the message is or will be, or of the person."""
    channel = owed.payload.get("channel")
    return channel if isinstance(channel, str) and channel[:1] in ("C", "G") else owed.lane


def _metadata(event: str, key: str) -> dict[str, Any]:
    return {"event_type": event, "event_payload": {"key": key}}


def _key_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") not in (ALERT_EVENT, NOTICE_EVENT):
        return None
    return str((metadata.get("event_payload") or {}).get("key"))


def _place(owed: Owed, field: str) -> tuple[str, str]:
    channel, ts = owed.payload.get("channel"), owed.payload.get(field)
    if not isinstance(channel, str) or not isinstance(ts, str):
        raise _Failed(Refused("unknown_message", "It is not known which message this belongs to."))
    return channel, ts


def _digest_of(owed: Owed) -> DigestView | None:
    stored = owed.payload.get("digest")
    try:
        return digest_from_json(stored if isinstance(stored, Mapping) else {})
    except ValidationError:
        return None


def _gone_already(result: Later | Ambiguous | Refused) -> Result:
    """Of a change that may simply be repeated: what is not there any more needs none."""
    if isinstance(result, Refused) and result.code in _GONE:
        return Sent("", "")
    return Later(5.0, result.reason, "row") if isinstance(result, Ambiguous) else result


def _notice(owed: Owed) -> Notice:
    stored = owed.payload.get("notice")
    try:
        return notice_from_json(stored if isinstance(stored, Mapping) else {})
    except ValidationError:
        raise _Failed(Refused("unreadable_notice", "What was to be said cannot be read; please report it.")) from None


def _ts(at: Instant) -> str:
    return f"{at // SECOND}.{at % SECOND:06d}"
