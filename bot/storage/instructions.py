"""Standing instructions about who is who: kept for good, also when they are revoked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def add(
    tx: Tx,
    *,
    at: Instant,
    actor: str,
    about: str,
    verb: str,
    one: Iterable[int],
    other: Iterable[int],
    note: str | None,
) -> int:
    """Add one; its number."""
    return tx.insert(
        "INSERT INTO instructions (at, actor, about, verb, one, other, note) "
        "VALUES (:at, :actor, :about, :verb, :one, :other, :note) RETURNING id",
        at=at,
        actor=actor,
        about=about,
        verb=verb,
        one=json.dumps(sorted(one)),
        other=json.dumps(sorted(other)),
        note=note,
    )


def get(tx: Tx, number: int) -> Any:
    return tx.one("SELECT * FROM instructions WHERE id = :id", id=number)


def that_stand(tx: Tx, about: str) -> list[Any]:
    """Those about leads or companies that are not revoked, oldest first."""
    return tx.all("SELECT * FROM instructions WHERE about = :about AND revoked_at IS NULL ORDER BY id", about=about)


def corrections(tx: Tx) -> list[Any]:
    """Addresses that stand corrected, the newest last: the wrong one, the right one, and since when."""
    return tx.all(
        "SELECT s.at, w.value AS wrong, r.value AS right FROM instructions AS s, json_each(s.one) AS o, "
        "json_each(s.other) AS t JOIN identifiers AS w ON w.id = o.value JOIN identifiers AS r ON r.id = t.value "
        "WHERE s.about = 'leads' AND s.verb = 'correct' AND s.revoked_at IS NULL AND w.kind = 'email' ORDER BY s.id"
    )


def every(tx: Tx) -> list[Any]:
    """All, revoked ones too, newest first."""
    return tx.all("SELECT * FROM instructions ORDER BY id DESC")


def revoke(tx: Tx, number: int, actor: str, now: Instant) -> bool:
    """It does not stand any more; False when it did not."""
    return (
        tx.run(
            "UPDATE instructions SET revoked_at = :now, revoked_by = :actor WHERE id = :id AND revoked_at IS NULL",
            id=number,
            now=now,
            actor=actor,
        )
        == 1
    )
