"""What the Slack side has to be told; the composition root fills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.language import Code
from scoring.instants import MINUTE, SECOND, Duration


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Ids, not names: names change. Command names are a setting because another app may own `/lead`.

    `team_id` comes from `warm_up` when the configuration does not name it: nobody of another workspace may act.
    """

    team_id: str
    lead_command: str = "/lead"
    leads_command: str = "/leads"
    hotlead_command: str = "/hotlead"
    admins: frozenset[str] = frozenset()
    managers: frozenset[str] = frozenset()
    crm_hosts: frozenset[str] = frozenset()
    alert_channel: str | None = None
    fallback_channel: str | None = None
    admin_channel: str | None = None
    page_size: int = 8
    workspace_url: str | None = None  # https://….slack.com/, for links from an alert to the one before it
    profile_lifetime: Duration = 5 * MINUTE
    managers_group: str | None = None
    admins_group: str | None = None
    """User groups (S…) whose members are managers and admins, beside those named by id."""
    default_language: Code = "en"
    channel_languages: Mapping[str, Code] = field(default_factory=dict)
    """The language of posts in channels that have another."""
    shared_channels: frozenset[str] = frozenset()
    """Channels that may have lead data though another company reads along."""
    routed: frozenset[str] = frozenset()
    """Channels of routes, beside the three below."""
    post_interval: Duration = SECOND  # Slack takes about one message a second and channel

    @property
    def commands(self) -> tuple[str, str, str]:
        return (self.lead_command, self.leads_command, self.hotlead_command)

    @property
    def places(self) -> frozenset[str]:
        """Every channel that is configured."""
        return self.routed | {channel for _, channel in self.channels}

    @property
    def channels(self) -> tuple[tuple[str, str], ...]:
        """The configured channels, each with the name of its setting; one id is listed once."""
        named: Iterable[tuple[str, str | None]] = (
            ("channel", self.alert_channel),
            ("fallback_channel", self.fallback_channel),
            ("admin_channel", self.admin_channel),
        )
        found: dict[str, str] = {}
        for name, channel in named:
            if channel:
                found.setdefault(channel, name)
        return tuple((name, channel) for channel, name in found.items())
