"""Shortcuts: "Find a lead" from anywhere, with suggestions while typing, and "Make a lead of this" on a message.

SHORTCUTS is the table that the manifest and the listeners follow; ACTS, WINDOWS and OPTIONS are its presses,
submissions and suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.async_app import AsyncAck

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.service.views import LeadRef
from bot.slack import ids
from bot.slack.answers import score_answer, who_plain_safe
from bot.slack.blocks import Block, option, plain_text, said, section
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.commands.adding import added_answer
from bot.slack.commands.grammar import clean, name_of_lead
from bot.slack.details import fill_details
from bot.slack.forms.base import Entered
from bot.slack.forms.inputs import text_field
from bot.slack.modals import Kept, View, modal, read_kept
from bot.slack.parts import Parts
from bot.slack.people import Refusal
from bot.slack.presses import Body, inner
from bot.slack.pressing import EXPIRED, Acting, Pressed
from bot.slack.talk import Talk
from bot.slack.text import mrkdwn, plain
from bot.slack.words import who_plain

Opening = Callable[[Parts, Body], View]
_LONGEST: Final = 10_000
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE: Final = re.compile(r"\+\d[\d ()-]{6,18}\d")
_SUGGESTED: Final = 20
_NAME, _COMPANY, _EMAIL_FIELD, _PHONE_FIELD, _TITLE = "name", "company", "email", "phone", "title"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One entry of Slack's menus; it opens a window at once."""

    callback: str
    name: str
    kind: str  # global or message
    about: str
    opens: Opening


# ---- find a lead


def _find_view(_: Parts, __: Body) -> View:
    select: Block = {
        "type": "external_select",
        "action_id": ids.FIND,
        "min_query_length": 2,
        "placeholder": plain_text(tr("Name, company, address or number")),
    }
    return modal(tr("Find a lead"), [section([tr("Type the beginning of any word.")], select)], callback_id=ids.FIND)


async def suggest(parts: Parts, ack: AsyncAck, body: Body) -> None:
    """The leads that what was typed so far may mean; nobody who may not act is told any."""
    actor = await parts.people.actor(inner(body, "user", "id"))
    typed = name_of_lead(clean(inner(body, "value")).text)
    found = () if isinstance(actor, Refusal) or not typed else await parts.desk.find(typed, _SUGGESTED)
    await ack(options=[suggestion_of(lead) for lead in found])


def suggestion_of(lead: LeadRef) -> Block:
    """One line of the menu."""
    return option(f"{plain(who_plain(lead), 55)} · {lead.key}", str(lead.number))


async def _found(pressed: Pressed) -> None:
    number = pressed.press.value
    if pressed.press.view_id and number.isascii() and number.isdigit() and len(number) <= 15:
        pressed.talk.view_id, pressed.talk.number = pressed.press.view_id, int(number)
        await fill_details(pressed, pressed.press.view_id, int(number), 1)


# ---- make a lead of a message


def make_view(_: Parts | None, body: Body) -> View:
    """The window, with what the message itself says of somebody."""
    message = body.get("message")
    text = inner(message, "text")[:_LONGEST] if isinstance(message, Mapping) else ""
    text = clean(text).text
    email, phone = _EMAIL.search(text), _PHONE.search(text)
    fields = (
        (_EMAIL_FIELD, tr("E-mail address"), email[0] if email else None),
        (_PHONE_FIELD, tr("Phone"), phone[0] if phone else None),
        (_NAME, tr("Name"), None),
        (_COMPANY, tr("Company"), None),
        (_TITLE, tr("Title"), None),
    )
    about = section(
        [tr("An address, a phone number or at least a name says who it is. A lead that is known gets the rest.")]
    )
    return modal(
        tr("Make a lead of this"),
        [about, *(text_field(name, label, lines=False, initial=initial) for name, label, initial in fields)],
        callback_id=ids.MAKE,
        submit=plain_text(tr("Add")),
        private_metadata=Kept(0, "", inner(body, "response_url")).as_metadata(),
    )


async def _made(parts: Parts, ack: AsyncAck, body: Body) -> None:
    view = body.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    values = state.get("values") if isinstance(state, Mapping) else None
    entered = Entered(values if isinstance(values, Mapping) else {})
    if not any(entered.text(name) for name in (_EMAIL_FIELD, _PHONE_FIELD, _NAME)):
        await ack(response_action="errors", errors={_EMAIL_FIELD: tr("An address, a phone number or at least a name.")})
        return
    await ack()
    kept = read_kept(inner(body, "view", "private_metadata"))
    talk = Talk(parts.client, inner(body, "user", "id"), kept.response_url if kept is not None else "")
    parts.spawn(_add(parts, body, entered, talk), talk, "window make a lead")


async def _add(parts: Parts, body: Body, entered: Entered, talk: Talk) -> None:
    actor = await parts.people.actor(talk.user_id)
    if isinstance(actor, Refusal):
        await talk.say(said(actor.sentence))
        return
    if not await parts.seen.first_time(f"view:{inner(body, 'view', 'id')}:{inner(body, 'trigger_id')}"):
        return
    told = {name: entered.text(name) for name in (_EMAIL_FIELD, _PHONE_FIELD, _NAME, _TITLE, _COMPANY)}
    try:
        added = await parts.adds.add_lead(actor, **told)
    except HotleadError as bad:
        await talk.say(said(mrkdwn(str(bad), 300)))
        return
    lead = await parts.desk.lead(added.number)
    if lead is not None:
        name, score = who_plain_safe(lead.lead), score_answer(lead, parts.settings)
        await talk.say(added_answer(name, score, told, known=added.known))


SHORTCUTS: Final = (
    Shortcut(ids.FIND, mark("Find a lead"), "global", "Details of a lead, found while you type", _find_view),
    Shortcut(ids.MAKE, mark("Make a lead of this"), "message", "Add whoever the message is about", make_view),
)
ACTS: Final[Mapping[str, Acting]] = {ids.FIND: _found}
WINDOWS: Final[Mapping[str, Callable[[Parts, AsyncAck, Body], Awaitable[None]]]] = {ids.MAKE: _made}


async def open_shortcut(parts: Parts, shortcut: Shortcut, body: Body, talk: Talk) -> None:
    """Open its window, at once; who may not act is told so there."""
    trigger: Any = inner(body, "trigger_id")
    try:
        opened = await parts.client.views_open(trigger_id=trigger, view=shortcut.opens(parts, body))
    except CALL_ERRORS as error:
        if explain(error).code not in ("expired_trigger_id", "exchanged_trigger_id", "ratelimited", "no_answer"):
            raise
        await talk.say(said(tr(EXPIRED)))
        return
    actor = await parts.people.actor(talk.user_id)
    if isinstance(actor, Refusal):
        refused = modal(tr(shortcut.name), [section([actor.sentence])], callback_id=shortcut.callback)
        await parts.client.views_update(view_id=str((opened.get("view") or {}).get("id")), view=refused)
