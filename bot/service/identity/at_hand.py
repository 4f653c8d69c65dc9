"""A cache of identifiers and company keys: most events name somebody who was named a moment ago.

It is emptied when a transaction is rolled back, and whoever changes an identifier drops it from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.service.identity.rules import LEAD, NOBODY, NORMAL, PAST, IdentityRules
from bot.service.incoming import Identifier
from bot.storage import company_keys, identities
from bot.storage.store import Tx
from scoring.instants import Instant

_KEEP: Final = 50_000
_UNKNOWN: Final = object()


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier as it is stored, and what the rules say of it alone."""

    row: int
    kind: str
    value: str
    lead_id: int | None
    standing: int
    role: bool
    own: bool = False

    @property
    def joins(self) -> bool:
        """Whether what one event names besides is joined to it."""
        return self.standing not in (PAST, NOBODY) and not self.role


class Names:
    """A memory in front of the tables of identifiers, of who was named together, and of company keys."""

    def __init__(self, rules: IdentityRules) -> None:
        self._rules = rules
        self._identifiers: dict[tuple[str, str], Known] = {}
        self._keys: dict[int, tuple[str, str]] = {}
        self._together: dict[tuple[int, int], Instant | None] = {}
        self._companies: dict[tuple[str, str], tuple[int, int, int]] = {}
        self.added: set[int] = set()
        """Identifiers that nobody had named before; whoever asks clears it first."""

    def get(self, tx: Tx, one: Identifier, now: Instant) -> Known:
        """An identifier; an unknown one is added."""
        key = (one.kind, one.value)
        found = self._identifiers.get(key)
        if found is None:
            row = identities.find(tx, one.kind, one.value)
            if row is None:
                added = identities.add(tx, one.kind, one.value, now)
                self.added.add(added)
                found = self.known(added, None, 0, one)
                if found.standing == NOBODY:
                    identities.set_standing(tx, [added], NOBODY)
            else:
                found = self.known(row["id"], row["lead_id"], row["standing"], one)
            self._hold(key, found)
        return found

    def read_ahead(self, tx: Tx, wanted: Iterable[Identifier]) -> set[int]:
        """Look up at once which of these are stored and not at hand; the leads of all that are known."""
        named = {(one.kind, one.value): one for one in wanted}
        known = [found for key in named if (found := self._identifiers.get(key)) is not None]
        for row in identities.find_all(tx, [key for key in named if key not in self._identifiers]):
            key = (row["kind"], row["value"])
            known.append(self.known(row["id"], row["lead_id"], row["standing"], named[key]))
            self._hold(key, known[-1])
        return {one.lead_id for one in known if one.lead_id is not None}

    def _hold(self, key: tuple[str, str], one: Known) -> None:
        if len(self._identifiers) >= _KEEP:
            self._identifiers.clear()
            self._keys.clear()
        self._identifiers[key] = one
        self._keys[one.row] = key

    def known(self, row: int, lead_id: int | None, standing: int, one: Identifier) -> Known:
        """A stored identifier with what the rules say of it."""
        own = self._rules.is_own(one)
        role = one.kind != LEAD and self._rules.is_role(one)
        return Known(row, one.kind, one.value, lead_id, NOBODY if own else standing, role, own)

    def load(self, tx: Tx, rows: Iterable[int]) -> dict[int, Known]:
        """Identifiers as they are stored now."""
        found = {}
        for row in identities.by_ids(tx, rows):
            one = Identifier(row["kind"], row["value"])
            found[row["id"]] = self.known(row["id"], row["lead_id"], row["standing"], one)
        return found

    def drop(self, rows: Iterable[int]) -> None:
        """These changed: look them up again."""
        for row in rows:
            key = self._keys.pop(row, None)
            if key is not None:
                self._identifiers.pop(key, None)

    # ---- who was named together

    def together_since(self, tx: Tx, a: Known, b: Known) -> tuple[bool, Instant | None]:
        """Whether two were named in one event before, and since when that joins."""
        key = (a.row, b.row)
        since = self._together.get(key, _UNKNOWN)
        if since is _UNKNOWN:
            known, stored = identities.since_of(tx, a.row, b.kind, b.row)
            if known:
                self._keep(key, stored)
            return known, stored
        return True, since  # type: ignore[return-value]  # an instant or None

    def name_together(self, tx: Tx, a: Known, b: Known, since: Instant | None, now: Instant) -> None:
        """Remember that one event named both."""
        identities.name_together(tx, ((a.row, b.kind, b.row), (b.row, a.kind, a.row)), since, now)
        self._together.pop((a.row, b.row), None)
        self._together.pop((b.row, a.row), None)

    def _keep(self, key: tuple[int, int], since: Instant | None) -> None:
        if len(self._together) >= _KEEP:
            self._together.clear()
        self._together[key] = since

    # ---- companies

    def company_key(self, tx: Tx, kind: str, value: str, now: Instant) -> tuple[int, int, int]:
        """A group id's or domain's number, its company, and how it stands; an unknown one is added."""
        found = self._companies.get((kind, value))
        if found is None:
            found = company_keys.find(tx, kind, value) or (*company_keys.add(tx, kind, value, now), NORMAL)
            if len(self._companies) >= _KEEP:
                self._companies.clear()
            self._companies[kind, value] = found
        return found

    def forget_companies(self) -> None:
        self._companies.clear()

    def forget(self) -> None:
        """Look everything up again."""
        self._identifiers.clear()
        self._keys.clear()
        self._together.clear()
        self._companies.clear()
