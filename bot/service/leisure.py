"""What keeps the interpreter from making everybody wait: in a service that answers requests, and in long work.

A service holds some million objects, of which hardly any are garbage in a circle. Measured with the usual settings: the
collector took 7 % of its time, and stopped it for up to 0.1 s at once.

Long work makes it worse: with 1,400,000 events rescored while requests came in, the collector looked through every
object of the service 87 times, up to a second each (40 s of 67 s), because batches of short-lived objects look to it
like growth; and the loop waited up to 5 ms for each of its turns.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TURN: Final = 0.0005
"""Seconds after which threads change, a tenth of what is usual."""
_BETWEEN_COLLECTIONS: Final = (20_000, 20, 100)
"""New objects until the youngest are looked through, and how often that until older ones are; usual are 700, 10, 10."""

set_aside: Final = gc.freeze


def collect_seldom() -> None:
    """For a process that serves, once it has started: leave alone what is there by now, and look through it seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_BETWEEN_COLLECTIONS)


@contextmanager
def at_leisure() -> Iterator[None]:
    """While this goes on threads change more often, and the collector leaves alone what was there before.

    `set_aside` after a batch lets it leave alone what is there by then, too.
    """
    turn = sys.getswitchinterval()
    sys.setswitchinterval(min(turn, _TURN))
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        sys.setswitchinterval(turn)
