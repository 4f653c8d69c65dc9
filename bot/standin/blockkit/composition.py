"""Composition objects: text, options, confirmations, files. docs.slack.dev/reference/block-kit/composition-objects"""

from collections.abc import Mapping
from typing import Any

from bot.standin.blockkit.checks import (
    Check,
    Report,
    Rule,
    any_of,
    boolean,
    exactly_one,
    list_of,
    one_of,
    shape,
    string,
    typed,
)

WEB = r"https?://\S+$"


def text(most: int, *kinds: str) -> Check:
    """A text object of at most `most` characters: plain_text, mrkdwn, or (none named) either."""
    table = {
        "plain_text": shape({"type": one_of("plain_text"), "text": string(most)}, {"emoji": boolean}),
        "mrkdwn": shape({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean}),
    }
    return typed(table, *kinds)


def plain(most: int) -> Check:
    """A plain_text object."""
    return text(most, "plain_text")


CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(*kinds: str, url: bool = False) -> Check:
    """An option of a menu; its value is a string of at most 150 characters."""
    more: dict[str, Check] = {"url": string(3000, pattern=WEB)} if url else {}
    label = text(75, *kinds)
    return shape({"text": label, "value": string(150)}, {"description": text(75, *kinds), **more})


def _distinct(value: Any, pointer: str, report: Report) -> None:
    values = [o.get("value") for o in value if isinstance(o, dict)] if isinstance(value, list) else []
    if len({str(v) for v in values}) != len(values):
        report.add("option values must be unique", pointer)


def options(most: int, *kinds: str, url: bool = False, least: int = 1) -> Check:
    """A list of options whose values differ."""
    listed = list_of(option(*kinds, url=url), most, least)

    def check(value: Any, pointer: str, report: Report) -> None:
        listed(value, pointer, report)
        _distinct(value, pointer, report)

    return check


OPTION = option("plain_text")
OPTION_GROUPS = list_of(shape({"label": plain(75), "options": options(100, "plain_text")}), 100)


def initial_is_offered(value: Mapping[str, Any], pointer: str, report: Report) -> None:
    """What a menu starts with must be among its options, to the letter."""
    groups = value.get("option_groups", ())
    offered = [*value.get("options", ()), *(o for group in groups for o in group["options"])]
    started = [*value.get("initial_options", ())]
    name = "initial_options"
    if "initial_option" in value:
        started, name = [value["initial_option"]], "initial_option"
    if any(o not in offered for o in started):
        report.add("initial option must be one of the options", f"{pointer}/{name}")


def _file_is_ready(value: Mapping[str, Any], pointer: str, report: Report) -> None:
    name = "id" if "id" in value else "url"
    if report.files is not None and value[name] not in report.files:
        report.add("invalid slack file", f"{pointer}/{name}")


SLACK_FILE = shape({}, {"id": string(255), "url": string(3000)}, exactly_one("id", "url"), _file_is_ready)
PICTURE: dict[str, Check] = {"image_url": string(3000, pattern=WEB), "slack_file": SLACK_FILE}
ONE_PICTURE: Rule = exactly_one("image_url", "slack_file")

DISPATCH = shape(
    {"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 2)},
)
FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    any_of("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

# What an external_select may be offered: nothing found is an empty list.
SUGGESTIONS = shape(
    {},
    {"options": options(100, "plain_text", least=0), "option_groups": OPTION_GROUPS},
    exactly_one("options", "option_groups"),
)
