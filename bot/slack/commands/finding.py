"""From WHO to one lead: or to the message that says why not, with choices when several are meant."""

from __future__ import annotations

from typing import Final

from bot.language import number, tr, trn
from bot.service.views import LeadRef
from bot.slack import ids
from bot.slack.answers import choices_answer
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call
from bot.slack.commands.grammar import name_of_lead, number_of_lead, split_name
from bot.slack.text import mrkdwn

MOST_MATCHES: Final = 50


async def one_lead(call: Call, verb: str, who: str, rest: str = "") -> LeadRef | Message:
    """The one lead that is meant, or what to say instead; `rest` is kept for the choice's button."""
    who = name_of_lead(who)
    if not who:
        return nobody_named(call, verb)
    found = await call.desk.find(who, limit=MOST_MATCHES)
    if not found:
        name, unread = await understood(call, who)
        return not_understood(unread, _usage(call, verb)) if unread else await not_found(call, name)
    if len(found) == 1:
        return found[0]
    title = trn(
        "*{total} lead matches “{typed}”* – which one?",
        "*{total} leads match “{typed}”* – which one?",
        len(found),
        total=_count(len(found)),
        typed=mrkdwn(who),
    )
    run = ids.Run("lead", f"{verb} {who} {rest}".strip(), call.page)
    return choices_answer(title, found, verb, rest, run, call.settings.page_size)


async def understood(call: Call, who: str) -> tuple[str, str]:
    """WHO, and the words behind its address or number that mean nothing; none where a lead is called all that."""
    name, rest = split_name(who)
    if not rest or await call.desk.find(name_of_lead(who), limit=1) or not await call.desk.find(name, limit=1):
        return who, ""
    return name, rest


def not_understood(typed: str, usage: str) -> Message:
    said_so = _unread(typed)
    return said(f"{said_so} {tr('Type `{command}`', command=mrkdwn(usage, 200))}")


def unread_words(typed: str) -> str:
    """What says so before an answer that goes on; nothing where everything was understood."""
    return f"{_unread(typed)} " if typed else ""


def _unread(typed: str) -> str:
    return tr("“{typed}” is not understood here.", typed=mrkdwn(typed))


def _usage(call: Call, verb: str) -> str:
    return call.typed("lead", call.families["lead"].table[verb].usage)


def _count(found: int) -> str:
    return number(found) if found < MOST_MATCHES else tr("{count} or more", count=number(MOST_MATCHES))


def nobody_named(call: Call, verb: str) -> Message:
    """WHO is missing, or was a colleague."""
    usage = _usage(call, verb)
    if call.unnamed:
        return said(
            tr(
                "That is a colleague, not a lead. Name the lead by e-mail address, number (L-123) or the beginning of "
                "its name: `{command}`",
                command=mrkdwn(usage, 200),
            )
        )
    return said(tr("Which lead? Type `{command}`", command=mrkdwn(usage, 200)))


async def not_found(call: Call, who: str) -> Message:
    """How a lead is named; of a number whose lead is gone, that it is."""
    asked = number_of_lead(who)
    if asked is not None and await call.erases.was_erased(asked):
        return said(tr("{lead} was erased. Nothing is left to work on.", lead=who))
    return said(
        tr(
            "No lead matches “{typed}”. Try an e-mail address, a number (L-123) or the beginning of words of a name or "
            "company.",
            typed=mrkdwn(who),
        )
    )


def no_such(lead: str) -> Message:
    """It was there when it was looked for, and is not any more."""
    return said(tr("There is no lead {lead} any more.", lead=mrkdwn(lead)))
