"""A press of a button as a value: who, what, where, and the key under which it happens only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.slack import ids

Body: TypeAlias = Mapping[str, Any]
"""A payload of Slack's."""


@dataclass(frozen=True, slots=True)
class Press:
    """One element used by one person. `act` is what is wanted; in an overflow the option says it."""

    user_id: str
    act: str
    value: str
    trigger_id: str
    action_ts: str
    response_url: str = ""
    channel: str = ""
    message_ts: str = ""
    ephemeral: bool = False
    view_id: str = ""
    metadata: str = ""
    """What the window remembers in which the element is."""

    @property
    def target(self) -> ids.Target | None:
        return ids.read_target(self.value)

    @property
    def once(self) -> str:
        """A retry or a replay has the same one."""
        return f"press:{self.trigger_id}:{self.action_ts}"


def inner(body: Body, *path: str) -> str:
    """A text inside a payload; empty where it is not."""
    found: Any = body
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def read_press(body: Body) -> Press:
    """The press in a block_actions payload; what is missing is empty."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    value = inner(action, "selected_option", "value") or inner(action, "value")
    act = inner(action, "action_id")
    if act == ids.MORE:
        target = ids.read_target(value)
        act = target.act if target is not None else act
    container = body.get("container")
    return Press(
        user_id=inner(body, "user", "id"),
        act=act,
        value=value,
        trigger_id=inner(body, "trigger_id"),
        action_ts=inner(action, "action_ts"),
        response_url=inner(body, "response_url"),
        channel=inner(body, "channel", "id"),
        message_ts=inner(body, "container", "message_ts") or inner(body, "message", "ts"),
        ephemeral=isinstance(container, Mapping) and container.get("is_ephemeral") is True,
        view_id=inner(body, "view", "id"),
        metadata=inner(body, "view", "private_metadata"),
    )
