"""The event log: the truth."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import number, words

events = table(
    "events",
    sa.Column("seq", number("seq").type, primary_key=True),
    words("source", required=True),
    words("id", required=True),
    words("type", required=True),
    number("occurred_at", required=True),
    number("received_at", required=True),
    number("subject_id"),  # the first identifier that it names, in the order of docs/identity.md
    number("company_key_id"),  # the company that its own traits name
    number("company_facts", default=0),  # 1: its traits say something about a company
    number("company_weak", default=0),  # the key of a mail's address: counts only where the lead's events name no other
    number("history", default=0),
    words("properties", required=True),
    words("traits", required=True),
    words("identifiers", required=True),  # as named, JSON
    words("alias_of"),  # an alias's previous ids, JSON
    words("means"),  # what its traits mean by the vocabulary, JSON
    words("flags"),
    words("mail"),  # of an email_* event: the mail that it is about
    words("quarantined"),  # why it is worth nothing
    words("judged_by"),  # the person who quarantined or restored it by hand: that stands
    words("raw"),
    sa.UniqueConstraint("source", "id"),
    sa.Index(None, "subject_id", "occurred_at"),
    sa.Index(None, "company_key_id", "company_facts", sqlite_where=sa.text("company_key_id IS NOT NULL")),
    sa.Index(None, "mail", "type", sqlite_where=sa.text("mail IS NOT NULL")),
    sa.Index("ix_events_unopened", "mail", sqlite_where=sa.text("quarantined = 'unopened'")),
)
