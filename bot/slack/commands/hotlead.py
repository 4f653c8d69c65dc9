"""/hotlead: the service itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.language import mark, tr, trn
from bot.service.views import HealthLine, Role
from bot.slack import ids
from bot.slack.answers import bullet_answer, suggestion
from bot.slack.blocks import Message, said
from bot.slack.commands import team
from bot.slack.commands.base import Call, Verb
from bot.slack.commands.helping import answer_help
from bot.slack.commands.sources import answer_sources
from bot.slack.commands.suggest import nearest
from bot.slack.models import model_answer, no_model
from bot.slack.text import mrkdwn
from bot.slack.words import as_of


async def answer_health(call: Call) -> Message:
    return health_answer(await call.health(), as_of(call.now))


def health_answer(lines: Sequence[HealthLine], when: str) -> Message:
    """Each thing that was looked at: the word says it, the mark only helps the eye."""
    bad = sum(not line.ok for line in lines)
    attention = trn("{count} of {total} needs attention", "{count} of {total} need attention", bad, total=len(lines))
    title = f"*{attention if bad else tr('All is well')}*, {when}"
    told = [f"{_mark(line)} {mrkdwn(line.name, 60)}: {mrkdwn(line.detail, 300)}" for line in lines]
    return bullet_answer(title, told or [tr("nothing was looked at")])


def _mark(line: HealthLine) -> str:
    return tr("✅ ok,") if line.ok else tr("⚠️ not ok,")


async def answer_model(call: Call) -> Message:
    """The model that lists show, or the one that is named."""
    models = await call.models.models()
    name = call.text.strip().strip("\"'").casefold()
    found = [one for one in models if one.model.name.casefold() == name] if name else list(models[:1])
    if not found:
        return no_model(call.text, models)
    others = [one for one in models if one is not found[0]]
    return model_answer(found[0], others, call.page, may_change=call.actor.role is Role.ADMIN)


async def answer_without_verb(call: Call) -> Message:
    """No word means help; one that is unknown gets the nearest suggested."""
    if not call.text:
        return await answer_help(call)
    known = call.families["hotlead"].table
    command = call.typed("hotlead", "")
    sentence = tr("“{typed}” is nothing that {command} knows.", typed=mrkdwn(call.text), command=command)
    meant = nearest(call.text.partition(" ")[0], known)
    if meant is None:
        return said(f"{sentence} {tr('Try `{command}`.', command=call.typed('hotlead', 'help'))}")
    return suggestion(sentence, call.typed("hotlead", meant), ids.Run("hotlead", meant))


VERBS: Final = (
    Verb("help", "help", mark("every command"), answer_help),
    Verb("health", "health", mark("whether hotlead is well, and what to do if not"), answer_health),
    *team.OF_HOTLEAD,
    Verb(
        "model",
        "model [NAME]",
        mark("the model in words: its target and its rules; admins change it there"),
        answer_model,
    ),
    Verb(
        "sources",
        "sources",
        mark("what comes from each source, and what is refused and why"),
        answer_sources,
        Role.ADMIN,
    ),
)
