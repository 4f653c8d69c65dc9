"""Crossings, and the alerts that tell them: the facts are frozen, message and life are current."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant

_COLUMNS = (
    "id, key, lead_id, crossing_id, facts, lane, made_at, channel, ts, posted_at, ended_at, ended_why, previous_id, "
    "joined_id, anew, best_label, best_rating, better, route, held, claimed_at, contacted_at, owner"
)


def add_crossing(tx: Tx, **values: Any) -> int | None:
    """Record a crossing once; its number, None when it was recorded before."""
    row = tx.one(
        "INSERT INTO crossings (lead_id, model, model_id, at, cause, after_cooldown, label, rating, score, ledger, "
        "held_back) VALUES (:lead_id, :model, :model_id, :at, :cause, :after_cooldown, :label, :rating, :score, "
        ":ledger, :held_back) ON CONFLICT (lead_id, model, at) DO NOTHING RETURNING id",
        **values,
    )
    return None if row is None else int(row[0])


def crossings_of(tx: Tx, lead_id: int) -> list[Any]:
    return tx.all(
        "SELECT id, model, at, cause, label, rating, score, held_back FROM crossings "
        "WHERE lead_id = :lead_id ORDER BY id",
        lead_id=lead_id,
    )


def held_back(tx: Tx, lead_ids: Iterable[int], model: str) -> Mapping[int, str]:
    """What held the alert of a lead's last crossing in a model back; leads whose last one alerted are left out."""
    rows = tx.all(
        "SELECT c.lead_id, c.held_back FROM crossings AS c WHERE c.lead_id IN (SELECT value FROM json_each(:ids)) "
        "AND c.model = :model AND c.held_back IS NOT NULL AND NOT EXISTS (SELECT 1 FROM crossings AS later "
        "WHERE later.lead_id = c.lead_id AND later.model = c.model AND later.at > c.at)",
        ids=json.dumps(list(lead_ids)),
        model=model,
    )
    return {row["lead_id"]: row["held_back"] for row in rows}


def last_crossing_at(tx: Tx, lead_id: int) -> Instant:
    """When a lead crossed last; 0 when it never did."""
    return int(tx.value("SELECT COALESCE(MAX(at), 0) FROM crossings WHERE lead_id = :lead_id", lead_id=lead_id))


def add(
    tx: Tx,
    *,
    key: str,
    lead_id: int,
    crossing_id: int,
    facts: Mapping[str, object],
    lane: str,
    now: Instant,
    label: str,
    rating: str | None,
    previous_id: int | None,
    anew: bool = False,
    route: str | None = None,
) -> int:
    """Make an alert; its number."""
    return tx.insert(
        "INSERT INTO alerts (key, lead_id, crossing_id, facts, lane, made_at, previous_id, anew, best_label, "
        "best_rating, route) VALUES (:key, :lead_id, :crossing_id, :facts, :lane, :now, :previous_id, :anew, "
        ":label, :rating, :route) RETURNING id",
        key=key,
        lead_id=lead_id,
        crossing_id=crossing_id,
        facts=json.dumps(facts, ensure_ascii=False),
        lane=lane,
        now=now,
        label=label,
        rating=rating,
        previous_id=previous_id,
        anew=int(anew),
        route=route,
    )


def get(tx: Tx, alert_id: int) -> Any:
    return tx.one(f"SELECT {_COLUMNS} FROM alerts WHERE id = :id", id=alert_id)


def by_key(tx: Tx, key: str) -> Any:
    return tx.one(f"SELECT {_COLUMNS} FROM alerts WHERE key = :key", key=key)


def latest_of(tx: Tx, lead_id: int) -> Any:
    """A lead's newest alert, live or not; its message is the one that is kept up to date."""
    return tx.one(
        f"SELECT {_COLUMNS} FROM alerts WHERE lead_id = :lead_id AND joined_id IS NULL ORDER BY id DESC LIMIT 1",
        lead_id=lead_id,
    )


def posted(tx: Tx, key: str, *, channel: str, ts: str, now: Instant) -> int:
    """Remember where the alert's message is; a message that is already known stays. How many rows changed."""
    return tx.run(
        "UPDATE alerts SET channel = :channel, ts = :ts, posted_at = :now WHERE key = :key AND ts IS NULL",
        key=key,
        channel=channel,
        ts=ts,
        now=now,
    )


def move(tx: Tx, key: str, lane: str) -> int:
    """The alert goes to another channel."""
    return tx.run("UPDATE alerts SET lane = :lane WHERE key = :key AND ts IS NULL", key=key, lane=lane)


def end(tx: Tx, alert_id: int, *, why: str, now: Instant) -> int:
    return tx.run(
        "UPDATE alerts SET ended_at = :now, ended_why = :why WHERE id = :id AND ended_at IS NULL",
        id=alert_id,
        why=why,
        now=now,
    )


def revive(tx: Tx, alert_id: int) -> int:
    """The same message is live again: its lead went back to the team."""
    return tx.run("UPDATE alerts SET ended_at = NULL, ended_why = NULL WHERE id = :id", id=alert_id)


def improve(tx: Tx, alert_id: int, *, label: str, rating: str | None, better: str) -> int:
    """Say on the alert that the lead got a better label or cell, or crossed in another model."""
    return tx.run(
        "UPDATE alerts SET best_label = :label, best_rating = :rating, better = :better WHERE id = :id",
        id=alert_id,
        label=label,
        rating=rating,
        better=better,
    )


def hold(tx: Tx, alert_id: int, *, held: bool) -> int:
    """Keep an alert for a digest, or let it have its own message."""
    return tx.run("UPDATE alerts SET held = :held WHERE id = :id", id=alert_id, held=int(held))


def held_in(tx: Tx, lane: str) -> list[Any]:
    """The alerts that a channel's next digest tells, oldest first."""
    return tx.all(f"SELECT {_COLUMNS} FROM alerts WHERE lane = :lane AND held = 1 ORDER BY id", lane=lane)


def told_in_digest(tx: Tx, alert_id: int, *, now: Instant) -> int:
    """A digest told of an alert that waited for one."""
    return tx.run(
        "UPDATE alerts SET held = 2, posted_at = COALESCE(posted_at, :now) WHERE id = :id AND held = 1",
        id=alert_id,
        now=now,
    )


def count_shown(tx: Tx, lane: str, *, since: Instant, before: int) -> int:
    """How many alerts had a message of their own in a channel since an instant, this one aside."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM alerts WHERE lane = :lane AND made_at >= :since AND held = 0 AND id <> :before",
            lane=lane,
            since=since,
            before=before,
        )
    )


def owned_by(tx: Tx, lead_id: int, user: str, now: Instant) -> int:
    """Somebody has the lead now: note it on its newest alert, with the first claim's time."""
    return tx.run(
        "UPDATE alerts SET owner = :user, claimed_at = COALESCE(claimed_at, :now) "
        "WHERE id = (SELECT MAX(id) FROM alerts WHERE lead_id = :lead AND joined_id IS NULL)",
        lead=lead_id,
        user=user,
        now=now,
    )


def contacted(tx: Tx, lead_id: int, now: Instant) -> int:
    """The first contact under the lead's newest alert."""
    return tx.run(
        "UPDATE alerts SET contacted_at = COALESCE(contacted_at, :now) "
        "WHERE id = (SELECT MAX(id) FROM alerts WHERE lead_id = :lead AND joined_id IS NULL)",
        lead=lead_id,
        now=now,
    )
