"""Which language is spoken where: to a person the one that they chose, else that of their Slack, else the default one.

A channel has the language that is configured for it: what stands there is read by everybody.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.errors import HotleadError
from bot.language import Code, code_of
from bot.slack.people import People
from bot.slack.settings import SlackSettings

log = logging.getLogger(__name__)


class Languages:
    """`chosen` says which language somebody chose by `/lead me language`, if any."""

    def __init__(self, people: People, chosen: Callable[[str], Awaitable[str | None]], settings: SlackSettings) -> None:
        self._people = people
        self._chosen = chosen
        self._settings = settings

    def of_channel(self, channel: str | None) -> Code:
        return self._settings.channel_languages.get(channel or "", self._settings.default_language)

    async def of_person(self, user_id: str) -> Code:
        """It never raises: what cannot be found out is the default language."""
        try:
            chosen = code_of(await self._chosen(user_id)) if user_id else None
        except HotleadError as trouble:
            log.warning("the language of somebody is not known: %s", trouble)
            chosen = None
        return chosen or code_of(await self._people.locale(user_id)) or self._settings.default_language

    async def of(self, lane: str) -> Code:
        """Of a person or a channel, by the id that a message goes to."""
        return await self.of_person(lane) if lane[:1] in ("U", "W") else self.of_channel(lane)
