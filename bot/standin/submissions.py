"""What the app may answer to a submitted modal: nothing (it closes), errors, update, push or clear."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.standin.errors import Refused
from bot.standin.methods.views import checked
from bot.standin.values import Obj, View
from bot.standin.workspace import Workspace

Errors = dict[str, str]


def apply(workspace: Workspace, view: View, body: Any) -> Errors:
    """Do what the app answered; the errors to show, by block id. Refused when Slack would not understand it."""
    if not isinstance(body, dict | None) and body != "":
        raise Refused("unreadable_response")
    answer = body or {}
    act = ACTIONS.get(answer.get("response_action", ""))
    if act is None:
        raise Refused("invalid_response_action")
    return act(workspace, view, answer)


def _close(workspace: Workspace, view: View, _: Obj) -> Errors:
    workspace.views.pop(view)
    return {}


def _clear(workspace: Workspace, view: View, _: Obj) -> Errors:
    workspace.views.clear(view.user)
    return {}


def _update(workspace: Workspace, view: View, answer: Obj) -> Errors:
    workspace.views.update(view, checked(workspace, answer.get("view"), "modal"))
    return {}


def _push(workspace: Workspace, view: View, answer: Obj) -> Errors:
    workspace.views.push(view.user, checked(workspace, answer.get("view"), "modal"))
    return {}


def _errors(workspace: Workspace, view: View, answer: Obj) -> Errors:
    errors = answer.get("errors")
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refused("invalid_errors", f"errors must name input blocks: {sorted(inputs)}")
    workspace.views.put(replace(view, errors=errors))
    return dict(errors)


ACTIONS: Mapping[str, Callable[[Workspace, View, Obj], Errors]] = MappingProxyType(
    {"": _close, "clear": _clear, "update": _update, "push": _push, "errors": _errors}
)
