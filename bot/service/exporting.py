"""Everything that is held about one lead, as JSON values (GDPR articles 15 and 20): for the person, so in plain words.

Instants are ISO texts in UTC, durations are said as in a model (24h), points are numbers, what is stored as JSON is
shown as such. The tables come from bot.storage.personal, so that what is stored is exported.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from bot.service.erasure_scope import scope_of
from bot.service.histories import Entry, LiveModel
from bot.service.identity.known_as import known_as
from bot.service.logbook import LeadLog, read_log
from bot.storage import identities, personal, publications
from bot.storage.store import Tx
from scoring.instants import Instant, format_duration, format_instant

FORMAT: Final = "hotlead lead export 1"
_JSON: Final = frozenset(
    "properties traits means raw payload facts ledger kept one other identifiers alias_of route headers".split()
)
_INSTANTS: Final = frozenset(
    "at created_at first_seen since occurred_at received_at latest_at status_since owner_since contacted_at deadline "
    "offered_until snoozed_until back_at stood_since worked_at asked_at dm_at clock_from missed escalated_at due_at "
    "crossed_at made_at posted_at ended_at claimed_at settled_at done_at not_before tried_at revoked_at".split()
)
_DURATIONS: Final = frozenset({"follow_up_within"})
_POINTS: Final = frozenset("score fit engagement was_score amount".split())
_TRUTHS: Final = frozenset(
    "company_facts company_weak history cooled acted armed dipped cooldown_ended after_cooldown anew told given_back "
    "by_mail".split()
)
_APART: Final = frozenset({"leads", "name_words", "namings", "aliases", "identifiers", "scores", "audit_notes"})
"""Tables that are shown otherwise: as attributes, as what joined identifiers, with the ledger, beside the trail."""
_CALLED: Final[Mapping[str, str]] = {
    "outbox": "messages",
    "audit": "history",
    "letters": "refused_requests",
    "found": "found_by_publications",
    "identifications": "recognised_browsers",
    "former_leads": "joined_leads",
}


def export_of(tx: Tx, lead_id: int, live: Sequence[LiveModel], now: Instant) -> dict[str, Any]:
    """The export of a lead that is one now."""
    scope = scope_of(tx, lead_id)
    held = personal.held(tx, scope)
    log = read_log(tx, lead_id)
    notes = {row["id"]: row["text"] for row in held["audit_notes"]}
    named = {row["id"]: row["value"] for row in identities.by_ids(tx, _all_named(held))}
    document: dict[str, Any] = {
        "format": FORMAT,
        "made_at": format_instant(now),
        "lead": f"L-{lead_id}",
        "former_numbers": [f"L-{one}" for one in sorted(scope.leads - {lead_id})],
        "attributes": {name: _plain(value) for name, value in sorted(Entry(log, ()).folding.attributes.items())},
        "handling": _row(held["leads"][0]),
        "identifiers": _identifiers(tx, lead_id, held),
        "scores": [_score(tx, log, one, held["scores"], now) for one in live],
    }
    for table, rows in held.items():
        if table not in _APART:
            document[_CALLED.get(table, table)] = [_row(row) for row in rows]
    for event in document["events"]:
        event["names"] = [named.get(one, one) for one in event.pop("identifiers") or ()]
    for act in document["history"]:
        act["note"] = notes.pop(act.pop("note_id"), None)
    document["notes_on_instructions"] = list(notes.values())
    return document


def _all_named(held: Mapping[str, list[dict[str, Any]]]) -> set[int]:
    return {one for row in held["events"] for one in json.loads(row["identifiers"])}


def _identifiers(tx: Tx, lead_id: int, held: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """By what the lead is known: what joined each, when, and from which source; browsers come last."""
    joined = {
        (one.kind, one.value): [
            {"with": how.other, "how": how.how, "since": format_instant(how.since), "source": how.source}
            for how in one.joined
        ]
        for one in known_as(tx, lead_id)
    }
    return [
        {
            "kind": row["kind"],
            "value": row["value"],
            "first_seen": format_instant(row["first_seen"]),
            "standing": row["standing"],
            "joined": joined.get((row["kind"], row["value"]), []),
        }
        for row in held["identifiers"]
    ]


def _score(tx: Tx, log: LeadLog, live: LiveModel, stored: Sequence[dict[str, Any]], now: Instant) -> dict[str, Any]:
    """What a live model says now, line by line, and how the lead stood when it was last evaluated."""
    score = log.history(live.model).score(now)
    version = publications.version(tx, live.id)
    return {
        "model": live.model.name,
        "version": live.id,
        "published_at": format_instant(version["published_at"]) if version is not None else None,
        "score": _points(score.score_cents),
        "fit": _points(score.fit_cents),
        "engagement": _points(score.engagement_cents),
        "rating": score.rating,
        "label": score.label,
        "ledger": [line.to_json() for line in score.lines],
        "stored": [_row(row) for row in stored if row["model"] == live.model.name],
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, bytes):
        return _body(value)
    if name in _INSTANTS and isinstance(value, int):
        return format_instant(value)
    if name in _DURATIONS:
        return format_duration(value)
    if name in _POINTS:
        return _points(value)
    if name in _TRUTHS:
        return bool(value)
    if name in _JSON and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _body(body: bytes) -> dict[str, str]:
    """A refused request's body: as text where it is one."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _points(cents: int | None) -> float | int | None:
    if cents is None:
        return None
    whole = Decimal(cents) / 100
    return int(whole) if whole == whole.to_integral_value() else float(whole)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
