"""Small facts about this database, by name."""

from __future__ import annotations

from bot.storage.store import Tx


def get(tx: Tx, name: str) -> str | None:
    value: str | None = tx.value("SELECT value FROM meta WHERE name = :name", name=name)
    return value


def drop(tx: Tx, name: str, value: str) -> int:
    """Forget a fact, if this is still its value."""
    return tx.run("DELETE FROM meta WHERE name = :name AND value = :value", name=name, value=value)


def put(tx: Tx, name: str, value: str) -> None:
    tx.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )
