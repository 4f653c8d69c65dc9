"""What SQLite itself can do under our pragmas, without anything of ours: the floor that the benchmark compares with."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from time import perf_counter

_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA secure_delete=ON", "PRAGMA temp_store=MEMORY")
_EVENT = "INSERT INTO events (id, lead, type, at, properties) VALUES (?, ?, ?, ?, ?)"
_SCORE = (
    "INSERT INTO scores (lead, score, label) VALUES (?, ?, ?) "
    "ON CONFLICT (lead) DO UPDATE SET score = excluded.score, label = excluded.label"
)


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in _PRAGMAS:
        db.execute(pragma)
    db.execute(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, lead INTEGER, type TEXT, at INTEGER, "
        "properties TEXT) STRICT"
    )
    db.execute("CREATE TABLE scores (lead INTEGER PRIMARY KEY, score INTEGER, label TEXT) STRICT")
    return db


def _group(db: sqlite3.Connection, first: int, size: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    rows = [
        (f"e{n}", n % 10_000, "page_viewed", n, '{"url": "https://www.example.dk/cases/acme"}')
        for n in range(first, first + size)
    ]
    db.executemany(_EVENT, rows)
    db.executemany(_SCORE, [(n % 10_000, n % 100, "cold") for n in range(first, first + size)])
    db.execute("COMMIT")


def rows_per_second(path: Path, group: int, seconds: float) -> float:
    """Events with their score row stored per second, so many per durable commit."""
    db = _open(path)
    stored, began = 0, perf_counter()
    while perf_counter() - began < seconds:
        _group(db, stored, group)
        stored += group
    rate = stored / (perf_counter() - began)
    db.close()
    return rate


def seconds_of_commits(path: Path, commits: int) -> list[float]:
    """Seconds of each of so many durable commits of one event."""
    db = _open(path)
    found = []
    for number in range(commits):
        began = perf_counter()
        _group(db, number, 1)
        found.append(perf_counter() - began)
    db.close()
    return found
