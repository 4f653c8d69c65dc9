"""Leads: who they are for people to read, and what is done about them; every change of handling is conditional."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.storage import meta
from bot.storage.store import Tx
from scoring.instants import Instant


def add(tx: Tx, now: Instant) -> int:
    """Make a lead; its number is the 123 of L-123, and was never another's."""
    return tx.insert(
        "INSERT INTO leads (id, created_at) SELECT 1 + MAX(COALESCE((SELECT MAX(id) FROM leads), 0), "
        "COALESCE((SELECT MAX(id) FROM former_leads), 0), COALESCE((SELECT MAX(id) FROM erased_leads), 0), "
        "COALESCE((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'leads_numbered_to'), 0)), :now RETURNING id",
        now=now,
    )


def number_on_from(tx: Tx, number: int) -> None:
    """Numbers up to this one were given in a database that is no longer used: messages name them, so none is reused."""
    meta.put(tx, "leads_numbered_to", str(number))


def that_are(tx: Tx, lead_ids: Iterable[int]) -> set[int]:
    """Those of these numbers that are a lead now, and not part of another."""
    wanted = json.dumps(list(lead_ids))
    return {
        row[0] for row in tx.all("SELECT id FROM leads WHERE id IN (SELECT value FROM json_each(:ids))", ids=wanted)
    }


def columns(tx: Tx) -> frozenset[str]:
    """The columns of a lead: what was kept of one by an earlier version may have others."""
    return frozenset(row["name"] for row in tx.all("SELECT name FROM pragma_table_info('leads')"))


def get(tx: Tx, lead_id: int) -> Any:
    """A lead's row, or None. A number that it had before it was joined into another means that one."""
    return tx.one(
        "SELECT * FROM leads WHERE id = COALESCE((SELECT into_id FROM former_leads WHERE id = :id), :id)", id=lead_id
    )


def company_of(tx: Tx, lead_id: int) -> int | None:
    company: int | None = tx.value("SELECT company_id FROM leads WHERE id = :id", id=lead_id)
    return company


_SHOWN = ("name", "email", "phone", "title", "company", "country", "company_id", "do_not_mail")


def describe(tx: Tx, lead_id: int, said: Mapping[str, Any]) -> None:
    """Keep what people see of a lead up to date: name, email, phone, title, company, country, …"""
    tx.run(f"UPDATE leads SET {', '.join(f'{name} = :{name}' for name in _SHOWN)} WHERE id = :id", id=lead_id, **said)


def shown(tx: Tx, lead_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What people see of leads, as `describe` keeps it."""
    rows = tx.all(
        f"SELECT id, {', '.join(_SHOWN)} FROM leads WHERE id IN (SELECT value FROM json_each(:ids))",
        ids=json.dumps(list(lead_ids)),
    )
    return {row["id"]: {name: row[name] for name in _SHOWN} for row in rows}


def seen_at(tx: Tx, rows: Sequence[tuple[int, Instant]]) -> None:
    """Move the instant of the latest event of leads (number, instant) forward."""
    tx.together(
        "WITH seen (id, at) AS ({rows}) UPDATE leads SET latest_at = seen.at FROM seen "
        "WHERE leads.id = seen.id AND (leads.latest_at IS NULL OR leads.latest_at < seen.at)",
        rows,
    )


# ---- finding people by the beginning of any word


def fold(text: str) -> str:
    """A text as it is compared when people are looked for: no case, no accents; `ø` is found as `ø` and as `o`."""
    plain = text.casefold().translate({ord("ø"): "o", ord("æ"): "ae", ord("œ"): "oe", ord("ł"): "l", ord("đ"): "d"})
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def words_of(*texts: str | None) -> set[str]:
    """The folded words of names, companies and addresses, each cut to 40 characters."""
    joined = " ".join(fold(text) for text in texts if text)
    apart = "".join(c if c.isalnum() else " " for c in joined)
    return {word[:40] for word in apart.split()}


def index_words(tx: Tx, lead_id: int, words: set[str]) -> None:
    """Make a lead findable by these words alone."""
    known = {row[0] for row in tx.all("SELECT word FROM name_words WHERE lead_id = :id", id=lead_id)}
    tx.many(
        "DELETE FROM name_words WHERE word = :word AND lead_id = :id",
        ({"word": w, "id": lead_id} for w in known - words),
    )
    tx.many(
        "INSERT INTO name_words (word, lead_id) VALUES (:word, :id)",
        ({"word": w, "id": lead_id} for w in words - known),
    )


def by_words(tx: Tx, words: Iterable[str], limit: int) -> list[int]:
    """Leads that have a word beginning with each of these, newest first."""
    wanted = [word for word in words if word]
    if not wanted:
        return []
    having = " AND ".join(
        f"EXISTS (SELECT 1 FROM name_words AS w WHERE w.lead_id = l.id AND w.word >= :from{n} AND w.word < :to{n})"
        for n in range(1, len(wanted))
    )
    values: dict[str, Any] = {"limit": limit}
    for n, word in enumerate(wanted):
        values[f"from{n}"], values[f"to{n}"] = word, word + "\U0010ffff"
    rows = tx.all(
        "SELECT DISTINCT l.id, l.latest_at FROM name_words AS w0 JOIN leads AS l ON l.id = w0.lead_id "
        f"WHERE w0.word >= :from0 AND w0.word < :to0 {'AND ' + having if having else ''} "
        "ORDER BY l.latest_at DESC, l.id LIMIT :limit",
        **values,
    )
    return [row[0] for row in rows]


# ---- handling


def claim(tx: Tx, lead_id: int, owner: str, now: Instant) -> bool:
    """Make somebody the owner, if nobody is: of any number at once, one wins."""
    return (
        tx.run(
            "UPDATE leads SET owner = :owner, owner_since = :now, cooled = 0 WHERE id = :id AND owner IS NULL",
            id=lead_id,
            owner=owner,
            now=now,
        )
        == 1
    )


def let_go(tx: Tx, lead_id: int, owner: str) -> bool:
    """The owner lets go, if it is still this one."""
    return (
        tx.run(
            "UPDATE leads SET last_owner = owner, owner = NULL, owner_since = NULL WHERE id = :id AND owner = :owner",
            id=lead_id,
            owner=owner,
        )
        == 1
    )


def set_status(tx: Tx, lead_id: int, *, before: str, after: str, by: str, now: Instant) -> bool:
    """Set the status, if it is still what it was."""
    return (
        tx.run(
            "UPDATE leads SET status = :after, status_since = :now, status_by = :by "
            "WHERE id = :id AND status = :before",
            id=lead_id,
            before=before,
            after=after,
            by=by,
            now=now,
        )
        == 1
    )


def contacted(tx: Tx, lead_id: int, now: Instant) -> int:
    """A contact was made: the clock stops."""
    return tx.run("UPDATE leads SET contacted_at = :now, deadline = NULL WHERE id = :id", id=lead_id, now=now)


def carry_alert(tx: Tx, lead_id: int, alert_id: int | None, *, cooled: bool = False) -> int:
    """Say which alert of the lead is live, if any, and whether the last one cooled unclaimed."""
    return tx.run(
        "UPDATE leads SET alert_id = :alert, cooled = :cooled WHERE id = :id",
        id=lead_id,
        alert=alert_id,
        cooled=int(cooled),
    )


def colleagues(tx: Tx, lead_id: int, company_id: int | None) -> list[Any]:
    """Other leads of the same company who have an owner."""
    if company_id is None:
        return []
    return tx.all(
        "SELECT * FROM leads WHERE company_id = :company AND id <> :id AND owner IS NOT NULL ORDER BY owner_since, id "
        "LIMIT 5",
        company=company_id,
        id=lead_id,
    )
