"""What is owed to the outside world, what came from Slack, and what was done."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, words

outbox = table(
    "outbox",
    key(),
    words("sender", required=True),
    words("kind", required=True),
    words("key", required=True),
    words("lane", required=True),
    words("payload", required=True),
    number("alert_id"),
    words("state", required=True, default="owed"),  # owed, sending, unknown, done, refused
    number("made_at", required=True),
    number("not_before", required=True),
    number("version", default=0),  # grows when what is owed is replaced by something newer
    number("attempts", default=0),
    number("tried_at"),
    number("settled_at"),
    words("error"),
    words("request"),  # the id of the request that caused it, as logs and the answer's X-Request-Id have it
    words("channel"),  # where its message is, so that an erasure finds it
    words("ts"),
    words("file"),  # the file that it handed over
    number("about_id"),  # the row whose message this one changes
    sa.UniqueConstraint("key"),
    sa.Index(None, "not_before", sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')")),
    sa.Index(None, "alert_id", sqlite_where=sa.text("alert_id IS NOT NULL")),
    sa.Index(None, "state", "settled_at", sqlite_where=sa.text("state <> 'done'")),
)

audit = table(  # append-only: triggers refuse to change or delete a row
    "audit",
    key(),
    number("at", required=True),
    words("actor", required=True),
    words("action", required=True),
    number("lead_id"),
    words("before"),
    words("after"),
    number("note_id"),
    sa.Index(None, "lead_id", "id"),
)

audit_notes = table(  # erasable, beside the trail
    "audit_notes",
    key(),
    number("lead_id"),
    words("text", required=True),
    sa.Index(None, "lead_id"),
)

seen = table(  # deliveries of Slack that had their effect
    "seen",
    words("key", primary_key=True, required=True),
    number("at", required=True),
    sa.Index(None, "at"),
    rowid=False,
)
