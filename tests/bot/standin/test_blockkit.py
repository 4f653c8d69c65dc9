"""Block Kit: what is allowed passes at its limit, and one more is refused with its place."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.standin.blockkit import check_message, check_options, check_view
from tests.bot.standin.leadapp import actions, alert, button, mrkdwn, note_modal, plain, section

Obj = dict[str, Any]
Make = Callable[[int], list[Obj]]


def option(value: Any = "v", text: str = "Word", **more: Any) -> Obj:
    return {"text": plain(text), "value": value, **more}


def options(count: int) -> list[Obj]:
    return [option(str(at)) for at in range(count)]


def acting(element: Obj) -> list[Obj]:
    return [{"type": "actions", "elements": [element]}]


def typing(element: Obj, **block: Any) -> list[Obj]:
    return [{"type": "input", "label": plain("Label"), "element": element, **block}]


def select(**more: Any) -> Obj:
    return {"type": "static_select", "action_id": "s", "options": options(2), **more}


def confirm(**more: Any) -> Obj:
    made = {"title": plain("Sure?"), "text": mrkdwn("It is final"), "confirm": plain("Yes"), "deny": plain("No")}
    return made | more


def text_input(**more: Any) -> Obj:
    return {"type": "plain_text_input", "action_id": "t", **more}


LIMITS: list[tuple[str, int, str, Make]] = [
    ("blocks of a message", 50, "/blocks", lambda n: [{"type": "divider"}] * n),
    ("section text", 3000, "/blocks/0/text/text", lambda n: [section("x" * n)]),
    ("section fields", 10, "/blocks/0/fields", lambda n: [{"type": "section", "fields": [mrkdwn("x")] * n}]),
    ("field text", 2000, "/blocks/0/fields/0/text", lambda n: [{"type": "section", "fields": [mrkdwn("x" * n)]}]),
    ("header text", 150, "/blocks/0/text/text", lambda n: [{"type": "header", "text": plain("x" * n)}]),
    ("context elements", 10, "/blocks/0/elements", lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}]),
    ("actions", 25, "/blocks/0/elements", lambda n: [actions(*(button(str(at), "x") for at in range(n)))]),
    ("button text", 75, "/blocks/0/elements/0/text/text", lambda n: acting(button("b", "x" * n))),
    ("button value", 2000, "/blocks/0/elements/0/value", lambda n: acting(button("b", "x", value="x" * n))),
    (
        "button url",
        3000,
        "/blocks/0/elements/0/url",
        lambda n: acting(button("b", "x", url="https://" + "x" * (n - 8))),
    ),
    ("action_id", 255, "/blocks/0/elements/0/action_id", lambda n: acting(button("b" * n, "x"))),
    ("block_id", 255, "/blocks/0/block_id", lambda n: [{"type": "divider", "block_id": "b" * n}]),
    ("select options", 100, "/blocks/0/elements/0/options", lambda n: acting(select(options=options(n)))),
    (
        "option text",
        75,
        "/blocks/0/elements/0/options/0/text/text",
        lambda n: acting(select(options=[option(text="x" * n)])),
    ),
    (
        "option value",
        150,
        "/blocks/0/elements/0/options/0/value",
        lambda n: acting(select(options=[option("x" * n)])),
    ),
    (
        "option description",
        75,
        "/blocks/0/elements/0/options/0/description/text",
        lambda n: acting(select(options=[option(description=plain("x" * n))])),
    ),
    (
        "group label",
        75,
        "/blocks/0/elements/0/option_groups/0/label/text",
        lambda n: acting(
            {"type": "static_select", "option_groups": [{"label": plain("x" * n), "options": options(1)}]}
        ),
    ),
    (
        "overflow options",
        5,
        "/blocks/0/elements/0/options",
        lambda n: acting({"type": "overflow", "action_id": "o", "options": options(n)}),
    ),
    (
        "radio options",
        10,
        "/blocks/0/elements/0/options",
        lambda n: acting({"type": "radio_buttons", "action_id": "r", "options": options(n)}),
    ),
    (
        "checkboxes",
        10,
        "/blocks/0/elements/0/options",
        lambda n: acting({"type": "checkboxes", "action_id": "c", "options": options(n)}),
    ),
    (
        "placeholder",
        150,
        "/blocks/0/elements/0/placeholder/text",
        lambda n: acting(select(placeholder=plain("x" * n))),
    ),
    (
        "confirm title",
        100,
        "/blocks/0/elements/0/confirm/title/text",
        lambda n: acting(button("b", "x", confirm=confirm(title=plain("x" * n)))),
    ),
    (
        "confirm text",
        300,
        "/blocks/0/elements/0/confirm/text/text",
        lambda n: acting(button("b", "x", confirm=confirm(text=mrkdwn("x" * n)))),
    ),
    (
        "confirm button",
        30,
        "/blocks/0/elements/0/confirm/confirm/text",
        lambda n: acting(button("b", "x", confirm=confirm(confirm=plain("x" * n)))),
    ),
    ("input label", 2000, "/blocks/0/label/text", lambda n: typing(text_input(), label=plain("x" * n))),
    ("input hint", 2000, "/blocks/0/hint/text", lambda n: typing(text_input(), hint=plain("x" * n))),
    ("max_length", 3000, "/blocks/0/element/max_length", lambda n: typing(text_input(max_length=n))),
    (
        "image alt text",
        2000,
        "/blocks/0/alt_text",
        lambda n: [{"type": "image", "image_url": "https://x.dk/a.png", "alt_text": "x" * n}],
    ),
]


@pytest.mark.parametrize(("what", "most", "pointer", "make"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_is_kept_to_the_last_one(what: str, most: int, pointer: str, make: Make) -> None:
    assert check_message(make(most)) == []
    problems = check_message(make(most + 1))
    assert len(problems) == 1
    assert problems[0].startswith("[ERROR] ")
    assert problems[0].endswith(f"[json-pointer:{pointer}]")


REFUSED: list[tuple[str, list[Any], str, str]] = [
    ("an unknown block", [{"type": "rich_text", "elements": []}], "unsupported type: rich_text", "/blocks/0/type"),
    ("no type", [{"text": "x"}], "missing required field: type", "/blocks/0"),
    ("no object", ["x"], "missing required field: type", "/blocks/0"),
    ("an unknown key", [{"type": "divider", "color": "red"}], "invalid additional property: color", "/blocks/0"),
    ("an empty section", [{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    ("empty text", [section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ("text that is none", [{"type": "section", "text": "x"}], "missing required field: type", "/blocks/0/text"),
    ("a number as text", [{"type": "header", "text": plain(5)}], "must be a string", "/blocks/0/text/text"),  # type: ignore[arg-type]
    (
        "mrkdwn in a header",
        [{"type": "header", "text": mrkdwn("x")}],
        "unsupported type: mrkdwn",
        "/blocks/0/text/type",
    ),
    (
        "emoji of mrkdwn",
        [{"type": "section", "text": mrkdwn("x") | {"emoji": True}}],
        "invalid additional property: emoji",
        "/blocks/0/text",
    ),
    (
        "a flag that is none",
        [{"type": "section", "text": mrkdwn("x") | {"verbatim": "yes"}}],
        "must be a boolean",
        "/blocks/0/text/verbatim",
    ),
    ("no buttons", [{"type": "actions", "elements": []}], "must be at least 1 items", "/blocks/0/elements"),
    ("no list", [{"type": "actions", "elements": {}}], "must be an array", "/blocks/0/elements"),
    ("a header as element", acting({"type": "header"}), "unsupported type: header", "/blocks/0/elements/0/type"),
    ("an input in actions", acting(text_input()), "unsupported type: plain_text_input", "/blocks/0/elements/0/type"),
    ("a button as input", typing(button("b", "x")), "unsupported type: button", "/blocks/0/element/type"),
    (
        "a style of its own",
        acting(button("b", "x", style="default")),
        "must be one of: primary, danger",
        "/blocks/0/elements/0/style",
    ),
    ("a script as url", acting(button("b", "x", url="javascript:1")), "pattern", "/blocks/0/elements/0/url"),
    (
        "an option's number",
        acting(select(options=[option(7)])),
        "must be a string",
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "the same option twice",
        acting(select(options=[option(), option()])),
        "option values must be unique",
        "/blocks/0/elements/0/options",
    ),
    (
        "neither options nor groups",
        acting({"type": "static_select"}),
        "exactly one of these fields is needed",
        "/blocks/0/elements/0",
    ),
    (
        "an initial option that is not offered",
        acting(select(initial_option=option("other"))),
        "initial option must be one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "the same action twice",
        [actions(button("b", "x"), button("b", "y"))],
        "action_id 'b' is used twice in this block",
        "/blocks/0",
    ),
    (
        "the same block_id twice",
        [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}],
        "block_id 'b' is used twice",
        "/blocks/1/block_id",
    ),
    ("an image without words", [{"type": "image", "image_url": "https://x.dk/a"}], "alt_text", "/blocks/0"),
    ("an image from nowhere", [{"type": "image", "alt_text": "x"}], "exactly one of these fields", "/blocks/0"),
    ("a date that is none", typing({"type": "datepicker", "initial_date": "1/2/26"}), "pattern", "initial_date"),
    ("an hour that is none", typing({"type": "timepicker", "initial_time": "25:00"}), "pattern", "initial_time"),
    (
        "a moment in milliseconds",
        typing({"type": "datetimepicker", "initial_date_time": 1_800_000_000_000}),
        "must be between",
        "/blocks/0/element/initial_date_time",
    ),
    (
        "a number without its kind",
        typing({"type": "number_input"}),
        "missing required field: is_decimal_allowed",
        "/blocks/0/element",
    ),
    (
        "a number as number",
        typing({"type": "number_input", "is_decimal_allowed": False, "min_value": 1}),
        "must be a string",
        "/blocks/0/element/min_value",
    ),
    (
        "bounds the wrong way round",
        typing(text_input(min_length=9, max_length=3)),
        "min_length must not be greater than max_length",
        "/blocks/0/element",
    ),
    (
        "a start that is too long",
        typing(text_input(max_length=3, initial_value="four")),
        "initial_value must be within min_length and max_length",
        "/blocks/0/element/initial_value",
    ),
    (
        "two elements in focus",
        [*typing(text_input(focus_on_load=True)), *typing(text_input(focus_on_load=True))],
        "only one element may have focus_on_load",
        "/blocks/1/element/focus_on_load",
    ),
    (
        "a filter for nothing",
        typing({"type": "conversations_select", "filter": {}}),
        "missing required field: include or",
        "/blocks/0/element/filter",
    ),
]


@pytest.mark.parametrize(("what", "blocks", "problem", "pointer"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_slack_refuses_is_refused_with_its_place(what: str, blocks: list[Any], problem: str, pointer: str) -> None:
    problems = check_message(blocks)
    assert any(problem in line and line.endswith(f"{pointer}]") for line in problems), problems


ALLOWED: list[tuple[str, Obj]] = [
    ("external_select", {"type": "external_select", "min_query_length": 0, "placeholder": plain("Find")}),
    ("users_select", {"type": "users_select", "initial_user": "U1"}),
    ("channels_select", {"type": "channels_select", "response_url_enabled": True}),
    ("conversations_select", {"type": "conversations_select", "filter": {"include": ["public"]}}),
    ("multi_static_select", {"type": "multi_static_select", "options": options(3), "max_selected_items": 2}),
    ("multi_users_select", {"type": "multi_users_select", "initial_users": ["U1"]}),
    ("datepicker", {"type": "datepicker", "initial_date": "2026-11-24"}),
    ("timepicker", {"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Copenhagen"}),
    ("datetimepicker", {"type": "datetimepicker", "initial_date_time": 1_800_000_000}),
    ("email_text_input", {"type": "email_text_input", "initial_value": "a@x.dk"}),
    ("url_text_input", {"type": "url_text_input"}),
    ("number_input", {"type": "number_input", "is_decimal_allowed": True, "min_value": "-1.5", "max_value": "9"}),
    ("radio_buttons", {"type": "radio_buttons", "options": options(2), "initial_option": option("1")}),
    ("checkboxes", {"type": "checkboxes", "options": options(2), "initial_options": [option("0")]}),
    ("mrkdwn in a radio button", {"type": "radio_buttons", "options": [{"text": mrkdwn("*a*"), "value": "a"}]}),
]


@pytest.mark.parametrize(("what", "element"), ALLOWED, ids=[row[0] for row in ALLOWED])
def test_every_element_passes_in_an_input(what: str, element: Obj) -> None:
    assert check_message(typing({"action_id": "e", **element})) == []


def test_an_alert_passes_and_all_its_problems_come_at_once() -> None:
    assert check_message(alert()) == []
    broken = [section(""), {"type": "divider", "x": 1}, {"type": "video"}]
    assert len(check_message(broken)) == 3


def test_a_message_is_a_list() -> None:
    assert check_message({"type": "divider"}) == ["[ERROR] must be an array [json-pointer:/blocks]"]


def test_a_picture_is_shown_only_when_it_is_ready() -> None:
    blocks = [{"type": "image", "alt_text": "Score", "slack_file": {"id": "F1"}}]
    assert check_message(blocks, {"F1"}) == []
    assert check_message(blocks) == []
    assert check_message(blocks, set()) == ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file/id]"]
    both = {"type": "image", "alt_text": "Score", "slack_file": {"id": "F1", "url": "https://x"}}
    assert "exactly one" in check_message([both])[0]


VIEW_LIMITS: list[tuple[str, int, str, Callable[[int], Obj]]] = [
    ("title", 24, "/view/title/text", lambda n: {"title": plain("x" * n)}),
    ("submit", 24, "/view/submit/text", lambda n: {"submit": plain("x" * n)}),
    ("close", 24, "/view/close/text", lambda n: {"close": plain("x" * n)}),
    ("callback_id", 255, "/view/callback_id", lambda n: {"callback_id": "x" * n}),
    ("external_id", 255, "/view/external_id", lambda n: {"external_id": "x" * n}),
    ("private_metadata", 3000, "/view/private_metadata", lambda n: {"private_metadata": "x" * n}),
    ("blocks", 100, "/view/blocks", lambda n: {"blocks": [{"type": "divider"}] * n}),
]


@pytest.mark.parametrize(("what", "most", "pointer", "make"), VIEW_LIMITS, ids=[row[0] for row in VIEW_LIMITS])
def test_a_modals_limits_are_kept(what: str, most: int, pointer: str, make: Callable[[int], Obj]) -> None:
    assert check_view(note_modal() | make(most), "modal") == []
    problems = check_view(note_modal() | make(most + 1), "modal")
    assert len(problems) == 1
    assert problems[0].endswith(f"[json-pointer:{pointer}]")


def test_a_modal_with_inputs_needs_a_submit_button_and_a_title() -> None:
    view = note_modal()
    del view["submit"]
    assert "missing required field: submit" in check_view(view, "modal")[0]
    del view["title"]
    assert "missing required field: title" in check_view(view, "modal")[0]


def test_a_home_tab_has_neither_title_nor_buttons() -> None:
    home = {"type": "home", "blocks": alert(), "callback_id": "home", "private_metadata": "x"}
    assert check_view(home, "home") == []
    assert check_view(home | {"blocks": [{"type": "divider"}] * 101}, "home")
    assert "invalid additional property: title" in check_view(home | {"title": plain("x")}, "home")[0]
    assert "must be one of: home" in check_view(home | {"type": "modal"}, "home")[0]


def test_suggestions_are_options_or_groups() -> None:
    assert check_options({"options": []}) == []
    assert check_options({"options": options(100)}) == []
    assert check_options({"option_groups": [{"label": plain("x"), "options": options(1)}]}) == []
    assert check_options({"options": options(101)})
    assert check_options({})
    assert check_options("")
