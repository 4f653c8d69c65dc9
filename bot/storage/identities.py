"""Who is who, as rows: identifiers and their leads, who was named together, identifications of anonymous ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant

_COLUMNS = "id, kind, value, lead_id, standing, first_seen"


def _ids(values: Iterable[int]) -> str:
    return json.dumps(list(values))


def add(tx: Tx, kind: str, value: str, now: Instant) -> int:
    """Add an identifier; its number."""
    return tx.insert(
        "INSERT INTO identifiers (kind, value, first_seen) VALUES (:kind, :value, :now) RETURNING id",
        kind=kind,
        value=value,
        now=now,
    )


def find(tx: Tx, kind: str, value: str) -> Any:
    """An identifier's row, or None."""
    return tx.one(f"SELECT {_COLUMNS} FROM identifiers WHERE kind = :kind AND value = :value", kind=kind, value=value)


def find_all(tx: Tx, named: Sequence[tuple[str, str]]) -> list[Any]:
    """The rows of those of these (kind, value) that are stored."""
    return tx.together(
        "WITH named (kind, value) AS ({rows}) SELECT i.id, i.kind, i.value, i.lead_id, i.standing FROM named "
        "JOIN identifiers AS i ON i.kind = named.kind AND i.value = named.value",
        named,
    )


def with_value(tx: Tx, value: str) -> list[Any]:
    """Identifiers of this value, of whatever kind."""
    return tx.all(f"SELECT {_COLUMNS} FROM identifiers WHERE value = :value ORDER BY id", value=value)


def by_ids(tx: Tx, ids: Iterable[int]) -> list[Any]:
    """Rows of identifiers, the one known longest first."""
    return tx.all(
        f"SELECT {_COLUMNS} FROM identifiers WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id", ids=_ids(ids)
    )


def every(tx: Tx) -> list[Any]:
    """All identifiers there are: a start after a restore asks, whoever was erased since."""
    return tx.all(f"SELECT {_COLUMNS} FROM identifiers ORDER BY id")


def lead_of(tx: Tx, kind: str, value: str) -> int | None:
    """The lead of an identifier, without adding it."""
    row = find(tx, kind, value)
    return None if row is None else row["lead_id"]


def of_lead(tx: Tx, lead_id: int) -> list[Any]:
    """A lead's identifiers, the one known longest first."""
    return tx.all(f"SELECT {_COLUMNS} FROM identifiers WHERE lead_id = :lead ORDER BY id", lead=lead_id)


def count_of_lead(tx: Tx, lead_id: int, kind: str) -> int:
    """How many identifiers of a kind a lead has."""
    return int(
        tx.value("SELECT COUNT(*) FROM identifiers WHERE lead_id = :lead AND kind = :kind", lead=lead_id, kind=kind)
    )


def give(tx: Tx, ids: Iterable[int], lead_id: int | None) -> None:
    """Give identifiers to a lead, or to none."""
    tx.many("UPDATE identifiers SET lead_id = :lead WHERE id = :id", ({"id": one, "lead": lead_id} for one in ids))


def set_standing(tx: Tx, ids: Iterable[int], standing: int) -> None:
    """Remember how identifiers stand: see bot.service.identity.rules."""
    rows = ({"id": one, "standing": standing} for one in ids)
    tx.many("UPDATE identifiers SET standing = :standing WHERE id = :id", rows)


# ---- who was named together


def since_of(tx: Tx, a: int, kind: str, b: int) -> tuple[bool, Instant | None]:
    """Whether two were named in one event, and since when that joins."""
    row = tx.one("SELECT since FROM namings WHERE a = :a AND kind = :kind AND b = :b", a=a, kind=kind, b=b)
    return (False, None) if row is None else (True, row["since"])


def name_together(tx: Tx, pairs: Iterable[tuple[int, str, int]], since: Instant | None, now: Instant) -> None:
    """Remember that an event named `a` and, of some kind, `b`; the earliest that joins is kept."""
    tx.many(
        "INSERT INTO namings (a, kind, b, since, first_seen) VALUES (:a, :kind, :b, :since, :now) "
        "ON CONFLICT (a, kind, b) DO UPDATE SET since = CASE WHEN excluded.since IS NULL THEN namings.since "
        "ELSE MIN(COALESCE(namings.since, excluded.since), excluded.since) END",
        ({"a": a, "kind": kind, "b": b, "since": since, "now": now} for a, kind, b in pairs),
    )


def set_since(tx: Tx, a: int, kind: str, b: int, since: Instant | None) -> None:
    """Say anew since when a naming joins."""
    tx.run(
        "UPDATE namings SET since = :since WHERE a = :a AND kind = :kind AND b = :b", a=a, kind=kind, b=b, since=since
    )


def forget_namings(tx: Tx, ids: Iterable[int]) -> None:
    """Forget whom these were named with, and who was named with them."""
    wanted = _ids(ids)
    back = tx.all(
        "SELECT n.b AS a, i.kind, n.a AS b FROM namings AS n JOIN identifiers AS i ON i.id = n.a "
        "WHERE n.a IN (SELECT value FROM json_each(:ids))",
        ids=wanted,
    )
    tx.many("DELETE FROM namings WHERE a = :a AND kind = :kind AND b = :b", (dict(row) for row in back))
    tx.run("DELETE FROM namings WHERE a IN (SELECT value FROM json_each(:ids))", ids=wanted)


def named_with(tx: Tx, a: int, *, anonymous: bool = False) -> list[Any]:
    """Whom an identifier was named with: `b`, `since`, and b's own columns."""
    return tx.all(
        "SELECT n.b, n.kind, n.since, n.first_seen, i.value, i.lead_id, i.standing FROM namings AS n "
        "JOIN identifiers AS i ON i.id = n.b WHERE n.a = :a AND (:anonymous OR n.kind <> 'anonymous_id') ORDER BY n.b",
        a=a,
        anonymous=int(anonymous),
    )


def count_named(tx: Tx, a: int, kind: str, at_most: int) -> int:
    """How many values of a kind, those of nobody aside, one was named with; it counts no further than `at_most`."""
    return int(
        tx.value(
            "SELECT COUNT(*) FROM (SELECT 1 FROM namings AS n JOIN identifiers AS i ON i.id = n.b "
            "WHERE n.a = :a AND n.kind = :kind AND i.standing <> 3 LIMIT :at_most)",
            a=a,
            kind=kind,
            at_most=at_most,
        )
    )


def alias(tx: Tx, a: int, b: int, since: Instant) -> None:
    """Remember that an alias said that these two are one."""
    tx.many(
        "INSERT INTO aliases (a, b, since) VALUES (:a, :b, :since) "
        "ON CONFLICT (a, b) DO UPDATE SET since = MIN(since, excluded.since)",
        ({"a": a, "b": b, "since": since}, {"a": b, "b": a, "since": since}),
    )


def forget_aliases(tx: Tx, ids: Iterable[int]) -> None:
    """Forget who these were said to be."""
    wanted = _ids(ids)
    back = tx.all("SELECT b AS a, a AS b FROM aliases WHERE a IN (SELECT value FROM json_each(:ids))", ids=wanted)
    tx.many("DELETE FROM aliases WHERE a = :a AND b = :b", (dict(row) for row in back))
    tx.run("DELETE FROM aliases WHERE a IN (SELECT value FROM json_each(:ids))", ids=wanted)


def aliases_of(tx: Tx, a: int) -> list[Any]:
    """Which others (`b`) an alias said that one is, and since when."""
    return tx.all("SELECT b, since FROM aliases WHERE a = :a ORDER BY b", a=a)


def source_of(tx: Tx, a: int, b: int, since: Instant) -> str | None:
    """The source of the event that named both first."""
    source: str | None = tx.value(
        "SELECT e.source FROM events AS e WHERE e.occurred_at = :since AND e.subject_id IN "
        "(SELECT id FROM identifiers WHERE lead_id = (SELECT lead_id FROM identifiers WHERE id = :a)) "
        "AND EXISTS (SELECT 1 FROM json_each(e.identifiers) WHERE value = :a) "
        "AND EXISTS (SELECT 1 FROM json_each(e.identifiers) WHERE value = :b) ORDER BY e.seq LIMIT 1",
        a=a,
        b=b,
        since=since,
    )
    return source


def instructed(tx: Tx, a: int) -> list[Any]:
    """Which others (`b`) a standing instruction joins to one, and since when."""
    return tx.all(
        "SELECT o.value AS b, s.at FROM instructions AS s, json_each(s.one) AS t, json_each(s.other) AS o "
        "WHERE s.verb = 'join' AND s.about = 'leads' AND s.revoked_at IS NULL AND t.value = :a "
        "UNION SELECT t.value, s.at FROM instructions AS s, json_each(s.one) AS t, json_each(s.other) AS o "
        "WHERE s.verb = 'join' AND s.about = 'leads' AND s.revoked_at IS NULL AND o.value = :a",
        a=a,
    )


# ---- anonymous ids


def identify(
    tx: Tx, *, anonymous_id: int, subject_id: int, occurred_at: Instant, source: str, event_id: str, by_mail: bool
) -> None:
    """Remember that somebody was identified with an anonymous id."""
    tx.run(
        "INSERT INTO identifications (anonymous_id, by_mail, occurred_at, event_id, source, subject_id) "
        "VALUES (:anonymous_id, :by_mail, :occurred_at, :event_id, :source, :subject_id) ON CONFLICT "
        "(anonymous_id, by_mail, occurred_at, event_id, source) DO UPDATE SET subject_id = excluded.subject_id",
        anonymous_id=anonymous_id,
        subject_id=subject_id,
        occurred_at=occurred_at,
        source=source,
        event_id=event_id,
        by_mail=int(by_mail),
    )


def unidentify(tx: Tx, *, anonymous_id: int, occurred_at: Instant, source: str, event_id: str, by_mail: bool) -> int:
    """An event no longer identifies anybody."""
    return tx.run(
        "DELETE FROM identifications WHERE anonymous_id = :anonymous_id AND by_mail = :by_mail "
        "AND occurred_at = :occurred_at AND event_id = :event_id AND source = :source",
        anonymous_id=anonymous_id,
        occurred_at=occurred_at,
        source=source,
        event_id=event_id,
        by_mail=int(by_mail),
    )


def is_identified(tx: Tx, anonymous_id: int, *, by_mail: bool) -> bool:
    """Whether anybody was identified with an anonymous id, by a mail or otherwise."""
    return bool(
        tx.value(
            "SELECT EXISTS (SELECT 1 FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
            "WHERE n.anonymous_id = :id AND n.by_mail = :by_mail AND i.lead_id IS NOT NULL)",
            id=anonymous_id,
            by_mail=int(by_mail),
        )
    )


def around(tx: Tx, anonymous_id: int, at: Instant, *, by_mail: bool) -> tuple[Any, Any]:
    """The last identification before an instant, and the first at or after it; those of a lead alone."""
    select = (
        "SELECT n.occurred_at, i.lead_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "WHERE n.anonymous_id = :id AND n.by_mail = :by_mail AND i.lead_id IS NOT NULL AND n.occurred_at"
    )
    values = {"id": anonymous_id, "at": at, "by_mail": int(by_mail)}
    before = f"{select} < :at ORDER BY n.occurred_at DESC, n.event_id DESC, n.source DESC LIMIT 1"
    after = f"{select} >= :at ORDER BY n.occurred_at, n.event_id, n.source LIMIT 1"
    return tx.one(before, **values), tx.one(after, **values)


def identified_with(tx: Tx, anonymous_id: int) -> set[int]:
    """The leads that were ever identified with an anonymous id."""
    rows = tx.all(
        "SELECT DISTINCT i.lead_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "WHERE n.anonymous_id = :id AND i.lead_id IS NOT NULL",
        id=anonymous_id,
    )
    return {row[0] for row in rows}


def identifications_of(tx: Tx, anonymous_id: int) -> list[Any]:
    """When and as whom an anonymous id was identified, in order; with the lead that each stands for."""
    return tx.all(
        "SELECT n.occurred_at, n.event_id, n.source, n.subject_id, n.by_mail, i.lead_id FROM identifications AS n "
        "JOIN identifiers AS i ON i.id = n.subject_id WHERE n.anonymous_id = :id "
        "ORDER BY n.occurred_at, n.event_id, n.source",
        id=anonymous_id,
    )


def visitors_of(tx: Tx, subject_ids: Iterable[int]) -> list[int]:
    """The anonymous ids with which any of these was ever identified."""
    rows = tx.all(
        "SELECT DISTINCT anonymous_id FROM identifications WHERE subject_id IN (SELECT value FROM json_each(:ids))",
        ids=_ids(subject_ids),
    )
    return [row[0] for row in rows]


def anonymous_of_lead(tx: Tx, lead_id: int) -> list[int]:
    """The anonymous ids with which a lead was ever identified, those aside that attribute nothing."""
    rows = tx.all(
        "SELECT DISTINCT n.anonymous_id FROM identifications AS n JOIN identifiers AS i ON i.id = n.subject_id "
        "JOIN identifiers AS v ON v.id = n.anonymous_id WHERE i.lead_id = :lead AND v.standing = 0",
        lead=lead_id,
    )
    return [row[0] for row in rows]


# ---- what admins are told


def find_fault(tx: Tx, kind: str, subject_id: int, now: Instant, other_id: int = 0) -> bool:
    """Note something that admins should know; False when it was noted before."""
    return (
        tx.run(
            "INSERT INTO identity_findings (at, kind, subject_id, other_id) VALUES (:now, :kind, :subject, :other) "
            "ON CONFLICT (kind, subject_id, other_id) DO NOTHING",
            now=now,
            kind=kind,
            subject=subject_id,
            other=other_id,
        )
        == 1
    )


def faults(tx: Tx, limit: int) -> list[Any]:
    """What was noted, newest first, with the values."""
    return tx.all(
        "SELECT f.at, f.kind, f.subject_id, f.other_id, i.kind AS of_kind, i.value, i.standing, "
        "o.value AS other_value FROM identity_findings AS f JOIN identifiers AS i ON i.id = f.subject_id "
        "LEFT JOIN identifiers AS o ON o.id = f.other_id WHERE f.kind NOT LIKE 'company%' "
        "ORDER BY f.id DESC LIMIT :limit",
        limit=limit,
    )
