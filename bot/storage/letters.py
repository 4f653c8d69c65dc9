"""Dead letters: requests refused for their signature that their sender will not send again, kept for a while."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.storage.store import Tx
from scoring.instants import Instant

MOST: Final = 1_000
"""Of one source; the newest stay."""


def add(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep requests, and of each source no more than the newest."""
    rows = list(rows)
    tx.many(
        "INSERT INTO letters (source, received_at, code, method, url, path, headers, body) "
        "VALUES (:source, :received_at, :code, :method, :url, :path, :headers, :body)",
        rows,
    )
    for source in {row["source"] for row in rows}:
        tx.run(
            "DELETE FROM letters WHERE source = :source AND id <= (SELECT id FROM letters WHERE source = :source "
            "ORDER BY id DESC LIMIT 1 OFFSET :most)",
            source=source,
            most=MOST,
        )


def counts(tx: Tx) -> dict[str, int]:
    """How many are kept of each source."""
    return {row[0]: row[1] for row in tx.all("SELECT source, COUNT(*) FROM letters GROUP BY source")}


def after(tx: Tx, source: str, letter_id: int, limit: int) -> list[Any]:
    """The next letters of a source, oldest first."""
    return tx.all(
        "SELECT * FROM letters WHERE source = :source AND id > :after ORDER BY id LIMIT :limit",
        source=source,
        after=letter_id,
        limit=limit,
    )


def drop(tx: Tx, letter_id: int) -> None:
    """It is dealt with."""
    tx.run("DELETE FROM letters WHERE id = :id", id=letter_id)


def forget_old(tx: Tx, before: Instant) -> int:
    """Drop what was received before an instant; how many."""
    return tx.run("DELETE FROM letters WHERE received_at < :before", before=before)
