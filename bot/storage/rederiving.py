"""Rebuilds the derived tables of who is who from the stored events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.storage.store import Tx


def forget(tx: Tx) -> None:
    """Throw away what follows from the events: namings, aliases, identifications, companies' namings and standings."""
    for table in ("namings", "aliases", "identifications", "company_namings"):
        tx.run(f"DELETE FROM {table}")
    tx.run("UPDATE company_keys SET standing = 0 WHERE standing = 1")


def identifiers(tx: Tx) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM identifiers ORDER BY id")]


def by_hand(tx: Tx) -> list[int]:
    """Identifiers of leads that no event names: leads that were made by hand."""
    rows = tx.all("SELECT id FROM identifiers WHERE kind = 'lead'")
    return [row[0] for row in rows]


def events_after(tx: Tx, seq: int, limit: int) -> list[Any]:
    """The next events of the whole log, with whom they name."""
    return tx.all(
        "SELECT seq, source, id, type, occurred_at, subject_id, identifiers, alias_of, quarantined, traits "
        "FROM events WHERE seq > :seq ORDER BY seq LIMIT :limit",
        seq=seq,
        limit=limit,
    )


def counts(tx: Tx) -> list[Any]:
    """With how many values of each kind, those of nobody aside, each identifier was named."""
    return tx.all(
        "SELECT n.a, n.kind, i.kind AS of_kind, COUNT(*) AS n FROM namings AS n JOIN identifiers AS i ON i.id = n.a "
        "JOIN identifiers AS o ON o.id = n.b WHERE o.standing <> 3 AND i.standing <> 3 GROUP BY n.a, n.kind, i.kind"
    )


_NAMING = (
    "SELECT e.seq, e.type, e.occurred_at, e.subject_id, e.company_key_id, e.company_facts, e.company_weak, "
    "e.identifiers, e.traits, e.quarantined, i.lead_id, k.company_id FROM events AS e "
    "LEFT JOIN identifiers AS i ON i.id = e.subject_id LEFT JOIN company_keys AS k ON k.id = e.company_key_id "
)


def naming_company(tx: Tx, key_id: int, value: str) -> list[Any]:
    """Events that name a group id or domain, or may: by their traits, or by an address at the domain."""
    return tx.all(
        f"{_NAMING} WHERE e.company_key_id = :key OR e.company_weak = :key OR instr(e.traits, :value) > 0 OR EXISTS "
        "(SELECT 1 FROM json_each(e.identifiers) AS n JOIN identifiers AS a ON a.id = n.value "
        "WHERE a.kind = 'email' AND substr(a.value, -length(:value)) = :value) ORDER BY e.seq",
        key=key_id,
        value=value,
    )


def naming(tx: Tx, identifiers: Iterable[int]) -> list[Any]:
    """Events that name any of these identifiers, whichever they belong by."""
    return tx.all(
        f"{_NAMING} WHERE e.subject_id IN (SELECT value FROM json_each(:ids) UNION SELECT b FROM namings "
        "WHERE a IN (SELECT value FROM json_each(:ids))) AND EXISTS (SELECT 1 FROM json_each(e.identifiers) AS n "
        "WHERE n.value IN (SELECT value FROM json_each(:ids))) ORDER BY e.seq",
        ids=json.dumps(sorted(identifiers)),
    )


def company_of(tx: Tx, seq: int) -> int | None:
    """The company that a stored event names."""
    company: int | None = tx.value(
        "SELECT k.company_id FROM events AS e JOIN company_keys AS k ON k.id = e.company_key_id WHERE e.seq = :seq",
        seq=seq,
    )
    return company


def say(tx: Tx, seq: int, *, subject: int | None, key: int | None, facts: int, weak: int) -> None:
    """By whom an event belongs and which company it names."""
    tx.moves.everything()
    tx.run(
        "UPDATE events SET subject_id = :subject, company_key_id = :key, company_facts = :facts, "
        "company_weak = :weak WHERE seq = :seq",
        seq=seq,
        subject=subject,
        key=key,
        facts=facts,
        weak=weak,
    )


def with_unnamed_facts(tx: Tx) -> list[int]:
    """Leads that told facts about a company without naming it."""
    rows = tx.all(
        "SELECT DISTINCT i.lead_id FROM events AS e JOIN identifiers AS i ON i.id = e.subject_id "
        "WHERE e.company_facts > 0 AND e.company_key_id IS NULL AND i.lead_id IS NOT NULL"
    )
    return [row[0] for row in rows]


def lead_ids(tx: Tx) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM leads ORDER BY id")]


# ---- what traits mean


def is_any(tx: Tx) -> bool:
    """Whether there are any events."""
    return bool(tx.value("SELECT EXISTS (SELECT 1 FROM events)"))


def traits_after(tx: Tx, seq: int, limit: int) -> list[Any]:
    """The next events that have traits."""
    return tx.all(
        "SELECT seq, traits, means FROM events WHERE seq > :seq AND traits <> '{}' ORDER BY seq LIMIT :limit",
        seq=seq,
        limit=limit,
    )


def say_meaning(tx: Tx, seq: int, means: str | None) -> None:
    tx.run("UPDATE events SET means = :means WHERE seq = :seq", seq=seq, means=means)
