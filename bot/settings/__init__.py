"""The only reader of the environment and of hotlead.toml: settings with every problem named at once.

Secrets never stand in the file: it names environment variables, and for each NAME the variable NAME_FILE may name a
file.
"""

from typing import Final

from bot.settings.reading import read_settings, settings_from
from bot.settings.secrets import SlackSecrets, secret, slack_secrets, source_secrets
from bot.settings.sections import (
    BackupSection,
    ChannelSection,
    IdentitySection,
    RetentionSection,
    ServiceSection,
    Settings,
    SlackSection,
    SourceSection,
    StatusSection,
)

CONFIG_NAME: Final = "hotlead.toml"

__all__ = [
    "CONFIG_NAME", "BackupSection", "ChannelSection", "IdentitySection", "RetentionSection", "ServiceSection",
    "Settings", "SlackSecrets", "SlackSection", "SourceSection", "StatusSection", "read_settings", "secret",
    "settings_from", "slack_secrets", "source_secrets",
]  # fmt: skip
