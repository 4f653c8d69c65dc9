"""The sender's calls to Slack: at Slack's pace, and a failure says what the outbox does with the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.senders.base import Ambiguous, Later, Refused, Result, Sent
from bot.senders.pace import Pace
from bot.slack.blocks import Message
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.faults import Weight
from bot.slack.places import Places

ALERT_EVENT: Final = "hotlead_alert"
NOTICE_EVENT: Final = "hotlead_notice"
GONE: Final = frozenset({"message_not_found", "file_not_found", "file_deleted"})
"""Codes of what is not there any more."""
_FORM_FIELDS: Final = frozenset(
    {"conversations.history", "conversations.replies", "files.getUploadURLExternal", "files.info"}
)
"""Methods that take form fields and no JSON (docs.slack.dev/apis/web-api)."""
_AS_WRITTEN: Final[Mapping[str, Any]] = {"parse": "none", "link_names": False}
"""Slack makes no links or mentions of a lead's words."""
_NO_PREVIEWS: Final[Mapping[str, Any]] = {"unfurl_links": False, "unfurl_media": False}
_SHARED: Final = (
    "People of another company read along there. Allow it with `shared_channels` under [alerts], or configure another."
)


class Failed(Exception):
    """A call did not work out; `result` is what the outbox is told."""

    def __init__(self, result: Later | Ambiguous | Refused) -> None:
        super().__init__(result)
        self.result = result


class Calls:
    """Posts, changes and deletes messages. `client` should repeat nothing by itself (`repeats_limited=False`).

    Every method raises Failed. Nothing sleeps: while Slack's rate is used up, it fails with Later.
    """

    def __init__(self, client: AsyncWebClient, pace: Pace, places: Places) -> None:
        self._client = client
        self._pace = pace
        self.places = places

    async def call(self, method: str, *, paced: str | None = None, **arguments: Any) -> AsyncSlackResponse:
        """Call a method of the Web API; `paced` is the channel that gets a message by it."""
        if wait := self._pace.method_wait(method):
            raise Failed(Later(wait, f"{method} is at its rate", "method"))
        self._pace.count(method, paced)
        form = method in _FORM_FIELDS
        try:
            return await self._client.api_call(
                method, params=arguments if form else None, json=None if form else arguments
            )
        except CALL_ERRORS as error:
            failure = explain(error)
        if failure.limited:
            self._pace.hold(method, failure.wait)
            raise Failed(Later(failure.wait, failure.code, "method"))
        results: Mapping[Weight, Later | Ambiguous | Refused] = {
            Weight.TEMPORARY: Later(failure.wait, failure.code, "row"),
            Weight.AMBIGUOUS: Ambiguous(f"{failure.code}: {failure.fault.advice}"),
            Weight.FINAL: Refused(failure.code, failure.fault.advice, failure.fault.scope),
        }
        raise Failed(results[failure.fault.weight])

    async def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        event: str = NOTICE_EVENT,
        more: Mapping[str, Any] | None = None,
    ) -> Sent:
        """Post a message that `key` finds again; `more` are further arguments of chat.postMessage."""
        channel = self.places.now(channel)
        if await self.places.shared(channel):
            raise Failed(Refused("shared_channel", _SHARED, "lane"))
        if wait := self._pace.channel_wait(channel):
            raise Failed(Later(wait, "Slack takes one message a second and channel", "lane"))
        arguments = {"channel": channel, **message.as_arguments(), **_AS_WRITTEN, **_NO_PREVIEWS, **(more or {})}
        arguments["metadata"] = metadata(event, key)
        try:
            answer = await self.call("chat.postMessage", paced=channel, **arguments)
        except Failed as failed:
            if not await self._joined(failed.result, channel):
                raise
            answer = await self.call("chat.postMessage", paced=channel, **arguments)
        return Sent(str(answer.get("channel") or channel), str(answer["ts"]))

    async def _joined(self, result: Result, channel: str) -> bool:
        """A public channel that the app is not in is joined: without membership a lost answer cannot be looked up."""
        if not isinstance(result, Refused) or result.code != "not_in_channel":
            return False
        try:
            await self.call("conversations.join", channel=channel)
        except Failed:
            return False  # a private channel cannot be joined: the caller hears the refusal of its own call
        return True

    async def change(self, channel: str, ts: str, message: Message, key: str, *, event: str = NOTICE_EVENT) -> Sent:
        """Let a message of ours say something else. Saying it twice is harmless, so what is ambiguous is Later."""
        channel = self.places.now(channel)
        said = {**message.as_arguments(), **_AS_WRITTEN, "metadata": metadata(event, key)}
        try:
            answer = await self.call("chat.update", channel=channel, ts=ts, **said)
        except Failed as failed:
            raise Failed(once_more(failed.result)) from None
        return Sent(channel, str(answer.get("ts") or ts))

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours."""
        await self.call("chat.delete", channel=self.places.now(channel), ts=ts)

    async def direct_channel(self, user: str) -> str:
        """The channel of the direct messages with somebody."""
        opened = await self.call("conversations.open", users=user)
        return str((opened.get("channel") or {}).get("id") or user)


def once_more(result: Later | Ambiguous | Refused) -> Later | Refused:
    """Of what may be done twice: an ambiguous attempt is simply repeated."""
    return Later(5.0, result.reason, "row") if isinstance(result, Ambiguous) else result


def metadata(event: str, key: str) -> dict[str, Any]:
    """What a message carries so that it is found again: its row's key."""
    return {"event_type": event, "event_payload": {"key": key}}


def key_of(message: Mapping[str, Any]) -> str | None:
    """The key that a message of ours carries."""
    carried = message.get("metadata") or {}
    if carried.get("event_type") not in (ALERT_EVENT, NOTICE_EVENT):
        return None
    return str((carried.get("event_payload") or {}).get("key"))
