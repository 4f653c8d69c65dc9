"""The fields of forms as Block Kit inputs; a field's block and element have one name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.slack import ids
from bot.slack.blocks import OPTION_LIMIT, Block, option, plain_text
from bot.slack.text import cut, plain
from scoring.instants import SECOND, Instant

MOST_OPTIONS: Final = 100
TEXT_LIMIT: Final = 2000
HINT_LIMIT: Final = 150


def _field(name: str, label: str, element: Block, *, optional: bool, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {"action_id": name, **element},
        "optional": optional,
    }
    if hint:
        block["hint"] = plain_text(cut(hint, HINT_LIMIT))
    return block


def text_field(
    name: str, label: str, *, optional: bool = True, lines: bool = True, initial: str | None = None, hint: str = ""
) -> Block:
    """Words; several lines of them where `lines`."""
    element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": TEXT_LIMIT}
    if initial:
        element["initial_value"] = cut(initial, TEXT_LIMIT)
    return _field(name, label, element, optional=optional, hint=hint)


def choice_field(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    *,
    initial: str | None = None,
    optional: bool = False,
    hint: str = "",
) -> Block:
    """One of several: (value, words)."""
    listed = choices(options)
    element: Block = {"type": "static_select", "options": listed}
    chosen = next((one for one in listed if one["value"] == initial), None)
    if chosen is not None:
        element["initial_option"] = chosen
    return _field(name, label, element, optional=optional, hint=hint)


def choices(options: Iterable[tuple[str, str]]) -> list[Block]:
    """The options of a menu, each value once."""
    found: dict[str, Block] = {}
    for value, words in options:
        found.setdefault(value, option(words, value))
    return list(found.values())[:MOST_OPTIONS]


def reason_field(label: str, reasons: Sequence[str]) -> Block:
    """One of the configured reasons, whose texts are their values."""
    return choice_field(ids.REASON_BLOCK, label, ((one, plain(one, OPTION_LIMIT)) for one in reasons))


def person_field(name: str, label: str) -> Block:
    """A colleague."""
    return _field(name, label, {"type": "users_select"}, optional=False)


def moment_field(name: str, label: str, *, initial: Instant | None = None, hint: str = "") -> Block:
    """A day and a time, in the zone of whoever fills it in."""
    element: Block = {"type": "datetimepicker"}
    if initial is not None:
        element["initial_date_time"] = initial // SECOND
    return _field(name, label, element, optional=True, hint=hint)


def day_field(name: str, label: str, *, initial: str | None = None, hint: str = "") -> Block:
    """A day."""
    element: Block = {"type": "datepicker"}
    if initial:
        element["initial_date"] = initial
    return _field(name, label, element, optional=True, hint=hint)


def amount_field(name: str, label: str, *, initial: str | None = None) -> Block:
    """An amount of money; never below nothing."""
    element: Block = {"type": "number_input", "is_decimal_allowed": True, "min_value": "0"}
    if initial:
        element["initial_value"] = initial
    return _field(name, label, element, optional=True)


def tick_field(name: str, label: str, words: str) -> Block:
    """A tick that is set at first."""
    one: dict[str, Any] = option(words, "yes")
    return _field(name, label, {"type": "checkboxes", "options": [one], "initial_options": [dict(one)]}, optional=True)
