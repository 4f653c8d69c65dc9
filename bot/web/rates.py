"""How many events a source may send: so that one sender that runs wild does not take the room of the others.

Only what was proved counts, so that nobody without the secret can use up what the sender may send.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

BURST: Final = 10
"""Seconds' worth that may come at once: senders gather events and send them together."""


class Rates:
    """A bucket for each source that has a limit, in events a second. A batch is taken whole or not at all."""

    def __init__(self, per_second: Mapping[str, int], now: Callable[[], float] = time.monotonic) -> None:
        self._per_second = {name: rate for name, rate in per_second.items() if rate}
        self._now = now  # monotonic: a clock that is set back would close a source for as long
        self._full_at: dict[str, float] = {}
        """When the bucket will be full again if nothing comes: the whole state of a bucket is one instant."""

    def take(self, source: str, events: int) -> int | None:
        """Count events in; None when they may come, else the whole seconds to wait, 1 at least."""
        rate = self._per_second.get(source)
        if rate is None:
            return None
        now = self._now()
        full_at = max(self._full_at.get(source, 0.0), now)
        empty_for = full_at - now - BURST
        if empty_for >= 0:
            return int(empty_for) + 1
        self._full_at[source] = full_at + events / rate
        return None
