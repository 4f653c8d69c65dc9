"""What admins do with models in Slack: windows and buttons. Each asks the service once and shows what came of it.

Whoever presses is looked up every time: a window or a button may be older than somebody's rights. What takes long goes
on after the ack, and the window says how far it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from slack_bolt.async_app import AsyncAck

from bot.errors import HotleadError
from bot.language import mark, markn, speaking, tr, trn
from bot.service.desk import Stepped
from bot.service.models.draft_views import Published
from bot.service.views import Actor, Role
from bot.slack import ids
from bot.slack import model_modals as windows
from bot.slack.blocks import said
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.modals import View
from bot.slack.models import posted_answer, publication_message
from bot.slack.parts import Parts
from bot.slack.people import Refusal
from bot.slack.presses import Body, inner
from bot.slack.pressing import Acting, Pressed, open_view, update_view
from bot.slack.talk import Talk
from scoring.errors import InvalidModel

log = logging.getLogger(__name__)
T = TypeVar("T")

ADMINS_ONLY: Final = mark("Only admins of hotlead may change models.")
_TELL_EVERY: Final = 3.0
"""Seconds between two words on how far something long is."""


# ---- buttons


async def change(pressed: Pressed) -> None:
    """Open the window in which something to change is chosen."""
    if not await _is_admin(pressed):
        return
    view_id = await open_view(pressed, windows.waiting_view(tr("Looking at the model …")))
    version = ids.read_version(pressed.press.value)
    if not view_id or version is None:
        return
    _in_window(pressed.talk, view_id)
    found = await pressed.parts.models.model(version)
    view = windows.choose_view(found) if found else _not_live(version)
    await update_view(pressed.parts, view_id, view)


async def post(pressed: Pressed) -> None:
    """Post whom a publication found; once, whoever else presses."""
    version = ids.read_version(pressed.press.value)
    if version is None or not await _is_admin(pressed):
        return
    try:
        done = await pressed.parts.models.post(version, pressed.actor, _quiet)
    except HotleadError as bad:
        await pressed.talk.say(said(str(bad)))
        return
    await _show(pressed, await pressed.parts.models.publication(version))
    if not pressed.press.view_id:
        await pressed.talk.say(posted_answer(done))


async def roll_back(pressed: Pressed) -> None:
    """Bring back the version that was live before."""
    version = ids.read_version(pressed.press.value)
    if version is None or not await _is_admin(pressed):
        return
    try:
        done = await pressed.parts.models.roll_back(version, pressed.actor, _quiet)
    except HotleadError as bad:
        await _show(pressed, await pressed.parts.models.publication(version))
        await pressed.talk.say(said(str(bad)))
        return
    if pressed.press.view_id or pressed.press.ephemeral:
        await _show(pressed, done)
        return
    await _show(pressed, await pressed.parts.models.publication(version))
    await pressed.talk.say(publication_message(done))


async def _is_admin(pressed: Pressed) -> bool:
    if pressed.actor.role is Role.ADMIN:
        return True
    await pressed.talk.say(said(tr(ADMINS_ONLY)))
    return False


async def _show(pressed: Pressed, found: Published | None) -> None:
    """The publication as it is now, in the place of the message or window that had the button."""
    if found is None:
        return
    press, message = pressed.press, publication_message(found)
    if press.view_id:
        await update_view(pressed.parts, press.view_id, windows.published_view(found))
    elif press.ephemeral:
        await pressed.talk.say(message, replace=True)
    elif press.channel and press.message_ts:
        with speaking(pressed.parts.languages.of_channel(press.channel)):  # everybody in the channel reads it
            message = publication_message(found)
        try:
            await pressed.parts.client.chat_update(channel=press.channel, ts=press.message_ts, **message.as_arguments())
        except CALL_ERRORS as error:  # the act is done; only its message is out of date
            log.warning("a publication's message could not be changed: %s", explain(error).code)


def _quiet(_done: int, _total: int) -> None:
    """Nobody looks."""


# ---- windows


def _in_window(talk: Talk, view_id: str) -> None:
    """From here on the person is told in the window."""
    talk.view_id, talk.shown = view_id, lambda sentence: windows.failed_view([sentence])


async def submit_choice(parts: Parts, ack: AsyncAck, body: Body) -> None:
    """What to change is chosen: show its values."""
    kept, place = windows.read_kept(inner(body, "view", "private_metadata")), windows.chosen(_values(body))
    if place is None:
        await ack(response_action="errors", errors={windows.WHAT: tr("Choose what you want to change.")})
        return
    await ack(response_action="update", view=windows.waiting_view(tr("Looking at the model …")))
    talk, view_id = _talk(parts, body)
    if kept is not None:
        parts.spawn(_show_change(parts, talk, view_id, kept.version, place), talk, "model choice")


def _not_live(version: int) -> View:
    return windows.failed_view([tr("Version {version} is not live any more.", version=version)])


async def _show_change(parts: Parts, talk: Talk, view_id: str, version: int, place: str) -> None:
    if await _admin(parts, talk) is None:
        return
    found = await parts.models.model(version)
    gone = _not_live(version)
    await update_view(parts, view_id, windows.change_view(found, place) if found else gone)


async def submit_change(parts: Parts, ack: AsyncAck, body: Body) -> None:
    """Values are filled in: refuse what is no model, else try it over the stored history."""
    kept = windows.read_kept(inner(body, "view", "private_metadata"))
    found = await parts.models.model(kept.version) if kept is not None else None
    if kept is None or found is None:
        await ack(response_action="update", view=windows.failed_view([tr("Another version has gone live meanwhile.")]))
        return
    fields = windows.fields_of(found.model, kept.place)
    filled = windows.read_change(_values(body), fields)
    errors = dict(filled.errors) or await _refused(parts, kept.version, filled, fields)
    if errors:
        await ack(response_action="errors", errors=errors)
        return
    await ack(response_action="update", view=windows.waiting_view(tr("Trying it over the stored history …")))
    talk, view_id = _talk(parts, body)
    kept = windows.Kept(kept.version, kept.place, filled.edits)
    parts.spawn(_try_out(parts, talk, view_id, kept), talk, "model back-test")


async def _refused(
    parts: Parts, version: int, filled: windows.Filled, fields: tuple[windows.Field, ...]
) -> dict[str, str]:
    """Why the changed model cannot be, by block."""
    try:
        await parts.models.draft(version, filled.edits)
    except InvalidModel as bad:
        return windows.refused_errors(fields, [str(problem) for problem in bad.problems[:3]])
    except HotleadError as bad:
        return windows.refused_errors(fields, [str(bad)])
    return {}


async def _try_out(parts: Parts, talk: Talk, view_id: str, kept: windows.Kept) -> None:
    if await _admin(parts, talk) is None:
        return

    async def work(stepped: Stepped) -> View:
        draft = await parts.models.draft(kept.version, kept.edits)
        return windows.tried_view(kept, await parts.models.try_out(draft, stepped))

    far = markn(
        "Trying it over the stored history: {done} of {total} lead …",
        "Trying it over the stored history: {done} of {total} leads …",
    )
    await _worked_out(parts, view_id, far, work)


async def submit_publication(parts: Parts, ack: AsyncAck, body: Body) -> None:
    """Publish what was tried, once."""
    kept = windows.read_kept(inner(body, "view", "private_metadata"))
    await ack(response_action="update", view=windows.waiting_view(tr("Publishing …")))
    talk, view_id = _talk(parts, body)
    if kept is not None:
        parts.spawn(_publish(parts, talk, body, view_id, kept), talk, "model publication")


async def _publish(parts: Parts, talk: Talk, body: Body, view_id: str, kept: windows.Kept) -> None:
    actor = await _admin(parts, talk)
    once = f"view:{view_id}:{inner(body, 'trigger_id') or inner(body, 'view', 'hash')}"
    if actor is None or not await parts.seen.first_time(once):
        return

    async def work(stepped: Stepped) -> View:
        draft = await parts.models.draft(kept.version, kept.edits)
        note = windows.read_note(_values(body))
        return windows.published_view(await parts.models.publish(draft, actor, note, stepped))

    far = markn("Rescoring: {done} of {total} lead …", "Rescoring: {done} of {total} leads …")
    await _worked_out(parts, view_id, far, work)


async def _worked_out(
    parts: Parts, view_id: str, what: tuple[str, str], work: Callable[[Stepped], Awaitable[View]]
) -> None:
    """Do something long while the window says how far it is; then show what came of it, or why nothing did."""
    far = [0, 0]

    def stepped(done: int, total: int) -> None:
        far[:] = done, total

    task = asyncio.ensure_future(work(stepped))
    while not (await asyncio.wait({task}, timeout=_TELL_EVERY))[0]:
        await update_view(parts, view_id, windows.waiting_view(trn(*what, far[1], done=far[0], total=far[1])))
    try:
        view = task.result()
    except InvalidModel as bad:
        view = windows.failed_view([str(problem) for problem in bad.problems])
    except HotleadError as bad:
        view = windows.failed_view([str(bad)])
    await update_view(parts, view_id, view)


async def _admin(parts: Parts, talk: Talk) -> Actor | None:
    """Who sent the window, if they may change models; else they are told that they may not."""
    found = await parts.people.actor(talk.user_id)
    if isinstance(found, Refusal):
        await talk.say(said(found.sentence))
        return None
    if found.role is not Role.ADMIN:
        await talk.say(said(tr(ADMINS_ONLY)))
        return None
    return found


def _talk(parts: Parts, body: Body) -> tuple[Talk, str]:
    view_id = inner(body, "view", "id")
    talk = Talk(parts.client, inner(body, "user", "id"))
    _in_window(talk, view_id)
    return talk, view_id


def _values(body: Body) -> Mapping[str, Any]:
    view = body.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    values = state.get("values") if isinstance(state, Mapping) else None
    return values if isinstance(values, Mapping) else {}


ACTS: Final[Mapping[str, Acting]] = {
    ids.MODEL_CHANGE: change,
    ids.MODEL_POST: post,
    ids.MODEL_ROLLBACK: roll_back,
}
WINDOWS: Final[Mapping[str, Callable[[Parts, AsyncAck, Body], Awaitable[None]]]] = {
    ids.MODEL_CHOOSE_MODAL: submit_choice,
    ids.MODEL_CHANGE_MODAL: submit_change,
    ids.MODEL_PUBLISH_MODAL: submit_publication,
}
