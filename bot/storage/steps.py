"""Steps: what is to happen at an instant, whoever is running then. At most one waits per lead, kind and person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def waiting(tx: Tx, lead_id: int) -> dict[str, Any]:
    """The steps that wait for a lead, by kind."""
    rows = tx.all("SELECT * FROM steps WHERE lead_id = :lead AND done_at IS NULL", lead=lead_id)
    return {row["kind"]: row for row in rows}


def plan(
    tx: Tx,
    kind: str,
    due_at: Instant,
    *,
    lead_id: int = 0,
    whom: str = "",
    clock_no: int = 0,
    alert_id: int | None = None,
) -> None:
    """Let a step wait until `due_at`; one of its kind that waits already waits until then instead."""
    tx.left.add("due")
    tx.run(
        "INSERT INTO steps (kind, lead_id, whom, due_at, clock_no, alert_id) "
        "VALUES (:kind, :lead, :whom, :due, :clock, :alert) "
        "ON CONFLICT (lead_id, kind, whom) WHERE done_at IS NULL DO UPDATE SET due_at = excluded.due_at, "
        "clock_no = excluded.clock_no, alert_id = excluded.alert_id",
        kind=kind,
        lead=lead_id,
        whom=whom,
        due=due_at,
        clock=clock_no,
        alert=alert_id,
    )


def plan_first(tx: Tx, kind: str, due_at: Instant, *, lead_id: int = 0, whom: str = "") -> None:
    """Let a step wait until `due_at`, unless one of its kind waits already."""
    tx.left.add("due")
    tx.run(
        "INSERT INTO steps (kind, lead_id, whom, due_at) VALUES (:kind, :lead, :whom, :due) "
        "ON CONFLICT (lead_id, kind, whom) WHERE done_at IS NULL DO NOTHING",
        kind=kind,
        lead=lead_id,
        whom=whom,
        due=due_at,
    )


def drop(tx: Tx, step_id: int) -> int:
    """A step that waits no longer applies."""
    return tx.run("DELETE FROM steps WHERE id = :id AND done_at IS NULL", id=step_id)


def drop_kind(tx: Tx, kind: str, keep: Iterable[str]) -> int:
    """Steps of a kind that belong to nobody any more."""
    return tx.run(
        "DELETE FROM steps WHERE kind = :kind AND done_at IS NULL AND whom NOT IN (SELECT value FROM json_each(:keep))",
        kind=kind,
        keep=json.dumps(list(keep)),
    )


def next_due(tx: Tx) -> Instant | None:
    """When the next step is due."""
    at: Instant | None = tx.value("SELECT MIN(due_at) FROM steps WHERE done_at IS NULL")
    return at


def count_due(tx: Tx, now: Instant) -> int:
    """How many steps are to be done by now."""
    return int(tx.value("SELECT COUNT(*) FROM steps WHERE done_at IS NULL AND due_at <= :now", now=now))


def due(tx: Tx, now: Instant, limit: int) -> list[Any]:
    """The steps that are due, the longest due first."""
    return tx.all(
        "SELECT * FROM steps WHERE done_at IS NULL AND due_at <= :now ORDER BY due_at, id LIMIT :limit",
        now=now,
        limit=limit,
    )


def due_of_kind(tx: Tx, kind: str, now: Instant, limit: int) -> list[Any]:
    return tx.all(
        "SELECT * FROM steps WHERE done_at IS NULL AND kind = :kind AND due_at <= :now "
        "ORDER BY due_at, id LIMIT :limit",
        kind=kind,
        now=now,
        limit=limit,
    )


def finish(tx: Tx, step_id: int, now: Instant, *, told: bool) -> bool:
    """Mark a step as done, if it still waits: whoever changes the row acts."""
    return (
        tx.run(
            "UPDATE steps SET done_at = :now, told = :told WHERE id = :id AND done_at IS NULL",
            id=step_id,
            now=now,
            told=int(told),
        )
        == 1
    )


def put_off(tx: Tx, step_id: int, until: Instant) -> int:
    """A step that cannot be done now waits longer."""
    return tx.run("UPDATE steps SET due_at = :until WHERE id = :id AND done_at IS NULL", id=step_id, until=until)


def done(tx: Tx, lead_id: int, kind: str, *, alert_id: int | None, whom: str) -> bool:
    """Whether a step was done for this alert and person."""
    found = tx.value(
        "SELECT 1 FROM steps WHERE lead_id = :lead AND kind = :kind AND alert_id IS NOT DISTINCT FROM :alert "
        "AND whom = :whom AND done_at IS NOT NULL LIMIT 1",
        lead=lead_id,
        kind=kind,
        alert=alert_id,
        whom=whom,
    )
    return found is not None


def move(tx: Tx, lead_id: int, to: int) -> None:
    """The steps done for one lead count as done for another; what still waits of it is dropped."""
    tx.run("DELETE FROM steps WHERE lead_id = :lead AND done_at IS NULL", lead=lead_id)
    tx.run("UPDATE steps SET lead_id = :to WHERE lead_id = :lead", lead=lead_id, to=to)


def done_before(tx: Tx, kind: str, whom: str, step_id: int) -> Instant | None:
    """When the step of this kind before this one was done for somebody."""
    at: Instant | None = tx.value(
        "SELECT MAX(done_at) FROM steps WHERE kind = :kind AND whom = :whom AND done_at IS NOT NULL AND id <> :id",
        kind=kind,
        whom=whom,
        id=step_id,
    )
    return at
