"""The versions of the models: which there are, what they say, and how two differ. All of it only reads."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from bot.service.models.views import FoundLead, Version
from bot.service.views import LeadRef
from bot.storage import models, publications
from bot.storage.store import Tx

T = TypeVar("T")


class Reads(Protocol):
    """A store, or a reader of somebody else's."""

    async def read(self, work: Callable[[Tx], T]) -> T: ...


class Versions:
    """Every version of every model."""

    def __init__(self, store: Reads) -> None:
        self._store = store

    async def history(self, model: str | None = None) -> tuple[Version, ...]:
        """Every version, or those of one model, newest first."""
        rows = await self._store.read(lambda tx: publications.versions(tx, model))
        return tuple(version_of(row) for row in rows)

    async def version(self, number: int) -> Version | None:
        row = await self._store.read(lambda tx: publications.version(tx, number))
        return None if row is None else version_of(row)

    async def live(self, model: str | None = None) -> Version | None:
        """The live version of a model; of the default one, else of the first, where none is named."""
        return await self._store.read(lambda tx: _live(tx, model))

    async def text(self, number: int) -> str | None:
        """What was published, to the letter."""
        return await self._store.read(lambda tx: publications.text(tx, number))


def _live(tx: Tx, model: str | None) -> Version | None:
    rows = [row for row in models.live(tx) if model in (None, row["name"])]
    default = [row for row in rows if tomllib.loads(row["text"]).get("default") is True]
    chosen = next(iter(default or rows), None)
    return None if chosen is None else version_of(publications.version(tx, chosen["id"]))


def diff(before: str, after: str, before_name: str, after_name: str) -> str:
    """What changed from one model file to another, line by line; empty when nothing did."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), before_name, after_name, lineterm="", n=2)
    return "\n".join(lines)


def version_of(row: Any) -> Version:
    """A version's row, for people."""
    return Version(
        number=row["id"],
        model=row["name"],
        hash=row["hash"],
        author=row["author"],
        note=row["note"],
        published_at=row["published_at"],
        live=bool(row["live"]),
        leads=row["total"] or 0,
        rescored=row["done"] or 0,
        finished_at=row["ended_at"],
        found=row["found"],
        unposted=row["unsettled"],
        cooled=row["cooled"] or 0,
    )


def found_of(row: Any) -> FoundLead:
    """A lead that was found, for people."""
    lead = LeadRef(row["lead_id"], row["name"], row["email"], row["company"], row["label"], points(row["score"]))
    return FoundLead(lead, row["rating"], row["was_label"], points(row["was_score"]), row["settled"])


def points(cents: int | None) -> Decimal | None:
    """Stored hundredths as points."""
    return None if cents is None else Decimal(cents) / 100
