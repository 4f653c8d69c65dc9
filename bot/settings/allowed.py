"""What is allowed where a setting has a wrong value, in words for whoever writes hotlead.toml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_KINDS: Final[Mapping[str, str]] = {
    "string_type": "a text in quotes",
    "string_too_short": "a text that is not empty",
    "path_type": "the name of a folder or file, in quotes",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number that is smaller",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number that is finite",
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": 'a list, such as ["one", "two"]',
    "too_short": "a list of at least {min_length}",
    "dict_type": 'a table, such as {{ one = "two" }}',
    "model_type": "a section with keys of its own",
    "date_type": "a day, such as 2026-12-24",
    "date_parsing": "a day, such as 2026-12-24",
    "date_from_datetime_parsing": "a day, such as 2026-12-24",
    "date_from_datetime_inexact": "a day, such as 2026-12-24",
    "literal_error": "{expected}",
}
"""By the type of pydantic's error, with its context: docs.pydantic.dev/latest/errors/validation_errors"""

_PATTERNS: Final[Mapping[str, str]] = {
    r"^[CG][A-Z0-9]{2,}$": "a channel's id, such as C0000000001 (channel details, at the bottom); names change",
    r"^S[A-Z0-9]{2,}$": "a user group's id, such as S0000000001",
    r"^[UW][A-Z0-9]{2,}$": "a member's id, such as U0000000001 (in their profile, Copy member ID)",
    r"^/[a-z0-9_-]{1,31}$": 'a command, such as "/lead"',
    r"^[A-Z_][A-Z0-9_]*$": "the name of an environment variable, such as MY_SECRET",
    r"^https?://[^/\s]+(/[^\s]*)?$": "an address, such as https://leads.example.com",
    r"^https://[^/\s{}]+(/[^\s]*)?$": "an address, such as https://crm.example.com/contacts?email={email}",
    r"^[a-z][a-z0-9_-]{0,30}$": "a-z, 0-9, _ and -, from a letter on, at most 31",
    r"^([A-Z]{2})?$": 'a country in two letters, such as "DK", or ""',
    r"^[A-Z]{2}$": 'a country in two letters, such as "DK"',
}


def allowed(error: Mapping[str, Any]) -> str:
    """A sentence of what may stand there; what a check of ours says is taken as it says it."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind in _KINDS:
        return f"Allowed: {_KINDS[kind].format(**context)}."
    if context.get("pattern") in _PATTERNS:
        return f"Allowed: {_PATTERNS[context['pattern']]}."
    return f"{error['msg'].removeprefix('Value error, ')}."


def shown(value: Any) -> str:
    """A value as it may stand in the file."""
    match value:
        case bool():
            return str(value).lower()
        case date():
            return value.isoformat()
        case _:
            return repr(value)
