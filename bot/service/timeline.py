"""Time as the service lives it: the machine's clock, never running back behind what was already processed."""

from __future__ import annotations

from bot.clock import Clock
from scoring.instants import Instant


class Timeline:
    """A clock that stands still while the machine's is set back: an evaluation at an earlier instant would know less,
    and a lead that seems to dip would be alerted twice."""

    def __init__(self, clock: Clock, since: Instant = 0) -> None:
        self._clock = clock
        self._last = since

    def __call__(self) -> Instant:
        self._last = max(self._last, self._clock())
        return self._last
