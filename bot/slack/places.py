"""Where lead data may go: never into a channel that is shared with another company, unless that is configured.

What Slack says of a channel is kept for some minutes, and forgotten when an event says that it changed.
"""

from __future__ import annotations

import logging
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.settings import SlackSettings
from scoring.instants import MINUTE, Duration, Instant

log = logging.getLogger(__name__)

KEPT: Final[Duration] = 10 * MINUTE


class Places:
    """Looks channels up, and follows those whose id Slack has changed."""

    def __init__(self, client: AsyncWebClient, settings: SlackSettings, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._clock = clock
        self._known: dict[str, tuple[Instant, bool]] = {}
        self.moved: dict[str, str] = {}

    def now(self, channel: str) -> str:
        """The channel's id as it is now."""
        return self.moved.get(channel, channel)

    def forget(self, channel: str) -> None:
        """Something changed about a channel: it is looked up again."""
        self._known.pop(channel, None)

    async def shared(self, channel: str) -> bool:
        """Whether people of another company read along. Where Slack does not answer, no: then posting fails too."""
        if channel[:1] not in ("C", "G") or channel in self._settings.shared_channels:
            return False
        known = self._known.get(channel)
        if known is not None and 0 <= self._clock() - known[0] < KEPT:
            return known[1]
        try:
            answer = await self._client.conversations_info(channel=channel)
        except CALL_ERRORS as error:
            log.info("a channel could not be looked up: %s", explain(error).code)
            return known[1] if known is not None else False
        found = answer.get("channel") or {}
        shared = found.get("is_ext_shared") is True or found.get("is_pending_ext_shared") is True
        self._known[channel] = self._clock(), shared
        return shared
