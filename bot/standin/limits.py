"""Rate limits: per method and minute by tier, and one message per second and channel."""

from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.standin.values import SECOND

# Calls per minute. T5 is Slack's "special": hundreds a minute. docs.slack.dev/apis/web-api/rate-limits
PER_MINUTE: Mapping[str, int] = MappingProxyType({"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 600, "post": 300})


class Limits:
    """Counts calls in sliding windows on the workspace's clock; a test that lives in one moment sets `on` to False."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.on = True
        self._now = now
        self._calls: dict[tuple[str, str], deque[int]] = {}

    def method(self, name: str, tier: str) -> int:
        """Count a call of a method; seconds to wait when it is one too many, else 0."""
        return self._count(("method", name), PER_MINUTE[tier], 60 * SECOND)

    def channel(self, channel: str) -> int:
        """Count a message to a channel; seconds to wait when the last one was within a second."""
        return self._count(("channel", channel), 1, SECOND)

    def _count(self, key: tuple[str, str], most: int, window: int) -> int:
        now = self._now()
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - window:
            calls.popleft()
        if self.on and len(calls) >= most:
            return max(1, -(-(calls[0] + window - now) // SECOND))
        calls.append(now)
        return 0
