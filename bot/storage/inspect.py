"""Quick questions to a database that a service may be using: one read-only connection each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.errors import StoreUnusable


def count_leads(path: Path) -> int:
    """How many leads a database has. Raises StoreUnusable when it cannot be read."""
    try:
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return int(db.execute("SELECT COUNT(*) FROM leads").fetchone()[0])
        finally:
            db.close()
    except sqlite3.Error as trouble:
        raise StoreUnusable(f"The database {path} cannot be read: {trouble}") from trouble
