"""What is counted: alerts with what became of their leads, and the leads that digests and lists name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.storage.store import Tx
from scoring.instants import Instant

_ALERT: Final = (
    "SELECT a.id, a.lead_id, a.crossing_id, a.lane, a.made_at, a.posted_at, a.claimed_at, a.contacted_at, "
    "a.owner AS had_by, a.joined_id, a.held, a.ended_why, l.status, l.status_since, l.owner, l.last_owner, l.taken, "
    "l.acted, l.snoozed_until, l.offered_to, l.alert_id, l.name, l.email, l.company, l.deadline, l.reason, "
    "c.model, c.model_id, c.label, c.rating, "
    "EXISTS (SELECT 1 FROM alerts AS b WHERE b.lead_id = a.lead_id AND b.anew = 0 AND b.id > a.id) AS superseded "
    "FROM alerts AS a JOIN leads AS l ON l.id = a.lead_id JOIN crossings AS c ON c.id = a.crossing_id "
)


def alerts(tx: Tx, since: Instant, until: Instant, lane: str | None = None) -> list[Any]:
    """The alerts made in a period, those posted anew aside, with where their leads stand now."""
    return tx.all(
        f"{_ALERT} WHERE a.anew = 0 AND a.made_at >= :since AND a.made_at < :until "
        "AND (:lane IS NULL OR a.lane = :lane) ORDER BY a.id",
        since=since,
        until=until,
        lane=lane,
    )


def rules_of(tx: Tx, crossing_ids: Iterable[int]) -> dict[int, list[str]]:
    """The scoring rules that gave points at these crossings; a tier is said by the name of its category."""
    found: dict[int, list[str]] = {}
    for row in tx.all(
        "SELECT c.id, CASE WHEN json_extract(line.value, '$.kind') = 'fit' AND json_extract(line.value, '$.rule') "
        "LIKE 'tier %' THEN json_extract(line.value, '$.category') ELSE json_extract(line.value, '$.rule') END AS rule "
        "FROM crossings AS c, json_each(c.ledger) AS line "
        "WHERE c.id IN (SELECT value FROM json_each(:ids)) AND json_extract(line.value, '$.cents') > 0 "
        "AND json_extract(line.value, '$.kind') <> 'adjustment' GROUP BY c.id, rule",
        ids=json.dumps(list(crossing_ids)),
    ):
        found.setdefault(row["id"], []).append(row["rule"])
    return found


def held_back(tx: Tx, since: Instant, until: Instant) -> int:
    """Crossings that alerted nobody."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM crossings WHERE held_back IS NOT NULL AND at >= :since AND at < :until",
            since=since,
            until=until,
        )
    )


_LEAD: Final = (
    "SELECT l.*, s.score, s.rating, s.label FROM leads AS l "
    "LEFT JOIN scores AS s ON s.lead_id = l.id AND s.model = :model "
)


def with_status(tx: Tx, keys: Iterable[str], since: Instant, until: Instant, *, model: str) -> list[Any]:
    """The leads that got one of these statuses in a period and have it still, newest first."""
    return tx.all(
        f"{_LEAD} WHERE l.status_since >= :since AND l.status_since < :until "
        "AND l.status IN (SELECT value FROM json_each(:keys)) ORDER BY l.status_since DESC, l.id",
        keys=json.dumps(list(keys)),
        since=since,
        until=until,
        model=model,
    )


def overdue(tx: Tx, now: Instant, *, model: str, lane: str | None = None) -> list[Any]:
    """The leads past their follow-up deadline, the longest first; `lane`: those open in a channel alone."""
    return tx.all(
        f"{_LEAD} LEFT JOIN alerts AS a ON a.id = l.alert_id WHERE l.deadline <= :now "
        "AND (:lane IS NULL OR (l.owner IS NULL AND a.lane = :lane)) ORDER BY l.deadline, l.id",
        now=now,
        model=model,
        lane=lane,
    )


def cooled(tx: Tx, since: Instant, until: Instant, *, model: str, lane: str | None = None) -> list[Any]:
    """The leads whose alert cooled unclaimed in a period, and that are so still."""
    return tx.all(
        f"{_LEAD} JOIN alerts AS a ON a.lead_id = l.id AND a.ended_why = 'cooled' "
        "WHERE l.cooled = 1 AND l.owner IS NULL AND a.ended_at >= :since AND a.ended_at < :until "
        "AND (:lane IS NULL OR a.lane = :lane) GROUP BY l.id ORDER BY a.ended_at, l.id",
        since=since,
        until=until,
        model=model,
        lane=lane,
    )


def unanswered(tx: Tx, before: Instant, *, model: str) -> list[Any]:
    """The leads whose owner was asked "Still working on it?" before an instant, and has not said."""
    return tx.all(
        f"{_LEAD} WHERE l.asked_at <= :before AND l.owner IS NOT NULL ORDER BY l.asked_at, l.id",
        before=before,
        model=model,
    )


def needing_an_owner(tx: Tx, closed: Iterable[str], *, model: str, limit: int) -> list[Any]:
    """Contacted once, and nobody has them or is asked to."""
    return tx.all(
        f"{_LEAD} WHERE l.contacted_at IS NOT NULL AND l.owner IS NULL AND l.alert_id IS NULL "
        "AND l.status NOT IN (SELECT value FROM json_each(:closed)) ORDER BY l.contacted_at DESC, l.id LIMIT :limit",
        closed=json.dumps(list(closed)),
        model=model,
        limit=limit,
    )


def crossed_closed(tx: Tx, closed: Iterable[str], since: Instant, until: Instant, *, model: str) -> list[Any]:
    """Closed leads that crossed in a period."""
    return tx.all(
        f"{_LEAD} WHERE l.status IN (SELECT value FROM json_each(:closed)) AND EXISTS (SELECT 1 FROM crossings AS c "
        "WHERE c.lead_id = l.id AND c.held_back IS NULL AND c.at >= MAX(:since, l.status_since) AND c.at < :until) "
        "ORDER BY l.id",
        closed=json.dumps(list(closed)),
        since=since,
        until=until,
        model=model,
    )


# ---- lists of leads

_HAS_OWNER: Final = "l.owner IS NOT NULL"
LISTS: Final[Mapping[str, str]] = {
    "hot": "s.label = 'hot'",
    "warm": "s.label = 'warm'",
    "mine": "l.owner = :user",
    "team": _HAS_OWNER,
    "unclaimed": "l.alert_id IS NOT NULL AND l.owner IS NULL",
    "overdue": "l.deadline <= :now",
    "snoozed": "l.snoozed_until IS NOT NULL",
    "offered": "l.offered_to = :user AND l.owner IS NULL",
    "stale": "l.asked_at IS NOT NULL AND l.owner IS NOT NULL",
    "recent": "l.latest_at IS NOT NULL",
    "all": "TRUE",
}
FILTERS: Final[Mapping[str, str]] = {
    "owner": "COALESCE(l.owner, 'none') = :f_owner",
    "status": "l.status = :f_status",
    "label": "s.label = :f_label",
    "rating": "s.rating = :f_rating",
    "channel": "EXISTS (SELECT 1 FROM alerts AS a WHERE a.id = l.alert_id AND a.lane = :f_channel)",
    "company": "l.company = :f_company COLLATE NOCASE",
    "country": "l.country = :f_country",
    "territory": "l.country IN (SELECT value FROM json_each(:f_territory))",
    "statuses": "l.status IN (SELECT value FROM json_each(:f_statuses))",
    "at_least": "s.score >= :f_at_least",
    "below": "s.score < :f_below",
}
_RANKED: Final = "s.score DESC NULLS LAST, COALESCE(s.rating, 'Z'), COALESCE(l.latest_at, 0) DESC, l.id"
_DEADLINE_FIRST: Final = f"l.deadline IS NULL, l.deadline, {_RANKED}"
ORDERS: Final[Mapping[str, str]] = {
    "recent": "l.latest_at DESC, l.id",
    "mine": _DEADLINE_FIRST,
    "team": _DEADLINE_FIRST,
    "overdue": "l.deadline, l.id",
    "snoozed": "l.snoozed_until, l.id",
    "offered": "l.offered_until, l.id",
}


def count_scored(tx: Tx, model: str) -> int:
    """How many leads have a score under a model."""
    return int(tx.value("SELECT COUNT(*) FROM scores WHERE model = :model AND score IS NOT NULL", model=model))


def score_at(tx: Tx, model: str, place: int) -> int:
    """The score, in hundredths, of the lead at a place by score, highest first, counting from 0."""
    return int(
        tx.value(
            "SELECT score FROM scores WHERE model = :model AND score IS NOT NULL "
            "ORDER BY score DESC LIMIT 1 OFFSET :place",
            model=model,
            place=place,
        )
    )


def listed(
    tx: Tx,
    name: str,
    filters: Mapping[str, str | int],
    *,
    model: str,
    user: str,
    now: Instant,
    limit: int,
    offset: int = 0,
    without: Iterable[str] = (),
) -> tuple[int, list[Any]]:
    """How many leads a list has, and some of them in its order; `without`: none that has one of these statuses."""
    not_these = "l.status NOT IN (SELECT value FROM json_each(:without))"
    where = " AND ".join([LISTS[name], not_these, *(FILTERS[key] for key in filters)])
    values: dict[str, Any] = {f"f_{key}": value for key, value in filters.items()}
    values |= {"model": model, "user": user, "now": now, "without": json.dumps(list(without))}
    total = tx.value(
        f"SELECT COUNT(*) FROM leads AS l LEFT JOIN scores AS s ON s.lead_id = l.id AND s.model = :model WHERE {where}",
        **values,
    )
    order = ORDERS.get(name, _RANKED)
    rows = tx.all(
        f"{_LEAD} WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset", limit=limit, offset=offset, **values
    )
    return int(total), rows
