"""A digest: what quiet hours held back, or a channel's or a manager's day. A pure function of its view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.language import mark, number, tr
from bot.service.handling.views import DigestRow, DigestView
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import who_plain_safe
from bot.slack.blocks import Block, Message, header, section
from bot.slack.team import numbers_line, period_words, reasons_counted, result_line
from bot.slack.text import cut, moment, mrkdwn, person
from bot.slack.words import label_word, more, sign, who

ALT_LIMIT: Final = 1000
# list -> its title, in the order in which they are told
TITLES: Final[Mapping[str, str]] = {
    "held_back": mark("Waiting to be claimed"),
    "overdue": mark("Past their follow-up deadline"),
    "needs_owner": mark("Contacted once, without an owner now"),
    "stale": mark("Asked whether they go on, without an answer"),
    "due_while_away": mark("Due while their owner is away"),
    "new_hot": mark("Newly hot"),
    "claimed": mark("Claimed"),
    "won": mark("Won"),
    "lost": mark("Lost"),
    "cooled": mark("Cooled before anybody claimed them"),
    "crossed_closed": mark("Closed, and active again"),
}
# list -> the button of each of its leads; the others are told in lines
BUTTONS: Final[Mapping[str, str]] = {
    "held_back": ids.CLAIM,
    "overdue": ids.REASSIGN,
    "needs_owner": ids.REASSIGN,
    "stale": ids.REASSIGN,
}
_TIMES: Final[Mapping[str, str]] = {
    "overdue": mark("was due {when}"),
    "stale": mark("asked {when}"),
    "due_while_away": mark("due {when}"),
}


def is_day(view: DigestView) -> bool:
    """Whether it is the digest of a day or week; else it only brings what was held back."""
    return set(view.rows) != {"held_back"}


def digest_message(view: DigestView, picture: str | None = None, alt: str = "") -> Message:
    """What the period brought; `picture` is the id of a file that is ready."""
    title = (tr("The week") if view.weekly else tr("The day")) if is_day(view) else tr(TITLES["held_back"])
    total = result_line(view.total, tr("In all"))
    blocks: list[Block] = [header(title)]
    if is_day(view):
        period = period_words(view.since, view.until)
        blocks.append(section([period, *([total] if view.total.passed else []), numbers_line(view.numbers)]))
    if picture:
        image = {
            "type": "image",
            "slack_file": {"id": picture},
            "alt_text": cut(alt, ALT_LIMIT) or tr("What became of it"),
        }
        blocks.append(image)
    for name, heading in TITLES.items():
        if rows := view.rows.get(name, ()):
            blocks += _list(name, tr(heading), rows, view.counts.get(name, len(rows)))
    if view.rejected_why:
        blocks.append(section([tr("*Why not a fit* {reasons}", reasons=reasons_counted(view.rejected_why))]))
    return Message(_spoken(title, total, view), tuple(blocks))


def _list(name: str, heading: str, rows: Sequence[DigestRow], count: int) -> list[Block]:
    rest = [more(count - len(rows))] if count > len(rows) else []
    title = f"*{heading}* – {number(count)}"
    act = BUTTONS.get(name)
    if act is None:
        return [section([title, *(f"• {_line(name, row)}" for row in rows), *rest])]
    shown = [section([_line(name, row)], lead_button(act, ids.Target(row.lead.number))) for row in rows]
    return [section([title]), *shown, *([section(rest)] if rest else [])]


def _line(name: str, row: DigestRow) -> str:
    lead = row.lead
    parts = [f"{sign(lead.label)}{who(lead)} ({lead.key})"]
    if rating := mrkdwn(row.rating, 10):
        parts.append(f"{label_word(lead.label)} {rating}" if lead.label else rating)
    if row.owner:
        parts.append(person(row.owner))
    if row.at is not None:
        when = moment(row.at)
        parts.append(tr(_TIMES[name], when=when) if name in _TIMES else when)
    if reason := mrkdwn(row.reason, 80):
        parts.append(reason)
    return " · ".join(parts)


def _names(rows: Sequence[DigestRow]) -> str:
    return "; ".join(who_plain_safe(row.lead) for row in rows)


def _spoken(title: str, total: str, view: DigestView) -> str:
    lists = [
        f"{tr(heading)}, {number(view.counts.get(name, len(rows)))}: {_names(rows)}."
        for name, heading in TITLES.items()
        if (rows := view.rows.get(name, ()))
    ]
    return " ".join([f"{title}.", *([f"{total}."] if is_day(view) and view.total.passed else []), *lists])
