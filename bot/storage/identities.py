"""Who is who, as rows: identifiers and their leads, companies and their keys, identifications of anonymous ids."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def identifier(tx: Tx, kind: str, value: str, now: Instant) -> tuple[int, int | None]:
    """An identifier's number and its lead, if it has one; an unknown one is added."""
    row = tx.one("SELECT id, lead_id FROM identifiers WHERE kind = :kind AND value = :value", kind=kind, value=value)
    if row is not None:
        return row["id"], row["lead_id"]
    added = tx.insert(
        "INSERT INTO identifiers (kind, value, first_seen) VALUES (:kind, :value, :now) RETURNING id",
        kind=kind,
        value=value,
        now=now,
    )
    return added, None


def lead_of(tx: Tx, kind: str, value: str) -> int | None:
    """The lead of an identifier, without adding it."""
    lead: int | None = tx.value(
        "SELECT lead_id FROM identifiers WHERE kind = :kind AND value = :value", kind=kind, value=value
    )
    return lead


def of_lead(tx: Tx, lead_id: int) -> list[Any]:
    """A lead's identifiers, the one known longest first."""
    return tx.all("SELECT id, kind, value, first_seen FROM identifiers WHERE lead_id = :lead ORDER BY id", lead=lead_id)


def join(tx: Tx, identifier_id: int, lead_id: int) -> bool:
    """Give an identifier that has no lead to a lead."""
    return (
        tx.run(
            "UPDATE identifiers SET lead_id = :lead WHERE id = :id AND lead_id IS NULL", lead=lead_id, id=identifier_id
        )
        == 1
    )


def name_together(tx: Tx, a: int, b: int, now: Instant) -> None:
    """Remember that one event named both."""
    tx.run(
        "INSERT INTO pairs (a, b, first_seen) VALUES (:a, :b, :now) ON CONFLICT (a, b) DO NOTHING",
        a=min(a, b),
        b=max(a, b),
        now=now,
    )


def addresses_with(tx: Tx, identifier_ids: Iterable[int]) -> set[str]:
    """The e-mail addresses that are, or were named in one event with, any of these identifiers."""
    rows = tx.all(
        "WITH named AS (SELECT value AS id FROM json_each(:ids)) "
        "SELECT value FROM identifiers WHERE kind = 'email' AND id IN (SELECT id FROM named "
        "UNION SELECT b FROM pairs WHERE a IN (SELECT id FROM named) "
        "UNION SELECT a FROM pairs WHERE b IN (SELECT id FROM named))",
        ids=json.dumps(list(identifier_ids)),
    )
    return {row[0] for row in rows}


def conflict(tx: Tx, *, kind: str, kept: int, other: int, event_seq: int, now: Instant) -> bool:
    """Record two leads or companies that would have to become one; False when that was recorded before."""
    return (
        tx.run(
            "INSERT INTO identity_conflicts (at, kind, kept, other, event_seq) "
            "VALUES (:now, :kind, :kept, :other, :event_seq) ON CONFLICT (kind, kept, other) DO NOTHING",
            now=now,
            kind=kind,
            kept=kept,
            other=other,
            event_seq=event_seq,
        )
        == 1
    )


# ---- anonymous ids


def identify(
    tx: Tx, *, anonymous_id: int, subject_id: int, occurred_at: Instant, source: str, event_id: str, by_mail: bool
) -> None:
    """Remember that somebody was identified with an anonymous id."""
    tx.run(
        "INSERT INTO identifications (anonymous_id, occurred_at, event_id, source, subject_id, by_mail) "
        "VALUES (:anonymous_id, :occurred_at, :event_id, :source, :subject_id, :by_mail) ON CONFLICT DO NOTHING",
        anonymous_id=anonymous_id,
        occurred_at=occurred_at,
        event_id=event_id,
        source=source,
        subject_id=subject_id,
        by_mail=int(by_mail),
    )


def identifications_of(tx: Tx, anonymous_id: int) -> list[Any]:
    """When and as whom an anonymous id was identified, in order; with the lead that each stands for."""
    return tx.all(
        "SELECT n.occurred_at, n.event_id, n.source, n.subject_id, n.by_mail, i.lead_id FROM identifications AS n "
        "JOIN identifiers AS i ON i.id = n.subject_id WHERE n.anonymous_id = :id "
        "ORDER BY n.occurred_at, n.event_id, n.source",
        id=anonymous_id,
    )


def anonymous_of_lead(tx: Tx, lead_id: int) -> list[int]:
    """The anonymous ids with which a lead was ever identified."""
    rows = tx.all(
        "SELECT DISTINCT n.anonymous_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "WHERE i.lead_id = :lead",
        lead=lead_id,
    )
    return [row[0] for row in rows]


# ---- companies


def company_key(tx: Tx, kind: str, value: str) -> tuple[int, int] | None:
    """A group id's or domain's number and its company."""
    row = tx.one(
        "SELECT id, company_id FROM company_keys WHERE kind = :kind AND value = :value", kind=kind, value=value
    )
    return None if row is None else (row["id"], row["company_id"])


def add_company_key(tx: Tx, kind: str, value: str, company_id: int | None, now: Instant) -> tuple[int, int]:
    """Add a group id or domain, to a company or to a new one; its number and the company."""
    if company_id is None:
        company_id = tx.insert("INSERT INTO companies (created_at) VALUES (:now) RETURNING id", now=now)
    added = tx.insert(
        "INSERT INTO company_keys (kind, value, company_id) VALUES (:kind, :value, :company) RETURNING id",
        kind=kind,
        value=value,
        company=company_id,
    )
    return added, company_id


def merge_companies(tx: Tx, kept: int, other: int) -> None:
    """Everything by which `other` is known now means `kept`."""
    tx.run("UPDATE company_keys SET company_id = :kept WHERE company_id = :other", kept=kept, other=other)
    tx.run("UPDATE leads SET company_id = :kept WHERE company_id = :other", kept=kept, other=other)
