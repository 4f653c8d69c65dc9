"""A group of requests that become one transaction: what was asked, and what the transaction has found so far."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.service.incoming import SourcedEvent
from bot.storage import events, former_leads
from bot.storage.store import Tx
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a request's events."""

    accepted: int
    duplicates: int
    erased: int = 0
    """Events about somebody who was erased: taken, counted and not stored."""


@dataclass(slots=True)
class Request:
    """What one sender sent at once, and the answer that it waits for."""

    source: str
    events: Sequence[SourcedEvent]
    history: bool
    answer: asyncio.Future[Receipt]
    id: str | None = None
    """By which logs know it."""
    since: float = 0.0
    """When it came, by the loop's clock."""


@dataclass(slots=True)
class Group:
    """What one transaction has found so far."""

    now: Instant
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Events that were stored before, by source and id: whatever of the group has one of these is a duplicate."""
    keys: dict[tuple[str, str], SourcedEvent] = field(default_factory=dict)
    """The same of the group's own events, so far."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """The new events, as they are stored."""
    stored: int = 0
    """How many of the rows are stored already."""

    live: dict[int, bool] = field(default_factory=dict)
    """The leads that the group concerns -> whether anything that concerns them is more than history."""
    added: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Their new events, those aside that count for nothing."""
    reload: set[int] = field(default_factory=set)
    """Those that must be loaded from the log anew: who they are, or what they did before, has changed."""
    silent: set[int] = field(default_factory=set)
    """Those that alert nobody, whatever they cross."""
    asked: dict[int, str | None] = field(default_factory=dict)
    """The id of the request that told of a lead last."""

    companies: dict[int, list[tuple[int | None, dict[str, Any]]]] = field(default_factory=dict)
    """The companies of which something was said -> the lead that said it (None: nobody known), and the event."""
    inherited: dict[int, bool] = field(default_factory=dict)
    """The companies of which stored facts that name none are now, or were -> whether that is more than history."""
    regrouped: set[int] = field(default_factory=set)
    """The companies about which other events are than before, because their keys mean another."""
    news: dict[int, bool] = field(default_factory=dict)
    """The companies of which something is known that was not -> whether it is more than history."""

    def take_back(self, seq: int) -> None:
        """A new event counts for nothing after all."""
        for told in self.added.values():
            told[:] = [row for row in told if row["seq"] != seq]
        for company, by_whom in list(self.companies.items()):
            by_whom[:] = [(by, row) for by, row in by_whom if row["seq"] != seq]
            if not by_whom:
                del self.companies[company]

    def flush(self, tx: Tx) -> None:
        """Store what is decided: what identity changes next may change whose it is."""
        events.add(tx, self.rows[self.stored :])
        self.stored = len(self.rows)

    def rename(self, tx: Tx) -> None:
        """Leads that became part of another meanwhile are that one, which is loaded anew."""
        for lead_id, kept in former_leads.resolved(tx, self.live).items():
            self.live[kept] = self.live.pop(lead_id) or self.live.get(kept, False)
            self.asked.setdefault(kept, self.asked.pop(lead_id, None))
            moved = self.added.pop(lead_id, [])
            if moved:
                self.added.setdefault(kept, []).extend(moved)
            self.reload.add(kept)
