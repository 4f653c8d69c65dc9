"""What is done about leads: crossings, alerts, steps, turns, reps, and what they write down."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, words

crossings = table(
    "crossings",
    key(),
    number("lead_id", required=True),
    words("model", required=True),
    number("model_id", required=True),
    number("at", required=True),
    words("cause", required=True),
    number("after_cooldown", default=0),
    words("label", required=True),
    words("rating"),
    number("score", required=True),
    words("ledger", required=True),
    words("held_back"),
    sa.UniqueConstraint("lead_id", "model", "at"),
)

alerts = table(
    "alerts",
    key(),
    words("key", required=True),
    number("lead_id", required=True),
    number("crossing_id", required=True),
    words("facts", required=True),
    words("lane", required=True),
    number("made_at", required=True),
    words("channel"),
    words("ts"),
    number("posted_at"),
    number("ended_at"),
    words("ended_why"),
    number("previous_id"),
    number("joined_id"),  # the alert that is told instead: two leads became one
    number("anew", default=0),  # 1: the same crossing posted again; not counted again
    words("best_label", required=True),
    words("best_rating"),
    words("better"),
    words("route"),  # why it went where it went
    number("held", default=0),  # 1: quiet hours or the ceiling keep it for a digest
    number("claimed_at"),
    number("contacted_at"),
    words("owner"),  # who last owned the lead under this alert
    sa.UniqueConstraint("key"),
    sa.Index(None, "lead_id"),
    sa.Index(None, "made_at"),
    sa.Index(None, "lane", sqlite_where=sa.text("held = 1")),
    sa.Index(None, "crossing_id"),
)

steps = table(  # what is to happen to a lead at an instant, whoever is running then; at most one waits of each kind
    "steps",
    key(),
    words("kind", required=True),
    number("lead_id", default=0),  # 0: none
    words("whom", required=True, default=""),
    number("due_at", required=True),
    number("clock_no", default=0),
    number("alert_id"),
    number("done_at"),
    number("told", default=0),
    sa.Index(None, "due_at", sqlite_where=sa.text("done_at IS NULL")),
    sa.Index("ix_steps_waiting", "lead_id", "kind", "whom", unique=True, sqlite_where=sa.text("done_at IS NULL")),
    sa.Index(None, "lead_id", "kind"),
)

turns = table(  # offers and assignments: whose turn it was, and how it ended
    "turns",
    key(),
    number("lead_id", required=True),
    number("alert_id", required=True),
    words("user_id", required=True),
    words("kind", required=True),  # offer, assign, release (the step took it from them)
    number("at", required=True),
    number("ended_at"),
    words("ended_why"),
    number("given_back", default=0),
    sa.Index(None, "lead_id"),
    sa.Index(None, "user_id", "at"),
    sa.Index(None, "alert_id"),
)

reps = table(  # what reps set for themselves, and who has left
    "reps",
    words("user_id", primary_key=True, required=True),
    words("settings", required=True, default="{}"),
    number("gone_at"),
    rowid=False,
)

contacts = table(
    "contacts",
    key(),
    number("lead_id", required=True),
    number("at", required=True),
    words("by", required=True),
    words("kind", required=True),
    words("outcome", required=True),
    words("note"),
    sa.Index(None, "lead_id"),
)

notes = table(
    "notes",
    key(),
    number("lead_id", required=True),
    number("at", required=True),
    words("by", required=True),
    words("text", required=True),
    words("content_feedback"),
    sa.Index(None, "lead_id"),
)

qualifications = table(
    "qualifications",
    number("lead_id", primary_key=True, required=True),
    words("budget"),
    words("authority"),
    words("need"),
    words("timeline"),
    words("by", required=True),
    number("at", required=True),
    rowid=False,
)
