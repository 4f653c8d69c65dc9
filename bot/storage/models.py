"""The published models: every version is kept, the newest of a name is live."""

from __future__ import annotations

from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def live(tx: Tx) -> list[Any]:
    """The newest version of every model, oldest name first."""
    return tx.all(
        "SELECT id, name, hash, text FROM models WHERE id IN (SELECT MAX(id) FROM models GROUP BY name) ORDER BY id"
    )


def publish(tx: Tx, *, name: str, content_hash: str, text: str, author: str, note: str | None, now: Instant) -> int:
    """Add a version; its number."""
    return tx.insert(
        "INSERT INTO models (name, hash, text, author, note, published_at) "
        "VALUES (:name, :hash, :text, :author, :note, :now) RETURNING id",
        name=name,
        hash=content_hash,
        text=text,
        author=author,
        note=note,
        now=now,
    )
