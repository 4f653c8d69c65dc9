"""After a publication every lead is evaluated again: where that stands, and whom it found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rescores",
        sa.Column("model_id", NUMBER, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("after", NUMBER, server_default="0", nullable=False),
        sa.Column("total", NUMBER, nullable=False),
        sa.Column("done", NUMBER, server_default="0", nullable=False),
        sa.Column("cooled", NUMBER, server_default="0", nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_rescores")),
        sqlite_strict=True,
        sqlite_with_rowid=True,
    )
    op.create_table(
        "found",
        sa.Column("model_id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("score", NUMBER, nullable=False),
        sa.Column("was_label", sa.Text(), nullable=True),
        sa.Column("was_score", NUMBER, nullable=True),
        sa.Column("settled_at", NUMBER, nullable=True),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("model_id", "lead_id", name=op.f("pk_found")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("found", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_found_lead_id"), ["lead_id"], unique=False)
