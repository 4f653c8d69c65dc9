"""The registry of commands. A new verb is a line in its family's VERBS; help and manifest follow from it.

To add a command: write its coroutine in the family's file, add the Verb there, add its row to docs/slack.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.language import mark, tr
from bot.service.views import Role
from bot.slack.blocks import Message, said
from bot.slack.commands import hotlead, lead, leads
from bot.slack.commands.base import RANKS, Answering, Call, Family, Verb
from bot.slack.commands.grammar import Typed, clean, split_verb

FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "lead": Family("lead", "Score, claim and follow up one lead", lead.VERBS, 0),
        "leads": Family("leads", "Lists of leads", leads.VERBS, 1),
        "hotlead": Family("hotlead", "Help, and how hotlead is", hotlead.VERBS, 2),
    }
)
_WITHOUT_VERB: Final[Mapping[str, Answering]] = {
    "lead": lead.answer_without_verb,
    "leads": leads.answer_without_verb,
    "hotlead": hotlead.answer_without_verb,
}


_FOR: Final[Mapping[Role, str]] = {
    Role.REP: mark("`{command}` is for reps."),
    Role.MANAGER: mark("`{command}` is for managers."),
    Role.ADMIN: mark("`{command}` is for admins."),
}


def verb_of(family: str, typed: Typed) -> tuple[Verb | None, str]:
    """The verb that was typed, if one was, and the words after it."""
    verbs = FAMILIES[family].table
    name, rest = split_verb(typed, verbs)
    return (verbs[name] if name is not None else None), rest


async def answer(call: Call, raw: str) -> Message:
    """Answer one command: find its verb, look whether this person may, and let it answer."""
    typed = clean(raw)
    verb, rest = verb_of(call.family, typed)
    if verb is not None and verb.people:
        typed = clean(raw, people=True)
        rest = verb_of(call.family, typed)[1]
    if verb is not None and RANKS[call.actor.role] < RANKS[verb.role]:
        return said(tr(_FOR[verb.role], command=call.typed(call.family, verb.name)))
    run = verb.answer if verb is not None else _WITHOUT_VERB[call.family]
    return await run(replace(call, text=rest, unnamed=typed.unnamed))


def changes(family: str, raw: str) -> bool:
    """Whether the command has an effect, so that it must not be had twice."""
    verb, _ = verb_of(family, clean(raw))
    return verb is not None and verb.changes
