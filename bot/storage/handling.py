"""What is being done about a lead, changed column by column; an owner is only ever changed by a conditional UPDATE."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from bot.storage.store import Tx
from scoring.instants import Instant

_COLUMNS: Final = frozenset(
    {
        "alert_id", "deadline", "cooled", "offered_to", "offered_until", "snoozed_until", "back_at", "acted",
        "worked_at", "asked_at", "dm_at", "clock_no", "clock_from", "clock_span", "clock_snoozed", "missed",
        "escalated_at", "reason", "amount", "close_on", "untold_from", "contacted_at", "last_owner",
        "stood", "stood_since",
    }
)  # fmt: skip


def change(tx: Tx, lead_id: int, **values: Any) -> int:
    """Set these columns of a lead; never its owner or status, which change conditionally."""
    unknown = values.keys() - _COLUMNS
    if unknown:
        raise KeyError(f"no column of handling: {', '.join(sorted(unknown))}")
    named = ", ".join(f"{name} = :{name}" for name in values)
    return tx.run(f"UPDATE leads SET {named} WHERE id = :id", id=lead_id, **values)


def take(tx: Tx, lead_id: int, owner: str, now: Instant, *, how: str) -> bool:
    """Make somebody the owner, if nobody is: of any number at once, one wins. `how`: claimed or assigned."""
    return (
        tx.run(
            "UPDATE leads SET owner = :owner, owner_since = :now, taken = :how, acted = :acted, worked_at = :now, "
            "asked_at = NULL, cooled = 0, offered_to = NULL, offered_until = NULL "
            "WHERE id = :id AND owner IS NULL",
            id=lead_id,
            owner=owner,
            now=now,
            how=how,
            acted=int(how == "claimed"),
        )
        == 1
    )


def hand_over(tx: Tx, lead_id: int, before: str, owner: str, now: Instant) -> bool:
    """Make somebody else the owner, if it is still this one."""
    return (
        tx.run(
            "UPDATE leads SET last_owner = owner, owner = :owner, owner_since = :now, taken = 'assigned', acted = 0, "
            "worked_at = :now, asked_at = NULL WHERE id = :id AND owner = :before",
            id=lead_id,
            before=before,
            owner=owner,
            now=now,
        )
        == 1
    )


def let_go(tx: Tx, lead_id: int, owner: str) -> bool:
    """The owner lets go, if it is still this one."""
    return (
        tx.run(
            "UPDATE leads SET last_owner = owner, owner = NULL, owner_since = NULL, taken = NULL, acted = 0, "
            "worked_at = NULL, asked_at = NULL, untold_from = NULL WHERE id = :id AND owner = :owner",
            id=lead_id,
            owner=owner,
        )
        == 1
    )


def owned(tx: Tx, lead_ids: Iterable[int]) -> list[Any]:
    """Those of these leads that have an owner."""
    return tx.all(
        "SELECT * FROM leads WHERE owner IS NOT NULL AND id IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(list(lead_ids)),
    )


def of_owner(tx: Tx, user: str) -> list[Any]:
    """Every lead of somebody."""
    return tx.all("SELECT * FROM leads WHERE owner = :user ORDER BY id", user=user)


def unowned_with_alert(tx: Tx) -> list[Any]:
    """Every lead with a live alert that nobody has, the eldest alert first."""
    return tx.all("SELECT * FROM leads WHERE alert_id IS NOT NULL AND owner IS NULL ORDER BY alert_id")


def offered_to(tx: Tx, user: str) -> list[Any]:
    """Every lead that is offered to somebody."""
    return tx.all("SELECT * FROM leads WHERE offered_to = :user AND alert_id IS NOT NULL ORDER BY id", user=user)


def load(tx: Tx, closed: Iterable[str]) -> dict[str, int]:
    """How many leads each rep has claimed and not snoozed, those in a closed status aside."""
    rows = tx.all(
        "SELECT owner, COUNT(*) AS n FROM leads WHERE owner IS NOT NULL AND snoozed_until IS NULL "
        "AND status NOT IN (SELECT value FROM json_each(:closed)) GROUP BY owner",
        closed=json.dumps(list(closed)),
    )
    return {row["owner"]: row["n"] for row in rows}


def contacted_colleague(tx: Tx, lead_id: int, company_id: int | None) -> str | None:
    """The owner of the colleague of the same company who was contacted last."""
    if company_id is None:
        return None
    owner: str | None = tx.value(
        "SELECT owner FROM leads WHERE company_id = :company AND id <> :id AND owner IS NOT NULL "
        "AND contacted_at IS NOT NULL ORDER BY contacted_at DESC, id LIMIT 1",
        company=company_id,
        id=lead_id,
    )
    return owner
