"""Identifiers and company keys at hand: most events name somebody who was named a moment ago.

What is remembered is thrown away when a transaction is rolled back, or when leads or companies are merged.
"""

from __future__ import annotations

from typing import Final

from bot.storage import identities
from bot.storage.store import Tx
from scoring.instants import Instant

_KEEP: Final = 200_000


class Names:
    """A memory in front of the tables of identifiers and company keys."""

    def __init__(self) -> None:
        self._identifiers: dict[tuple[str, str], tuple[int, int | None]] = {}
        self._companies: dict[tuple[str, str], tuple[int, int]] = {}

    def identifier(self, tx: Tx, kind: str, value: str, now: Instant) -> tuple[int, int | None]:
        """An identifier's number and its lead, if it has one; an unknown one is added."""
        found = self._identifiers.get((kind, value))
        if found is None:
            found = identities.identifier(tx, kind, value, now)
            if len(self._identifiers) >= _KEEP:
                self._identifiers.clear()
            self._identifiers[kind, value] = found
        return found

    def join(self, tx: Tx, kind: str, value: str, row: int, lead_id: int) -> bool:
        """Give an identifier that has no lead to a lead."""
        self._identifiers.pop((kind, value), None)
        return identities.join(tx, row, lead_id)

    def company_key(self, tx: Tx, kind: str, value: str) -> tuple[int, int] | None:
        """A group id's or domain's number and its company, if it is known."""
        found = self._companies.get((kind, value)) or identities.company_key(tx, kind, value)
        if found is not None:
            if len(self._companies) >= _KEEP:
                self._companies.clear()
            self._companies[kind, value] = found
        return found

    def forget(self) -> None:
        """Look everything up again."""
        self._identifiers.clear()
        self._companies.clear()
