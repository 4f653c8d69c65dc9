"""Standing instructions about who is who as they are listed, and what was found about values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.service.identity.standing import LEADS
from bot.storage import company_keys, identities
from bot.storage import instructions as stored
from bot.storage.store import Tx
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class Said:
    """A standing instruction as it is listed."""

    number: int
    at: Instant
    actor: str
    verb: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    note: str | None
    revoked_at: Instant | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about who is who that admins should know."""

    at: Instant
    kind: str
    value: str
    other: str | None


def said_of(tx: Tx, row: Any) -> Said:
    """A stored instruction as it is listed."""

    def values(side: str) -> tuple[str, ...]:
        ids = json.loads(row[side])
        if row["about"] != LEADS:
            return tuple(company_keys.row(tx, one)["value"] for one in ids)
        return tuple(one["value"] for one in identities.by_ids(tx, ids))

    return Said(
        row["id"],
        row["at"],
        row["actor"],
        row["verb"] if row["about"] == LEADS else f"company_{row['verb']}",
        values("one"),
        values("other"),
        row["note"],
        row["revoked_at"],
        row["revoked_by"],
    )


def listed(tx: Tx) -> tuple[tuple[Said, ...], tuple[Fault, ...]]:
    """Every instruction, newest first, and what was found about values."""
    said = tuple(said_of(tx, row) for row in stored.every(tx))
    found = tuple(Fault(row["at"], row["kind"], row["value"], row["other_value"]) for row in identities.faults(tx, 100))
    return said, found
