"""Remembers what Slack already told us, so that a replay or a retry has no second effect."""

from __future__ import annotations

from typing import Protocol


class Seen(Protocol):
    """Durable: a replay after a restart is known too. Keys are kept for an hour at least; signatures live 5 minutes."""

    async def first_time(self, key: str) -> bool:
        """True for exactly one caller of a key, also among concurrent ones."""
