"""What the Slack client checks in a modal before it tells the app: required fields, lengths, addresses, numbers."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from bot.standin.elements import elements_of, held, initial, value_in
from bot.standin.errors import CannotActError
from bot.standin.values import Obj, View

Values = Mapping[Any, Any]
State = dict[str, dict[str, Obj]]

REQUIRED = "Please complete this required field."


def filled(view: View, values: Values, known: Callable[[str], Iterable[Obj]]) -> State:
    """The view's state once a person entered `values`: keyed by action id, by block id, or by (block id, action id)."""
    state: State = {block: {a: dict(s) for a, s in actions.items()} for block, actions in view.state.items()}
    used: set[Any] = set()
    for block, element in elements_of(view.blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        for key in ((block_id, action_id), action_id, block_id):
            if key in values:
                state.setdefault(block_id, {})[action_id] = held(element, values[key], known(action_id))
                used.add(key)
                break
    unused = [key for key in values if key not in used]
    if unused:
        there = [element["action_id"] for _, element in elements_of(view.blocks)]
        raise CannotActError(f"the view has no field {unused}; there are {there}")
    return state


def problems(blocks: Iterable[Obj], state: State) -> dict[str, str]:
    """What the client would complain about, by block id."""
    found = {}
    for block, element in elements_of(blocks):
        if block["type"] == "input":
            value = value_in(state.get(block["block_id"], {}).get(element["action_id"]) or initial(element))
            problem = _problem(block, element, value)
            if problem:
                found[block["block_id"]] = problem
    return found


def _problem(block: Obj, element: Obj, value: Any) -> str:
    if value is None:
        return "" if block.get("optional") else REQUIRED
    check = CHECKS.get(element["type"])
    return check(element, str(value)) if check else ""


def _length(element: Obj, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"This entry must be at least {least} characters."
    return f"This entry must be at most {most} characters." if len(value) > most else ""


def _email(_: Obj, value: str) -> str:
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url(_: Obj, value: str) -> str:
    return "" if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _number(element: Obj, value: str) -> str:
    decimals = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(decimals, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"This entry must be {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"This entry must be {element['max_value']} or less."
    return ""


CHECKS: Mapping[str, Callable[[Obj, str], str]] = MappingProxyType(
    {"plain_text_input": _length, "email_text_input": _email, "url_text_input": _url, "number_input": _number}
)
