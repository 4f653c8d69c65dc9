"""What follows in the service when the workspace changes: words to admins, channels with other ids, readiness."""

from __future__ import annotations

import json
from typing import Final

from bot.app.core import Core
from bot.slack.places import Places
from bot.storage import meta
from bot.storage.store import Tx

_MOVED: Final = "slack_channels_moved"


class WorkspaceChanges:
    """Implements bot.slack.workspace.Workspace on the store."""

    def __init__(self, core: Core, places: Places) -> None:
        self._core = core
        self._places = places
        self.trouble: str | None = None
        """Why the app cannot do anything in the workspace, for readiness."""

    async def open(self) -> None:
        """What was known before the restart."""
        known = await self._core.store.read(lambda tx: meta.get(tx, _MOVED))
        self._places.moved.update(json.loads(known or "{}"))

    async def tell_admins(self, text: str, key: str) -> None:
        now = self._core.clock()
        await self._core.store.write(lambda tx: self._core.book.tell_admins(tx, text, key, now))

    async def channel_moved(self, old: str, new: str) -> None:
        moved = {one: new if at == old else at for one, at in self._places.moved.items()} | {old: new}

        def work(tx: Tx) -> None:
            meta.put(tx, _MOVED, json.dumps(moved))

        await self._core.store.write(work)
        self._places.moved.update(moved)

    def installed(self, reason: str | None) -> None:
        self.trouble = reason
