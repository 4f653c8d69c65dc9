"""Numbers of leads that became part of another: they resolve to it, and a split gives them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.storage import reps, steps, written
from bot.storage.store import Tx
from scoring.instants import Instant

PERSON: Final = frozenset(
    "id created_at name email phone title company country company_id do_not_mail latest_at".split()
)
"""Columns of a lead that say who it is; all others say how it is handled."""


def _ids(values: Iterable[int]) -> str:
    return json.dumps(list(values))


def resolve(tx: Tx, number: int) -> int:
    """The lead that a number means now."""
    into: int | None = tx.value("SELECT into_id FROM former_leads WHERE id = :id", id=number)
    return number if into is None else into


def resolved(tx: Tx, numbers: Iterable[int]) -> dict[int, int]:
    """Those of these numbers that mean another lead now, with the number of that lead."""
    rows = tx.all(
        "SELECT id, into_id FROM former_leads WHERE id IN (SELECT value FROM json_each(:ids))", ids=_ids(numbers)
    )
    return {row["id"]: row["into_id"] for row in rows}


def with_eldest(tx: Tx, identifiers: Iterable[int]) -> list[Any]:
    """Former leads whose identifier known longest is one of these, the eldest first."""
    return tx.all(
        "SELECT id, into_id, at, eldest_id, kept FROM former_leads "
        "WHERE eldest_id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=_ids(identifiers),
    )


def add(tx: Tx, number: int, *, into: int, at: Instant, eldest: int | None, kept: Mapping[str, Any]) -> None:
    """A lead became part of another: its number resolves to it from now on, as do its own former ones."""
    tx.run("UPDATE former_leads SET into_id = :into WHERE into_id = :number", into=into, number=number)
    tx.run(
        "INSERT INTO former_leads (id, into_id, at, eldest_id, kept) VALUES (:id, :into, :at, :eldest, :kept)",
        id=number,
        into=into,
        at=at,
        eldest=eldest,
        kept=json.dumps(kept, ensure_ascii=False),
    )
    tx.run("DELETE FROM name_words WHERE lead_id = :id", id=number)
    tx.run("DELETE FROM leads WHERE id = :id", id=number)


def point(tx: Tx, numbers: Iterable[int], into: int) -> None:
    """These numbers resolve to another lead now."""
    tx.many("UPDATE former_leads SET into_id = :into WHERE id = :id", ({"id": one, "into": into} for one in numbers))


def take_back(tx: Tx, number: int, row: Mapping[str, Any]) -> None:
    """The lead is there again, as it was."""
    tx.run("DELETE FROM former_leads WHERE id = :id", id=number)
    names = list(row)
    tx.run(f"INSERT INTO leads ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})", **row)


def put(tx: Tx, lead_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a lead by which it is handled."""
    if values:
        setting = ", ".join(f"{name} = :{name}" for name in values)
        tx.run(f"UPDATE leads SET {setting} WHERE id = :id", id=lead_id, **values)


# ---- what goes along


def crossings_of(tx: Tx, lead_id: int) -> list[int]:
    return [row[0] for row in tx.all("SELECT id FROM crossings WHERE lead_id = :id ORDER BY id", id=lead_id)]


def alerts_of(tx: Tx, lead_id: int) -> list[int]:
    """A lead's alerts that are not told by another's."""
    rows = tx.all("SELECT id FROM alerts WHERE lead_id = :id AND joined_id IS NULL ORDER BY id", id=lead_id)
    return [row[0] for row in rows]


def move_crossings(tx: Tx, ids: Iterable[int], to: int) -> None:
    """Crossings go to another lead; one that it has at the same instant stays where it is."""
    wanted = _ids(ids)
    tx.run(
        "UPDATE OR IGNORE crossings SET lead_id = :to WHERE id IN (SELECT value FROM json_each(:ids))",
        to=to,
        ids=wanted,
    )


def move_alerts(tx: Tx, ids: Iterable[int], to: int) -> None:
    tx.run("UPDATE alerts SET lead_id = :to WHERE id IN (SELECT value FROM json_each(:ids))", to=to, ids=_ids(ids))


def join_alerts(tx: Tx, ids: Iterable[int], told_by: int | None) -> None:
    """These alerts are told by another from now on, or by themselves again."""
    tx.run(
        "UPDATE alerts SET joined_id = :by WHERE id IN (SELECT value FROM json_each(:ids))", by=told_by, ids=_ids(ids)
    )


def move_rest(tx: Tx, lead_id: int, to: int) -> None:
    """Whatever else is kept by a lead's number: whom publications found, and notes."""
    tx.run("UPDATE OR IGNORE found SET lead_id = :to WHERE lead_id = :id", to=to, id=lead_id)
    tx.run("DELETE FROM found WHERE lead_id = :id", id=lead_id)
    tx.run("UPDATE audit_notes SET lead_id = :to WHERE lead_id = :id", to=to, id=lead_id)
    steps.move(tx, lead_id, to)
    reps.move(tx, lead_id, to)
    written.move(tx, lead_id, to)
    tx.run("DELETE FROM scores WHERE lead_id = :id", id=lead_id)
