"""The tables. Instants are microseconds UTC, points are hundredths, truth values are 0 and 1, maps are JSON texts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.storage.types import key, number, raw, words

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _table(name: str, *parts: Any, rowid: bool = True) -> sa.Table:
    return sa.Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


meta = _table("meta", words("name", primary_key=True, required=True), words("value", required=True))

models = _table(
    "models",
    key(),
    words("name", required=True),
    words("hash", required=True),
    words("text", required=True),
    words("author", required=True),
    words("note"),
    number("published_at", required=True),
    sa.Index(None, "name", "id"),
)

rescores = _table(  # after a publication every lead is evaluated once, silently; where that stands
    "rescores",
    number("model_id", primary_key=True, required=True),
    number("at", required=True),  # the instant of the publication, for which all are evaluated
    number("seq", required=True),  # the newest event known then
    number("until", required=True),  # the newest lead known then
    number("after", default=0),  # leads up to this one are done
    number("total", required=True),
    number("done", default=0),
    number("cooled", default=0),
    number("ended_at"),
)

found = _table(  # leads that a publication found at the hand-over label, until somebody posts them
    "found",
    number("model_id", primary_key=True, required=True),
    number("lead_id", primary_key=True, required=True),
    words("label", required=True),
    words("rating"),
    number("score", required=True),
    words("was_label"),
    number("was_score"),
    number("settled_at"),
    words("settled"),  # posted, held_back, crossed, cooled
    sa.Index(None, "lead_id"),
    rowid=False,
)

# ---- who is who (IDENTITY.md): an event keeps the identifiers it named; whose they are is looked up

identifiers = _table(
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

namings = _table(  # with which others an identifier was named in one event: what joins leads and what limits count
    "namings",
    number("a", primary_key=True, required=True),
    words("kind", primary_key=True, required=True),  # of b
    number("b", primary_key=True, required=True),
    number("since"),  # the earliest event that joins by it; NULL: only quarantined ones named it
    number("first_seen", required=True),
    rowid=False,
)

aliases = _table(  # who was said to be whom
    "aliases",
    number("a", primary_key=True, required=True),
    number("b", primary_key=True, required=True),
    number("since", required=True),
    rowid=False,
)

identifications = _table(  # when somebody was identified with an anonymous id
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

former_leads = _table(  # numbers that resolve to the lead into which theirs was joined
    "former_leads",
    number("id", primary_key=True, required=True),
    number("into_id", required=True),
    number("at", required=True),
    number("eldest_id"),  # the identifier known longest of the lead that it was
    words("kept", required=True),  # both leads as they were, and what was moved, as JSON: a split gives it back
    sa.Index(None, "into_id"),
    sa.Index(None, "eldest_id"),
)

instructions = _table(  # what admins say about who is who
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

identity_findings = _table(  # what admins are told: values past a limit, sets too large, aliases that contradict
    "identity_findings",
    key(),
    number("at", required=True),
    words("kind", required=True),
    number("subject_id", required=True),
    number("other_id", default=0),
    sa.UniqueConstraint("kind", "subject_id", "other_id"),
)

companies = _table("companies", key(), number("created_at", required=True))

company_keys = _table(
    "company_keys",
    key(),
    words("kind", required=True),
    words("value", required=True),
    number("company_id", required=True),
    number("standing", default=0),
    sa.UniqueConstraint("kind", "value"),
    sa.Index(None, "company_id"),
)

company_namings = _table(  # a group id and a domain that one event named
    "company_namings",
    number("a", primary_key=True, required=True),
    number("b", primary_key=True, required=True),
    number("since", required=True),
    rowid=False,
)

# ---- the event log: the truth

events = _table(
    "events",
    sa.Column("seq", number("seq").type, primary_key=True),
    words("source", required=True),
    words("id", required=True),
    words("type", required=True),
    number("occurred_at", required=True),
    number("received_at", required=True),
    number("subject_id"),  # the first identifier that it names, in the order of IDENTITY.md
    number("company_key_id"),  # the company that its own traits name
    number("company_facts", default=0),  # 1: its traits say something about a company
    number("company_weak", default=0),  # 1: a mail's; counts only where the lead's events name no other
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

# ---- leads, what they are worth and what is done about them

leads = _table(
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
    sa.Index(None, "owner", sqlite_where=sa.text("owner IS NOT NULL")),
    sa.Index(None, "company_id", sqlite_where=sa.text("company_id IS NOT NULL")),
    sa.Index(None, "alert_id", sqlite_where=sa.text("alert_id IS NOT NULL")),
    sa.Index(None, "deadline", sqlite_where=sa.text("deadline IS NOT NULL")),
    sa.Index(None, "latest_at", "id"),
    sa.Index(None, "snoozed_until", sqlite_where=sa.text("snoozed_until IS NOT NULL")),
    sa.Index(None, "offered_to", sqlite_where=sa.text("offered_to IS NOT NULL")),
)

name_words = _table(  # every word of a name, company or address, folded: people are found by the beginning of any
    "name_words",
    words("word", primary_key=True, required=True),
    number("lead_id", primary_key=True, required=True),
    sa.Index(None, "lead_id"),
    rowid=False,
)

scores = _table(
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
    words("last_label"),  # hand-over, SCORING section 8: the one state
    number("armed", default=1),
    number("dipped", default=0),
    number("cooldown_ended", default=0),
    number("crossed_at"),
    sa.Index(None, "due_at", sqlite_where=sa.text("due_at IS NOT NULL")),
    sa.Index(None, "model", "label", "score"),
    rowid=False,
)

crossings = _table(
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

alerts = _table(
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

steps = _table(  # what is to happen to a lead at an instant, whoever is running then; at most one waits of each kind
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

turns = _table(  # offers and assignments: whose turn it was, and how it ended
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

reps = _table(  # what reps set for themselves, and who has left
    "reps",
    words("user_id", primary_key=True, required=True),
    words("settings", required=True, default="{}"),
    number("gone_at"),
    rowid=False,
)

contacts = _table(
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

notes = _table(
    "notes",
    key(),
    number("lead_id", required=True),
    number("at", required=True),
    words("by", required=True),
    words("text", required=True),
    words("content_feedback"),
    sa.Index(None, "lead_id"),
)

qualifications = _table(
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

# ---- what is owed to the outside world, and what was done

outbox = _table(
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

audit = _table(  # append-only: triggers refuse to change or delete a row
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

audit_notes = _table(  # erasable, beside the trail
    "audit_notes",
    key(),
    number("lead_id"),
    words("text", required=True),
    sa.Index(None, "lead_id"),
)

# ---- who was erased: no names, only what keeps them away

erasures = _table(
    "erasures",
    words("token", primary_key=True, required=True),
    number("at", required=True),
    words("actor", required=True),
    words("counts", required=True),  # how much of what went, JSON
    rowid=False,
)

erased_leads = _table(  # their numbers are never given again
    "erased_leads",
    number("id", primary_key=True, required=True),
    words("token", required=True),
)

tombstones = _table(  # keyed hashes of what named somebody erased
    "tombstones",
    words("hash", primary_key=True, required=True),
    words("token", required=True),
    sa.Index(None, "token"),
    rowid=False,
)

seen = _table(  # deliveries of Slack that had their effect
    "seen",
    words("key", primary_key=True, required=True),
    number("at", required=True),
    sa.Index(None, "at"),
    rowid=False,
)

# ---- the sources: what came from them, and files of the past

source_counts = _table(
    "source_counts",
    words("source", primary_key=True, required=True),
    number("hour", primary_key=True, required=True),  # counted from 1970
    words("what", primary_key=True, required=True),  # accepted, duplicate, …, refused:CODE
    number("count", default=0),
    number("latest_at", required=True),
    rowid=False,
)

source_troubles = _table(  # what people have been told of, until it is over
    "source_troubles",
    words("source", primary_key=True, required=True),
    words("trouble", primary_key=True, required=True),  # quiet, signatures
    number("since", required=True),
    rowid=False,
)

letters = _table(  # requests refused for their signature that their sender will not send again
    "letters",
    key(),
    words("source", required=True),
    number("received_at", required=True),
    words("code", required=True),
    words("method", required=True),
    words("url", required=True),
    words("path", required=True),
    words("headers", required=True),
    raw("body", required=True),
    sa.Index(None, "source", "id"),
)

imports = _table(  # how far a file of the past has been read
    "imports",
    key(),
    words("file", required=True),  # a hash of what it holds and how it is read
    words("source", required=True),
    words("name", required=True),
    number("started_at", required=True),
    number("lines", default=0),  # read and stored, good and bad
    number("accepted", default=0),
    number("duplicates", default=0),
    number("bad", default=0),
    number("ended_at"),
    sa.UniqueConstraint("file"),
)

APPEND_ONLY = (
    """CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
)
"""SQLite's guards of the audit trail."""
