"""What is owed to the outside world: a row in the transaction that causes it, leased before sending, settled after.

owed -> sending -> done, or back to owed (it did not arrive), or unknown (it may have: looked up before it is
repeated), or refused (a person has to act). A row that is owed again while it is being sent gets a higher version, so
that settling the older version leaves the newer owed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from bot.storage.store import Tx
from scoring.instants import SECOND, Duration, Instant

SETTLE: Final[Duration] = 20 * SECOND
"""Longer than the client's timeout: by then a message that was on its way is there or never will be."""


class Place(NamedTuple):
    """Where in the outside world a message, or a file, is."""

    channel: str | None = None
    ts: str | None = None
    file: str | None = None


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
        "UPDATE outbox SET state = 'unknown', not_before = tried_at + :settle "
        "WHERE state = 'sending' AND state <> 'done'",
        settle=settle,
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
    """Rows that may be sent now, oldest first; what changes or follows a message waits until that is there.

    `+ 0`, because in the order of the table's own key everything that was ever sent would be read again.
    """
    return tx.all(
        "SELECT o.id, o.sender, o.kind, o.key, o.lane, o.payload, o.state, o.version, o.attempts, o.tried_at, "
        "o.made_at, o.request, o.file, COALESCE(o.channel, b.channel, a.channel) AS channel, "
        "COALESCE(o.ts, b.ts, a.ts) AS ts "
        "FROM outbox AS o LEFT JOIN alerts AS a ON a.id = o.alert_id LEFT JOIN outbox AS b ON b.id = o.about_id "
        "WHERE o.state IN ('owed', 'sending', 'unknown') AND o.state <> 'sending' AND o.not_before <= :now "
        "AND (o.kind NOT IN ('update', 'thread') OR a.ts IS NOT NULL) "
        "AND (o.about_id IS NULL OR b.id IS NULL OR b.state IN ('done', 'refused')) "
        "AND o.lane NOT IN (SELECT value FROM json_each(:lanes)) ORDER BY o.id + 0 LIMIT :limit",
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
    place: Place | None = None,
) -> bool:
    """Say what became of a leased row; False when something newer is owed in its place."""
    channel, ts, file = place or Place()
    return (
        tx.run(
            "UPDATE outbox SET state = :state, settled_at = CASE WHEN :state IN ('done', 'refused') THEN :now END, "
            "not_before = COALESCE(:not_before, not_before), error = :error, channel = COALESCE(:channel, channel), "
            "ts = COALESCE(:ts, ts), file = COALESCE(:file, file) "
            "WHERE id = :id AND version = :version AND state = 'sending'",
            id=row_id,
            version=version,
            state=state,
            now=now,
            not_before=not_before,
            error=error,
            channel=channel,
            ts=ts,
            file=file,
        )
        == 1
    )


def is_current(tx: Tx, row_id: int, version: int) -> bool:
    """Whether a leased row is still what is owed."""
    found = tx.value(
        "SELECT 1 FROM outbox WHERE id = :id AND version = :version AND state = 'sending'", id=row_id, version=version
    )
    return found is not None


def is_unsent(tx: Tx, key: str) -> bool:
    """Whether this is owed and nobody has begun to send it: what it says is made when it is sent."""
    return tx.value("SELECT 1 FROM outbox WHERE key = :key AND state = 'owed'", key=key) is not None


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


def refused_since(tx: Tx, at: Instant) -> int:
    """How many rows were refused for good since an instant."""
    return int(
        tx.value("SELECT COUNT(*) FROM outbox WHERE state = 'refused' AND state <> 'done' AND settled_at >= :at", at=at)
    )


def waiting(tx: Tx) -> dict[str, int]:
    """How many rows are in each state that is not settled, and how many were refused."""
    rows = tx.all("SELECT state, COUNT(*) AS n FROM outbox WHERE state <> 'done' GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


# ---- taking back what was said


def owe_change(
    tx: Tx,
    *,
    kind: str,
    key: str,
    lane: str,
    now: Instant,
    not_before: Instant,
    payload: Mapping[str, object] | None = None,
    place: Place | None = None,
    about_id: int | None = None,
) -> int:
    """Owe a change of a message that is, or will be, somewhere: at `place`, or where the row `about_id` says."""
    tx.left.add("owed")
    channel, ts, file = place or Place()
    return tx.run(
        "INSERT INTO outbox (sender, kind, key, lane, payload, made_at, not_before, channel, ts, file, about_id) "
        "VALUES ('slack', :kind, :key, :lane, :payload, :now, :not_before, :channel, :ts, :file, :about) "
        "ON CONFLICT (key) DO NOTHING",
        kind=kind,
        key=key,
        lane=lane,
        payload=json.dumps(payload or {}, ensure_ascii=False),
        now=now,
        not_before=not_before,
        channel=channel,
        ts=ts,
        file=file,
        about=about_id,
    )


def count_said(tx: Tx, row_ids: Collection[int]) -> int:
    """How many of these rows are a message or a file of their own, and no change of one."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM outbox WHERE id IN (SELECT value FROM json_each(:ids)) AND kind <> 'update'",
            ids=json.dumps(sorted(row_ids)),
        )
    )


def drop(tx: Tx, row_id: int) -> int:
    """It is owed no more, and what it said is forgotten."""
    return tx.run("DELETE FROM outbox WHERE id = :id", id=row_id)


def say_less(tx: Tx, row_id: int, payload: Mapping[str, object]) -> int:
    """Somebody is taken out of what a row says, or said."""
    return tx.run(
        "UPDATE outbox SET payload = :payload WHERE id = :id",
        id=row_id,
        payload=json.dumps(payload, ensure_ascii=False),
    )


def doubt_whether_said(tx: Tx, row_id: int, key: str, payload: Mapping[str, object], not_before: Instant) -> int:
    """What may be arriving just now is looked for later, and taken back if it is there."""
    tx.left.add("owed")
    return tx.run(
        "UPDATE outbox SET kind = 'unsay', key = :key, state = 'unknown', version = version + 1, payload = :payload, "
        "alert_id = NULL, error = NULL, not_before = :not_before WHERE id = :id",
        id=row_id,
        key=key,
        payload=json.dumps(payload),
        not_before=not_before,
    )


def in_doubt(tx: Tx, row_id: int) -> Any:
    """A row that became a search for what may have been said; None for any other."""
    return tx.one(
        "SELECT id, key FROM outbox WHERE id = :id AND kind = 'unsay' AND state IN ('sending', 'unknown')", id=row_id
    )


def found_out(tx: Tx, row_id: int, now: Instant) -> int:
    """It is known by now what became of what was in doubt."""
    return tx.run("UPDATE outbox SET state = 'done', settled_at = :now WHERE id = :id", id=row_id, now=now)


def of_erasure(tx: Tx, token: str) -> list[Any]:
    """The rows that take messages back after an erasure: their state and, where Slack refused, the place and why."""
    return tx.all(
        "SELECT kind, state, channel, ts, file, lane, error FROM outbox WHERE key > :since AND key < :until "
        "ORDER BY id",
        since=f"erase:{token}:",
        until=f"erase:{token};",
    )
