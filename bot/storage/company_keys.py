"""Companies and the group ids and domains by which they are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def find(tx: Tx, kind: str, value: str) -> tuple[int, int, int] | None:
    """A group id's or domain's number, its company, and how it stands."""
    row = tx.one(
        "SELECT id, company_id, standing FROM company_keys WHERE kind = :kind AND value = :value",
        kind=kind,
        value=value,
    )
    return None if row is None else (row["id"], row["company_id"], row["standing"])


def add(tx: Tx, kind: str, value: str, now: Instant) -> tuple[int, int]:
    """Add a group id or domain with a company of its own; its number and the company."""
    company_id = tx.insert("INSERT INTO companies (created_at) VALUES (:now) RETURNING id", now=now)
    added = tx.insert(
        "INSERT INTO company_keys (kind, value, company_id) VALUES (:kind, :value, :company) RETURNING id",
        kind=kind,
        value=value,
        company=company_id,
    )
    return added, company_id


def row(tx: Tx, key_id: int) -> Any:
    return tx.one("SELECT id, kind, value, company_id, standing FROM company_keys WHERE id = :id", id=key_id)


def of_company(tx: Tx, company_id: int) -> list[Any]:
    """The keys of a company, the one known longest first."""
    return tx.all(
        "SELECT id, kind, value, company_id, standing FROM company_keys WHERE company_id = :company ORDER BY id",
        company=company_id,
    )


def name_together(tx: Tx, a: int, b: int, since: Instant | None) -> bool:
    """Remember that one event named both; False when that was known, and since as long ago.

    `since` is None of an event that counts for nothing.
    """
    first, second = (a, b), (b, a)
    new = 0
    for one, other in (first, second):
        new = tx.run(
            "INSERT INTO company_namings (a, b, since) VALUES (:a, :b, :since) ON CONFLICT (a, b) DO UPDATE "
            "SET since = excluded.since WHERE excluded.since IS NOT NULL "
            "AND (company_namings.since IS NULL OR excluded.since < company_namings.since)",
            a=one,
            b=other,
            since=since,
        )
    return new == 1


def set_since(tx: Tx, a: int, b: int, since: Instant | None) -> None:
    """Since when some event that counts names both; None: none does."""
    for one, other in ((a, b), (b, a)):
        tx.run("UPDATE company_namings SET since = :since WHERE a = :a AND b = :b", since=since, a=one, b=other)


def counting_facts(tx: Tx, key_id: int) -> Iterator[Any]:
    """The events that count, name this key and say something about a company, oldest first: a few at a time."""
    at, seq = 0, 0
    while rows := tx.all(
        "SELECT seq, occurred_at, traits FROM events WHERE company_key_id = :key AND company_facts = 1 "
        "AND quarantined IS NULL AND (occurred_at > :at OR (occurred_at = :at AND seq > :seq)) "
        "ORDER BY occurred_at, seq LIMIT 100",
        key=key_id,
        at=at,
        seq=seq,
    ):
        yield from rows
        at, seq = rows[-1]["occurred_at"], rows[-1]["seq"]


def named_with(tx: Tx, a: int) -> list[Any]:
    """Which keys one was named with."""
    return tx.all(
        "SELECT n.b, n.since, k.kind, k.company_id, k.standing FROM company_namings AS n "
        "JOIN company_keys AS k ON k.id = n.b WHERE n.a = :a ORDER BY n.b",
        a=a,
    )


def count_named(tx: Tx, a: int, at_most: int) -> int:
    """How many keys one was named with; it counts no further than `at_most`."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM company_namings AS n JOIN company_keys AS k ON k.id = n.b "
            "WHERE n.a = :a AND k.standing <> 3 LIMIT :at_most)",
            a=a,
            at_most=at_most,
        )
    )


def set_standing(tx: Tx, key_id: int, standing: int) -> None:
    tx.run("UPDATE company_keys SET standing = :standing WHERE id = :id", id=key_id, standing=standing)


def companies_of(tx: Tx, key_ids: Iterable[int]) -> list[int]:
    """The companies that these keys mean."""
    rows = tx.all(
        "SELECT DISTINCT company_id FROM company_keys WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(list(key_ids)),
    )
    return [row[0] for row in rows]


def move(tx: Tx, key_id: int, company_id: int) -> None:
    """A key means another company from now on."""
    tx.moves.everything()
    tx.run("UPDATE company_keys SET company_id = :company WHERE id = :id", id=key_id, company=company_id)


def follow(tx: Tx, gone: int, to: int) -> int:
    """The leads of a company that has no key any more are those of another."""
    return tx.run("UPDATE leads SET company_id = :to WHERE company_id = :gone", gone=gone, to=to)


def new_company(tx: Tx, now: Instant) -> int:
    return tx.insert("INSERT INTO companies (created_at) VALUES (:now) RETURNING id", now=now)


def fault(tx: Tx, key_id: int, now: Instant) -> bool:
    """Note that a key is past its limit; False when that was noted before."""
    return (
        tx.run(
            "INSERT INTO identity_findings (at, kind, subject_id) VALUES (:now, 'company_past_limit', :id) "
            "ON CONFLICT (kind, subject_id, other_id) DO NOTHING",
            now=now,
            id=key_id,
        )
        == 1
    )
