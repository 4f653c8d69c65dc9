"""What people write down about a lead: contacts, notes, qualification. It is personal, so an erasure deletes it."""

from __future__ import annotations

from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def add_contact(tx: Tx, lead_id: int, *, at: Instant, by: str, kind: str, outcome: str, note: str | None) -> int:
    return tx.insert(
        "INSERT INTO contacts (lead_id, at, by, kind, outcome, note) VALUES (:lead, :at, :by, :kind, :outcome, :note) "
        "RETURNING id",
        lead=lead_id,
        at=at,
        by=by,
        kind=kind,
        outcome=outcome,
        note=note,
    )


def contacts(tx: Tx, lead_id: int, limit: int = 50) -> list[Any]:
    return tx.all(
        "SELECT at, by, kind, outcome, note FROM contacts WHERE lead_id = :lead ORDER BY id DESC LIMIT :limit",
        lead=lead_id,
        limit=limit,
    )


def add_note(tx: Tx, lead_id: int, *, at: Instant, by: str, text: str, content_feedback: str | None) -> int:
    return tx.insert(
        "INSERT INTO notes (lead_id, at, by, text, content_feedback) VALUES (:lead, :at, :by, :text, :feedback) "
        "RETURNING id",
        lead=lead_id,
        at=at,
        by=by,
        text=text,
        feedback=content_feedback,
    )


def notes(tx: Tx, lead_id: int, limit: int = 50) -> list[Any]:
    return tx.all(
        "SELECT at, by, text, content_feedback FROM notes WHERE lead_id = :lead ORDER BY id DESC LIMIT :limit",
        lead=lead_id,
        limit=limit,
    )


def qualify(tx: Tx, lead_id: int, *, at: Instant, by: str, **known: str | None) -> int:
    """`known`: budget, authority, need, timeline."""
    return tx.run(
        "INSERT INTO qualifications (lead_id, budget, authority, need, timeline, by, at) "
        "VALUES (:lead, :budget, :authority, :need, :timeline, :by, :at) ON CONFLICT (lead_id) DO UPDATE SET "
        "budget = excluded.budget, authority = excluded.authority, need = excluded.need, "
        "timeline = excluded.timeline, by = excluded.by, at = excluded.at",
        lead=lead_id,
        at=at,
        by=by,
        **known,
    )


def qualification(tx: Tx, lead_id: int) -> Any:
    return tx.one(
        "SELECT budget, authority, need, timeline, by, at FROM qualifications WHERE lead_id = :lead", lead=lead_id
    )


def move(tx: Tx, lead_id: int, to: int) -> None:
    """What was written down about one lead is said of another; of two qualifications the newer stays."""
    tx.run("UPDATE contacts SET lead_id = :to WHERE lead_id = :lead", lead=lead_id, to=to)
    tx.run("UPDATE notes SET lead_id = :to WHERE lead_id = :lead", lead=lead_id, to=to)
    tx.run(
        "DELETE FROM qualifications WHERE lead_id IN (:lead, :to) AND at < "
        "(SELECT MAX(at) FROM qualifications WHERE lead_id IN (:lead, :to))",
        lead=lead_id,
        to=to,
    )
    tx.run(
        "UPDATE qualifications SET lead_id = :to WHERE lead_id = :lead "
        "AND NOT EXISTS (SELECT 1 FROM qualifications WHERE lead_id = :to)",
        lead=lead_id,
        to=to,
    )
    tx.run("DELETE FROM qualifications WHERE lead_id = :lead", lead=lead_id)
