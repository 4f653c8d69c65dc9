"""Our column types: SQLite's STRICT tables take INTEGER, TEXT and BLOB, PostgreSQL needs BIGINT for instants."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

WholeNumber = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Row numbers, instants (microseconds UTC), durations (microseconds), points (hundredths) and truth values (0, 1)."""


def key() -> sa.Column[Any]:
    """The row's own number."""
    return sa.Column("id", WholeNumber, primary_key=True)


def number(name: str, *, required: bool = False, default: int | None = None, **more: Any) -> sa.Column[Any]:
    """A column of whole numbers; `default` also fills rows that a migration finds."""
    filled = None if default is None else str(default)
    return sa.Column(name, WholeNumber, nullable=not required and default is None, server_default=filled, **more)


def words(name: str, *, required: bool = False, default: str | None = None, **more: Any) -> sa.Column[Any]:
    """A column of text (also for JSON, which is read whole)."""
    return sa.Column(name, sa.Text(), nullable=not required and default is None, server_default=default, **more)


def raw(name: str, *, required: bool = False) -> sa.Column[Any]:
    """A column of bytes as they came."""
    return sa.Column(name, sa.LargeBinary(), nullable=not required)
