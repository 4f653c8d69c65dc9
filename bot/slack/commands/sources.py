"""/hotlead sources: what comes from each source, and who is quiet or refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.language import grouped, markn, tr, trn
from bot.service.source_health import ACCEPTED, DUPLICATE, HISTORY, NOBODY, QUARANTINED, SourceView, Tally
from bot.slack.answers import bullet_answer
from bot.slack.blocks import Message, said
from bot.slack.commands.base import Call
from bot.slack.text import ago, mrkdwn
from bot.slack.words import as_of

_MOST_CODES: Final = 4


async def answer_sources(call: Call) -> Message:
    if call.sources is None:
        return said(tr("Nothing is known of the sources here."))
    return sources_answer(await call.sources(), as_of(call.now))


def sources_answer(sources: Sequence[SourceView], when: str) -> Message:
    """One line a source: the word says how it is, the mark only helps the eye."""
    if not sources:
        return said(tr("No source is configured. `hotlead sources add` adds one."))
    bad = sum(not one.ok for one in sources)
    attention = trn(
        "Sources: {count} of {total} needs attention",
        "Sources: {count} of {total} need attention",
        bad,
        total=len(sources),
    )
    title = f"*{attention if bad else tr('Sources')}*, {when}"
    return bullet_answer(title, [_line(one) for one in sources])


def _line(one: SourceView) -> str:
    state = tr("✅ ok,") if one.ok else tr("⚠️ not ok,")
    last = tr("nothing has come yet")
    if one.last_at is not None:
        last = tr("last event {age}", age=ago(one.last_at))
    parts = [
        f"{state} *{mrkdwn(one.name, 40)}* ({mrkdwn(one.kind, 20)}): {last}",
        tr("24 hours: {counts}", counts=tally_words(one.day)),
    ]
    if one.quiet_since is not None:
        parts.append(tr("*quiet against its habit*: look whether the sender still sends"))
    if one.failing_since is not None:
        parts.append(tr("*signatures fail* since {age}: compare the secrets", age=ago(one.failing_since)))
    if one.kept:
        kept = trn(
            "{count} refused request is kept: `hotlead sources retry {source}`",
            "{count} refused requests are kept: `hotlead sources retry {source}`",
            one.kept,
            source=mrkdwn(one.name, 40),
        )
        parts.append(kept)
    return " · ".join(parts)


def tally_words(tally: Tally) -> str:
    """`120 accepted, 3 duplicates, 2 refused (signature_wrong 2)`."""
    named = (
        (ACCEPTED, markn("{total} accepted", "{total} accepted")),
        (DUPLICATE, markn("{total} duplicate", "{total} duplicates")),
        (HISTORY, markn("{total} of history", "{total} of history")),
        (QUARANTINED, markn("{total} by machines", "{total} by machines")),
        (NOBODY, markn("{total} naming nobody", "{total} naming nobody")),
    )
    words = [trn(*forms, n, total=grouped(n)) for what, forms in named if (n := tally.of(what))]
    refused = tally.refused
    if refused:
        codes = ", ".join(f"{mrkdwn(code, 40)} {grouped(n)}" for code, n in list(refused.items())[:_MOST_CODES])
        n = sum(refused.values())
        words.append(trn("{total} refused ({codes})", "{total} refused ({codes})", n, total=grouped(n), codes=codes))
    return ", ".join(words) or tr("nothing")
