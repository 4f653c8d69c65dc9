"""Acts on what is due: scores whose next change has come, and steps of handling, in order, a few per transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from bot.clock import Clock
from bot.service.handling.steps import Steps
from bot.service.scorebook import Scorebook
from bot.storage import scores, steps
from bot.storage.store import Store, Tx
from scoring.instants import SECOND, Instant

_AT_ONCE: Final = 20
"""Leads per transaction: a claim never waits for more than these."""


class DueWork:
    """The due loop's work."""

    def __init__(self, store: Store, scorebook: Scorebook, handling: Steps, clock: Clock) -> None:
        self._store = store
        self._scorebook = scorebook
        self._handling = handling
        self._clock = clock
        self.acted: Callable[[], None] = lambda: None
        """Called when something was evaluated: there may be something to deliver."""

    async def work(self) -> float | None:
        """Evaluate whatever is due; seconds until the next is, None when nothing will be."""
        await self.catch_up()
        at = await self._store.read(_next_due)
        return None if at is None else max(at - self._clock(), 0) / SECOND

    async def catch_up(self) -> int:
        """Evaluate everything that was due by now, the longest due first; how many evaluations that took."""
        total = 0
        while done := await self._store.write(self._some):
            total += done
            self.acted()
            await asyncio.sleep(0)
        return total

    def _some(self, tx: Tx) -> int:
        """In order of time: what a lead is worth is brought up to a step's instant before the step is done."""
        now = self._clock()
        step = steps.next_due(tx)
        if step is None or step > now:
            return self._scorebook.due(tx, now, _AT_ONCE)
        return self._scorebook.due(tx, step, _AT_ONCE) or self._handling.due(tx, now, 1)


def _next_due(tx: Tx) -> Instant | None:
    return min((at for at in (scores.next_due(tx), steps.next_due(tx)) if at is not None), default=None)
