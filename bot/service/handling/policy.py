"""What is configured about handling: the clock and its steps, reasons, digests, and what is different in a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.service.handling.views import Choices
from bot.service.handling.working_time import Calendar, Minutes
from scoring.instants import DAY, HOUR, MINUTE, Duration

NO_CHOICES = Choices(("Other",), ("Other",), ("Other",))


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """How much a channel takes, and when."""

    quiet: Minutes | None = None
    ceiling: int = 0
    digest_at: int = 8 * 60 + 30


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that the table of docs/handling.md leaves to configuration."""

    calendar: Calendar = field(default_factory=Calendar)
    stops_at_claim: bool = False
    remind: int = 75
    escalate: bool = True
    escalate_to: tuple[str, ...] = ()
    escalate_in_thread: bool = False
    release_after: Duration | None = None
    not_now: Duration = 90 * DAY
    lost_rest: Duration = 90 * DAY
    closes: bool = True
    refuses_unqualified: bool = False
    stale_after: Mapping[str, Duration] = field(default_factory=dict)
    """By status; `other` for the rest; empty: nobody is asked."""
    choices: Choices = NO_CHOICES
    gather: Duration = 5 * MINUTE
    digests: bool = False
    digest_at: int = 8 * 60 + 30
    weekly: int = 0
    default_channel: ChannelPolicy = ChannelPolicy()
    channels: Mapping[str, ChannelPolicy] = field(default_factory=dict)

    def channel(self, channel_id: str) -> ChannelPolicy:
        """What holds in a channel."""
        return self.channels.get(channel_id, self.default_channel)

    def stale(self, status: str) -> Duration | None:
        """After how long without an act an owner is asked."""
        return self.stale_after.get(status, self.stale_after.get("other"))


RELEASE_AT_THE_EARLIEST: Duration = HOUR
"""After `escalate`: the manager has time to act."""
MOST_RELEASES = 2
"""So often the step `release` passes a lead on; then it is open."""
MOST_OFFERS = 3
