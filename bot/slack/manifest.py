"""The app's manifest, made from the registry of commands and the settings: exactly the scopes and events needed now.

HTTP when there is a public address, else Socket Mode. Schema: docs.slack.dev/reference/app-manifest, version 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.slack.commands import FAMILIES
from bot.slack.settings import SlackSettings
from bot.slack.shortcuts import SHORTCUTS
from bot.slack.text import cut
from bot.slack.workspace_events import EVENTS

# scope -> what it is for, in words for whoever approves the app
SCOPES: Final[Mapping[str, str]] = {
    "commands": "take the slash commands",
    "chat:write": "post alerts and answers",
    "users:read": "know full members from guests, bots and strangers",
    "channels:read": "look whether a configured channel exists and is open to the app",
    "channels:join": "join a configured public channel without an invitation",
    "channels:history": "find an alert whose post was not answered, so that it is not posted twice",
    "groups:read": "the same for private channels",
    "groups:history": "the same for private channels",
    "im:write": "find the conversation with a person, to look up a message whose post was not answered",
    "im:history": "the same in that conversation",
    "files:write": "show a picture in digests, hand an admin a lead's export, and delete it when the lead is erased",
    "files:read": "know when Slack is ready with that picture, and which message shows an export",
    "usergroups:read": "know managers and admins by user groups, where those are configured",
}
OPTIONAL: Final = frozenset({"usergroups:read", "files:write", "files:read"})
"""Without these it works as well, with less."""
EVENTS_PATH: Final = "/slack/events"


def required_scopes() -> frozenset[str]:
    """What the bot token must be allowed to do."""
    return frozenset(SCOPES) - OPTIONAL


def manifest(settings: SlackSettings, public_url: str | None = None, name: str = "hotlead") -> dict[str, Any]:
    """The manifest to paste at api.slack.com/apps; without `public_url` it is for Socket Mode."""
    address = public_url.rstrip("/") + EVENTS_PATH if public_url else None
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": name,
            "description": "Tells the sales team which lead is hot, why, and who has it",
            "background_color": "#7a1f1f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,  # off, the app cannot write to people
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {"name": one.name, "type": one.kind, "callback_id": one.callback, "description": one.about}
                for one in SHORTCUTS
            ],
            "slash_commands": _commands(settings, address),
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**_at(address, "request_url"), "bot_events": sorted(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **_at(address, "request_url"),
                **_at(address, "message_menu_options_url"),  # suggestions while somebody types
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _commands(settings: SlackSettings, address: str | None) -> list[dict[str, Any]]:
    return [
        {
            "command": family.command(settings),
            "description": family.about,
            "usage_hint": cut(" | ".join(verb.usage for verb in family.verbs), 1000),
            "should_escape": True,  # a mention arrives with the person's id
            **_at(address, "url"),
        }
        for family in FAMILIES.values()
    ]


def _at(address: str | None, field: str) -> dict[str, str]:
    return {field: address} if address is not None else {}
