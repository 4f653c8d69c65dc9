"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = (
    """CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("crossing_id", NUMBER, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("posted_at", NUMBER, nullable=True),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("previous_id", NUMBER, nullable=True),
        sa.Column("joined_id", NUMBER, nullable=True),
        sa.Column("anew", NUMBER, server_default="0", nullable=False),
        sa.Column("best_label", sa.Text(), nullable=False),
        sa.Column("best_rating", sa.Text(), nullable=True),
        sa.Column("better", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("held", NUMBER, server_default="0", nullable=False),
        sa.Column("claimed_at", NUMBER, nullable=True),
        sa.Column("contacted_at", NUMBER, nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_crossing_id"), ["crossing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_lane"), ["lane"], unique=False, sqlite_where=sa.text("held = 1"))
        batch_op.create_index(batch_op.f("ix_alerts_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_made_at"), ["made_at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("lead_id", NUMBER, nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("note_id", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_lead_id_id"), ["lead_id", "id"], unique=False)

    op.create_table(
        "audit_notes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_notes")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("audit_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_notes_lead_id"), ["lead_id"], unique=False)
    op.create_table(
        "companies",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "company_keys",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("company_id", NUMBER, nullable=False),
        sa.Column("standing", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_keys")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_company_keys_kind_value")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("company_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_company_keys_company_id"), ["company_id"], unique=False)

    op.create_table(
        "crossings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("after_cooldown", NUMBER, server_default="0", nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("score", NUMBER, nullable=False),
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("held_back", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossings")),
        sa.UniqueConstraint("lead_id", "model", "at", name=op.f("uq_crossings_lead_id_model_at")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "events",
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_at", NUMBER, nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("subject_id", NUMBER, nullable=True),
        sa.Column("company_key_id", NUMBER, nullable=True),
        sa.Column("company_facts", NUMBER, server_default="0", nullable=False),
        sa.Column("company_weak", NUMBER, server_default="0", nullable=False),
        sa.Column("history", NUMBER, server_default="0", nullable=False),
        sa.Column("properties", sa.Text(), nullable=False),
        sa.Column("traits", sa.Text(), nullable=False),
        sa.Column("identifiers", sa.Text(), nullable=False),
        sa.Column("alias_of", sa.Text(), nullable=True),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=True),
        sa.Column("mail", sa.Text(), nullable=True),
        sa.Column("quarantined", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("source", "id", name=op.f("uq_events_source_id")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_company_key_id_company_facts"),
            ["company_key_id", "company_facts"],
            unique=False,
            sqlite_where=sa.text("company_key_id IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_events_mail_type"), ["mail", "type"], unique=False, sqlite_where=sa.text("mail IS NOT NULL")
        )
        batch_op.create_index(
            "ix_events_unopened", ["mail"], unique=False, sqlite_where=sa.text("quarantined = 'unopened'")
        )
        batch_op.create_index(
            batch_op.f("ix_events_subject_id_occurred_at"), ["subject_id", "occurred_at"], unique=False
        )

    op.create_table(
        "identifications",
        sa.Column("anonymous_id", NUMBER, nullable=False),
        sa.Column("by_mail", NUMBER, nullable=False),
        sa.Column("occurred_at", NUMBER, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint(
            "anonymous_id", "by_mail", "occurred_at", "event_id", "source", name=op.f("pk_identifications")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("identifications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifications_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "identifiers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("lead_id", NUMBER, nullable=True),
        sa.Column("first_seen", NUMBER, nullable=False),
        sa.Column("standing", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_identifiers_kind_value")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("identifiers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identifiers_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "leads",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("company_id", NUMBER, nullable=True),
        sa.Column("do_not_mail", sa.Text(), nullable=True),
        sa.Column("latest_at", NUMBER, nullable=True),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        sa.Column("status_since", NUMBER, nullable=True),
        sa.Column("status_by", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("owner_since", NUMBER, nullable=True),
        sa.Column("last_owner", sa.Text(), nullable=True),
        sa.Column("contacted_at", NUMBER, nullable=True),
        sa.Column("alert_id", NUMBER, nullable=True),
        sa.Column("deadline", NUMBER, nullable=True),
        sa.Column("cooled", NUMBER, server_default="0", nullable=False),
        sa.Column("offered_to", sa.Text(), nullable=True),
        sa.Column("offered_until", NUMBER, nullable=True),
        sa.Column("snoozed_until", NUMBER, nullable=True),
        sa.Column("back_at", NUMBER, nullable=True),
        sa.Column("taken", sa.Text(), nullable=True),
        sa.Column("acted", NUMBER, server_default="0", nullable=False),
        sa.Column("worked_at", NUMBER, nullable=True),
        sa.Column("asked_at", NUMBER, nullable=True),
        sa.Column("dm_at", NUMBER, nullable=True),
        sa.Column("clock_no", NUMBER, server_default="0", nullable=False),
        sa.Column("clock_from", NUMBER, nullable=True),
        sa.Column("clock_span", sa.Text(), nullable=True),
        sa.Column("clock_snoozed", NUMBER, server_default="0", nullable=False),
        sa.Column("missed", NUMBER, nullable=True),
        sa.Column("escalated_at", NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("amount", NUMBER, nullable=True),
        sa.Column("close_on", sa.Text(), nullable=True),
        sa.Column("untold_from", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leads_snoozed_until"),
            ["snoozed_until"],
            unique=False,
            sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_leads_offered_to"),
            ["offered_to"],
            unique=False,
            sqlite_where=sa.text("offered_to IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_leads_alert_id"), ["alert_id"], unique=False, sqlite_where=sa.text("alert_id IS NOT NULL")
        )
        batch_op.create_index(
            batch_op.f("ix_leads_company_id"),
            ["company_id"],
            unique=False,
            sqlite_where=sa.text("company_id IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_leads_deadline"), ["deadline"], unique=False, sqlite_where=sa.text("deadline IS NOT NULL")
        )
        batch_op.create_index(batch_op.f("ix_leads_latest_at_id"), ["latest_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_leads_owner"), ["owner"], unique=False, sqlite_where=sa.text("owner IS NOT NULL")
        )

    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "models",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("published_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("models", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_models_name_id"), ["name", "id"], unique=False)

    op.create_table(
        "name_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("word", "lead_id", name=op.f("pk_name_words")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("name_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_name_words_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("alert_id", NUMBER, nullable=True),
        sa.Column("state", sa.Text(), server_default="owed", nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("not_before", NUMBER, nullable=False),
        sa.Column("version", NUMBER, server_default="0", nullable=False),
        sa.Column("attempts", NUMBER, server_default="0", nullable=False),
        sa.Column("tried_at", NUMBER, nullable=True),
        sa.Column("settled_at", NUMBER, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("about_id", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_state_settled_at"),
            ["state", "settled_at"],
            unique=False,
            sqlite_where=sa.text("state <> 'done'"),
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_alert_id"), ["alert_id"], unique=False, sqlite_where=sa.text("alert_id IS NOT NULL")
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_not_before"),
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("state IN ('owed', 'sending', 'unknown')"),
        )

    op.create_table(
        "scores",
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("score", NUMBER, nullable=True),
        sa.Column("fit", NUMBER, nullable=True),
        sa.Column("engagement", NUMBER, nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("follow_up_within", NUMBER, nullable=True),
        sa.Column("latest_at", NUMBER, nullable=True),
        sa.Column("due_at", NUMBER, nullable=True),
        sa.Column("due_cause", sa.Text(), server_default="time", nullable=False),
        sa.Column("last_label", sa.Text(), nullable=True),
        sa.Column("armed", NUMBER, server_default="1", nullable=False),
        sa.Column("dipped", NUMBER, server_default="0", nullable=False),
        sa.Column("cooldown_ended", NUMBER, server_default="0", nullable=False),
        sa.Column("crossed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("lead_id", "model", name=op.f("pk_scores")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("scores", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scores_due_at"), ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL")
        )
        batch_op.create_index(batch_op.f("ix_scores_model_label_score"), ["model", "label", "score"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_feedback", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "qualifications",
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("budget", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("timeline", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_qualifications")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "reps",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), server_default="{}", nullable=False),
        sa.Column("gone_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reps")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )

    op.create_table(
        "steps",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lead_id", NUMBER, server_default="0", nullable=False),
        sa.Column("whom", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("clock_no", NUMBER, server_default="0", nullable=False),
        sa.Column("alert_id", NUMBER, nullable=True),
        sa.Column("done_at", NUMBER, nullable=True),
        sa.Column("told", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_steps_lead_id_kind"), ["lead_id", "kind"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_steps_due_at"), ["due_at"], unique=False, sqlite_where=sa.text("done_at IS NULL")
        )
        batch_op.create_index(
            "ix_steps_waiting", ["lead_id", "kind", "whom"], unique=True, sqlite_where=sa.text("done_at IS NULL")
        )

    op.create_table(
        "turns",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("alert_id", NUMBER, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("given_back", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turns_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_user_id_at"), ["user_id", "at"], unique=False)

    op.create_table(
        "seen",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seen")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seen_at"), ["at"], unique=False)

    op.create_table(
        "source_counts",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hour", NUMBER, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("count", NUMBER, server_default="0", nullable=False),
        sa.Column("latest_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("source", "hour", "what", name=op.f("pk_source_counts")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_troubles",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("source", "trouble", name=op.f("pk_source_troubles")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letters",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", NUMBER, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_source_id"), ["source", "id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.Column("lines", NUMBER, server_default="0", nullable=False),
        sa.Column("accepted", NUMBER, server_default="0", nullable=False),
        sa.Column("duplicates", NUMBER, server_default="0", nullable=False),
        sa.Column("bad", NUMBER, server_default="0", nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("file", name=op.f("uq_imports_file")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )

    for trigger in APPEND_ONLY:
        op.execute(trigger)
