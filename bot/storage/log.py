"""The log read for many leads at once, lead after lead: for whatever goes through all of them.

Each function answers for a batch of leads in one statement; whoever reads all takes batch after batch by key, each in
a short transaction of its own, so that a service that writes meanwhile is not held up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from bot.storage.store import Tx
from scoring.instants import Instant

_EVENT = (
    "e.seq, e.source, e.id, e.type, e.occurred_at, e.received_at, e.subject_id, e.company_key_id, "
    "e.company_facts, e.company_weak, e.history, e.properties, e.traits, e.means, e.quarantined, k.company_id"
)
_FROM = "FROM events AS e LEFT JOIN company_keys AS k ON k.id = e.company_key_id"
_KNOWN = "(:seq IS NULL OR e.seq <= :seq) AND (:received_by IS NULL OR e.received_at <= :received_by)"


class Known(NamedTuple):
    """Which events are read: those up to a place in the log, or received up to an instant; else all."""

    seq: int | None = None
    received_by: Instant | None = None


ALL = Known()


def _ids(values: Iterable[int]) -> str:
    return json.dumps(list(values))


def count(tx: Tx) -> int:
    """How many leads there are."""
    return int(tx.value("SELECT COUNT(*) FROM leads"))


def leads_after(tx: Tx, after: int, limit: int, until: int | None = None) -> list[int]:
    """The next leads by number."""
    rows = tx.all(
        "SELECT id FROM leads WHERE id > :after AND (:until IS NULL OR id <= :until) ORDER BY id LIMIT :limit",
        after=after,
        until=until,
        limit=limit,
    )
    return [row[0] for row in rows]


def subjects(tx: Tx, lead_ids: Iterable[int]) -> dict[int, int]:
    """The identifiers of leads, anonymous ones aside: identifier -> lead."""
    rows = tx.all(
        "SELECT id, lead_id FROM identifiers WHERE lead_id IN (SELECT value FROM json_each(:ids)) "
        "AND kind <> 'anonymous_id'",
        ids=_ids(lead_ids),
    )
    return {row[0]: row[1] for row in rows}


def anonymous(tx: Tx, lead_ids: Iterable[int]) -> list[int]:
    """The anonymous ids with which any of these leads was ever identified."""
    rows = tx.all(
        "SELECT DISTINCT n.anonymous_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "JOIN identifiers AS v ON v.id = n.anonymous_id "
        "WHERE i.lead_id IN (SELECT value FROM json_each(:ids)) AND v.standing = 0",
        ids=_ids(lead_ids),
    )
    return [row[0] for row in rows]


def identifications(tx: Tx, anonymous_ids: Iterable[int], known: Known = ALL) -> list[Any]:
    """When and as whom anonymous ids were identified, in order of time."""
    return tx.all(
        "SELECT n.anonymous_id, n.occurred_at, n.by_mail, i.lead_id FROM identifications AS n "
        "JOIN identifiers AS i ON i.id = n.subject_id "
        "LEFT JOIN events AS e ON e.source = n.source AND e.id = n.event_id "
        f"WHERE n.anonymous_id IN (SELECT value FROM json_each(:ids)) AND {_KNOWN} "
        "ORDER BY n.anonymous_id, n.occurred_at, n.event_id, n.source",
        ids=_ids(anonymous_ids),
        **known._asdict(),
    )


def events_of(tx: Tx, subject_ids: Iterable[int], known: Known = ALL) -> list[Any]:
    """The events whose first identifier is one of these, in no order."""
    return tx.all(
        f"SELECT {_EVENT} {_FROM} WHERE e.subject_id IN (SELECT value FROM json_each(:ids)) AND {_KNOWN}",
        ids=_ids(subject_ids),
        **known._asdict(),
    )


def events_numbered(tx: Tx, numbers: Iterable[int]) -> list[Any]:
    """The events with these numbers, in no order."""
    return tx.all(f"SELECT {_EVENT} {_FROM} WHERE e.seq IN (SELECT value FROM json_each(:ids))", ids=_ids(numbers))


def company_facts(tx: Tx, company_ids: Iterable[int], known: Known = ALL) -> list[Any]:
    """The events that say something about these companies, in no order."""
    return tx.all(
        f"SELECT {_EVENT} {_FROM} WHERE e.company_facts > 0 AND e.quarantined IS NULL AND e.company_key_id IN "
        f"(SELECT id FROM company_keys WHERE company_id IN (SELECT value FROM json_each(:ids))) AND {_KNOWN}",
        ids=_ids(company_ids),
        **known._asdict(),
    )


def events_after(tx: Tx, seq: int, limit: int) -> list[Any]:
    """The next events of the whole log."""
    return tx.all(f"SELECT {_EVENT} {_FROM} WHERE e.seq > :seq ORDER BY e.seq LIMIT :limit", seq=seq, limit=limit)


def count_events(tx: Tx) -> int:
    """How many events there are, about: the log has no holes to speak of."""
    return int(tx.value("SELECT COALESCE(MAX(seq), 0) FROM events"))


def names(tx: Tx, lead_ids: Iterable[int]) -> dict[int, Any]:
    """What people call leads."""
    rows = tx.all(
        "SELECT id, name, email, company, owner, status FROM leads WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=_ids(lead_ids),
    )
    return {row["id"]: row for row in rows}


def live_alerts(tx: Tx, lead_ids: Iterable[int]) -> dict[int, bool]:
    """Of those leads that there are (one may be joined into another meanwhile): whether they have a live alert."""
    rows = tx.all(
        "SELECT id, alert_id IS NOT NULL FROM leads WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=_ids(lead_ids),
    )
    return {row[0]: bool(row[1]) for row in rows}


def evaluations(tx: Tx, lead_ids: Iterable[int]) -> list[Any]:
    """The stored evaluations of leads, by every model."""
    return tx.all("SELECT * FROM scores WHERE lead_id IN (SELECT value FROM json_each(:ids))", ids=_ids(lead_ids))


def crossings_until(tx: Tx, lead_id: int, model: str, at: Instant) -> list[Any]:
    """A lead's crossings in a model up to an instant, oldest first, each with the ledger kept from then."""
    return tx.all(
        "SELECT at, cause, model_id, label, rating, score, ledger FROM crossings "
        "WHERE lead_id = :lead AND model = :model AND at <= :at ORDER BY at",
        lead=lead_id,
        model=model,
        at=at,
    )
