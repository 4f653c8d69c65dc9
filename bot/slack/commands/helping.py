"""Help, made from the registry: what this person may type, and what each does."""

from __future__ import annotations

from bot.language import tr
from bot.slack.answers import bullet_answer
from bot.slack.blocks import Message
from bot.slack.commands.base import Call, Family


async def answer_help(call: Call) -> Message:
    """One line a verb, for this command; for `/hotlead help` of all three."""
    wanted = call.families.values() if call.family == "hotlead" else (call.families[call.family],)
    lines = [line for family in wanted for line in _lines(call, family)]
    who = tr("WHO is an e-mail address, a number such as L-123, or the beginning of words of a name or company.")
    return bullet_answer(f"{tr('*What you can type*')} – {who}", lines)


def _lines(call: Call, family: Family) -> list[str]:
    command = family.command(call.settings)
    return [f"`{f'{command} {verb.usage}'.rstrip()}` {tr(verb.help)}" for verb in family.open_to(call.actor)]
