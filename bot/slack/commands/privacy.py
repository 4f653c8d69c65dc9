"""/lead export and /lead erase, for admins: everything about one lead as a file, and taking all of it away for good."""

from __future__ import annotations

from typing import Final

from bot.errors import HotleadError
from bot.language import mark, tr
from bot.service.views import Role
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.finding import one_lead
from bot.slack.erasures import plan_answer
from bot.slack.text import mrkdwn


async def answer_export(call: Call) -> Message:
    """The file comes to the admin's direct messages: an answer in a channel would be too short, and there for long."""
    lead = await one_lead(call, "export", call.text)
    if isinstance(lead, Message):
        return lead
    try:
        await call.erases.export_to(lead.number, call.actor.user_id)
    except HotleadError as gone:
        return said(mrkdwn(str(gone), 300))
    # without a name: this answer stays on somebody's screen after an erasure
    return said(tr("Everything about {lead} comes to you as a file, in your messages with hotlead.", lead=lead.key))


async def answer_erase(call: Call) -> Message:
    """What would go, and a button that asks."""
    lead = await one_lead(call, "erase", call.text)
    if isinstance(lead, Message):
        return lead
    try:
        plan = await call.erases.plan(lead.number)
    except HotleadError as gone:
        return said(mrkdwn(str(gone), 300))
    return plan_answer(plan)


VERBS: Final = (
    Verb(
        "export", "export WHO", mark("everything about it, as a file for you"), answer_export, Role.ADMIN, changes=True
    ),
    Verb("erase", "erase WHO", mark("erase it for good, after asking"), answer_erase, Role.ADMIN),
)
