"""Time as the service lives it: the machine's clock, never running back behind what was already processed.

While it is ahead of a clock that was set back it runs at half its speed until that has caught up. It does not run back:
an evaluation at an earlier instant would know less, and a lead that seems to dip would be alerted twice. It does not
stand still either: if the clock was set back by an hour, what waits for a second (such as the next message to a
channel) would wait for that hour.
"""

from __future__ import annotations

from typing import Final

from bot.clock import Clock
from scoring.instants import MINUTE, Duration, Instant

_AT_MOST: Final[Duration] = MINUTE
"""The loops ask for the time every second: a longer leap is a clock that was set."""


class Timeline:
    """A clock that is never set back. `since` is the newest instant that was processed before."""

    def __init__(self, clock: Clock, since: Instant = 0) -> None:
        self._clock = clock
        self._seen = clock()
        self._last = since

    def __call__(self) -> Instant:
        seen = self._clock()
        passed = seen - self._seen
        self._seen = seen
        if not 0 <= passed <= _AT_MOST:  # the clock was set: this is no time that passed
            passed = 0
        self._last = max(self._last + passed // 2, seen)
        return self._last
