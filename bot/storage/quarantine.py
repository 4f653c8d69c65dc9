"""Quarantine: events that a machine made are kept and count for nothing; what a person said of one stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant

_COLUMNS = (
    "e.seq, e.source, e.id, e.type, e.occurred_at, e.subject_id, e.company_facts, e.properties, e.traits, e.mail, "
    "e.identifiers, e.alias_of, e.quarantined, e.judged_by, e.history, k.company_id"
)
_FROM = "FROM events AS e LEFT JOIN company_keys AS k ON k.id = e.company_key_id"


def around(tx: Tx, kind: str, windows: Sequence[tuple[int, Instant, Instant]]) -> list[Any]:
    """Events of a kind of these people between two instants of each, both inclusive: (subject, since, until).

    No two of a person may overlap.
    """
    return tx.together(
        f"WITH near (subject, since, until, kind) AS ({{rows}}) SELECT {_COLUMNS} FROM near "
        "JOIN events AS e ON e.subject_id = near.subject AND e.occurred_at BETWEEN near.since AND near.until "
        "AND e.type = near.kind LEFT JOIN company_keys AS k ON k.id = e.company_key_id",
        [(*window, kind) for window in windows],
    )


def of_mail(tx: Tx, mail: str, kind: str) -> list[Any]:
    """The events of a kind about a mail."""
    return tx.all(f"SELECT {_COLUMNS} {_FROM} WHERE e.mail = :mail AND e.type = :kind", mail=mail, kind=kind)


def unopened(tx: Tx, mail: str) -> list[Any]:
    """The clicks on a mail that count for nothing because nobody opened it: few, however many the mail has."""
    return tx.all(f"SELECT {_COLUMNS} {_FROM} WHERE e.mail = :mail AND e.quarantined = 'unopened'", mail=mail)


def is_opened(tx: Tx, mail: str, kind: str) -> bool:
    """Whether an event of this kind that counts is about the mail."""
    found = tx.value(
        "SELECT 1 FROM events WHERE mail = :mail AND type = :kind AND quarantined IS NULL LIMIT 1", mail=mail, kind=kind
    )
    return found is not None


def tells_of(tx: Tx, source: str, kind: str) -> bool:
    """Whether a source has ever told of a mail by an event of this kind."""
    found = tx.value(
        "SELECT 1 FROM events WHERE mail > :since AND mail < :until AND type = :kind LIMIT 1",
        since=f"{source} ",
        until=f"{source}!",
        kind=kind,
    )
    return found is not None


def event(tx: Tx, seq: int) -> Any:
    """One stored event, or None."""
    return tx.one(f"SELECT {_COLUMNS} {_FROM} WHERE e.seq = :seq", seq=seq)


def found_machine(tx: Tx, seq: int, why: str | None) -> bool:
    """Quarantine an event, or let it count again (None), unless a person has said how it is."""
    tx.moves.everything()
    return (
        tx.run(
            "UPDATE events SET quarantined = :why WHERE seq = :seq AND judged_by IS NULL "
            "AND (quarantined IS NULL) = (:why IS NOT NULL)",
            seq=seq,
            why=why,
        )
        == 1
    )


def said(tx: Tx, seq: int, why: str | None, by: str) -> bool:
    """A person quarantines an event or lets it count again; False where it is so already."""
    tx.moves.everything()
    return (
        tx.run(
            "UPDATE events SET quarantined = :why, judged_by = :by "
            "WHERE seq = :seq AND (quarantined IS NULL) = (:why IS NOT NULL)",
            seq=seq,
            why=why,
            by=by,
        )
        == 1
    )


def leads_identified_by(tx: Tx, event: Any) -> set[int]:
    """Whose visits may change hands when this event identifies nobody any more, or somebody again."""
    rows = tx.all(
        "SELECT DISTINCT i.lead_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "WHERE n.anonymous_id IN (SELECT value FROM json_each(:ids)) AND i.lead_id IS NOT NULL",
        ids=event["identifiers"],
    )
    return {row[0] for row in rows}


def identifies_nobody(tx: Tx, event: Any) -> int:
    """A quarantined event identifies nobody with an anonymous id."""
    return tx.run(
        "DELETE FROM identifications WHERE anonymous_id IN (SELECT value FROM json_each(:ids)) "
        "AND by_mail IN (0, 1) AND occurred_at = :at AND event_id = :id AND source = :source",
        **_named(event),
    )


def identifies_again(tx: Tx, event: Any) -> int:
    """A restored event identifies the person whose it is with the anonymous ids that it names."""
    return tx.run(
        "INSERT INTO identifications (anonymous_id, by_mail, occurred_at, event_id, source, subject_id) "
        "SELECT a.id, :by_mail, :at, :id, :source, p.id FROM identifiers AS a JOIN identifiers AS p ON p.id = :subject "
        "WHERE a.id IN (SELECT value FROM json_each(:ids)) AND a.kind = 'anonymous_id' AND p.kind <> 'anonymous_id' "
        "ON CONFLICT DO NOTHING",
        subject=event["subject_id"],
        by_mail=int(event["type"].startswith("email_")),
        **_named(event),
    )


def _named(event: Any) -> dict[str, Any]:
    named = [*json.loads(event["identifiers"]), *json.loads(event["alias_of"] or "[]")]  # an alias's previous ids too
    return {"ids": json.dumps(named), "at": event["occurred_at"], "id": event["id"], "source": event["source"]}


def lead_of(tx: Tx, subject_id: int | None) -> int | None:
    """The lead of an identifier, if it has one."""
    lead: int | None = tx.value("SELECT lead_id FROM identifiers WHERE id = :id", id=subject_id)
    return lead
