"""Everything that Slack tells us: each listener acks, parses, makes one service call and renders.

The work after the ack is a task of ours inside an error boundary, so a listener cannot raise after its ack (Bolt would
lose the ack). What has an effect happens once for each press, submission or command, however often Slack or somebody
else sends the request; what only reads may be answered again.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.language import speaking
from bot.service.views import Actor
from bot.slack import commands, erasing, handling, ids, modelling, shortcuts, workspace_events
from bot.slack.blocks import said
from bot.slack.buttons import action_of, is_change
from bot.slack.parts import Parts
from bot.slack.people import Refusal
from bot.slack.presses import Body, Press, inner, read_press
from bot.slack.pressing import Pressed
from bot.slack.talk import Talk

ANYTHING: Final = re.compile(r"[\s\S]*")
NO_TARGET: Final = ids.Target(0)


def register(app: AsyncApp, parts: Parts) -> None:
    """Listen to commands, presses, submissions and events."""
    for family, command in zip(commands.FAMILIES, parts.settings.commands, strict=True):
        _listen_to_command(app, parts, family, command)

    @app.action(ANYTHING)
    async def on_action(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        press = read_press(body)
        talk = Talk(parts.client, press.user_id, press.response_url)
        parts.spawn(_press(parts, press, talk), talk, f"button {press.act}")

    for callback, submitted in {
        **handling.WINDOWS,
        **modelling.WINDOWS,
        **shortcuts.WINDOWS,
        **erasing.WINDOWS,
    }.items():
        _listen_to_window(app, parts, callback, submitted)

    for shortcut in shortcuts.SHORTCUTS:
        _listen_to_shortcut(app, parts, shortcut)

    @app.options(ids.FIND)
    async def on_typing(ack: AsyncAck, body: dict[str, Any]) -> None:
        await shortcuts.suggest(parts, ack, body)

    @app.view(ANYTHING)
    async def on_other_view(ack: AsyncAck) -> None:
        await ack()

    for name, happening in workspace_events.EVENTS.items():
        _listen_to_event(app, parts, name, happening)

    @app.event(ANYTHING)
    async def on_other_event() -> None:
        """Acknowledged and left alone: an event that we do not handle must not make Slack turn events off."""


def _listen_to_event(app: AsyncApp, parts: Parts, name: str, happening: workspace_events.Happening) -> None:
    @app.event(name)
    async def on_event(event: dict[str, Any]) -> None:
        # before the ack: if this fails, Slack sends the event again
        await happening(parts, event)


def _listen_to_shortcut(app: AsyncApp, parts: Parts, shortcut: shortcuts.Shortcut) -> None:
    @app.shortcut(shortcut.callback)
    async def on_shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        talk = Talk(parts.client, inner(body, "user", "id"), inner(body, "response_url"))
        parts.spawn(shortcuts.open_shortcut(parts, shortcut, body, talk), talk, f"shortcut {shortcut.callback}")


def _listen_to_window(
    app: AsyncApp, parts: Parts, callback: str, submitted: Callable[[Parts, AsyncAck, Body], Awaitable[None]]
) -> None:
    @app.view(callback)
    async def on_window(ack: AsyncAck, body: dict[str, Any]) -> None:
        with speaking(await parts.languages.of_person(inner(body, "user", "id"))):  # what is wrong is said in the ack
            await submitted(parts, ack, body)


def _listen_to_command(app: AsyncApp, parts: Parts, family: str, command: str) -> None:
    @app.command(command)
    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        talk = Talk(parts.client, inner(body, "user_id"), inner(body, "response_url"))
        parts.spawn(_command(parts, family, body, talk), talk, f"command {family}")


async def _actor(parts: Parts, talk: Talk) -> Actor | None:
    found = await parts.people.actor(talk.user_id)
    if isinstance(found, Refusal):
        await talk.say(said(found.sentence))
        return None
    return found


async def _command(parts: Parts, family: str, body: Body, talk: Talk) -> None:
    actor = await _actor(parts, talk)
    if actor is None:
        return
    text = inner(body, "text")
    once = f"command:{inner(body, 'trigger_id')}"
    if commands.changes(family, text) and not await parts.seen.first_time(once):
        return
    await talk.say(await commands.answer(parts.call(family, actor, text), text))


async def _press(parts: Parts, press: Press, talk: Talk) -> None:
    actor = await _actor(parts, talk)
    if actor is None:
        return
    if is_change(press) and not await parts.seen.first_time(press.once):
        return
    target = press.target
    run = action_of(press.act, target)
    pressed = Pressed(parts, press, target or NO_TARGET, actor, talk)
    if is_change(press):  # first, so that the change finds the message that it has to bring up to date
        await _relink(parts, press)
        await run(pressed)
    else:  # a modal's trigger lives for three seconds, so the window comes first
        await run(pressed)
        await _relink(parts, press)


async def _relink(parts: Parts, press: Press) -> None:
    """The alert's key is in its buttons: a message of ours that the desk does not know is linked to its alert again."""
    target = press.target
    if target is not None and target.key and press.channel and press.message_ts and not press.ephemeral:
        await parts.desk.relink(target.key, press.channel, press.message_ts)
