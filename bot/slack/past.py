"""`/lead why WHO WHEN`: a score at a past instant as it was known then, and as it is known today where that differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from bot.service.facts import reasons_of
from bot.service.model_views import LateFact, PastScore, PostedScore
from bot.service.views import ScoreView
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import LEDGER_PAGE, paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, button, context, section
from bot.slack.text import in_zone, moment, mrkdwn
from bot.slack.words import number, rated, reason_line, score_line, signed
from scoring.instants import format_instant

MOST_FACTS: Final = 10


def past_answer(found: PastScore, page: int, zone: tzinfo) -> Message:
    """The ledger then, the last crossing by then, and what came to be known later."""
    when = in_zone(found.at, zone)
    total = _total(found.shown)
    title = f"{who_plain_safe(found.lead)} had {total} at {when}"
    reasons = reasons_of(found.lines)
    pages = max(1, -(-len(reasons) // LEDGER_PAGE))
    page = min(max(page, 1), pages)
    lines = [f"• {reason_line(one)}" for one in reasons[(page - 1) * LEDGER_PAGE : page * LEDGER_PAGE]]
    body = [score_line(found.shown), *(lines or ["Nothing had given points yet."])]
    of = f" · page {page} of {pages}" if pages > 1 else ""
    footer = [f"From the events received by then · {mrkdwn(found.model, 40)}, version {found.version}, live then{of}"]
    posted = [_posted(found.posted)] if found.posted is not None else []
    later = [*_as_posted(found), *_later(found)]
    blocks = [section([f"*{title}*"]), section(body), context(*footer, *posted)]
    if later:
        blocks.append(section(later))
    told = "; ".join(line.removeprefix("• ").replace("*", "") for line in (*body, *posted, *later))
    return Message(f"{title}: {told}.", (*blocks, *actions(_buttons(found, page, pages))))


def _total(score: ScoreView) -> str:
    return "no score" if score.score is None else number(score.score)


def _posted(posted: PostedScore) -> str:
    said = rated(posted.label, posted.rating, posted.score)
    return f"Last crossed {moment(posted.at)}: {said} (version {posted.version})"


def _as_posted(found: PastScore) -> list[str]:
    """The ledger that was kept with the crossing, where it is another one: leads may have become one since."""
    posted = found.posted
    if posted is None or posted.at != found.at or posted.lines == found.lines:
        return []
    lines = [f"• {reason_line(one)}" for one in reasons_of(posted.lines)]
    return [f"*As it was posted: {number(posted.score)}*", *lines]


def _later(found: PastScore) -> list[str]:
    """The other number, and the facts that made the difference."""
    if found.today is None:
        return []
    same = found.today.score == found.shown.score
    first = f"*With what is known today it was {_total(found.today)}*"
    return [
        f"{first}, for other reasons" if same else first,
        score_line(found.today),
        *_facts("Received later", found.late),
        *_facts("No longer counts", found.gone),
    ]


def _facts(title: str, facts: Sequence[LateFact]) -> list[str]:
    lines = [f"• {title}: {_fact(one)}" for one in facts[:MOST_FACTS]]
    return [*lines, f"… and {len(facts) - MOST_FACTS} more"] if len(facts) > MOST_FACTS else lines


def _fact(fact: LateFact) -> str:
    line = (
        f"{mrkdwn(fact.what or fact.type, 80) or 'something'}, {moment(fact.at)}, received {moment(fact.received_at)}"
    )
    if fact.points is not None:
        line += f" ({signed(fact.points)})"
    if fact.says:
        line += ": " + ", ".join(mrkdwn(one, 80) for one in fact.says[:4])
    return f"{line} – a colleague's" if fact.of_colleague else line


def _buttons(found: PastScore, page: int, pages: int) -> list[Block]:
    row = paging(ids.Run("lead", f"why {found.lead.key} {format_instant(found.at)}"), page, pages)
    if found.posted is not None and found.posted.at != found.at:
        run = ids.Run("lead", f"why {found.lead.key} {format_instant(found.posted.at)}")
        row.append(button("As it crossed", ids.RUN, run.as_value()))
    return [*row, *(lead_button(act, ids.Target(found.lead.number)) for act in (ids.WHY, ids.DETAILS))]
