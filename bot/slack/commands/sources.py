"""/hotlead sources: what comes from each source, and who is quiet or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.service.source_health import ACCEPTED, DUPLICATE, HISTORY, QUARANTINED, SourceView, Tally
from bot.slack.answers import bullet_answer
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call
from bot.slack.text import ago, mrkdwn
from bot.slack.words import as_of

_MOST_CODES: Final = 4


async def answer_sources(call: Call) -> Message:
    if call.sources is None:
        return said("Nothing is known of the sources here.")
    return sources_answer(await call.sources(), as_of(call.now))


def sources_answer(sources: Sequence[SourceView], when: str) -> Message:
    """One line a source: the word says how it is, the mark only helps the eye."""
    if not sources:
        return said("No source is configured. `hotlead sources add` adds one.")
    bad = sum(not one.ok for one in sources)
    title = f"*{'Sources' if not bad else f'Sources: {bad} of {len(sources)} need attention'}*, {when}"
    return bullet_answer(title, [_line(one) for one in sources])


def _line(one: SourceView) -> str:
    mark = "✅ ok," if one.ok else "⚠️ not ok,"
    last = f"last event {ago(one.last_at)}" if one.last_at is not None else "nothing has come yet"
    parts = [f"{mark} *{mrkdwn(one.name, 40)}* ({mrkdwn(one.kind, 20)}): {last}", f"24 hours: {tally_words(one.day)}"]
    if one.quiet_since is not None:
        parts.append("*quiet against its habit*: look whether the sender still sends")
    if one.failing_since is not None:
        parts.append(f"*signatures fail* since {ago(one.failing_since)}: compare the secrets")
    if one.kept:
        parts.append(f"{one.kept} refused requests are kept: `hotlead sources retry {mrkdwn(one.name, 40)}`")
    return " · ".join(parts)


def tally_words(tally: Tally) -> str:
    """`120 accepted, 3 duplicates, 2 refused (signature_wrong 2)`."""
    named = ((ACCEPTED, "accepted"), (DUPLICATE, "duplicates"), (HISTORY, "of history"), (QUARANTINED, "by machines"))
    words = [f"{tally.of(what):,} {word}" for what, word in named if tally.of(what)]
    refused = tally.refused
    if refused:
        codes = ", ".join(f"{mrkdwn(code, 40)} {n:,}" for code, n in list(refused.items())[:_MOST_CODES])
        words.append(f"{sum(refused.values()):,} refused ({codes})")
    return ", ".join(words) or "nothing"
