"""From WHO to one lead: or to the message that says why not, with choices when several are meant."""

from __future__ import annotations

from typing import Final

from bot.service.views import LeadRef
from bot.slack import ids
from bot.slack.answers import choices_answer
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call
from bot.slack.commands.grammar import name_of_lead
from bot.slack.text import mrkdwn

MOST_MATCHES: Final = 50


async def one_lead(call: Call, verb: str, who: str, rest: str = "") -> LeadRef | Message:
    """The one lead that is meant, or what to say instead; `rest` is kept for the choice's button."""
    who = name_of_lead(who)
    if not who:
        return nobody_named(call, verb)
    found = await call.desk.find(who, limit=MOST_MATCHES)
    if not found:
        return not_found(who)
    if len(found) == 1:
        return found[0]
    title = f"*{_count(len(found))} leads match “{mrkdwn(who)}”* – which one?"
    run = ids.Run("lead", f"{verb} {who} {rest}".strip(), call.page)
    return choices_answer(title, found, verb, rest, run, call.settings.page_size)


def _count(found: int) -> str:
    return str(found) if found < MOST_MATCHES else f"{MOST_MATCHES} or more"


def nobody_named(call: Call, verb: str) -> Message:
    """WHO is missing, or was a colleague."""
    usage = call.typed("lead", call.families["lead"].table[verb].usage)
    if call.unnamed:
        return said(
            "That is a colleague, not a lead. Name the lead by e-mail address, number (L-123) or the beginning of its "
            f"name: `{mrkdwn(usage, 200)}`"
        )
    return said(f"Which lead? Type `{mrkdwn(usage, 200)}`")


def not_found(who: str) -> Message:
    return said(
        f"No lead matches “{mrkdwn(who)}”. Try an e-mail address, a number (L-123) or the beginning of words of a name "
        "or company."
    )


def no_such(lead: str) -> Message:
    """It was there when it was looked for, and is not any more."""
    return said(f"There is no lead {mrkdwn(lead)} any more.")
