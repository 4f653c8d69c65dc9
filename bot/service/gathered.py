"""New events of a group, as the histories at hand take them: without reading back what was just written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.service.histories import Entry
from bot.service.identity.correcting import Corrections, corrected
from bot.service.identity.index import Belonging
from bot.service.incoming import SourcedEvent
from bot.service.logged import names_outright, traits_of
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant

_json: Final = json.JSONEncoder(ensure_ascii=False).encode


def row_of(
    event: SourcedEvent, belongs: Belonging, meaning: Mapping[str, Value], corrections: Corrections
) -> dict[str, Any]:
    """A new event as it is stored, but for where and when it came."""
    return {
        "event": event,
        "id": event.id,
        "type": event.type,
        "occurred_at": event.occurred_at,
        "subject_id": belongs.subject_id,
        "company_key_id": belongs.company_key_id,
        "company_id": belongs.company_id,
        "company_facts": belongs.company_facts,
        "company_weak": belongs.company_weak,
        "properties": _json(event.properties) if event.properties else "{}",
        "traits": _json(event.traits) if event.traits else "{}",
        "identifiers": f"[{','.join(map(str, belongs.identifier_ids))}]",
        "alias_of": f"[{','.join(map(str, belongs.alias_ids))}]" if belongs.alias_ids else None,
        "flags": ",".join(event.flags) or None,
        "reads": traits_of(corrected(event.traits, event.occurred_at, corrections), meaning),
        "means": _json(meaning) if meaning else None,
        "quarantined": event.quarantine,
        "raw": event.raw,
    }


def added(entry: Entry, rows: Sequence[dict[str, Any]]) -> bool:
    """Add events to an entry; False when it must be loaded: one is late, or names another company."""
    loaded = entry.seq
    for row in sorted(rows, key=order):
        if row["seq"] <= loaded:
            continue  # it was stored before the entry was loaded
        names = row["company_id"] is not None and not (row["company_weak"] and entry.named)
        company = str(row["company_id"]) if names else entry.company
        outright = names and not row["company_weak"]
        if company != entry.company or (outright and not entry.named and entry.companies):
            return False  # what mails named before does not count beside the first that names one outright
        entry.named = entry.named or outright
        if not entry.add(row, scored(row, company)):
            return False
    return True


def only_follow(entry: Entry, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether new events all come after those of an entry, so that none changes what these are about.

    The first that names a company outright does: what mails named before does not count beside it.
    """
    return bool(rows) and all(
        row["seq"] > entry.seq
        and (entry.latest is None or order(row) > entry.latest)
        and (entry.named or not names_outright(row))
        for row in rows
    )


def scored(row: Mapping[str, Any], company: str | None) -> ScoringEvent:
    """A new event as a model reads it: what `scoring_event` makes of its row, without reading back what was written."""
    event: SourcedEvent = row["event"]
    return ScoringEvent(
        row["source"], event.id, event.type, event.occurred_at, event.properties, row["reads"], company, row["seq"]
    )


def order(row: Mapping[str, Any]) -> tuple[Instant, str, str]:
    return (row["occurred_at"], row["id"], row["source"])
