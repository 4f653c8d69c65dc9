"""The manifest: taken by Slack's own schema, and asking for nothing that is not used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest

from bot.slack import commands
from bot.slack.manifest import OPTIONAL, manifest, required_scopes
from bot.slack.settings import SlackSettings
from bot.slack.workspace_events import EVENTS
from bot.standin import DemoWorkspace
from tests.bot.slack.fake_desk import Now

SCHEMA = json.loads((Path(__file__).parent / "manifest.schema.2.0.0.json").read_text())
SETTINGS = SlackSettings("T1", lead_command="/prospect")


@pytest.mark.parametrize("url", [None, "https://leads.example.com", "https://leads.example.com/"])
def test_slacks_schema_takes_it_for_http_and_for_socket_mode(url: str | None) -> None:
    jsonschema.validate(manifest(SETTINGS, url), SCHEMA)


def test_for_http_everything_goes_to_one_address() -> None:
    made = manifest(SETTINGS, "https://leads.example.com/")
    address = "https://leads.example.com/slack/events"
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {command["url"] for command in made["features"]["slash_commands"]} == {address}
    assert made["settings"]["socket_mode_enabled"] is False


def test_for_socket_mode_there_is_no_address_at_all() -> None:
    made = manifest(SETTINGS)
    assert "url" not in json.dumps(made).replace("usage_hint", "")
    assert made["settings"]["socket_mode_enabled"] is True


def test_commands_are_called_what_the_settings_call_them_and_list_every_verb() -> None:
    made: dict[str, Any] = {one["command"]: one for one in manifest(SETTINGS)["features"]["slash_commands"]}
    assert set(made) == {"/prospect", "/leads", "/hotlead"}
    for verb in commands.FAMILIES["lead"].verbs:
        assert verb.usage in made["/prospect"]["usage_hint"]


def test_scopes_and_events_are_those_that_are_used() -> None:
    made = manifest(SETTINGS)
    assert set(made["oauth_config"]["scopes"]["bot"]) == required_scopes() | OPTIONAL
    assert made["settings"]["event_subscriptions"]["bot_events"] == sorted(EVENTS)
    assert "chat:write.public" not in required_scopes()  # without membership a lost answer cannot be looked up


def test_the_stand_in_grants_every_scope_that_is_asked_for() -> None:
    assert required_scopes() <= DemoWorkspace(now=Now()).scopes
