"""What came from each source, by the hour and by what became of it; and which troubles people have been told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.storage.store import Tx
from scoring.instants import HOUR, Instant

ACCEPTED: Final = "accepted"


def add(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add to the counts: rows of source, hour, what, count and latest_at."""
    tx.many(
        "INSERT INTO source_counts (source, hour, what, count, latest_at) "
        "VALUES (:source, :hour, :what, :count, :latest_at) ON CONFLICT (source, hour, what) DO UPDATE SET "
        "count = source_counts.count + excluded.count, "
        "latest_at = CASE WHEN source_counts.latest_at > excluded.latest_at THEN source_counts.latest_at "
        "ELSE excluded.latest_at END",
        rows,
    )


def since(tx: Tx, at: Instant) -> list[Any]:
    """Sums by source and what, of the hours that had not ended at that instant."""
    return tx.all(
        "SELECT source, what, SUM(count) AS count FROM source_counts WHERE hour >= :hour GROUP BY source, what",
        hour=at // HOUR,
    )


def latest(tx: Tx) -> dict[str, Instant]:
    """When the last event of each source came."""
    rows = tx.all(
        "SELECT source, MAX(latest_at) AS at FROM source_counts WHERE what = :what GROUP BY source", what=ACCEPTED
    )
    return {row["source"]: row["at"] for row in rows}


def active_hours(tx: Tx, source: str, begin: Instant) -> list[int]:
    """The hours since an instant in which events of a source came, in order."""
    rows = tx.all(
        "SELECT hour FROM source_counts WHERE source = :source AND what = :what AND hour >= :hour ORDER BY hour",
        source=source,
        what=ACCEPTED,
        hour=begin // HOUR,
    )
    return [row[0] for row in rows]


def forget_before(tx: Tx, at: Instant) -> int:
    """Drop the counts of hours before an instant; how many."""
    return tx.run("DELETE FROM source_counts WHERE hour < :hour", hour=at // HOUR)


def troubles(tx: Tx) -> dict[tuple[str, str], Instant]:
    """Which troubles people have been told of, and since when they are."""
    rows = tx.all("SELECT source, trouble, since FROM source_troubles")
    return {(row["source"], row["trouble"]): row["since"] for row in rows}


def begin_trouble(tx: Tx, source: str, trouble: str, at: Instant) -> bool:
    """Remember a trouble; False when it is known."""
    sql = (
        "INSERT INTO source_troubles (source, trouble, since) VALUES (:source, :trouble, :at) "
        "ON CONFLICT (source, trouble) DO NOTHING"
    )
    return tx.run(sql, source=source, trouble=trouble, at=at) == 1


def end_trouble(tx: Tx, source: str, trouble: str) -> bool:
    """It is over; False when there was none."""
    sql = "DELETE FROM source_troubles WHERE source = :source AND trouble = :trouble"
    return tx.run(sql, source=source, trouble=trouble) == 1
