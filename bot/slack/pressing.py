"""A press on its way to its coroutine, and the windows that a press opens and fills."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.language import mark, tr
from bot.service.views import Actor
from bot.slack import ids, modals
from bot.slack.blocks import said
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.parts import Parts
from bot.slack.presses import Press
from bot.slack.talk import Talk

EXPIRED: Final = mark("Slack gave no time to open the window. Please press it again.")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on its way to its coroutine: everything that it may use."""

    parts: Parts
    press: Press
    target: ids.Target
    actor: Actor
    talk: Talk


Acting: TypeAlias = Callable[[Pressed], Awaitable[None]]


async def open_view(pressed: Pressed, view: modals.View) -> str:
    """Open a window, at once: a trigger lives for three seconds. Its id; empty where it was too late, which is told."""
    try:
        answer = await pressed.parts.client.views_open(trigger_id=pressed.press.trigger_id, view=view)
    except CALL_ERRORS as error:
        failure = explain(error)
        if failure.code not in ("expired_trigger_id", "exchanged_trigger_id", "ratelimited", "no_answer"):
            raise
        await pressed.talk.say(said(tr(EXPIRED)))
        return ""
    opened: Any = answer.get("view") or {}
    return str(opened.get("id") or "")


async def update_view(parts: Parts, view_id: str, view: modals.View) -> None:
    """Show something else in a window."""
    try:
        await parts.client.views_update(view_id=view_id, view=view)
    except CALL_ERRORS as error:
        if explain(error).code != "not_found":  # not_found: somebody closed the window meanwhile, which is fine
            raise
