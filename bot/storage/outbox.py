"""What is owed to the outside world: a row in the transaction that causes it, leased before sending, settled after.

owed -> sending -> done, or back to owed (it did not arrive), or unknown (it may have: looked up before it is
repeated), or refused (a person has to act). A row that is owed again while it is being sent gets a higher version, so
that settling the older version leaves the newer owed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def owe(
    tx: Tx,
    *,
    sender: str,
    kind: str,
    key: str,
    lane: str,
    payload: Mapping[str, object],
    now: Instant,
    alert_id: int | None = None,
) -> None:
    """Owe something once: a key that is already there stays as it is."""
    tx.left.add("owed")
    tx.run(
        "INSERT INTO outbox (sender, kind, key, lane, payload, alert_id, made_at, not_before, request) "
        "VALUES (:sender, :kind, :key, :lane, :payload, :alert_id, :now, :now, :request) ON CONFLICT (key) DO NOTHING",
        sender=sender,
        kind=kind,
        key=key,
        lane=lane,
        payload=json.dumps(payload, ensure_ascii=False),
        alert_id=alert_id,
        now=now,
        request=tx.request,
    )


def owe_newest(tx: Tx, *, sender: str, kind: str, key: str, lane: str, now: Instant, alert_id: int) -> None:
    """Owe the newest state of something: at most one row is pending, whatever was owed before."""
    tx.left.add("owed")
    tx.run(
        "INSERT INTO outbox (sender, kind, key, lane, payload, alert_id, made_at, not_before, request) "
        "VALUES (:sender, :kind, :key, :lane, '{}', :alert_id, :now, :now, :request) "
        "ON CONFLICT (key) DO UPDATE SET state = 'owed', version = outbox.version + 1, lane = excluded.lane, "
        "made_at = excluded.made_at, not_before = excluded.not_before, attempts = 0, tried_at = NULL, error = NULL, "
        "request = excluded.request",
        sender=sender,
        kind=kind,
        key=key,
        lane=lane,
        alert_id=alert_id,
        now=now,
        request=tx.request,
    )


def recover(tx: Tx, settle: int) -> int:
    """After a start: what was being sent when the process ended may have arrived. How many rows that were."""
    return tx.run(
        "UPDATE outbox SET state = 'unknown', not_before = tried_at + :settle WHERE state = 'sending'", settle=settle
    )


def doubt_all(tx: Tx) -> int:
    """An older state was restored: what was owed then may have been said since, so it is looked up before it is sent.

    How many rows that were. An update is simply made again.
    """
    return tx.run(
        "UPDATE outbox SET state = 'unknown', tried_at = COALESCE(tried_at, made_at) "
        "WHERE state IN ('owed', 'sending') AND kind <> 'update'"
    )


def ready(tx: Tx, now: Instant, *, without_lanes: Collection[str] = (), limit: int = 200) -> list[Any]:
    """Rows that may be sent now, oldest first; updates and thread lines wait until their alert has its message."""
    return tx.all(
        "SELECT o.id, o.sender, o.kind, o.key, o.lane, o.payload, o.state, o.version, o.attempts, o.tried_at, "
        "o.made_at, o.request, "
        "a.channel, a.ts FROM outbox AS o LEFT JOIN alerts AS a ON a.id = o.alert_id "
        "WHERE o.state IN ('owed', 'sending', 'unknown') AND o.state <> 'sending' AND o.not_before <= :now "
        "AND (o.kind NOT IN ('update', 'thread') OR a.ts IS NOT NULL) "
        "AND o.lane NOT IN (SELECT value FROM json_each(:lanes)) ORDER BY o.id LIMIT :limit",
        now=now,
        lanes=json.dumps(sorted(without_lanes)),
        limit=limit,
    )


def next_at(tx: Tx) -> Instant | None:
    """When the next waiting row may be sent."""
    at: Instant | None = tx.value(
        "SELECT MIN(not_before) FROM outbox WHERE state IN ('owed', 'sending', 'unknown') AND state <> 'sending'"
    )
    return at


def doubt(tx: Tx, row_ids: Collection[int], not_before: Instant) -> int:
    """An attempt ended in an error of ours: these may have arrived, and are looked up before they are repeated."""
    return tx.run(
        "UPDATE outbox SET state = 'unknown', not_before = :not_before, error = 'an error of ours; see the log' "
        "WHERE id IN (SELECT value FROM json_each(:ids)) AND state = 'sending'",
        ids=json.dumps(sorted(row_ids)),
        not_before=not_before,
    )


def lease(tx: Tx, row_id: int, version: int, state: str, now: Instant) -> bool:
    """Mark a row (owed or unknown) as being sent, before the call; False when somebody changed it meanwhile.

    A row whose fate is unknown keeps the time of the first attempt: it is looked for from then on.
    """
    return (
        tx.run(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, "
            "tried_at = CASE WHEN state = 'unknown' THEN tried_at ELSE :now END "
            "WHERE id = :id AND version = :version AND state = :state",
            id=row_id,
            version=version,
            state=state,
            now=now,
        )
        == 1
    )


def again(tx: Tx, row_id: int, version: int, now: Instant) -> None:
    """A leased row did not arrive, or it can never be known, and is sent once more from now on.

    If something newer is owed in its place by now, that stays as it is.
    """
    tx.run(
        "UPDATE outbox SET tried_at = :now WHERE id = :id AND version = :version AND state = 'sending'",
        id=row_id,
        version=version,
        now=now,
    )


def settle(
    tx: Tx,
    row_id: int,
    version: int,
    *,
    state: str,
    now: Instant,
    not_before: Instant | None = None,
    error: str | None = None,
) -> bool:
    """Say what became of a leased row; False when something newer is owed in its place."""
    return (
        tx.run(
            "UPDATE outbox SET state = :state, settled_at = CASE WHEN :state IN ('done', 'refused') THEN :now END, "
            "not_before = COALESCE(:not_before, not_before), error = :error "
            "WHERE id = :id AND version = :version AND state = 'sending'",
            id=row_id,
            version=version,
            state=state,
            now=now,
            not_before=not_before,
            error=error,
        )
        == 1
    )


def move(tx: Tx, row_id: int, version: int, lane: str, now: Instant) -> bool:
    """Send a leased row by another lane instead, at once."""
    return (
        tx.run(
            "UPDATE outbox SET state = 'owed', lane = :lane, attempts = 0, tried_at = NULL, not_before = :now "
            "WHERE id = :id AND version = :version AND state = 'sending'",
            id=row_id,
            version=version,
            lane=lane,
            now=now,
        )
        == 1
    )


def oldest_owed(tx: Tx, now: Instant) -> Instant | None:
    """When the oldest row was made that may be sent by now and was not; None when there is none.

    An update or a line in a thread waits for the alert that it belongs to, so it is that alert's age.
    """
    at: Instant | None = tx.value(
        "SELECT MIN(o.made_at) FROM outbox AS o LEFT JOIN alerts AS a ON a.id = o.alert_id "
        "WHERE o.state IN ('owed', 'sending', 'unknown') AND o.not_before <= :now "
        "AND (o.kind NOT IN ('update', 'thread') OR a.ts IS NOT NULL)",
        now=now,
    )
    return at


def waiting(tx: Tx) -> dict[str, int]:
    """How many rows are in each state that is not settled, and how many were refused."""
    rows = tx.all("SELECT state, COUNT(*) AS n FROM outbox WHERE state <> 'done' GROUP BY state")
    return {row["state"]: row["n"] for row in rows}
