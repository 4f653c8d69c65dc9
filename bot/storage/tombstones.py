"""Who was erased, without saying who: keyed hashes in the store, and in a file that outlives a restored backup.

`erased.jsonl` beside the database has one line for each erasure or lifting, flushed to the disk before the store
commits it. Its key lies in `erased.key`. Both belong with the database wherever that goes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import StoreUnusable
from bot.storage.store import Tx
from scoring.instants import Instant

FILE: Final = "erased.jsonl"
KEY: Final = "erased.key"
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: an erasure (`hashes`, `leads`), or hashes that an admin `lifted`."""

    token: str
    at: Instant
    actor: str
    leads: tuple[int, ...] = ()
    hashes: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()


def key_of(folder: Path) -> bytes:
    """The key of a data folder's hashes, made when there is none. Raises StoreUnusable where the file is no key."""
    path = folder / KEY
    if not path.exists():
        if (folder / FILE).exists():
            raise StoreUnusable(
                f"{folder / FILE} is there, but its key {path} is not. Put it back from where the folder was copied: "
                "without it nobody can tell who was erased."
            )
        _write(path, secrets.token_hex(_KEY_BYTES) + "\n")
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError) as trouble:
        raise StoreUnusable(f"{path} cannot be read as a key: {trouble}") from None
    if len(key) < _KEY_BYTES:
        raise StoreUnusable(f"{path} is cut short: a key has {_KEY_BYTES} bytes.")
    return key


def hashed(key: bytes, kind: str, value: str) -> str:
    """What an identifier is called here."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def append(folder: Path, line: Line) -> None:
    """Add a line; it is on the disk when this returns."""
    path = folder / FILE
    torn = _is_torn(path)
    _write(path, ("\n" if torn else "") + json.dumps(asdict(line)) + "\n")


def read(folder: Path) -> list[Line]:
    """Every line, in order. A last one that was cut off as it was written is none: what it was for never happened."""
    path = folder / FILE
    if not path.exists():
        return []
    *whole, rest = path.read_text(encoding="utf-8").split("\n")
    found = []
    for n, text in enumerate(whole, 1):
        try:
            found.append(_line(json.loads(text)))
        except (ValueError, TypeError, KeyError):
            if text and not _was_torn(whole, n):
                raise StoreUnusable(f"Line {n} of {path} cannot be read. Put the file back from a copy.") from None
    if rest:
        with suppress(ValueError, TypeError, KeyError):
            found.append(_line(json.loads(rest)))
    return found


def _was_torn(lines: list[str], n: int) -> bool:
    """A line that was cut off, after which another was begun: half a JSON object."""
    return lines[n - 1].startswith("{") and not lines[n - 1].endswith("}")


def _is_torn(path: Path) -> bool:
    if not path.exists() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _line(values: dict[str, Any]) -> Line:
    return Line(
        str(values["token"]),
        int(values["at"]),
        str(values["actor"]),
        tuple(int(one) for one in values["leads"]),
        tuple(str(one) for one in values["hashes"]),
        tuple(str(one) for one in values["lifted"]),
    )


def _write(path: Path, text: str) -> None:
    new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# ---- in the store


def add(tx: Tx, line: Line, counts: Mapping[str, int]) -> None:
    """Remember an erasure."""
    tx.run(
        "INSERT INTO erasures (token, at, actor, counts) VALUES (:token, :at, :actor, :counts)",
        token=line.token,
        at=line.at,
        actor=line.actor,
        counts=json.dumps(counts),
    )
    tx.many(
        "INSERT INTO erased_leads (id, token) VALUES (:id, :token) ON CONFLICT (id) DO NOTHING",
        ({"id": one, "token": line.token} for one in line.leads),
    )
    tx.many(
        "INSERT INTO tombstones (hash, token) VALUES (:hash, :token) "
        "ON CONFLICT (hash) DO UPDATE SET token = excluded.token",
        ({"hash": one, "token": line.token} for one in line.hashes),
    )


def put(tx: Tx, one: str, token: str) -> None:
    """A hash of an erasure stands."""
    tx.run(
        "INSERT INTO tombstones (hash, token) VALUES (:hash, :token) ON CONFLICT (hash) DO NOTHING",
        hash=one,
        token=token,
    )


def of_token(tx: Tx, token: str) -> list[str]:
    """The hashes of an erasure that stand."""
    return [row[0] for row in tx.all("SELECT hash FROM tombstones WHERE token = :token", token=token)]


def token_of(tx: Tx, one: str) -> str:
    """The erasure of a hash that stands."""
    return str(tx.value("SELECT token FROM tombstones WHERE hash = :hash", hash=one))


def lift(tx: Tx, hashes: Iterable[str]) -> int:
    """These name nobody erased any more; how many that were."""
    return sum(tx.run("DELETE FROM tombstones WHERE hash = :hash", hash=one) for one in hashes)


def standing(tx: Tx) -> frozenset[str]:
    """The hashes of everybody who is erased."""
    return frozenset(row[0] for row in tx.all("SELECT hash FROM tombstones"))


def known(tx: Tx) -> frozenset[str]:
    """The erasures that this store has gone through."""
    return frozenset(row[0] for row in tx.all("SELECT token FROM erasures"))


def every(tx: Tx) -> list[Any]:
    """Every erasure, newest first, with how many hashes of it stand."""
    return tx.all(
        "SELECT e.token, e.at, e.actor, e.counts, (SELECT COUNT(*) FROM tombstones AS t WHERE t.token = e.token) "
        "AS standing, (SELECT json_group_array(id) FROM erased_leads AS l WHERE l.token = e.token) AS leads "
        "FROM erasures AS e ORDER BY e.at DESC, e.token"
    )


def token_of_lead(tx: Tx, number: int) -> str | None:
    """The erasure that took a lead, if one did."""
    found: str | None = tx.value("SELECT token FROM erased_leads WHERE id = :id", id=number)
    return found
