"""The one place that reads the wall clock, so that every test and every replay can set the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

from scoring.instants import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Gives the instant of now, in microseconds since 1970 UTC."""


def system_clock() -> Instant:
    """The machine's clock."""
    return time.time_ns() // 1_000
