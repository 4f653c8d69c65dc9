"""Blocks by type, and the three places where they stand: message, modal, Home. docs.slack.dev/reference/block-kit"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.standin.blockkit.checks import Check, Report, any_of, boolean, list_of, one_of, shape, string, typed
from bot.standin.blockkit.composition import ONE_PICTURE, PICTURE, plain, text
from bot.standin.blockkit.elements import ELEMENTS, ID, IN_ACTIONS, IN_INPUT, IN_SECTION
from bot.standin.elements import elements_of


def _action_ids_differ(value: Mapping[str, Any], pointer: str, report: Report) -> None:
    seen: set[str] = set()
    for _, element in elements_of([dict(value)]):
        action_id = element.get("action_id")
        if action_id in seen:
            report.add(f"action_id {action_id!r} is used twice in this block", pointer)
        if action_id:
            seen.add(action_id)


def _block_id(value: Any, pointer: str, report: Report) -> None:
    ID(value, pointer, report)
    if isinstance(value, str):
        if value in report.block_ids:
            report.add(f"block_id {value!r} is used twice", pointer)
        report.block_ids.add(value)


def _block(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Any) -> Check:
    return shape({"type": one_of(kind), **required}, {"block_id": _block_id, **optional}, *rules)


IN_CONTEXT: dict[str, Check] = {"image": ELEMENTS["image"], "plain_text": text(3000), "mrkdwn": text(3000)}

BLOCKS: Mapping[str, Check] = MappingProxyType(
    {
        "section": _block(
            "section",
            {},
            {
                "text": text(3000),
                "fields": list_of(text(2000), 10),
                "accessory": typed(ELEMENTS, *IN_SECTION),
                "expand": boolean,
            },
            any_of("text", "fields"),
        ),
        "header": _block("header", {"text": plain(150)}, {}),
        "divider": _block("divider", {}, {}),
        "context": _block("context", {"elements": list_of(typed(IN_CONTEXT), 10)}, {}),
        "actions": _block("actions", {"elements": list_of(typed(ELEMENTS, *IN_ACTIONS), 25)}, {}, _action_ids_differ),
        "image": _block("image", {"alt_text": string(2000)}, {"title": plain(2000), **PICTURE}, ONE_PICTURE),
        "input": _block(
            "input",
            {"label": plain(2000), "element": typed(ELEMENTS, *IN_INPUT)},
            {"dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
        ),
    }
)

BLOCK = typed(BLOCKS)


def _inputs_need_submit(value: Mapping[str, Any], pointer: str, report: Report) -> None:
    if "submit" not in value and any(block["type"] == "input" for block in value["blocks"]):
        report.add("missing required field: submit (there are input blocks)", pointer)


VIEW: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
FLAGS: dict[str, Check] = {"clear_on_close": boolean, "notify_on_close": boolean}

MESSAGE = list_of(BLOCK, 50, least=0)
MODAL = shape(
    {"type": one_of("modal"), "title": plain(24), "blocks": list_of(BLOCK, 100)},
    {"submit": plain(24), "close": plain(24), **FLAGS, **VIEW},
    _inputs_need_submit,
)
HOME = shape({"type": one_of("home"), "blocks": list_of(BLOCK, 100, least=0)}, VIEW)
