"""Slack's rates, kept from our side: calls per method and minute, one message per channel and interval.

Sliding windows on the clock given; nothing sleeps here, the caller is told how long to wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from bot.clock import Clock
from scoring.instants import MINUTE, SECOND, Duration, Instant

# calls a minute; a little below Slack's limits, because Slack's minute and ours do not begin together
PER_MINUTE: Final[Mapping[str, int]] = {
    "chat.postMessage": 280,
    "chat.update": 48,
    "chat.delete": 48,
    "files.getUploadURLExternal": 95,
    "files.completeUploadExternal": 95,
    "files.delete": 48,
    "files.info": 95,
    "conversations.history": 48,
    "conversations.replies": 48,
    "conversations.open": 48,
    "conversations.join": 48,
}


class Pace:
    """Counts what was sent and remembers what Slack asked us to wait for."""

    def __init__(self, clock: Clock, post_interval: Duration = SECOND) -> None:
        self._clock = clock
        self._post_interval = post_interval
        self._calls: dict[str, deque[Instant]] = {}
        self._posted: dict[str, Instant] = {}
        self._held: dict[str, tuple[Instant, Duration]] = {}

    def hold(self, method: str, seconds: float) -> None:
        """Slack said Retry-After for a method: it is left alone until then."""
        self._held[method] = self._clock(), int(seconds * SECOND)

    def method_wait(self, method: str) -> float:
        """Seconds until the method may be called, 0 when now."""
        now = self._clock()
        calls = self._calls.setdefault(method, deque())
        # over a minute old or, since the clock was set back, ahead of it
        while calls and not now - MINUTE < calls[0] <= now:
            calls.popleft()
        full = _left(calls[0], MINUTE, now) if len(calls) >= PER_MINUTE[method] else 0
        since, length = self._held.get(method, (now, 0))
        return max(full, _left(since, length, now)) / SECOND

    def channel_wait(self, channel: str) -> float:
        """Seconds until the channel takes another message, 0 when now."""
        now = self._clock()
        return _left(self._posted.get(channel, 0), self._post_interval, now) / SECOND

    def count(self, method: str, channel: str | None = None) -> None:
        """A call is being made now, perhaps a message to a channel."""
        now = self._clock()
        self._calls.setdefault(method, deque()).append(now)
        if channel is not None:
            self._posted[channel] = now
            if len(self._posted) > 10_000:
                self._posted = {where: at for where, at in self._posted.items() if at > now - self._post_interval}


def _left(since: Instant, length: Duration, now: Instant) -> Duration:
    return min(max(since + length - now, 0), length)
