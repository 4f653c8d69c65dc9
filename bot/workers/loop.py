"""A loop that works until nothing is left, and then waits until something may be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_AFTER_TROUBLE: Final = 1.0
"""Seconds to wait after an error, so that a broken database is not asked ten thousand times a second."""


class Loop:
    """Calls `work` whenever it is woken, and at the latest when `work` said (seconds from now; None: when woken).

    Woken, it lets `yields` seconds pass first: whatever is woken at the same time and is more urgent goes before it.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[float | None]],
        *,
        at_least_every: float,
        yields: float = 0.0,
        failed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._name = name
        self._work = work
        self._every = at_least_every
        self._yields = yields
        self._failed = failed
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self._name)

    def wake(self) -> None:
        """There may be work now."""
        self._wake.set()

    async def stop(self) -> None:
        """Let the work in hand come to its end, and stop."""
        self._stopping = True
        self.wake()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                seconds = await self._work()
            except Exception:
                log.exception("loop_failed", loop=self._name)
                self._failed(self._name)
                seconds = _AFTER_TROUBLE
            wait = self._every if seconds is None else min(max(seconds, 0.0), self._every)
            if wait == 0.0 or self._stopping:
                await asyncio.sleep(0)
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue
            if self._yields and not self._stopping:
                await asyncio.sleep(self._yields)
