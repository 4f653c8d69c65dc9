"""Who was named together, what admins say about it, which leads became one, who was erased, what admins are told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "aliases",
        sa.Column("a", NUMBER, nullable=False),
        sa.Column("b", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_aliases")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "company_namings",
        sa.Column("a", NUMBER, nullable=False),
        sa.Column("b", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("a", "b", name=op.f("pk_company_namings")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "erased_leads",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_leads")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "erasures",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_erasures")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tombstones",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tombstones")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("tombstones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tombstones_token"), ["token"], unique=False)

    op.create_table(
        "former_leads",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("into_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("eldest_id", NUMBER, nullable=True),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_leads")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("former_leads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_leads_eldest_id"), ["eldest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_former_leads_into_id"), ["into_id"], unique=False)

    op.create_table(
        "identity_findings",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", NUMBER, nullable=False),
        sa.Column("other_id", NUMBER, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_findings")),
        sa.UniqueConstraint(
            "kind", "subject_id", "other_id", name=op.f("uq_identity_findings_kind_subject_id_other_id")
        ),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "instructions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revoked_at", NUMBER, nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructions")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "namings",
        sa.Column("a", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("b", NUMBER, nullable=False),
        sa.Column("since", NUMBER, nullable=True),
        sa.Column("first_seen", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("a", "kind", "b", name=op.f("pk_namings")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
