"""Which deliveries had their effect already, so that a replayed or retried one has none."""

from __future__ import annotations

from bot.storage.store import Tx
from scoring.instants import Instant


def first_time(tx: Tx, key: str, now: Instant) -> bool:
    """Remember a delivery; False when it was seen before."""
    return tx.run("INSERT INTO seen (key, at) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING", key=key, now=now) == 1


def forget_old(tx: Tx, before: Instant, limit: int) -> int:
    """Drop some of what is older than any replay could be; how many."""
    return tx.run(
        "DELETE FROM seen WHERE key IN (SELECT key FROM seen WHERE at < :before ORDER BY at LIMIT :limit)",
        before=before,
        limit=limit,
    )
