"""The last evaluation of every lead under every model, and hand-over: the one state that scoring keeps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def of_lead(tx: Tx, lead_id: int) -> dict[str, Any]:
    """A lead's evaluations by model."""
    return {row["model"]: row for row in tx.all("SELECT * FROM scores WHERE lead_id = :id", id=lead_id)}


_STORED = (
    "lead_id", "model", "model_id", "at", "score", "fit", "engagement", "rating", "label", "action",
    "follow_up_within", "latest_at", "due_at", "due_cause", "last_label", "armed", "dipped", "cooldown_ended",
    "crossed_at",
)  # fmt: skip
_SAVE = f"INSERT INTO scores ({', '.join(_STORED)}) {{rows}} ON CONFLICT (lead_id, model) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _STORED[2:]
)


def save(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store evaluations, of each lead one, with the state of hand-over that they led to."""
    values = itemgetter(*_STORED)
    tx.together(_SAVE, [values(row) for row in rows])


def due(tx: Tx, now: Instant, limit: int) -> list[tuple[int, Instant]]:
    """Leads that must be evaluated by now, with the instant at which, in order."""
    rows = tx.all(
        "SELECT lead_id, MIN(due_at) AS due_at FROM "
        "(SELECT lead_id, due_at FROM scores WHERE due_at <= :now ORDER BY due_at LIMIT :limit) AS soonest "
        "GROUP BY lead_id ORDER BY due_at, lead_id",
        now=now,
        limit=limit,
    )
    return [(row["lead_id"], row["due_at"]) for row in rows]


def count_due(tx: Tx, now: Instant) -> int:
    """How many leads must be evaluated by now."""
    return int(tx.value("SELECT COUNT(*) FROM scores WHERE due_at <= :now", now=now))


def next_due(tx: Tx) -> Instant | None:
    """When the next lead must be evaluated."""
    at: Instant | None = tx.value("SELECT MIN(due_at) FROM scores WHERE due_at IS NOT NULL")
    return at


def make_due(tx: Tx, lead_ids: Iterable[int], at: Instant, cause: str) -> None:
    """Let leads be evaluated at an instant, if not earlier anyway; what is no history makes it no history."""
    tx.left.add("due")
    tx.many(
        "UPDATE scores SET due_at = :at, due_cause = :cause WHERE lead_id = :id "
        "AND (due_at IS NULL OR due_at > :at OR (due_at = :at AND due_cause = 'history'))",
        ({"id": lead_id, "at": at, "cause": cause} for lead_id in lead_ids),
    )


def pending(tx: Tx, lead_ids: Iterable[int], before: Instant, cause: str) -> list[int]:
    """Which of these leads were to be evaluated before an instant for this cause."""
    rows = tx.all(
        "SELECT DISTINCT lead_id FROM scores WHERE lead_id IN (SELECT value FROM json_each(:ids)) "
        "AND due_cause = :cause AND due_at < :before",
        ids=json.dumps(list(lead_ids)),
        cause=cause,
        before=before,
    )
    return [row[0] for row in rows]


def put_off(tx: Tx, lead_id: int, until: Instant) -> None:
    """A lead that cannot be evaluated must not stop the others: try it again later."""
    tx.run("UPDATE scores SET due_at = :until WHERE lead_id = :id AND due_at IS NOT NULL", id=lead_id, until=until)
