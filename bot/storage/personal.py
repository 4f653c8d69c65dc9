"""Where personal data lies: every table and column, in one place. Export and erasure follow this list.

A test compares it with bot/storage/tables: it fails when a table or column is not listed here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from bot.storage.store import Tx


@dataclass(slots=True)
class Scope:
    """The rows that are about one person: numbers of leads, identifiers, events and so on."""

    leads: set[int] = field(default_factory=set)
    """The lead's number and those that it had before."""
    ids: set[int] = field(default_factory=set)
    """Identifiers that name this person and nobody else."""
    events: set[int] = field(default_factory=set)
    alerts: set[int] = field(default_factory=set)
    messages: set[int] = field(default_factory=set)
    """Rows of the outbox that name the person, alone or among others."""
    letters: set[int] = field(default_factory=set)
    instructions: set[int] = field(default_factory=set)
    notes: set[int] = field(default_factory=set)
    """Words beside the audit trail."""
    named: set[int] = field(default_factory=set)
    """Of `ids` those by which the person would come back: later events that name one are not stored."""
    values: set[str] = field(default_factory=set)
    """Addresses and telephone numbers: what is looked for in the words of others."""

    def parameters(self) -> dict[str, str]:
        """The sets as JSON, by which the conditions of HELD name them."""
        return {name: _ids(getattr(self, name)) for name in _SETS}


_SETS: Final = ("leads", "ids", "events", "alerts", "messages", "letters", "instructions", "notes")


def _ids(values: Iterable[int]) -> str:
    return json.dumps(sorted(values))


def _in(column: str, name: str) -> str:
    return f"{column} IN (SELECT value FROM json_each(:{name}))"


@dataclass(frozen=True, slots=True)
class Held:
    """A table with rows about persons: which rows are somebody's, and which columns."""

    table: str
    rows: str
    """The condition that finds the rows of a Scope."""
    columns: tuple[str, ...]
    order: str
    erased: bool = True
    """False: erasing takes the personal words out of the rows, which stay for others' sake or as the trail."""


def _of_lead(table: str, columns: str, order: str = "id") -> Held:
    return Held(table, _in("lead_id", "leads"), tuple(columns.split()), order)


HELD: Final = (
    Held(
        "leads",
        _in("id", "leads"),
        tuple(
            "id created_at name email phone title company company_id do_not_mail latest_at status status_since "
            "status_by owner owner_since last_owner contacted_at alert_id deadline cooled offered_to offered_until "
            "snoozed_until back_at taken acted worked_at asked_at dm_at clock_no clock_from clock_span clock_snoozed "
            "missed escalated_at reason amount close_on untold_from stood stood_since country".split()
        ),
        "id",
    ),
    Held(
        "former_leads",
        f"({_in('id', 'leads')} OR {_in('into_id', 'leads')})",
        ("id", "into_id", "at", "eldest_id", "kept"),
        "id",
    ),
    Held("identifiers", _in("id", "ids"), ("id", "kind", "value", "lead_id", "first_seen", "standing"), "id"),
    Held("namings", _in("a", "ids"), ("a", "kind", "b", "since", "first_seen"), "a, kind, b"),
    Held("aliases", _in("a", "ids"), ("a", "b", "since"), "a, b"),
    Held(
        "identifications",
        f"({_in('subject_id', 'ids')} OR {_in('anonymous_id', 'ids')})",
        ("anonymous_id", "by_mail", "occurred_at", "event_id", "source", "subject_id"),
        "occurred_at, event_id",
    ),
    Held(
        "identity_findings",
        f"kind NOT LIKE 'company%' AND ({_in('subject_id', 'ids')} OR {_in('other_id', 'ids')})",
        ("id", "at", "kind", "subject_id", "other_id"),
        "id",
    ),
    Held(
        "instructions",
        _in("id", "instructions"),
        ("id", "at", "actor", "about", "verb", "one", "other", "note", "revoked_at", "revoked_by"),
        "id",
    ),
    Held(
        "events",
        _in("seq", "events"),
        tuple(
            "seq source id type occurred_at received_at subject_id company_key_id company_facts company_weak history "
            "properties traits identifiers alias_of means flags mail quarantined judged_by raw".split()
        ),
        "occurred_at, seq",
    ),
    _of_lead("name_words", "word lead_id", "word"),
    _of_lead(
        "scores",
        "lead_id model model_id at score fit engagement rating label action follow_up_within latest_at due_at "
        "due_cause last_label armed dipped cooldown_ended crossed_at",
        "model",
    ),
    _of_lead(
        "crossings", "id lead_id model model_id at cause after_cooldown label rating score ledger held_back", "at, id"
    ),
    _of_lead(
        "alerts",
        "id key lead_id crossing_id facts lane made_at channel ts posted_at ended_at ended_why previous_id joined_id "
        "anew best_label best_rating better route held claimed_at contacted_at owner",
    ),
    _of_lead("found", "model_id lead_id label rating score was_label was_score settled_at settled", "model_id"),
    _of_lead("steps", "id kind lead_id whom due_at clock_no alert_id done_at told"),
    _of_lead("turns", "id lead_id alert_id user_id kind at ended_at ended_why given_back"),
    _of_lead("contacts", "id lead_id at by kind outcome note"),
    _of_lead("notes", "id lead_id at by text content_feedback"),
    _of_lead("qualifications", "lead_id budget authority need timeline by at", "at"),
    Held(
        "outbox",
        _in("id", "messages"),
        tuple(
            "id sender kind key lane payload alert_id state made_at not_before version attempts tried_at settled_at "
            "error request channel ts file about_id".split()
        ),
        "id",
        erased=False,
    ),
    Held(
        "audit",
        _in("lead_id", "leads"),
        ("id", "at", "actor", "action", "lead_id", "before", "after", "note_id"),
        "id",
        erased=False,
    ),
    Held("audit_notes", f"({_in('lead_id', 'leads')} OR {_in('id', 'notes')})", ("id", "lead_id", "text"), "id"),
    Held(
        "letters",
        _in("id", "letters"),
        ("id", "source", "received_at", "code", "method", "url", "path", "headers", "body"),
        "id",
    ),
)

IMPERSONAL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "meta": "facts about this database",
        "models": "the models, as their owners wrote them",
        "rescores": "how far a publication's evaluation is",
        "companies": "numbers; those that nobody else's events name go with an erasure",
        "company_keys": "domains and group ids of companies; those that nobody else's events name go with an erasure",
        "company_namings": "which of those are one company",
        "reps": "what colleagues set for themselves",
        "erasures": "that somebody was erased, when and by whom",
        "erased_leads": "numbers that are never given again",
        "tombstones": "keyed hashes",
        "seen": "Slack's own numbers of deliveries",
        "source_counts": "how many events came",
        "source_troubles": "what people were told of a source",
        "imports": "files' names and counts; an address in a name is taken out by an erasure",
    }
)

MENTIONS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("notes", "id", ("text", "content_feedback")),
    ("contacts", "id", ("note",)),
    ("qualifications", "lead_id", ("budget", "authority", "need", "timeline")),
    ("audit_notes", "id", ("text",)),
    ("instructions", "id", ("note",)),
    ("imports", "id", ("name",)),
    ("leads", "id", ("name", "email", "phone", "title", "company", "reason")),
    ("former_leads", "id", ("kept",)),
    ("alerts", "id", ("facts", "better")),
    ("crossings", "id", ("ledger",)),
    ("outbox", "id", ("payload", "error")),
    ("events", "seq", ("properties", "traits", "means", "mail", "raw")),
)
"""Words about others, in which somebody's address or telephone number may stand: (table, key, columns)."""


def held(tx: Tx, scope: Scope) -> dict[str, list[dict[str, Any]]]:
    """Every row about a person, by table."""
    values = scope.parameters()
    return {
        one.table: [
            dict(row)
            for row in tx.all(
                f"SELECT {', '.join(one.columns)} FROM {one.table} WHERE {one.rows} ORDER BY {one.order}", **values
            )
        ]
        for one in HELD
    }


def counted(tx: Tx, scope: Scope) -> dict[str, int]:
    """How many rows that are, by table."""
    values = scope.parameters()
    return {one.table: int(tx.value(f"SELECT COUNT(*) FROM {one.table} WHERE {one.rows}", **values)) for one in HELD}


def erase(tx: Tx, scope: Scope) -> dict[str, int]:
    """Delete the rows about a person, but for the trail and the messages; how many, by table."""
    values = scope.parameters()
    return {one.table: tx.run(f"DELETE FROM {one.table} WHERE {one.rows}", **values) for one in HELD if one.erased}
