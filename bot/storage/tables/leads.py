"""Leads: who they are, how they are found, what they are worth."""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.tables.base import table
from bot.storage.types import key, number, words

leads = table(
    "leads",
    key(),
    number("created_at", required=True),
    words("name"),
    words("email"),
    words("phone"),
    words("title"),
    words("company"),
    words("country"),  # of the company, else of the person: an ISO code
    number("company_id"),
    words("do_not_mail"),
    number("latest_at"),
    words("status", required=True, default="new"),
    number("status_since"),
    words("status_by"),
    words("owner"),
    number("owner_since"),
    words("last_owner"),
    number("contacted_at"),
    number("alert_id"),  # the live alert
    number("deadline"),  # while the clock runs
    number("cooled", default=0),
    words("offered_to"),
    number("offered_until"),
    number("snoozed_until"),
    number("back_at"),  # recycled: when its time comes
    words("taken"),  # how the owner got it: claimed, assigned
    number("acted", default=0),  # 1: the owner has done something with it
    number("worked_at"),  # the owner's last act
    number("asked_at"),  # "Still working on it?" waits for an answer since
    number("dm_at"),  # the owner's last direct message about it
    number("clock_no", default=0),  # counts this lead's clocks
    number("clock_from"),  # where the clock started, or went on after a snooze
    words("clock_span"),  # its length as it was given: 24h, 2d
    number("clock_snoozed", default=0),  # the number of the clock that a snooze has suspended
    number("missed"),  # the deadline of an earlier owner, after the step release
    number("escalated_at"),  # of this clock
    words("reason"),  # why it is closed or recycled
    number("amount"),
    words("close_on"),
    number("untold_from"),  # the first event that its owner has not been told of
    words("stood"),  # the state that its handling had when it last changed; None: nothing was done about it yet
    number("stood_since"),
    sa.Index(None, "owner", sqlite_where=sa.text("owner IS NOT NULL")),
    sa.Index(None, "company_id", sqlite_where=sa.text("company_id IS NOT NULL")),
    sa.Index(None, "alert_id", sqlite_where=sa.text("alert_id IS NOT NULL")),
    sa.Index(None, "deadline", sqlite_where=sa.text("deadline IS NOT NULL")),
    sa.Index(None, "latest_at", "id"),
    sa.Index(None, "snoozed_until", sqlite_where=sa.text("snoozed_until IS NOT NULL")),
    sa.Index(None, "offered_to", sqlite_where=sa.text("offered_to IS NOT NULL")),
)

name_words = table(  # every word of a name, company or address, folded: people are found by the beginning of any
    "name_words",
    words("word", primary_key=True, required=True),
    number("lead_id", primary_key=True, required=True),
    sa.Index(None, "lead_id"),
    rowid=False,
)

scores = table(
    "scores",
    number("lead_id", primary_key=True, required=True),
    words("model", primary_key=True, required=True),
    number("model_id", required=True),
    number("at", required=True),
    number("score"),
    number("fit"),
    number("engagement"),
    words("rating"),
    words("label"),
    words("action"),
    number("follow_up_within"),
    number("latest_at"),
    number("due_at"),  # when it must be evaluated again: a next change, the end of a cooldown, an event that lies ahead
    words("due_cause", required=True, default="time"),
    words("last_label"),  # hand-over (docs/model.md, Hand-over): the one thing that is remembered and not derived
    number("armed", default=1),
    number("dipped", default=0),
    number("cooldown_ended", default=0),
    number("crossed_at"),
    sa.Index(None, "due_at", sqlite_where=sa.text("due_at IS NOT NULL")),
    sa.Index(None, "model", "label", "score"),
    rowid=False,
)
