"""The audit trail: who changed what, when, from what to what. Rows are append-only; free words lie apart, erasable."""

from __future__ import annotations

from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant

SYSTEM = "hotlead"
"""The actor of what nobody did by hand."""


def record(
    tx: Tx,
    *,
    at: Instant,
    actor: str,
    action: str,
    lead_id: int | None = None,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
) -> int:
    """Add one row; its number."""
    note_id = None
    if note:
        note_id = tx.insert(
            "INSERT INTO audit_notes (lead_id, text) VALUES (:lead_id, :text) RETURNING id", lead_id=lead_id, text=note
        )
    return tx.insert(
        "INSERT INTO audit (at, actor, action, lead_id, before, after, note_id) "
        "VALUES (:at, :actor, :action, :lead_id, :before, :after, :note_id) RETURNING id",
        at=at,
        actor=actor,
        action=action,
        lead_id=lead_id,
        before=before,
        after=after,
        note_id=note_id,
    )


def after(
    tx: Tx, row_id: int, limit: int, *, lead_id: int | None = None, by: str | None = None, since: Instant | None = None
) -> list[Any]:
    """The next rows of the trail, oldest first: all, or those of a lead under any number, of somebody, or since then.

    `by` is an actor as the trail has it, or the part after `cli:`.
    """
    of_lead = (
        "a.lead_id IN (SELECT :lead UNION SELECT id FROM former_leads WHERE into_id = :lead) AND"
        if lead_id is not None
        else ""
    )
    return tx.all(
        "SELECT a.id, a.at, a.actor, a.action, a.lead_id, a.before, a.after, n.text AS note FROM audit AS a "
        f"LEFT JOIN audit_notes AS n ON n.id = a.note_id WHERE {of_lead} a.id > :after "
        "AND (:by IS NULL OR a.actor = :by OR a.actor = 'cli:' || :by) AND (:since IS NULL OR a.at >= :since) "
        "ORDER BY a.id LIMIT :limit",
        after=row_id,
        limit=limit,
        by=by,
        since=since,
        **({"lead": lead_id} if lead_id is not None else {}),
    )


def of_lead(tx: Tx, lead_id: int, limit: int) -> list[Any]:
    """What was done about a lead, newest first."""
    return tx.all(
        "SELECT a.id, a.at, a.actor, a.action, a.before, a.after, n.text AS note FROM audit AS a "
        "LEFT JOIN audit_notes AS n ON n.id = a.note_id WHERE a.lead_id = :lead_id "
        "OR a.lead_id IN (SELECT id FROM former_leads WHERE into_id = :lead_id) ORDER BY a.id DESC LIMIT :limit",
        lead_id=lead_id,
        limit=limit,
    )
