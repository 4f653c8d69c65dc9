"""Who has the Home tab open, and when it is published: to those who opened it in the last hour, each twice a minute.

It is kept in memory: after a restart whoever opens it again is shown it again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.language import speaking
from bot.service.desk import Handles
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.home import AS_OF, View, home_view, refused_view
from bot.slack.languages import Languages
from bot.slack.people import People, Refusal
from scoring.instants import HOUR, SECOND, Duration, Instant

log = logging.getLogger(__name__)

WATCHED: Final[Duration] = HOUR
EVERY: Final[Duration] = 30 * SECOND
DAYS: Final = 30


@dataclass(slots=True)
class _Open:
    """One person's Home."""

    opened: Instant
    published: Instant | None = None
    owed: bool = True
    shown: View | None = None


class Homes:
    """Publishes Home tabs. `changed`: something may look different now; `work`: publish what is owed and may be."""

    def __init__(
        self, client: AsyncWebClient, handles: Handles, people: People, languages: Languages, clock: Clock
    ) -> None:
        self._client = client
        self._handles = handles
        self._people = people
        self._languages = languages
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._ever: set[str] = set()

    async def opened(self, user_id: str) -> None:
        """Somebody looks at their Home."""
        known = self._open.setdefault(user_id, _Open(self._clock()))
        known.opened, known.owed = self._clock(), True
        self._ever.add(user_id)
        await self.work()

    async def say_again(self) -> None:
        """Somebody was erased: whoever has opened their Home since the start is shown it without them, at once."""
        for user in self._ever:
            await self._publish(user, self._open.get(user) or _Open(self._clock()))

    def changed(self) -> None:
        for known in self._open.values():
            known.owed = True

    def forget(self) -> None:
        """The app was removed: nobody has a Home any more."""
        self._open.clear()

    async def work(self) -> float | None:
        """Publish; seconds until there may be more to do, None where only a change brings more."""
        now = self._clock()
        self._open = {user: one for user, one in self._open.items() if now - one.opened < WATCHED}
        waits = []
        for user, known in list(self._open.items()):
            wait = 0 if known.published is None else known.published + EVERY - now
            if known.owed and wait <= 0:
                await self._publish(user, known)
            elif known.owed:
                waits.append(wait / SECOND)
        return min(waits, default=None)

    async def _publish(self, user: str, known: _Open) -> None:
        known.owed, known.published = False, self._clock()
        with speaking(await self._languages.of_person(user)):
            view = await self._view(user)
        what = {**view, "blocks": [block for block in view["blocks"] if block.get("block_id") != AS_OF]}
        if what == known.shown:
            return  # nothing has changed but the time at which it was looked at
        try:
            await self._client.views_publish(user_id=user, view=view)
        except CALL_ERRORS as error:
            log.warning("a Home tab could not be published: %s", explain(error).code)
            known.owed = True  # tried again in half a minute
            return
        known.shown = what

    async def _view(self, user: str) -> View:
        actor = await self._people.actor(user)
        if isinstance(actor, Refusal):
            return refused_view(actor.sentence)
        home = await self._handles.home(actor)
        if not actor.manages:
            return home_view(home, self._clock())
        team, stats = await self._handles.team(actor), await self._handles.stats(actor, DAYS)
        return home_view(home, self._clock(), team, stats.numbers)
