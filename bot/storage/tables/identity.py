"""Who is who (docs/identity.md): an event keeps the identifiers it named; whose they are is looked up."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, words

identifiers = table(
    "identifiers",
    key(),
    words("kind", required=True),
    words("value", required=True),
    number("lead_id"),
    number("first_seen", required=True),
    number("standing", default=0),  # 1: past its limit, 2: its set is too large, 3: counts as not named
    sa.UniqueConstraint("kind", "value"),
    sa.Index(None, "lead_id"),
)

namings = table(  # with which others an identifier was named in one event: what joins leads and what limits count
    "namings",
    number("a", primary_key=True, required=True),
    words("kind", primary_key=True, required=True),  # of b
    number("b", primary_key=True, required=True),
    number("since"),  # the earliest event that joins by it; NULL: only quarantined ones named it
    number("first_seen", required=True),
    rowid=False,
)

aliases = table(  # who was said to be whom
    "aliases",
    number("a", primary_key=True, required=True),
    number("b", primary_key=True, required=True),
    number("since", required=True),
    rowid=False,
)

identifications = table(  # when somebody was identified with an anonymous id
    "identifications",
    number("anonymous_id", primary_key=True, required=True),
    number("by_mail", primary_key=True, required=True),
    number("occurred_at", primary_key=True, required=True),
    words("event_id", primary_key=True, required=True),
    words("source", primary_key=True, required=True),
    number("subject_id", required=True),
    sa.Index(None, "subject_id"),
    rowid=False,
)

former_leads = table(  # numbers that resolve to the lead into which theirs was joined
    "former_leads",
    number("id", primary_key=True, required=True),
    number("into_id", required=True),
    number("at", required=True),
    number("eldest_id"),  # the identifier known longest of the lead that it was
    words("kept", required=True),  # both leads as they were, and what was moved, as JSON: a split gives it back
    sa.Index(None, "into_id"),
    sa.Index(None, "eldest_id"),
)

instructions = table(  # what admins say about who is who
    "instructions",
    key(),
    number("at", required=True),
    words("actor", required=True),
    words("about", required=True),  # leads, companies
    words("verb", required=True),
    words("one", required=True),  # identifiers (or company keys) of each side, as JSON
    words("other", required=True),
    words("note"),
    number("revoked_at"),
    words("revoked_by"),
)

identity_findings = table(  # what admins are told: values past a limit, sets too large, aliases that contradict
    "identity_findings",
    key(),
    number("at", required=True),
    words("kind", required=True),
    number("subject_id", required=True),
    number("other_id", default=0),
    sa.UniqueConstraint("kind", "subject_id", "other_id"),
)

companies = table("companies", key(), number("created_at", required=True))

company_keys = table(
    "company_keys",
    key(),
    words("kind", required=True),
    words("value", required=True),
    number("company_id", required=True),
    number("standing", default=0),
    sa.UniqueConstraint("kind", "value"),
    sa.Index(None, "company_id"),
)

company_namings = table(  # a group id and a domain that one event named
    "company_namings",
    number("a", primary_key=True, required=True),
    number("b", primary_key=True, required=True),
    number("since"),  # by an event that counts; empty: only what is quarantined named both
    rowid=False,
)
