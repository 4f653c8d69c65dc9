"""The tables. Instants are microseconds UTC, points are hundredths, truth values are 0 and 1, maps are JSON texts."""

from bot.storage.tables import erased, events, handling, identity, leads, models, owed, sources
from bot.storage.tables.base import metadata

APPEND_ONLY = (
    """CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
       BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
)
"""SQLite's guards of the audit trail."""

__all__ = [
    "APPEND_ONLY", "erased", "events", "handling", "identity", "leads", "metadata", "models", "owed", "sources",
]  # fmt: skip
