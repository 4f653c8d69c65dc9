"""Answering one person: by the response URL of what they did, else in their DM. It never raises.

`respond()` of Bolt neither raises nor is looked at when it fails, and its default client repeats what may have
arrived; here the status is looked at and there is a second way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.blocks import Message
from bot.slack.calls import CALL_ERRORS, TIMEOUT, explain
from bot.slack.modals import View, details_failed

log = logging.getLogger(__name__)

QUIETLY: Final[dict[str, Any]] = {"unfurl_links": False, "unfurl_media": False}


@dataclass
class Talk:
    """Where a person is told what became of what they did. Once a modal is open, that is the place."""

    client: AsyncWebClient
    user_id: str
    response_url: str = ""
    view_id: str = ""
    number: int = 0
    shown: Callable[[str], View] | None = None
    """What the window shows instead, where it is not Details."""

    async def say(self, message: Message, *, replace: bool = False) -> bool:
        """Tell only this person; `replace` puts it in the place of the answer that had the button."""
        if self.view_id:
            return await self._in_view(message)
        if self.response_url and await self._by_response_url(message, replace):
            return True
        return await self._by_dm(message)

    async def _by_response_url(self, message: Message, replace: bool) -> bool:
        body = {**message.as_arguments(), "response_type": "ephemeral", "replace_original": replace}
        handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
        hook = AsyncWebhookClient(self.response_url, timeout=TIMEOUT, retry_handlers=list(handlers))
        try:
            answer = await hook.send_dict(body)
        except CALL_ERRORS as error:
            log.warning("an answer may not have arrived: %s", type(error).__name__)
            return False
        # a used or expired URL is refused with a status or with {"ok": false}
        taken = answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", "")
        if not taken:
            log.warning("an answer was refused with %s: %s", answer.status_code, answer.body[:80])
        return taken

    async def _by_dm(self, message: Message) -> bool:
        try:
            await self.client.chat_postMessage(channel=self.user_id, **message.as_arguments(), **QUIETLY)
        except CALL_ERRORS as error:
            log.warning("somebody could not be told: %s", explain(error).code)
            return False
        return True

    async def _in_view(self, message: Message) -> bool:
        view = self.shown(message.text) if self.shown is not None else details_failed(self.number, message.text)
        try:
            await self.client.views_update(view_id=self.view_id, view=view)
        except CALL_ERRORS as error:
            log.warning("a modal could not be filled: %s", explain(error).code)
            return False
        return True
