"""Arguments of Web API calls: read from query, form or JSON, and turned into what their names promise."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.standin.errors import Refused

Args = Mapping[str, Any]

# What a call answers when the JSON inside an argument cannot be read.
UNREADABLE: Mapping[str, str] = MappingProxyType(
    {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format", "attachments": "invalid_attachments"}
)


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(
            UNREADABLE.get(name, "invalid_arguments"), f"[ERROR] must be valid json [json-pointer:/{name}]"
        ) from None


def _bool(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "0": False, "false": False, "": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise Refused("invalid_arguments", f"[ERROR] must be a boolean [json-pointer:/{name}]") from None


def _int(name: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refused("invalid_arguments", f"[ERROR] must be an integer [json-pointer:/{name}]") from None


def _str(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("invalid_arguments", f"[ERROR] must be a string [json-pointer:/{name}]")
    return str(value)


def _users(name: str, value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else _str(name, value)


# Clients made by slack_bolt send the team along with every call.
EVERYWHERE = ("team_id",)

Kind = Callable[[str, Any], Any]
NAMES: tuple[tuple[Kind, str], ...] = (
    (_json, "blocks view metadata files attachments message"),
    (_bool, "include_all_metadata inclusive include_locale include_num_members exclude_archived return_im"),
    (_bool, "prevent_creation reply_broadcast unfurl_links unfurl_media mrkdwn link_names"),
    (_bool, "include_users include_count include_disabled"),
    (_int, "limit length count page"),
    (_users, "users"),
)
KINDS: Mapping[str, Kind] = MappingProxyType({name: kind for kind, names in NAMES for name in names.split()})


def read(given: Mapping[str, Any], required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any]:
    """The arguments by name; refused when one is missing, of the wrong kind, or nothing that this method takes."""
    present = {name: value for name, value in given.items() if value is not None}
    unknown = sorted(set(present) - {*required, *optional, *EVERYWHERE})
    missing = [name for name in required if present.get(name) in (None, "")]
    problems = [f"[ERROR] missing required field: {name}" for name in missing]
    problems += [f"[ERROR] the stand-in knows no argument: {name}" for name in unknown]
    if problems:
        raise Refused("invalid_arguments", *problems)
    return {name: _kind_of(name)(name, value) for name, value in present.items()}


def _kind_of(name: str) -> Kind:
    return KINDS.get(name, _str)
