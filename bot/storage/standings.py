"""Leads by their last evaluation, batch by batch: those at the hand-over label, and those below it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def at_labels(tx: Tx, model: str, labels: Iterable[str], *, due_by: Instant, limit: int) -> list[int]:
    """Leads with one of these labels whose next evaluation is due by an instant, the soonest first.

    A label changes at no instant before that.
    """
    rows = tx.all(
        "SELECT lead_id FROM scores WHERE model = :model AND label IN (SELECT value FROM json_each(:labels)) "
        "AND due_at <= :due_by ORDER BY due_at, lead_id LIMIT :limit",
        model=model,
        labels=json.dumps(list(labels)),
        due_by=due_by,
        limit=limit,
    )
    return [row[0] for row in rows]


def below(tx: Tx, model: str, labels: Iterable[str], limit: int) -> list[int]:
    """Leads inside the population that have none of these labels, those who do most first."""
    rows = tx.all(
        "SELECT lead_id FROM scores WHERE model = :model AND label IS NOT NULL "
        "AND label NOT IN (SELECT value FROM json_each(:labels)) "
        "ORDER BY engagement DESC, lead_id LIMIT :limit",
        model=model,
        labels=json.dumps(list(labels)),
        limit=limit,
    )
    return [row[0] for row in rows]


def count_below(tx: Tx, model: str, labels: Iterable[str]) -> int:
    """How many leads inside the population have none of these labels."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM scores WHERE model = :model AND label IS NOT NULL "
            "AND label NOT IN (SELECT value FROM json_each(:labels))",
            model=model,
            labels=json.dumps(list(labels)),
        )
    )


def leads(tx: Tx, lead_ids: Iterable[int]) -> list[Any]:
    """The rows of these leads, in no order."""
    return tx.all("SELECT * FROM leads WHERE id IN (SELECT value FROM json_each(:ids))", ids=json.dumps(list(lead_ids)))
