"""Keeps SQLite's write-ahead log (WAL) bounded, however many read at once.

SQLite can reuse the log only at a moment in which nobody reads from it. If reads overlap without a gap there is no such
moment, and the log grows. So beyond a certain size new reads wait until those under way are done and the log is empty.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

MOST: Final = 16 * 1024 * 1024
"""Bytes of the log beyond which it is emptied; 64 MiB are allowed, and one transaction may write many at once."""
PRESSING: Final = 24 * 1024 * 1024
"""Bytes beyond which writers wait while it is emptied, some seconds at most."""
_PATIENCE: Final = 5.0
"""Seconds in which reads end by rule. One that takes longer (a backup in another process) is waited for no further."""
_EASY: Final = 0.1
"""Seconds for which a checkpoint, and so every write, waits for another process that reads."""
_PRESSED: Final = 1.0
"""The same where the log presses, and twice as long after each attempt in vain, up to `_PATIENCE`."""
_PAUSE: Final = 0.5
"""Seconds until the next attempt, when somebody read on."""


Checkpoint = Callable[[float], Awaitable[bool]]
"""Writes the log back and empties it; waits so many seconds for those of other processes who read. False: in vain."""


class Log:
    """The log beside a database. Reads of this process pass through it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = asyncio.Event()
        self._open.set()
        self._reading = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._vain = 0
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[None]:
        """While somebody reads."""
        await self._open.wait()
        self._reading += 1
        self._nobody.clear()
        try:
            yield
        finally:
            self._reading -= 1
            if not self._reading:
                self._nobody.set()

    async def room(self) -> None:
        """Before a write: where the log grows fast while its emptying waits for readers, the write waits too."""
        if not self._open.is_set() and self._size() > PRESSING:
            await self._open.wait()

    def look(self, checkpoint: Checkpoint) -> None:
        """Something was committed, and may have been large: look how large the log is, and have it emptied."""
        if self._task is not None or self._size() <= MOST:
            return
        self._task = asyncio.create_task(self._empty(checkpoint), name="wal")
        self._task.add_done_callback(self._done)

    def _size(self) -> int:
        with suppress(OSError):
            return self._path.stat().st_size
        return 0

    async def empty(self, checkpoint: Checkpoint) -> bool:
        """Have the log emptied while nobody of this process reads; False where somebody else does."""
        self._open.clear()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await self._nobody.wait()
            done = await checkpoint(self._patience())
            self._vain = 0 if done else self._vain + 1
            return done
        finally:
            self._open.set()

    def _patience(self) -> float:
        pressed = self._size() > PRESSING
        return min(_PATIENCE, _PRESSED * 2.0 ** max(0, self._vain - 1)) if pressed else _EASY

    async def _empty(self, checkpoint: Checkpoint) -> None:
        if not await self.empty(checkpoint) and self._size() <= PRESSING:
            await asyncio.sleep(_PAUSE)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled():
            task.exception()  # a full disk, for instance: the next write reports it

    async def close(self) -> None:
        """Nothing is emptied any more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
