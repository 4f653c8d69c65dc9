"""The published models: the store's are the truth; a file is read only when the store has none."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Final

from bot.service.histories import LiveModel
from bot.service.models.versions import Reads
from bot.storage import audit, models
from bot.storage.store import Store, Tx
from scoring.definition import load_model
from scoring.instants import Instant

SHIPPED: Final = ("b2b", "mail", "points", "ready150", "b2c")
"""The models that come with hotlead."""


def shipped(name: str) -> str:
    """The text of a model that comes with hotlead."""
    return (resources.files("scoring") / "examples" / f"{name}.toml").read_text(encoding="utf-8")


async def live_models(store: Reads) -> tuple[LiveModel, ...]:
    """The newest version of every published model."""
    rows = await store.read(models.live)
    return tuple(LiveModel(row["id"], load_model(row["text"])) for row in rows)


async def publish_first(store: Store, read: Callable[[], str], now: Instant) -> None:
    """Publish a model into a store that has none, and only then read it: a draft that is broken stops no start.

    Raises InvalidModel with every problem of the text, and what `read` raises.
    """
    if await store.read(models.live):
        return
    text = read()
    model = load_model(text)

    def work(tx: Tx) -> None:
        if models.live(tx):
            return
        version = models.publish(
            tx, name=model.name, content_hash=model.hash, text=text, author=audit.SYSTEM, note="first model", now=now
        )
        audit.record(tx, at=now, actor=audit.SYSTEM, action="model_published", after=f"{model.name} {version}")

    await store.write(work)
