"""The interactive elements of blocks: where they are, what state they hold, what a person's choice becomes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.standin.errors import CannotActError
from bot.standin.ids import Ids
from bot.standin.values import Obj


@dataclass(frozen=True)
class Holding:
    """What an element type holds: the key of its value, the key of the value it starts with, and the kind of value."""

    key: str
    initial: str
    kind: str  # text, option, options, id, ids, number


HOLDINGS: Mapping[str, Holding] = MappingProxyType(
    {
        "button": Holding("value", "value", "text"),
        "overflow": Holding("selected_option", "", "option"),
        "plain_text_input": Holding("value", "initial_value", "text"),
        "email_text_input": Holding("value", "initial_value", "text"),
        "url_text_input": Holding("value", "initial_value", "text"),
        "number_input": Holding("value", "initial_value", "text"),
        "datepicker": Holding("selected_date", "initial_date", "text"),
        "timepicker": Holding("selected_time", "initial_time", "text"),
        "datetimepicker": Holding("selected_date_time", "initial_date_time", "number"),
        "static_select": Holding("selected_option", "initial_option", "option"),
        "external_select": Holding("selected_option", "initial_option", "option"),
        "radio_buttons": Holding("selected_option", "initial_option", "option"),
        "checkboxes": Holding("selected_options", "initial_options", "options"),
        "multi_static_select": Holding("selected_options", "initial_options", "options"),
        "multi_external_select": Holding("selected_options", "initial_options", "options"),
        "users_select": Holding("selected_user", "initial_user", "id"),
        "conversations_select": Holding("selected_conversation", "initial_conversation", "id"),
        "channels_select": Holding("selected_channel", "initial_channel", "id"),
        "multi_users_select": Holding("selected_users", "initial_users", "ids"),
        "multi_conversations_select": Holding("selected_conversations", "initial_conversations", "ids"),
        "multi_channels_select": Holding("selected_channels", "initial_channels", "ids"),
    }
)
LISTS = ("options", "ids")


def elements_of(blocks: Iterable[Obj]) -> Iterator[tuple[Obj, Obj]]:
    """Each (block, interactive element) in order."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for element in inside:
            if isinstance(element, dict) and element.get("type") in HOLDINGS:
                yield block, element


def with_ids(blocks: Iterable[Obj], ids: Ids) -> tuple[Obj, ...]:
    """Copies of blocks in which every block and interactive element has an id, as Slack fills them in."""
    return tuple(_with_ids(block, ids) for block in blocks)


def _with_ids(block: Obj, ids: Ids) -> Obj:
    new = dict(block)
    new.setdefault("block_id", ids.secret(5))
    for key in ("accessory", "element"):
        if key in new:
            new[key] = _element_with_id(new[key], ids)
    if "elements" in new:
        new["elements"] = [_element_with_id(element, ids) for element in new["elements"]]
    return new


def _element_with_id(element: Obj, ids: Ids) -> Obj:
    if element.get("type") not in HOLDINGS:
        return dict(element)
    return {"action_id": ids.secret(5)} | element


def find(blocks: Iterable[Obj], action_id: str, block_id: str | None = None) -> tuple[Obj, Obj]:
    """The (block, element) with this action id."""
    for block, element in elements_of(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise CannotActError(
        f"there is no element {action_id!r}; there are {[e['action_id'] for _, e in elements_of(blocks)]}"
    )


def has(blocks: Iterable[Obj], action_id: str, block_id: str) -> bool:
    """Whether there is such an element."""
    return any((b["block_id"], e["action_id"]) == (block_id, action_id) for b, e in elements_of(blocks))


def options_of(element: Obj) -> list[Obj]:
    """All options of a menu, those in groups too."""
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def held(element: Obj, value: Any, known: Iterable[Obj] = ()) -> Obj:
    """The element's state once a person chose `value`: text, an option's value (or the option), an id, or a list.

    `known` are options that came from the app (external_select).
    """
    holding = HOLDINGS[element["type"]]
    if holding.kind == "option" and value is not None:
        value = _option(element, value, known)
    elif holding.kind == "options":
        value = [_option(element, each, known) for each in value or ()]
    elif holding.kind == "ids":
        value = list(value or ())
    elif holding.kind == "number" and value is not None:
        value = int(value)
    elif holding.kind == "text" and value is not None:
        value = str(value)
    return {"type": element["type"], holding.key: value}


def _option(element: Obj, value: Any, known: Iterable[Obj]) -> Obj:
    wanted = value["value"] if isinstance(value, dict) else value
    for option in [*options_of(element), *known, *_initial_options(element)]:
        if option["value"] == wanted:
            return option
    if isinstance(value, dict) and element["type"].endswith("external_select"):
        return value
    raise CannotActError(
        f"{element['action_id']!r} has no option {wanted!r}: {[o['value'] for o in options_of(element)]}"
    )


def _initial_options(element: Obj) -> list[Obj]:
    one = element.get("initial_option")
    return [*([one] if one else []), *element.get("initial_options", ())]


def initial(element: Obj) -> Obj:
    """The element's state before anybody touched it."""
    holding = HOLDINGS[element["type"]]
    empty: Any = [] if holding.kind in LISTS else None
    return {"type": element["type"], holding.key: element.get(holding.initial, empty)}


def value_in(state: Mapping[str, Any]) -> Any:
    """What an element's state holds; None when nothing."""
    found = state.get(HOLDINGS[state["type"]].key)
    return None if found in ("", []) else found


def initial_state(blocks: Iterable[Obj]) -> dict[str, dict[str, Obj]]:
    """`state.values` of a surface that nobody touched: buttons and overflow menus hold nothing."""
    state: dict[str, dict[str, Obj]] = {}
    for block, element in elements_of(blocks):
        if element["type"] not in ("button", "overflow"):
            state.setdefault(block["block_id"], {})[element["action_id"]] = initial(element)
    return state
