"""What somebody was told a moment ago, so that a double click is answered once.

In memory alone: after a restart, or beside another process, the worst is that something is said twice.
"""

from __future__ import annotations

from typing import Final

from scoring.instants import SECOND, Instant

MOMENT: Final = 3 * SECOND
"""Whoever presses again after this long wants to hear it again."""
_ROOM: Final = 1000


class Lately:
    """Remembers answers for a moment, the newest thousand at most."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], Instant] = {}

    def said(self, user_id: str, text: str, now: Instant) -> bool:
        """Whether this person was told the same a moment ago; remembers that they are told it now, if not."""
        before = self._said.pop((user_id, text), None)
        again = before is not None and abs(now - before) < MOMENT
        self._said[user_id, text] = before if before is not None and again else now
        if len(self._said) > _ROOM:
            del self._said[next(iter(self._said))]
        return again
