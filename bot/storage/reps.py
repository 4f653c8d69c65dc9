"""Reps: what they set for themselves, who has left, and whose turn it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def stored(tx: Tx) -> dict[str, tuple[dict[str, Any], Instant | None]]:
    """Everybody of whom something is stored: their settings, and since when they are gone."""
    rows = tx.all("SELECT user_id, settings, gone_at FROM reps")
    return {row["user_id"]: (json.loads(row["settings"]), row["gone_at"]) for row in rows}


def save(tx: Tx, user_id: str, settings: Mapping[str, Any]) -> int:
    return tx.run(
        "INSERT INTO reps (user_id, settings) VALUES (:user, :settings) "
        "ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings",
        user=user_id,
        settings=json.dumps(settings, ensure_ascii=False),
    )


def gone(tx: Tx, user_id: str, at: Instant | None) -> int:
    """Somebody has left, or (None) is back; how many rows that changed."""
    return tx.run(
        "INSERT INTO reps (user_id, gone_at) VALUES (:user, :at) "
        "ON CONFLICT (user_id) DO UPDATE SET gone_at = excluded.gone_at WHERE (reps.gone_at IS NULL) <> (:at IS NULL)",
        user=user_id,
        at=at,
    )


def is_gone(tx: Tx, user_id: str) -> bool:
    return tx.value("SELECT gone_at FROM reps WHERE user_id = :user", user=user_id) is not None


# ---- turns


def begin(tx: Tx, lead_id: int, alert_id: int, user_id: str, kind: str, now: Instant) -> int:
    """An offer or an assignment; or a `release`, which is nobody's turn."""
    return tx.insert(
        "INSERT INTO turns (lead_id, alert_id, user_id, kind, at) VALUES (:lead, :alert, :user, :kind, :now) "
        "RETURNING id",
        lead=lead_id,
        alert=alert_id,
        user=user_id,
        kind=kind,
        now=now,
    )


def end(tx: Tx, lead_id: int, why: str, now: Instant) -> int:
    """The lead's running offer ended."""
    return tx.run(
        "UPDATE turns SET ended_at = :now, ended_why = :why WHERE lead_id = :lead AND ended_at IS NULL",
        lead=lead_id,
        why=why,
        now=now,
    )


def give_back(tx: Tx, lead_id: int, user_id: str, since: Instant) -> int:
    """It was no fit: the turn that this cost somebody since then does not count."""
    return tx.run(
        "UPDATE turns SET given_back = 1 WHERE lead_id = :lead AND user_id = :user AND at >= :since "
        "AND kind <> 'release'",
        lead=lead_id,
        user=user_id,
        since=since,
    )


def last_turns(tx: Tx, users: Iterable[str]) -> dict[str, Instant]:
    """When each of these was offered or assigned something last."""
    rows = tx.all(
        "SELECT user_id, MAX(at) AS at FROM turns WHERE given_back = 0 AND kind <> 'release' "
        "AND user_id IN (SELECT value FROM json_each(:users)) GROUP BY user_id",
        users=json.dumps(list(users)),
    )
    return {row["user_id"]: row["at"] for row in rows}


def of_crossing(tx: Tx, crossing_id: int) -> list[Any]:
    """The turns under the alerts of a crossing, the first first."""
    return tx.all(
        "SELECT t.* FROM turns AS t JOIN alerts AS a ON a.id = t.alert_id WHERE a.crossing_id = :crossing "
        "ORDER BY t.id",
        crossing=crossing_id,
    )


def move(tx: Tx, lead_id: int, to: int) -> int:
    """The turns of one lead are another's."""
    return tx.run("UPDATE turns SET lead_id = :to WHERE lead_id = :lead", lead=lead_id, to=to)
