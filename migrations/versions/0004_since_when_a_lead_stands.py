"""Since when a lead stands as it does."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("leads", sa.Column("stood", sa.Text(), nullable=True))
    op.add_column("leads", sa.Column("stood_since", NUMBER, nullable=True))
