"""Publishing a model: a version in one transaction, then every lead evaluated silently, while the service goes on.

A running service takes the model over when that transaction is durable, before anything else is written. Publications
come one after the other; one that a person no longer waits for, or that a crash cut short, still comes to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from bot.clock import Clock
from bot.errors import HotleadError
from bot.language import tr
from bot.service.histories import LiveModel
from bot.service.models.rescoring import Rescore, Rescoring, Stepped
from bot.service.models.versions import found_of, version_of
from bot.service.models.views import Posted, Publication
from bot.service.scorebook import Scorebook
from bot.storage import audit, leads, models, publications
from bot.storage.store import Store, Tx
from scoring.definition import load_model
from scoring.instants import Instant
from scoring.model import Model

log = structlog.get_logger(__name__)
T = TypeVar("T")

_NAMED: Final = 50
"""Found leads that the summary names."""
_AT_ONCE: Final = 20
"""Leads per transaction."""


def quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


class NoSuchVersion(HotleadError):
    """No such version of any model was ever published."""

    def __init__(self, number: int) -> None:
        super().__init__(tr("There is no version {version}. `hotlead model history` lists them.", version=number))


class Outdated(HotleadError):
    """Another version of the model has gone live meanwhile."""

    def __init__(self, model: str) -> None:
        super().__init__(
            tr("Another version of {model} has gone live meanwhile. Look at it and change it anew.", model=model)
        )


class Publishing:
    """Publishes models. `changed` is called when something may be owed or due."""

    def __init__(self, store: Store, scorebook: Scorebook, clock: Clock) -> None:
        self._store = store
        self._scorebook = scorebook
        self._clock = clock
        self._rescoring = Rescoring(store, scorebook, clock)
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.changed: Callable[[], None] = lambda: None
        self.ended: Callable[[Tx, int, Instant], None] = lambda _tx, _version, _now: None
        """Called in the transaction that ends a publication: every lead is rescored."""
        self._rescoring.ended = lambda tx, version, now: self.ended(tx, version, now)

    async def open(self) -> None:
        """After a start: know what an earlier process left unfinished. Before anything is evaluated."""
        await self._rescoring.load()

    def resume(self) -> None:
        """Finish in the background what an earlier process left unfinished."""
        if self._rescoring.unfinished:
            log.info("rescore_resumed")
            self._own(self._finish())

    async def idle(self) -> None:
        """Wait until what was begun has come to its end."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Come to an end after the batch in hand; the next start goes on from there."""
        self._rescoring.stop()
        await self.idle()

    def _own(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task of ours: whoever waits for it may leave, it still comes to its end."""
        task = asyncio.create_task(work, name="publishing")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ---- publishing

    async def publish(
        self, text: str, author: str, note: str | None, stepped: Stepped = quiet, *, base: int | None = None
    ) -> Publication:
        """Publish the text of a model file. Raises InvalidModel with every problem, failing examples among them.

        `base` is the version that the text was made from: raises Outdated when another one is live by then.
        """
        model = await asyncio.to_thread(load_model, text)
        work = self._published(model, text, author, note, "model_published", stepped, base)
        return await asyncio.shield(self._own(work))

    async def rollback(self, number: int, author: str, note: str | None, stepped: Stepped = quiet) -> Publication:
        """Publish what an earlier version said once more."""
        text = await self._store.read(lambda tx: publications.text(tx, number))
        if text is None:
            raise NoSuchVersion(number)
        model = await asyncio.to_thread(load_model, text)
        said = f"back to version {number}" + (f": {note}" if note else "")
        work = self._published(model, text, author, said, "model_rolled_back", stepped)
        return await asyncio.shield(self._own(work))

    async def _published(
        self,
        model: Model,
        text: str,
        author: str,
        note: str | None,
        action: str,
        stepped: Stepped,
        base: int | None = None,
    ) -> Publication:
        async with self._one_at_a_time:
            await self._rescoring.run(stepped)
            before = await self._store.read(lambda tx: publications.live_of(tx, model.name))
            if base is not None and (before is None or before["id"] != base):
                raise Outdated(model.name)
            if before is not None and before["text"] == text:
                return Publication(await self._version(before["id"]), before["id"], unchanged=True)
            await self._make_up_due()
            number = await self._store.write(lambda tx: self._publish(tx, model, text, author, note, action))
            log.info("model_published", model=model.name, version=number, by=author)
            await self._rescoring.run(stepped)
            self.changed()
            return await self._store.read(lambda tx: summary(tx, number, before["id"] if before is not None else None))

    async def _make_up_due(self) -> None:
        """What is due by now is evaluated under the model that was live then, a few leads at a time."""
        due = 1
        while due:
            due = await self._store.write(lambda tx: self._scorebook.due(tx, self._clock(), _AT_ONCE))

    def _publish(self, tx: Tx, model: Model, text: str, author: str, note: str | None, action: str) -> int:
        now = self._clock()
        while self._scorebook.due(tx, now):
            pass
        before = publications.live_of(tx, model.name)
        number = models.publish(
            tx, name=model.name, content_hash=model.hash, text=text, author=author, note=note, now=now
        )
        audit.record(
            tx,
            at=now,
            actor=author,
            action=action,
            before=f"{model.name} {before['id']}" if before is not None else None,
            after=f"{model.name} {number}",
            note=note,
        )
        publications.begin(tx, number, now)
        (row,) = [one for one in publications.unfinished(tx) if one["model_id"] == number]
        rescore = Rescore.of(row, LiveModel(number, model))
        tx.after_commit(lambda: self._take_over(rescore))
        return number

    def _take_over(self, rescore: Rescore) -> None:
        histories = self._scorebook.histories
        others = [live for live in histories.models if live.model.name != rescore.live.model.name]
        histories.models = (*others, rescore.live)
        histories.forget_all()
        self._rescoring.add(rescore)

    async def _finish(self) -> None:
        async with self._one_at_a_time:
            await self._rescoring.run(quiet)
            self.changed()

    async def _version(self, number: int) -> Any:
        return await self._store.read(lambda tx: version_of(publications.version(tx, number)))

    # ---- those found at the label

    async def post_found(self, number: int, author: str, stepped: Stepped = quiet) -> Posted:
        """Post whom a publication found: a crossing each, caused by the publication, and alerts as ever."""
        version = await self._store.read(lambda tx: publications.version(tx, number))
        if version is None:
            raise NoSuchVersion(number)
        if not version["live"]:
            raise HotleadError(
                tr(
                    "Version {version} of {model} is no longer live; post whom the newest found.",
                    version=number,
                    model=version["name"],
                )
            )
        return await asyncio.shield(self._own(self._post_all(version, author, stepped)))

    async def _post_all(self, version: Any, author: str, stepped: Stepped) -> Posted:
        async with self._one_at_a_time:
            live = next(live for live in self._scorebook.models if live.id == version["id"])
            become: dict[str, int] = {}
            while some := await self._store.write(lambda tx: self._post_some(tx, live, author, not become)):
                for how in some:
                    become[how] = become.get(how, 0) + 1
                stepped(sum(become.values()), version["unsettled"])
                self.changed()
                await asyncio.sleep(0)
            return Posted(version["id"], **become)

    def _post_some(self, tx: Tx, live: LiveModel, author: str, first: bool) -> list[str]:
        now = self._clock()
        ids = publications.unsettled(tx, live.id, _AT_ONCE)
        if first and ids:
            audit.record(tx, at=now, actor=author, action="found_posted", after=f"{live.model.name} {live.id}")
        return [self._post(tx, live, lead_id, now) for lead_id in ids]

    def _post(self, tx: Tx, live: LiveModel, lead_id: int, now: Instant) -> str:
        lead = leads.get(tx, lead_id)
        try:
            with tx.attempt():
                gone = lead is None or lead["id"] != lead_id
                how = "gone" if gone else self._scorebook.evaluate_found(tx, lead_id, live, now)
        except Exception:
            log.exception("post_failed", lead=lead_id)
            how = "failed"
        publications.settle(tx, live.id, lead_id, how, now)
        return how


def summary(tx: Tx, number: int, before: int | None) -> Publication:
    """What a publication did, and whom it found."""
    rows = publications.found(tx, number, _NAMED)
    version = version_of(publications.version(tx, number))
    return Publication(version, before, found=tuple(found_of(row) for row in rows))
