"""The windows of handling: a press opens a form and fills it, what was filled in goes to the desk.

ACTS is the table from a button's name to its coroutine, WINDOWS from a window's name to its submission.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncAck

from bot.language import tr
from bot.service.views import Outcome
from bot.slack import ids
from bot.slack.blocks import said, section
from bot.slack.commands.when import zone_of
from bot.slack.forms import FORMS
from bot.slack.forms.base import Asking, Entered, Form, Looking, Sent
from bot.slack.forms.deciding import incomplete
from bot.slack.modals import Kept, View, modal, read_kept
from bot.slack.outcomes import changed, outcome_answer, silent
from bot.slack.parts import Parts
from bot.slack.people import Refusal
from bot.slack.presses import Body, inner
from bot.slack.pressing import Acting, Pressed, open_view, update_view
from bot.slack.talk import Talk


def _opens(form: Form) -> Acting:
    async def open_form(pressed: Pressed) -> None:
        target, parts = pressed.target, pressed.parts
        view_id = await open_view(pressed, form.skeleton(target.number))
        if not view_id:
            return
        pressed.talk.view_id, pressed.talk.number = view_id, target.number
        kept = Kept(target.number, target.key, pressed.press.response_url)
        await update_view(parts, view_id, await _drawn(parts, form, kept))

    return open_form


async def _drawn(parts: Parts, form: Form, kept: Kept, chosen: str = "") -> View:
    lead = await parts.desk.lead(kept.number)
    if lead is None:
        return modal(tr(form.title), [section([_gone(kept.number)])], callback_id=form.name)
    return form.view(Asking(kept, lead, parts.handles.choices, parts.desk.statuses, parts.clock(), chosen))


def _gone(number: int) -> str:
    return tr("There is no lead {lead} any more.", lead=f"L-{number}")


async def _wake(pressed: Pressed) -> None:
    found = await pressed.parts.handles.wake(pressed.target.number, pressed.actor)
    await tell(pressed.parts, pressed.talk, pressed.target.number, pressed.target.key, found)


async def _still(pressed: Pressed) -> None:
    """ "Still working on it?": yes."""
    found = await pressed.parts.handles.still_working(pressed.target.number, pressed.actor, "yes")
    await tell(pressed.parts, pressed.talk, pressed.target.number, pressed.target.key, found)


async def _status_chosen(pressed: Pressed) -> None:
    """Another status was chosen in the window: it shows what belongs to it."""
    press = pressed.press
    kept = read_kept(press.metadata)
    if kept is None or not press.view_id:
        return
    pressed.talk.view_id, pressed.talk.number = press.view_id, kept.number
    view = await _drawn(pressed.parts, FORMS[ids.STATUS_MODAL], kept, press.value)
    await update_view(pressed.parts, press.view_id, view)


async def tell(parts: Parts, talk: Talk, number: int, key: str, found: Outcome | None) -> None:
    """Say what became of an act, where the alert itself does not show it; to a double click, once."""
    if found is None:
        await talk.say(said(_gone(number)))
        return
    if silent(key, found):
        return
    answer = outcome_answer(found, parts.desk.statuses)
    if changed(found) or not parts.lately.said(talk.user_id, answer.text, parts.clock()):
        await talk.say(answer)


def _submits(form: Form) -> Callable[[Parts, AsyncAck, Body], Awaitable[None]]:
    async def submit(parts: Parts, ack: AsyncAck, body: Body) -> None:
        entered = Entered(_values(body))
        look = Looking(parts.handles.choices, parts.desk.statuses, parts.clock())
        kept = read_kept(inner(body, "view", "private_metadata"))
        wrong = form.wrong(entered, look)
        if wrong:
            await ack(response_action="errors", errors={field: tr(why) for field, why in wrong.items()})
            return
        unasked = incomplete(entered, look) if form.name == ids.STATUS_MODAL else None
        if unasked is not None and kept is not None:
            await ack(response_action="update", view=await _drawn(parts, form, kept, unasked.key))
            return
        await ack()
        talk = Talk(parts.client, inner(body, "user", "id"), kept.response_url if kept is not None else "")
        if kept is not None:
            parts.spawn(_send(parts, form, body, kept, entered, look, talk), talk, f"window {form.name}")

    return submit


async def _send(parts: Parts, form: Form, body: Body, kept: Kept, entered: Entered, look: Looking, talk: Talk) -> None:
    actor = await parts.people.actor(talk.user_id)
    if isinstance(actor, Refusal):
        await talk.say(said(actor.sentence))
        return
    to = entered.person(ids.TO_BLOCK)
    refused = await parts.people.actor(to) if to is not None else None
    if isinstance(refused, Refusal):
        await talk.say(said(refused.as_owner))
        return
    if await parts.seen.first_time(_once(body)):
        found = await form.send(Sent(parts.handles, kept.number, actor, entered, look, zone_of(actor.zone)))
        await tell(parts, talk, kept.number, kept.key, found)


def _once(body: Body) -> str:
    return f"view:{inner(body, 'view', 'id')}:{inner(body, 'trigger_id') or inner(body, 'view', 'hash')}"


def _values(body: Body) -> Mapping[str, Any]:
    view = body.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    values = state.get("values") if isinstance(state, Mapping) else None
    return values if isinstance(values, Mapping) else {}


_BUTTONS: Final = (
    ids.SNOOZE,
    ids.AGAIN,
    ids.NOT_NOW,
    ids.NOT_FIT,
    ids.LOG,
    ids.NOTE,
    ids.QUALIFY,
    ids.REASSIGN,
)
ACTS: Final[Mapping[str, Acting]] = {
    **{name: _opens(FORMS[name]) for name in _BUTTONS},
    ids.SET_STATUS: _opens(FORMS[ids.STATUS_MODAL]),
    ids.WAKE: _wake,
    ids.STILL: _still,
    ids.STATUS_BLOCK: _status_chosen,
}
WINDOWS: Final[Mapping[str, Callable[[Parts, AsyncAck, Body], Awaitable[None]]]] = {
    name: _submits(form) for name, form in FORMS.items()
}
