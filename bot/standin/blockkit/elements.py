"""Block elements, by type, and which block takes which. docs.slack.dev/reference/block-kit/block-elements"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.standin.blockkit.checks import (
    Check,
    Report,
    Rule,
    boolean,
    exactly_one,
    integer,
    list_of,
    one_of,
    shape,
    string,
)
from bot.standin.blockkit.composition import (
    CONFIRM,
    DISPATCH,
    FILTER,
    ONE_PICTURE,
    OPTION,
    OPTION_GROUPS,
    PICTURE,
    WEB,
    initial_is_offered,
    option,
    options,
    plain,
)

ID = string(255)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}$")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d$")
NUMBER = string(100, pattern=r"-?\d+(\.\d+)?$")
UNIX = integer(1_000_000_000, 9_999_999_999)
MOST_TEXT = 3000


def _focus(value: Any, pointer: str, report: Report) -> None:
    boolean(value, pointer, report)
    if value is True:
        if report.focused:
            report.add("only one element may have focus_on_load", pointer)
        report.focused = pointer


def _element(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Check:
    return shape({"type": one_of(kind), **required}, {"action_id": ID, **optional}, *rules)


def _input(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Rule) -> Check:
    shared: dict[str, Check] = {"placeholder": plain(150), "focus_on_load": _focus}
    return _element(kind, required, {**shared, **optional}, *rules)


def _menu(kind: str, optional: Mapping[str, Check], *rules: Rule) -> Check:
    more: dict[str, Check] = {"max_selected_items": integer(1, 100)} if kind.startswith("multi_") else {}
    return _input(kind, {}, {"confirm": CONFIRM, **more, **optional}, *rules)


def _ordered(low: str, high: str) -> Rule:
    def rule(value: Mapping[str, Any], pointer: str, report: Report) -> None:
        if low in value and high in value and float(value[low]) > float(value[high]):
            report.add(f"{low} must not be greater than {high}", pointer)

    return rule


def _starts_within(value: Mapping[str, Any], pointer: str, report: Report) -> None:
    length = len(value.get("initial_value", ""))
    if "initial_value" in value and not value.get("min_length", 0) <= length <= value.get("max_length", MOST_TEXT):
        report.add("initial_value must be within min_length and max_length", f"{pointer}/initial_value")


CHOICES: dict[str, Check] = {"options": options(100, "plain_text"), "option_groups": OPTION_GROUPS}
QUERY: dict[str, Check] = {"min_query_length": integer(0, 100)}
CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}
MANY_IDS = list_of(ID, 100)
TEN = options(10)
TEXT_BOUNDS: dict[str, Check] = {"min_length": integer(0, MOST_TEXT), "max_length": integer(1, MOST_TEXT)}

ELEMENTS: Mapping[str, Check] = MappingProxyType(
    {
        "button": _element(
            "button",
            {"text": plain(75)},
            {
                "url": string(3000, pattern=WEB),
                "value": string(2000),
                "style": one_of("primary", "danger"),
                "confirm": CONFIRM,
                "accessibility_label": string(75),
            },
        ),
        "overflow": _element("overflow", {"options": options(5, "plain_text", url=True)}, {"confirm": CONFIRM}),
        "image": shape({"type": one_of("image"), "alt_text": string(2000)}, PICTURE, ONE_PICTURE),
        "static_select": _menu(
            "static_select",
            {**CHOICES, "initial_option": OPTION},
            exactly_one("options", "option_groups"),
            initial_is_offered,
        ),
        "multi_static_select": _menu(
            "multi_static_select",
            {**CHOICES, "initial_options": list_of(OPTION, 100)},
            exactly_one("options", "option_groups"),
            initial_is_offered,
        ),
        "external_select": _menu("external_select", {**QUERY, "initial_option": OPTION}),
        "multi_external_select": _menu("multi_external_select", {**QUERY, "initial_options": list_of(OPTION, 100)}),
        "users_select": _menu("users_select", {"initial_user": ID}),
        "multi_users_select": _menu("multi_users_select", {"initial_users": MANY_IDS}),
        "channels_select": _menu("channels_select", {"initial_channel": ID, "response_url_enabled": boolean}),
        "multi_channels_select": _menu("multi_channels_select", {"initial_channels": MANY_IDS}),
        "conversations_select": _menu(
            "conversations_select", {"initial_conversation": ID, "response_url_enabled": boolean, **CONVERSATIONS}
        ),
        "multi_conversations_select": _menu(
            "multi_conversations_select", {"initial_conversations": MANY_IDS, **CONVERSATIONS}
        ),
        "plain_text_input": _input(
            "plain_text_input",
            {},
            {
                "initial_value": string(MOST_TEXT, least=0),
                "multiline": boolean,
                "dispatch_action_config": DISPATCH,
                **TEXT_BOUNDS,
            },
            _ordered("min_length", "max_length"),
            _starts_within,
        ),
        "email_text_input": _input(
            "email_text_input", {}, {"initial_value": string(MOST_TEXT), "dispatch_action_config": DISPATCH}
        ),
        "url_text_input": _input(
            "url_text_input", {}, {"initial_value": string(MOST_TEXT), "dispatch_action_config": DISPATCH}
        ),
        "number_input": _input(
            "number_input",
            {"is_decimal_allowed": boolean},
            {"initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER, "dispatch_action_config": DISPATCH},
            _ordered("min_value", "max_value"),
            _ordered("min_value", "initial_value"),
            _ordered("initial_value", "max_value"),
        ),
        "datepicker": _input("datepicker", {}, {"initial_date": DATE, "confirm": CONFIRM}),
        "timepicker": _input("timepicker", {}, {"initial_time": TIME, "confirm": CONFIRM, "timezone": string(100)}),
        "datetimepicker": _element(
            "datetimepicker", {}, {"initial_date_time": UNIX, "confirm": CONFIRM, "focus_on_load": _focus}
        ),
        "radio_buttons": _element(
            "radio_buttons",
            {"options": TEN},
            {"initial_option": option(), "confirm": CONFIRM, "focus_on_load": _focus},
            initial_is_offered,
        ),
        "checkboxes": _element(
            "checkboxes",
            {"options": TEN},
            {"initial_options": list_of(option(), 10), "confirm": CONFIRM, "focus_on_load": _focus},
            initial_is_offered,
        ),
    }
)

ONE_CHOICE = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MANY_CHOICES = tuple(f"multi_{kind}" for kind in ONE_CHOICE)
TICKS = ("radio_buttons", "checkboxes")
TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")

IN_SECTION = ("button", "overflow", "image", *ONE_CHOICE, *MANY_CHOICES, *TICKS, "datepicker", "timepicker")
IN_ACTIONS = ("button", "overflow", *ONE_CHOICE, *TICKS, "datepicker", "timepicker", "datetimepicker")
IN_INPUT = (*TYPED, *ONE_CHOICE, *MANY_CHOICES, *TICKS, "datepicker", "timepicker", "datetimepicker")
