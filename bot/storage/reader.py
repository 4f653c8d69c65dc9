"""Reads a database that a running service may be writing: read-only, in short transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreUnusable
from bot.storage.store import Tx, make_engine, transact

T = TypeVar("T")

_READ_ONLY: Final = ("PRAGMA busy_timeout=5000", "PRAGMA query_only=ON", "PRAGMA cache_size=-32768")


class Reader:
    """Reads a database of which another process may be the owner; `Store.read` does the same for the owner."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise StoreUnusable(f"There is no database {path}. Is the configuration the right one?")
        self.path = path
        url = sa.URL.create("sqlite+aiosqlite", database=f"file:{path.resolve()}", query={"mode": "ro", "uri": "true"})
        self._engine = make_engine(url, size=1, pragmas=_READ_ONLY)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a function over one consistent snapshot. Raises StoreUnusable in words."""
        try:
            _, result = await transact(self._engine, "BEGIN", work)
        except (sqlite3.Error, SQLAlchemyError) as trouble:
            raise StoreUnusable(
                f"The database {self.path} cannot be read: {trouble}. If it is of an older hotlead, start the service "
                "once: that brings it up to date."
            ) from trouble
        return result

    async def close(self) -> None:
        await self._engine.dispose()
