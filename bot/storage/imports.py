"""How far files of the past have been read, so that an import that was interrupted goes on where it was."""

from __future__ import annotations

from typing import Any

from bot.storage.store import Tx
from scoring.instants import Instant


def begin(tx: Tx, *, file: str, source: str, name: str, now: Instant) -> Any:
    """The row of this file; a new one if it was never begun."""
    tx.run(
        "INSERT INTO imports (file, source, name, started_at) VALUES (:file, :source, :name, :now) "
        "ON CONFLICT (file) DO NOTHING",
        file=file,
        source=source,
        name=name,
        now=now,
    )
    return tx.one("SELECT * FROM imports WHERE file = :file", file=file)


def advance(tx: Tx, import_id: int, *, lines: int, accepted: int, duplicates: int, bad: int) -> None:
    """Everything up to this line is stored."""
    tx.run(
        "UPDATE imports SET lines = :lines, accepted = accepted + :accepted, duplicates = duplicates + :duplicates, "
        "bad = bad + :bad WHERE id = :id AND lines < :lines",
        id=import_id,
        lines=lines,
        accepted=accepted,
        duplicates=duplicates,
        bad=bad,
    )


def again(tx: Tx, import_id: int) -> None:
    """Begin at the first line again."""
    tx.run(
        "UPDATE imports SET lines = 0, accepted = 0, duplicates = 0, bad = 0, ended_at = NULL WHERE id = :id",
        id=import_id,
    )


def end(tx: Tx, import_id: int, now: Instant) -> Any:
    """The last line is stored."""
    tx.run("UPDATE imports SET ended_at = :now WHERE id = :id", id=import_id, now=now)
    return tx.one("SELECT * FROM imports WHERE id = :id", id=import_id)
