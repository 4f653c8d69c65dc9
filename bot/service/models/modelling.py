"""What people do with models: read them, change a value, try the draft over the stored history, publish, take it back.

A draft is never stored: it is the live version with a few values changed, made again at every step. When another
version has gone live meanwhile, it is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from bot.clock import Clock
from bot.errors import HotleadError
from bot.language import tr
from bot.service.handling.state import Statuses
from bot.service.models.backtest import backtest
from bot.service.models.draft_views import Draft, Edit, Published, PublishedModel, Tried
from bot.service.models.publishing import Outdated, Publishing, summary
from bot.service.models.redrafting import redrafted
from bot.service.models.rescoring import Stepped
from bot.service.models.versions import Versions, diff
from bot.service.models.views import Posted, Publication, Version
from bot.service.views import Actor
from bot.storage.store import Store
from scoring.definition import load_model
from scoring.instants import HOUR, Duration, Instant

REVOCABLE_FOR: Final[Duration] = HOUR


class TooLate(HotleadError):
    """A publication can no longer be taken back by a press."""


class Modelling:
    """Implements bot.service.desk.Models on the store."""

    def __init__(self, store: Store, publishing: Publishing, statuses: Statuses, clock: Clock) -> None:
        self._store = store
        self._publishing = publishing
        self._statuses = statuses
        self._clock = clock
        self._versions = Versions(store)

    # ---- reading

    async def models(self) -> tuple[PublishedModel, ...]:
        """The live models, the one that lists show first."""
        history = await self._versions.history()
        found = [await self._published(version, history) for version in history if version.live]
        return tuple(sorted(found, key=lambda one: (not one.model.default, one.version.number)))

    async def model(self, version: int) -> PublishedModel | None:
        """A live model by its version's number."""
        return next((one for one in await self.models() if one.version.number == version), None)

    async def _published(self, version: Version, history: Sequence[Version]) -> PublishedModel:
        text = await self._versions.text(version.number) or ""
        model = await asyncio.to_thread(load_model, text)
        before = _before(version, history)
        return PublishedModel(version, model, before, self._revocable_until(version, before))

    def _revocable_until(self, version: Version, before: int | None) -> Instant | None:
        until = version.published_at + REVOCABLE_FOR
        return until if version.live and before is not None and self._clock() < until else None

    async def publication(self, number: int) -> Published | None:
        """A publication as it stands now; None where there is no such version."""
        version = await self._versions.version(number)
        if version is None:
            return None
        before = _before(version, await self._versions.history(version.model))
        found = await self._store.read(lambda tx: summary(tx, number, before))
        return Published(found, self._revocable_until(version, before))

    # ---- changing

    async def draft(self, base: int, edits: Sequence[Edit]) -> Draft:
        """The live version with these values. Raises Outdated, CannotEdit, InvalidModel with every problem."""
        version = await self._versions.version(base)
        text = await self._versions.text(base)
        if version is None or text is None or not version.live:
            raise Outdated(version.model if version is not None else tr("the model"))
        new, restated, model = await asyncio.to_thread(redrafted, text, edits)
        return Draft(base, new, model, diff(text, new, f"version {base}", "draft"), restated)

    async def try_out(self, draft: Draft, stepped: Stepped) -> Tried:
        """Replay the stored history under the draft and under the live version."""
        text = await self._versions.text(draft.base) or ""
        found = await backtest(
            self._store,
            draft.model,
            (draft.base, await asyncio.to_thread(load_model, text)),
            kind_of=lambda key: self._statuses.of(key).kind,
            since=None,
            until=self._clock(),
            stepped=stepped,
        )
        return Tried(draft, found)

    async def publish(self, draft: Draft, actor: Actor, note: str | None, stepped: Stepped) -> Published:
        """Publish a draft. Raises Outdated."""
        done = await self._publishing.publish(draft.text, actor.user_id, note, stepped, base=draft.base)
        return await self._shown(done)

    async def _still_live(self, number: int) -> Version:
        version = await self._versions.version(number)
        if version is None or not version.live:
            raise Outdated(version.model if version is not None else tr("the model"))
        return version

    async def _shown(self, done: Publication) -> Published:
        found = await self.publication(done.version.number)
        return found if found is not None else Published(done)

    async def roll_back(self, number: int, actor: Actor, stepped: Stepped) -> Published:
        """Take a publication back: publish what was live before it. Raises Outdated, TooLate."""
        version = await self._still_live(number)
        found = await self.publication(number)
        if found is None or found.publication.before is None:
            raise TooLate(tr("Before version {version} there was no other.", version=number))
        if found.revocable_until is None:
            raise TooLate(
                tr(
                    "Version {version} of {model} is live for over an hour. `hotlead model rollback {before}` brings "
                    "back the one before.",
                    version=number,
                    model=version.model,
                    before=found.publication.before,
                )
            )
        return await self._shown(
            await self._publishing.rollback(found.publication.before, actor.user_id, None, stepped)
        )

    async def post(self, number: int, actor: Actor, stepped: Stepped) -> Posted:
        """Post whom a publication found: a crossing each, and alerts as ever. What was posted is not posted again."""
        return await self._publishing.post_found(number, actor.user_id, stepped)


def _before(version: Version, history: Sequence[Version]) -> int | None:
    """The version of the same model that was live before."""
    return max(
        (one.number for one in history if one.model == version.model and one.number < version.number), default=None
    )
