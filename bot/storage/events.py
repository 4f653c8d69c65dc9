"""The event log: the first of a (source, id) is kept for good; whose an event is, is looked up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from bot.storage.store import Tx

_COLUMNS = (
    "e.seq, e.source, e.id, e.type, e.occurred_at, e.received_at, e.subject_id, e.company_key_id, e.company_facts, "
    "e.company_weak, "
    "e.history, e.properties, e.traits, e.means, e.flags, e.quarantined, k.company_id"
)
_FROM = "FROM events AS e LEFT JOIN company_keys AS k ON k.id = e.company_key_id"


def stored(tx: Tx, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Those of these (source, id) that are stored: whoever sends one again is told that it is a duplicate."""
    rows = tx.together(
        "WITH named (source, id) AS ({rows}) SELECT e.source, e.id, e.type, e.properties, e.traits "
        "FROM named JOIN events AS e ON e.source = named.source AND e.id = named.id",
        names,
    )
    return {(row["source"], row["id"]): row for row in rows}


def last_seq(tx: Tx) -> int:
    """The highest number that an event has, or had before it was erased."""
    return int(
        tx.value(
            "SELECT MAX(COALESCE((SELECT MAX(seq) FROM events), 0), "
            "COALESCE((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'last_seq'), 0))"
        )
    )


def first_instant(tx: Tx) -> int | None:
    """When the first event came; None when none has."""
    at: int | None = tx.value("SELECT received_at FROM events ORDER BY seq LIMIT 1")
    return at


def next_seq(tx: Tx) -> int:
    """A number for a new event; none is given twice, though those of a group are stored at its end."""
    tx.given["events"] = tx.given.get("events", 0) or last_seq(tx)
    tx.given["events"] += 1
    return tx.given["events"]


def last_instant(tx: Tx) -> int:
    """The newest instant of processing that the store knows; time does not run back behind it."""
    return int(
        tx.value(
            "SELECT MAX(COALESCE((SELECT received_at FROM events ORDER BY seq DESC LIMIT 1), 0), "
            "COALESCE((SELECT at FROM audit ORDER BY id DESC LIMIT 1), 0))"
        )
    )


_STORED = (
    "seq", "source", "id", "type", "occurred_at", "received_at", "subject_id", "company_key_id", "company_facts",
    "company_weak", "history", "properties", "traits", "identifiers", "alias_of", "means", "flags", "mail",
    "quarantined", "raw",
)  # fmt: skip


def add(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store new events."""
    values = itemgetter(*_STORED)
    tx.together(f"INSERT INTO events ({', '.join(_STORED)}) {{rows}}", [values(row) for row in rows])


OURS: Final = "hotlead"
"""The source of our own events: they stay with the lead about which they are. No configured source may bear it."""
OUR_TYPES: Final = "lead."
"""How the types of our own events begin: nothing that the lead did. Sources may not send such types."""
INHERITED: Final = 2
"""In company_facts: the event names no company, the stored one is that of its lead's event before it."""


def name_company(tx: Tx, seq: int, company_key_id: int | None, *, facts: int, new: bool = False) -> int:
    """Say which company an event's facts are about. A new event was about none so far, and is told as news."""
    if not new:
        tx.moves.key(tx.value("SELECT company_key_id FROM events WHERE seq = :seq", seq=seq))
        tx.moves.key(company_key_id)
    return tx.run(
        "UPDATE events SET company_key_id = :key, company_facts = :facts WHERE seq = :seq",
        key=company_key_id,
        facts=facts,
        seq=seq,
    )


def of_subjects(tx: Tx, subject_ids: Iterable[int]) -> list[Any]:
    """The events whose first identifier is one of these, in order of time."""
    return tx.all(
        f"SELECT {_COLUMNS} {_FROM} WHERE e.subject_id IN (SELECT value FROM json_each(:ids)) "
        "ORDER BY e.occurred_at, e.id, e.source",
        ids=json.dumps(list(subject_ids)),
    )


def leads_of_company(tx: Tx, company_id: int) -> list[int]:
    """The leads whose company this is now."""
    return [row[0] for row in tx.all("SELECT id FROM leads WHERE company_id = :company", company=company_id)]


# ---- by which identifier they belong


def of_subjects_bare(tx: Tx, subject_ids: Iterable[int]) -> list[Any]:
    """The same events with nothing but whom they name, oldest first."""
    return tx.all(
        "SELECT seq, source, id, type, occurred_at, subject_id, identifiers, alias_of, quarantined FROM events "
        "WHERE subject_id IN (SELECT value FROM json_each(:ids)) ORDER BY seq",
        ids=json.dumps(list(subject_ids)),
    )


def set_subject(tx: Tx, seq: int, subject_id: int | None) -> None:
    """An event belongs by another identifier now."""
    tx.run("UPDATE events SET subject_id = :subject WHERE seq = :seq", seq=seq, subject=subject_id)


_INHERITED = (
    "SELECT e.seq, k.company_id FROM events AS e JOIN company_keys AS k ON k.id = e.company_key_id "
    f"WHERE e.company_facts = {INHERITED}"
)


def disinherit(tx: Tx, subject_id: int) -> set[int]:
    """What belongs by this may be another lead's now, or nobody's: of no company until somebody inherits it.

    The companies that lose what these events say of them.
    """
    return _disinherit(tx, tx.all(f"{_INHERITED} AND e.subject_id = :subject", subject=subject_id))


def disinherit_one(tx: Tx, seq: int) -> set[int]:
    """The same of one event."""
    return _disinherit(tx, tx.all(f"{_INHERITED} AND e.seq = :seq", seq=seq))


def _disinherit(tx: Tx, rows: Iterable[Any]) -> set[int]:
    companies = set()
    for row in rows:
        name_company(tx, row["seq"], None, facts=1)
        companies.add(row["company_id"])
    return companies


def belong_by(tx: Tx, subject_id: int) -> bool:
    """Whether any event that is not quarantined belongs by this identifier."""
    return bool(
        tx.value(
            "SELECT EXISTS (SELECT 1 FROM events WHERE subject_id = :subject AND quarantined IS NULL)",
            subject=subject_id,
        )
    )


def move_ours(tx: Tx, source: str, subject_id: int, to: int) -> int:
    """Events of one source that belong by an identifier belong by another: their lead keeps them."""
    return tx.run(
        "UPDATE events SET subject_id = :to WHERE subject_id = :subject AND source = :source",
        subject=subject_id,
        to=to,
        source=source,
    )


# ---- of one person, for export and erasure


def traits_of(tx: Tx, seqs: Iterable[int]) -> list[Any]:
    """What these events say of somebody."""
    return tx.all(
        "SELECT seq, traits FROM events WHERE seq IN (SELECT value FROM json_each(:ids)) AND traits <> '{}'",
        ids=json.dumps(sorted(seqs)),
    )


def of_seqs_bare(tx: Tx, seqs: Iterable[int]) -> list[Any]:
    """These events with nothing but whom they name."""
    return tx.all(
        "SELECT seq, source, id, type, occurred_at, subject_id, identifiers, alias_of, quarantined FROM events "
        "WHERE seq IN (SELECT value FROM json_each(:ids)) ORDER BY seq",
        ids=json.dumps(sorted(seqs)),
    )
