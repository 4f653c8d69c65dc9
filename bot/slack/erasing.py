"""The window that erases a lead: its number has to be typed, by an admin.

ACTS is the table from a button's name to its coroutine, WINDOWS from a window's name to its submission.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncAck

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.service.views import Actor, Role
from bot.slack import ids
from bot.slack.blocks import Message, said, section
from bot.slack.erasures import ask_view, done_answer, title
from bot.slack.forms.base import Entered
from bot.slack.modals import Kept, View, modal, read_kept
from bot.slack.parts import Parts
from bot.slack.people import Refusal
from bot.slack.presses import Body, inner
from bot.slack.pressing import Acting, Pressed, open_view, update_view
from bot.slack.talk import Talk
from bot.slack.text import mrkdwn

_FOR_ADMINS: Final = mark("Erasing a lead is for admins.")


async def _ask(pressed: Pressed) -> None:
    number, parts = pressed.target.number, pressed.parts
    skeleton = modal(title(), [section([f"*L-{number}* …"])], callback_id=ids.ERASE_MODAL)
    view_id = await open_view(pressed, skeleton)
    if not view_id:
        return
    pressed.talk.view_id = view_id
    pressed.talk.shown = _sentence
    if pressed.actor.role is not Role.ADMIN:
        await update_view(parts, view_id, _sentence(tr(_FOR_ADMINS)))
        return
    try:
        plan = await parts.erases.plan(number)
    except HotleadError as gone:
        await update_view(parts, view_id, _sentence(mrkdwn(str(gone), 300)))
        return
    await update_view(parts, view_id, ask_view(plan, Kept(number, "", pressed.press.response_url)))


def _sentence(text: str) -> View:
    return modal(title(), [section([text])], callback_id=ids.ERASE_MODAL)


async def _submitted(parts: Parts, ack: AsyncAck, body: Body) -> None:
    kept = read_kept(inner(body, "view", "private_metadata"))
    if kept is None:
        await ack()
        return
    if _typed(body) != f"L-{kept.number}":
        await ack(
            response_action="errors",
            errors={ids.TEXT_BLOCK: tr("That is not {lead}. Nothing was erased.", lead=f"L-{kept.number}")},
        )
        return
    await ack()
    talk = Talk(parts.client, inner(body, "user", "id"), kept.response_url)
    parts.spawn(_erase(parts, body, kept, talk), talk, "window erase")


def _typed(body: Body) -> str:
    view = body.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    values: Any = state.get("values") if isinstance(state, Mapping) else None
    text = Entered(values if isinstance(values, Mapping) else {}).text(ids.TEXT_BLOCK) or ""
    return text.upper().replace(" ", "")


async def _erase(parts: Parts, body: Body, kept: Kept, talk: Talk) -> None:
    actor = await parts.people.actor(talk.user_id)
    if isinstance(actor, Refusal):
        await talk.say(said(actor.sentence))
        return
    if actor.role is not Role.ADMIN:
        await talk.say(said(tr(_FOR_ADMINS)))
        return
    if await parts.seen.first_time(f"view:{inner(body, 'view', 'id')}:{inner(body, 'trigger_id')}"):
        # the answer that named the lead gives way to this one
        await talk.say(await _done(parts, kept.number, actor), replace=True)


async def _done(parts: Parts, number: int, actor: Actor) -> Message:
    try:
        done = await parts.erases.erase(number, actor.user_id)
    except HotleadError as gone:
        return said(mrkdwn(str(gone), 300))
    await parts.homes.say_again()
    return done_answer(done, parts.settings.admin_channel)


ACTS: Final[Mapping[str, Acting]] = {ids.ERASE: _ask}
WINDOWS: Final[Mapping[str, Callable[[Parts, AsyncAck, Body], Awaitable[None]]]] = {ids.ERASE_MODAL: _submitted}
