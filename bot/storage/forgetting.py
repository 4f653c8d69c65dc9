"""What an erasure asks of the tables and changes in them, beyond the rows that are the person's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote

from bot.storage.personal import MENTIONS
from bot.storage.store import Tx

LAST_SEQ: Final = "last_seq"
"""In meta: the highest number that an event ever had, where that one was erased."""
WORD: Final = "erased"
"""What stands in the place of an address in the words of others."""


def _ids(values: Iterable[int]) -> str:
    return json.dumps(sorted(values))


# ---- finding


def former_numbers(tx: Tx, lead_id: int) -> set[int]:
    return {row[0] for row in tx.all("SELECT id FROM former_leads WHERE into_id = :id", id=lead_id)}


def alerts_of(tx: Tx, leads: Iterable[int]) -> list[Any]:
    return tx.all(
        "SELECT id, key, lane, channel, ts, held FROM alerts WHERE lead_id IN (SELECT value FROM json_each(:ids))",
        ids=_ids(leads),
    )


def subjects_near(tx: Tx, ids: Iterable[int]) -> set[int]:
    """The identifiers by which events that name one of these may belong: themselves, and whom they were named with."""
    wanted = _ids(ids)
    rows = tx.all("SELECT DISTINCT b FROM namings WHERE a IN (SELECT value FROM json_each(:ids))", ids=wanted)
    more = tx.all("SELECT DISTINCT b FROM aliases WHERE a IN (SELECT value FROM json_each(:ids))", ids=wanted)
    return {*(row[0] for row in rows), *(row[0] for row in more), *json.loads(wanted)}


def identified_as(tx: Tx, anonymous_id: int) -> set[int]:
    """As whom an anonymous id was ever identified."""
    rows = tx.all("SELECT DISTINCT subject_id FROM identifications WHERE anonymous_id = :id", id=anonymous_id)
    return {row[0] for row in rows}


def instructions_about(tx: Tx, ids: Iterable[int]) -> list[Any]:
    """Instructions about leads that name one of these identifiers, also revoked ones."""
    wanted = set(ids)
    rows = tx.all("SELECT id, verb, one, other, note FROM instructions WHERE about = 'leads' ORDER BY id")
    return [row for row in rows if wanted & {*json.loads(row["one"]), *json.loads(row["other"])}]


def notes_saying(tx: Tx, texts: Iterable[str]) -> set[int]:
    """Words beside the trail that are exactly these and belong to no lead: those of instructions."""
    rows = tx.all(
        "SELECT id FROM audit_notes WHERE lead_id IS NULL AND text IN (SELECT value FROM json_each(:texts))",
        texts=json.dumps(sorted(texts)),
    )
    return {row[0] for row in rows}


def letters_after(tx: Tx, letter_id: int, limit: int) -> list[Any]:
    return tx.all(
        "SELECT id, url, headers, body FROM letters WHERE id > :id ORDER BY id LIMIT :n", id=letter_id, n=limit
    )


def messages_of(tx: Tx, ids: Iterable[int]) -> list[Any]:
    """Rows of the outbox by their numbers."""
    return tx.all(
        "SELECT id, sender, kind, key, lane, payload, alert_id, state, channel, ts, file FROM outbox "
        "WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id",
        ids=_ids(ids),
    )


def messages_about(tx: Tx, leads: Iterable[int], alerts: Iterable[int], values: Iterable[str]) -> list[Any]:
    """Rows of the outbox that may name one of these leads or values; whoever asks looks closer. Reads them all."""
    found = _needles(leads, values)
    likely = " OR ".join(
        ["alert_id IN (SELECT value FROM json_each(:alerts))", "kind = 'publication'"]
        + [f"instr(payload, :n{n}) > 0" for n, _ in enumerate(found)]
    )
    return tx.all(
        "SELECT id, sender, kind, key, lane, payload, alert_id, state, channel, ts, file FROM outbox "
        f"WHERE kind NOT IN ('erase', 'redo') AND ({likely}) ORDER BY id",
        alerts=_ids(alerts),
        **{f"n{n}": needle for n, needle in enumerate(found)},
    )


def _needles(leads: Iterable[int], values: Iterable[str]) -> list[str]:
    numbers = [f'"{name}": {one}' for one in sorted(leads) for name in ("number", "lead")]
    return [*numbers, *(f"L-{one}" for one in sorted(leads)), *sorted(values)]


def publications_that_found(tx: Tx, leads: Iterable[int]) -> set[int]:
    rows = tx.all(
        "SELECT DISTINCT model_id FROM found WHERE lead_id IN (SELECT value FROM json_each(:ids))", ids=_ids(leads)
    )
    return {row[0] for row in rows}


# ---- changing


def keep_last_seq(tx: Tx, seq: int) -> None:
    """Numbers of events are given once: an erased one's is not given again."""
    tx.run(
        "INSERT INTO meta (name, value) VALUES (:name, :seq) ON CONFLICT (name) DO UPDATE SET value = excluded.value "
        "WHERE CAST(excluded.value AS INTEGER) > CAST(meta.value AS INTEGER)",
        name=LAST_SEQ,
        seq=str(seq),
    )


def cut_alerts(tx: Tx, alerts: Iterable[int]) -> None:
    """Alerts of others that point to these point nowhere."""
    for column in ("previous_id", "joined_id"):
        tx.run(
            f"UPDATE alerts SET {column} = NULL WHERE {column} IN (SELECT value FROM json_each(:ids))", ids=_ids(alerts)
        )


def cut_instruction(tx: Tx, number: int, gone: set[int]) -> None:
    """Take identifiers out of an instruction; one that says nothing any more is deleted."""
    row = tx.one("SELECT one, other FROM instructions WHERE id = :id", id=number)
    sides = [[one for one in json.loads(row[name]) if one not in gone] for name in ("one", "other")]
    if any(json.loads(row[name]) and not side for name, side in zip(("one", "other"), sides, strict=True)):
        tx.run("DELETE FROM instructions WHERE id = :id", id=number)
        return
    tx.run(
        "UPDATE instructions SET one = :one, other = :other, note = NULL WHERE id = :id",
        id=number,
        one=json.dumps(sides[0]),
        other=json.dumps(sides[1]),
    )


def companies_of(tx: Tx, events: Iterable[int], leads: Iterable[int]) -> set[int]:
    """The companies that these events name, and those of these leads."""
    rows = tx.all(
        "SELECT DISTINCT k.company_id FROM events AS e JOIN company_keys AS k ON k.id = e.company_key_id "
        "WHERE e.seq IN (SELECT value FROM json_each(:events)) "
        "UNION SELECT company_id FROM leads WHERE company_id IS NOT NULL "
        "AND id IN (SELECT value FROM json_each(:leads))",
        events=_ids(events),
        leads=_ids(leads),
    )
    return {row[0] for row in rows}


def drop_company(tx: Tx, company_id: int) -> bool:
    """Forget a company that no event, lead or instruction names any more; whether it was one."""
    keys = [row[0] for row in tx.all("SELECT id FROM company_keys WHERE company_id = :id", id=company_id)]
    named = tx.value(
        "SELECT EXISTS (SELECT 1 FROM leads WHERE company_id = :id) OR EXISTS (SELECT 1 FROM events AS e "
        "WHERE e.company_key_id IN (SELECT value FROM json_each(:keys)))",
        id=company_id,
        keys=_ids(keys),
    )
    if named or any(
        set(keys) & {*json.loads(row["one"]), *json.loads(row["other"])}
        for row in tx.all("SELECT one, other FROM instructions WHERE about = 'companies'")
    ):
        return False
    outside = tx.value(
        "SELECT 1 FROM company_namings WHERE a IN (SELECT value FROM json_each(:keys)) "
        "AND b NOT IN (SELECT value FROM json_each(:keys)) LIMIT 1",
        keys=_ids(keys),
    )
    if outside:
        return False
    for key in keys:
        tx.run("DELETE FROM company_namings WHERE a = :key OR b = :key", key=key)
        tx.run("DELETE FROM identity_findings WHERE kind LIKE 'company%' AND subject_id = :key", key=key)
        tx.run("DELETE FROM company_keys WHERE id = :key", key=key)
    tx.run("DELETE FROM companies WHERE id = :id", id=company_id)
    return True


# ---- in the words of others


def spellings(values: Iterable[str]) -> list[str]:
    """How a value may be written in JSON, in an address of the web, or plainly; longest first, in lower case."""
    found = set()
    for value in values:
        found |= {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], quote(value, safe="")}
    return sorted({one.lower() for one in found if len(one) > 4}, key=lambda one: (-len(one), one))


def mentioning(tx: Tx, table: str, after: int, limit: int, values: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Of the next rows of a table those in whose words a value stands: (key, column, the words without it)."""
    key, columns = next((key, columns) for name, key, columns in MENTIONS if name == table)
    needles = spellings(values)
    if not needles:
        return
    pattern = re.compile("|".join(re.escape(one) for one in needles), re.IGNORECASE)
    joined = " || ' ' || ".join(f"COALESCE({column}, '')" for column in columns)
    likely = " OR ".join(f"instr(lower({joined}), :v{n}) > 0" for n, _ in enumerate(needles))
    rows = tx.all(
        f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE {key} > :after AND {key} <= :until AND ({likely})",
        after=after,
        until=after + limit,
        **{f"v{n}": needle for n, needle in enumerate(needles)},
    )
    for row in rows:
        for column in columns:
            text = row[column]
            if text is not None and (new := pattern.sub(WORD, text)) != text:
                yield int(row[key]), column, new


def may_change(tx: Tx, table: str, after: int = 0, until: int | None = None) -> frozenset[int]:
    """Rows of a table that may still come to say something else: messages that are not settled."""
    if table != "outbox":
        return frozenset()
    rows = tx.all(
        "SELECT id FROM outbox WHERE state IN ('owed', 'sending', 'unknown') AND id > :after "
        "AND (:until IS NULL OR id <= :until)",
        after=after,
        until=until,
    )
    return frozenset(row[0] for row in rows)


def last_key(tx: Tx, table: str) -> int:
    """The highest key of a table in MENTIONS."""
    key = next(key for name, key, _ in MENTIONS if name == table)
    return int(tx.value(f"SELECT COALESCE(MAX({key}), 0) FROM {table}"))


def say_instead(tx: Tx, table: str, key: int, column: str, text: str) -> None:
    """Other words in the place of what a row said."""
    name = next(name for one, name, _ in MENTIONS if one == table)
    tx.run(f"UPDATE {table} SET {column} = :text WHERE {name} = :key", text=text, key=key)
