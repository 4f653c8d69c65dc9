"""Reassign: the form that makes a colleague the owner."""

from __future__ import annotations

from typing import Final

from bot.language import mark, tr
from bot.service.views import Outcome, State
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.forms.base import CLOSED, NOT_CHOSEN, Asking, Entered, Form, Looking, Sent, Wrong
from bot.slack.forms.inputs import person_field


def _fields(_: Asking) -> list[Block]:
    return [person_field(ids.TO_BLOCK, tr("New owner"))]


def _wrong(entered: Entered, _: Looking) -> Wrong:
    return {} if entered.person(ids.TO_BLOCK) else {ids.TO_BLOCK: NOT_CHOSEN}


async def _send(sent: Sent) -> Outcome | None:
    return await sent.handles.reassign(sent.number, sent.actor, sent.entered.person(ids.TO_BLOCK) or "")


REASSIGN: Final = Form(
    ids.REASSIGN, mark("Reassign"), mark("Hand over"), _fields, _send, _wrong, {State.CLOSED: CLOSED}
)
