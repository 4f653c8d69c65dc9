"""/leads: lists of leads, paged with buttons."""

from __future__ import annotations

from typing import Final

from bot.slack import ids
from bot.slack.answers import list_answer, suggestion
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Answering, Call, Verb
from bot.slack.commands.helping import answer_help
from bot.slack.commands.suggest import nearest
from bot.slack.explained import cooling_answer, missing_answer
from bot.slack.text import mrkdwn


def _list(name: str) -> Answering:
    async def answer(call: Call) -> Message:
        return list_answer(await call.desk.leads(name, call.actor, call.page))

    return answer


async def answer_cooling(call: Call) -> Message:
    return cooling_answer(await call.explains.cooling(call.page))


async def answer_missing(call: Call) -> Message:
    return missing_answer(await call.explains.missing())


async def answer_without_verb(call: Call) -> Message:
    """No list means hot; a word that is no list gets the nearest one suggested."""
    if not call.text:
        return await _list("hot")(call)
    lists = call.families["leads"].table
    sentence = f"“{mrkdwn(call.text)}” is no list."
    meant = nearest(call.text.partition(" ")[0], lists)
    if meant is None:
        return said(f"{sentence} There are: {', '.join(lists)}.")
    return suggestion(sentence, call.typed("leads", meant), ids.Run("leads", meant))


VERBS: Final = (
    Verb("hot", "[hot]", "leads at the hand-over label, best first", _list("hot")),
    Verb("mine", "mine", "those that are yours", _list("mine")),
    Verb("unclaimed", "unclaimed", "those that nobody has yet", _list("unclaimed")),
    Verb("recent", "recent", "newest first", _list("recent")),
    Verb("cooling", "cooling", "those about to leave their label, the soonest first", answer_cooling),
    Verb("missing", "missing", "which facts, if we knew them, would make most leads ready", answer_missing),
    Verb("help", "help", "this list", answer_help),
)
