"""An event of the log as the models read it: its company, what it says, and what that means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from sys import intern
from typing import Any, Final

from bot.service.identity.correcting import NO_CORRECTIONS, Corrections, corrected
from bot.storage.events import INHERITED
from scoring.events import ScoringEvent, Value

_SHORT: Final = 200


def names_outright(row: Mapping[str, Any]) -> bool:
    """Whether an event names a company itself, and not by the address of a mail."""
    return row["company_id"] is not None and not row["company_weak"] and row["company_facts"] != INHERITED


def is_unnamed(row: Mapping[str, Any]) -> bool:
    """Whether an event tells facts of a company that it does not name outright: `inherit` says of which they are."""
    known = row["company_key_id"] is not None and row["company_facts"] != INHERITED and not row["company_weak"]
    return bool(row["company_facts"]) and not known


def with_companies(rows: Iterable[Any], corrections: Corrections) -> Iterable[tuple[Any, ScoringEvent]]:
    """A lead's events with their company: the one that they name, else that of the event before. None quarantined."""
    counting = [row for row in rows if row["quarantined"] is None]
    strong = any(names_outright(row) for row in counting)
    company: str | None = None
    for row in counting:
        inherits = row["company_facts"] == INHERITED or (strong and row["company_weak"])
        if row["company_id"] is not None and not inherits:
            company = str(row["company_id"])
        yield row, scoring_event(row, company, corrections)


def scoring_event(row: Any, company: str | None, corrections: Corrections = NO_CORRECTIONS) -> ScoringEvent:
    """A stored event as a model reads it; its person's address matters where `corrections` are given."""
    said = corrected(_map(row["traits"]), row["occurred_at"], corrections)
    return ScoringEvent(
        source=intern(row["source"]),  # few, and held by every event
        id=row["id"],
        type=intern(row["type"]),
        occurred_at=row["occurred_at"],
        properties=_map(row["properties"]),
        traits=traits_of(said, _map(row["means"]) if row["means"] else None),
        company=company,
        number=row["seq"],
    )


def traits_of(said: Mapping[str, Value], means: Mapping[str, Value] | None) -> Mapping[str, Value]:
    """An event's traits with what they mean; what the sender says itself comes first."""
    return {**means, **said} if means else said


def _map(text: str) -> Any:
    """A stored map. The same pages come again: short texts are read once. Nobody changes what is read."""
    return _read(text) if len(text) <= _SHORT else json.loads(text)


@lru_cache(maxsize=2_000)
def _read(text: str) -> Any:
    return json.loads(text)
