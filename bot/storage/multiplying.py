"""A store made large for the benchmark: its leads are copied, with new numbers and names, as often as is wanted."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

_NAMED: Final = "CAST(substr({0}, {1}) AS INTEGER)"
_ADDRESS: Final = (
    ":prefix || ({lead} + :leads) || '@firma' || (({lead} + :leads) / 3) || '.example'"  # as the workload names them
)


def multiply(path: Path, leads: int, copies: int, *, prefix: str, told: Callable[[int], None]) -> None:
    """Copy a store's first so many leads, a multiple of three, with their events, companies and scores.

    Lead n of copy c becomes lead n + c * leads of the workload; `told` hears how many copies there are.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA synchronous=OFF")  # faster; after a power cut the benchmark has to begin again
        db.execute("PRAGMA foreign_keys=OFF")
        top = {table: db.execute(f"SELECT COALESCE(MAX({key}), 0) FROM {table}").fetchone()[0] for table, key in _KEYS}
        copying = [_copying(db, table, changed) for table, changed in _CHANGED.items()]
        for copy in range(1, copies + 1):
            values = {f"{table}_off": copy * most for table, most in top.items()}
            values |= {f"{table}_top": most for table, most in top.items()}
            db.execute("BEGIN")
            for sql in copying:
                db.execute(sql, values | {"prefix": prefix, "leads": copy * leads, "copy": f"{copy:06d}"})
            db.execute("COMMIT")
            told(copy)
        db.execute("PRAGMA synchronous=FULL")  # all of it is on the disk before anything is measured
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()


_KEYS: Final = (
    ("companies", "id"), ("company_keys", "id"), ("identifiers", "id"), ("leads", "id"), ("events", "seq"),
)  # fmt: skip


def _address(column: str) -> str:
    return _ADDRESS.format(lead=_NAMED.format(column, "1 + length(:prefix)"))


def _word(column: str) -> str:
    firm, lead = _NAMED.format(column, "6"), _NAMED.format(column, "1 + length(:prefix)")
    return (
        f"CASE WHEN {column} LIKE 'firma%' THEN 'firma' || ({firm} + :leads / 3) "
        f"WHEN {column} = 'example' THEN {column} ELSE :prefix || ({lead} + :leads) END"
    )


def _said(column: str) -> str:
    """What an event says, with the address of the copy."""
    return f"(SELECT replace({column}, i.value, {_address('i.value')}) FROM identifiers AS i WHERE i.id = subject_id)"


_CHANGED: Final[Mapping[str, Mapping[str, str]]] = {
    "companies": {"id": "id + :companies_off"},
    "company_keys": {
        "id": "id + :company_keys_off",
        "value": f"'firma' || ({_NAMED.format('value', '6')} + :leads / 3) || '.example'",
        "company_id": "company_id + :companies_off",
    },
    "identifiers": {
        "id": "id + :identifiers_off",
        "value": _address("value"),
        "lead_id": "lead_id + :leads_off",
    },
    "leads": {"id": "id + :leads_off", "email": _address("email"), "company_id": "company_id + :companies_off"},
    "name_words": {"word": _word("word"), "lead_id": "lead_id + :leads_off"},
    "events": {
        "seq": "seq + :events_off",
        "id": ":copy || '-' || id",
        "subject_id": "subject_id + :identifiers_off",
        "company_key_id": "company_key_id + :company_keys_off",
        "traits": _said("traits"),
        "raw": _said("raw"),
        "identifiers": "'[' || (subject_id + :identifiers_off) || ']'",
    },
    "scores": {"lead_id": "lead_id + :leads_off"},
}
"""What a copied row says otherwise than the row that it is a copy of."""

_FIRST: Final[Mapping[str, str]] = {
    "companies": "id <= :companies_top",
    "company_keys": "id <= :company_keys_top",
    "identifiers": "id <= :identifiers_top",
    "leads": "id <= :leads_top",
    "name_words": "lead_id <= :leads_top",
    "events": "seq <= :events_top",
    "scores": "lead_id <= :leads_top",
}


def _copying(db: sqlite3.Connection, table: str, changed: Mapping[str, str]) -> str:
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    said = ", ".join(changed.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {said} FROM {table} WHERE {_FIRST[table]}"
