"""What is kept for a time only: found by key, a few rows at once, so that deleting them holds no writer up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from bot.storage.store import Tx
from scoring.instants import Instant

AT_ONCE: Final = 200
"""Rows per transaction."""


def received_before(tx: Tx, at: Instant) -> int:
    """The last event of the log that was received before an instant: the log is in that order; 0 if there is none."""
    low, high = 0, int(tx.value("SELECT COALESCE(MAX(seq), 0) FROM events"))
    while low < high:  # invariant: low is 0 or was received before; everything above high was received later
        middle = (low + high + 1) // 2
        row = tx.one("SELECT received_at FROM events WHERE seq <= :seq ORDER BY seq DESC LIMIT 1", seq=middle)
        if row is None or row["received_at"] < at:
            low = middle
        else:
            high = middle - 1
    return low


def with_raw(tx: Tx, after: int, until: int) -> list[int]:
    """The next events that are kept as they were sent."""
    rows = tx.all(
        "SELECT seq FROM events WHERE seq > :after AND seq <= :until AND raw IS NOT NULL ORDER BY seq LIMIT :limit",
        after=after,
        until=until,
        limit=AT_ONCE,
    )
    return [row[0] for row in rows]


def drop_raw(tx: Tx, seqs: Iterable[int]) -> int:
    """Keep what these events say, and not how they were sent."""
    return tx.run(
        "UPDATE events SET raw = NULL WHERE seq IN (SELECT value FROM json_each(:seqs))", seqs=json.dumps(list(seqs))
    )


def of_nobody(tx: Tx, after: int, until: int, occurred_before: Instant) -> list[Any]:
    """The next events that belong to no lead by their first identifier.

    What counts beside that stays: our own, those that name two identifiers (limits count them), that say something of a
    company or are about a mail (opens decide about clicks). So does the last of the log: the next number follows it.
    """
    return tx.all(
        "SELECT e.seq, e.subject_id, e.occurred_at, i.kind FROM events AS e "
        "LEFT JOIN identifiers AS i ON i.id = e.subject_id WHERE e.seq > :after AND e.seq <= :until "
        "AND e.seq < (SELECT MAX(seq) FROM events) AND e.occurred_at < :before AND i.lead_id IS NULL "
        "AND e.source <> 'hotlead' AND e.company_facts = 0 AND e.mail IS NULL "
        "AND json_array_length(e.identifiers) <= 1 AND COALESCE(e.alias_of, '[]') = '[]' ORDER BY e.seq LIMIT :limit",
        after=after,
        until=until,
        before=occurred_before,
        limit=AT_ONCE,
    )


def drop_events(tx: Tx, seqs: Iterable[int]) -> int:
    """Delete events."""
    return tx.run("DELETE FROM events WHERE seq IN (SELECT value FROM json_each(:seqs))", seqs=json.dumps(list(seqs)))


def delivered(tx: Tx, after: int, before: Instant) -> list[int]:
    """The next rows of the outbox that were settled before an instant."""
    rows = tx.all(
        "SELECT id FROM outbox WHERE id > :after AND state IN ('done', 'refused') AND settled_at < :before "
        "ORDER BY id LIMIT :limit",
        after=after,
        before=before,
        limit=AT_ONCE,
    )
    return [row[0] for row in rows]


def drop_delivered(tx: Tx, ids: Iterable[int], before: Instant) -> int:
    """Forget that these were owed, unless one is owed again meanwhile."""
    return tx.run(
        "DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(:ids)) AND state IN ('done', 'refused') "
        "AND settled_at < :before",
        ids=json.dumps(list(ids)),
        before=before,
    )


def steps_done(tx: Tx, after: int, before: Instant) -> list[int]:
    """The next steps that were done before an instant."""
    rows = tx.all(
        "SELECT id FROM steps WHERE id > :after AND done_at < :before ORDER BY id LIMIT :limit",
        after=after,
        before=before,
        limit=AT_ONCE,
    )
    return [row[0] for row in rows]


def drop_steps(tx: Tx, ids: Iterable[int], before: Instant) -> int:
    """Forget steps that were done."""
    return tx.run(
        "DELETE FROM steps WHERE id IN (SELECT value FROM json_each(:ids)) AND done_at < :before",
        ids=json.dumps(list(ids)),
        before=before,
    )
