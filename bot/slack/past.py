"""`/lead why WHO WHEN`: a score at a past instant as it was known then, and as it is known today where that differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from bot.language import mark, number, tr
from bot.service.facts import reasons_of
from bot.service.models.views import LateFact, PastScore, PostedScore
from bot.service.views import ScoreView
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import LEDGER_PAGE, page_of, paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import in_zone, moment, mrkdwn
from bot.slack.words import more, rated, reason_line, score_line, signed, subtotals_lines
from scoring.instants import format_instant

MOST_FACTS: Final = 10


def past_answer(found: PastScore, page: int, zone: tzinfo) -> Message:
    """The ledger then, the last crossing by then, and what came to be known later."""
    when = in_zone(found.at, zone)
    title = tr("{lead} had no score at {when}", lead=who_plain_safe(found.lead), when=when)
    if found.shown.score is not None:
        score = number(found.shown.score)
        title = tr("{lead} had {score} at {when}", lead=who_plain_safe(found.lead), score=score, when=when)
    reasons = reasons_of(found.lines)
    pages = max(1, -(-len(reasons) // LEDGER_PAGE))
    page = min(max(page, 1), pages)
    lines = [f"• {reason_line(one)}" for one in reasons[(page - 1) * LEDGER_PAGE : page * LEDGER_PAGE]]
    body = [score_line(found.shown), *(lines or [tr("Nothing had given points yet.")])]
    live = tr(
        "From the events received by then · {model}, version {version}, live then",
        model=mrkdwn(found.model, 40),
        version=found.version,
    )
    footer = [f"{live}{page_of(page, pages)}"]
    posted = [_posted(found.posted)] if found.posted is not None else []
    later = [*_as_posted(found), *_later(found)]
    blocks = [section([f"*{title}*"]), section(body), context(*subtotals_lines(reasons), *footer, *posted)]
    if later:
        blocks.append(section(later))
    told = "; ".join(line.removeprefix("• ").replace("*", "") for line in (*body, *posted, *later))
    return Message(f"{title}: {told}.", (*blocks, *actions(_buttons(found, page, pages))))


def _posted(posted: PostedScore) -> str:
    said = rated(posted.label, posted.rating, posted.score)
    when, version = moment(posted.at), posted.version
    return tr("Last crossed {when}: {score} (version {version})", when=when, score=said, version=version)


def _as_posted(found: PastScore) -> list[str]:
    """The ledger that was kept with the crossing, where it is another one: leads may have become one since."""
    posted = found.posted
    if posted is None or posted.at != found.at or posted.lines == found.lines:
        return []
    lines = [f"• {reason_line(one)}" for one in reasons_of(posted.lines)]
    return [tr("*As it was posted: {score}*", score=number(posted.score)), *lines]


def _later(found: PastScore) -> list[str]:
    """The other number, and the facts that made the difference."""
    if found.today is None:
        return []
    same = found.today.score == found.shown.score
    return [
        _today(found.today, same=same),
        score_line(found.today),
        *_facts(mark("Received later: {fact}"), found.late),
        *_facts(mark("No longer counts: {fact}"), found.gone),
    ]


def _today(today: ScoreView, *, same: bool) -> str:
    if today.score is None:
        return tr("*With what is known today it had no score*")
    score = number(today.score)
    if same:
        return tr("*With what is known today it was {score}*, for other reasons", score=score)
    return tr("*With what is known today it was {score}*", score=score)


def _facts(words: str, facts: Sequence[LateFact]) -> list[str]:
    lines = [f"• {tr(words, fact=_fact(one))}" for one in facts[:MOST_FACTS]]
    return [*lines, more(len(facts) - MOST_FACTS)] if len(facts) > MOST_FACTS else lines


def _fact(fact: LateFact) -> str:
    line = tr(
        "{what}, {when}, received {later}",
        what=mrkdwn(fact.what or fact.type, 80) or tr("something"),
        when=moment(fact.at),
        later=moment(fact.received_at),
    )
    if fact.points is not None:
        line += f" ({signed(fact.points)})"
    if fact.says:
        line += ": " + ", ".join(mrkdwn(one, 80) for one in fact.says[:4])
    return tr("{fact} – a colleague's", fact=line) if fact.of_colleague else line


def _buttons(found: PastScore, page: int, pages: int) -> list[Block]:
    row = paging(ids.Run("lead", f"why {found.lead.key} {format_instant(found.at)}"), page, pages)
    if found.posted is not None and found.posted.at != found.at:
        run = ids.Run("lead", f"why {found.lead.key} {format_instant(found.posted.at)}")
        row.append(button(tr("As it crossed"), ids.RUN, run.as_value()))
    return [*row, *(lead_button(act, ids.Target(found.lead.number)) for act in (ids.WHY, ids.DETAILS))]
