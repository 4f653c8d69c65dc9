"""A digest: what quiet hours held back, or a channel's or a manager's day. A pure function of its view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.service.handling_views import DigestRow, DigestView
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import who_plain_safe
from bot.slack.blocks import Block, Message, header, section
from bot.slack.crew import numbers_line, result_line
from bot.slack.text import cut, moment, mrkdwn, person
from bot.slack.words import label_word, sign, who

ALT_LIMIT: Final = 1000
# list -> its title, in the order in which they are told
TITLES: Final[Mapping[str, str]] = {
    "held_back": "Waiting to be claimed",
    "overdue": "Past their follow-up deadline",
    "needs_owner": "Contacted once, without an owner now",
    "stale": "Asked whether they go on, without an answer",
    "due_while_away": "Due while their owner is away",
    "new_hot": "Newly hot",
    "claimed": "Claimed",
    "won": "Won",
    "lost": "Lost",
    "cooled": "Cooled before anybody claimed them",
    "crossed_closed": "Closed, and active again",
}
# list -> the button of each of its leads; the others are told in lines
BUTTONS: Final[Mapping[str, str]] = {
    "held_back": ids.CLAIM,
    "overdue": ids.REASSIGN,
    "needs_owner": ids.REASSIGN,
    "stale": ids.REASSIGN,
}
_TIMES: Final[Mapping[str, str]] = {"overdue": "was due", "stale": "asked", "due_while_away": "due"}


def is_day(view: DigestView) -> bool:
    """Whether it is the digest of a day or week; else it only brings what was held back."""
    return set(view.rows) != {"held_back"}


def digest_message(view: DigestView, picture: str | None = None, alt: str = "") -> Message:
    """What the period brought; `picture` is the id of a file that is ready."""
    title = ("The week" if view.weekly else "The day") if is_day(view) else TITLES["held_back"]
    total = result_line(view.total, "In all")
    blocks: list[Block] = [header(title)]
    if is_day(view):
        period = f"From {moment(view.since)} to {moment(view.until)}"
        blocks.append(section([period, *([total] if view.total.passed else []), numbers_line(view.numbers)]))
    if picture:
        image = {"type": "image", "slack_file": {"id": picture}, "alt_text": cut(alt, ALT_LIMIT) or "What became of it"}
        blocks.append(image)
    for name, heading in TITLES.items():
        if rows := view.rows.get(name, ()):
            blocks += _list(name, heading, rows, view.counts.get(name, len(rows)))
    if why := ", ".join(f"{mrkdwn(reason, 60)} {count}" for reason, count in view.rejected_why[:5]):
        blocks.append(section([f"*Why not a fit* {why}"]))
    return Message(_spoken(title, total, view), tuple(blocks))


def _list(name: str, heading: str, rows: Sequence[DigestRow], count: int) -> list[Block]:
    more = [f"… and {count - len(rows)} more"] if count > len(rows) else []
    title = f"*{heading}* – {count}"
    act = BUTTONS.get(name)
    if act is None:
        return [section([title, *(f"• {_line(name, row)}" for row in rows), *more])]
    shown = [section([_line(name, row)], lead_button(act, ids.Target(row.lead.number))) for row in rows]
    return [section([title]), *shown, *([section(more)] if more else [])]


def _line(name: str, row: DigestRow) -> str:
    lead = row.lead
    parts = [f"{sign(lead.label)}{who(lead)} ({lead.key})"]
    if rating := mrkdwn(row.rating, 10):
        parts.append(f"{label_word(lead.label)} {rating}" if lead.label else rating)
    if row.owner:
        parts.append(person(row.owner))
    if row.at is not None:
        parts.append(f"{_TIMES.get(name, '')} {moment(row.at)}".strip())
    if reason := mrkdwn(row.reason, 80):
        parts.append(reason)
    return " · ".join(parts)


def _spoken(title: str, total: str, view: DigestView) -> str:
    lists = [
        f"{heading}, {view.counts.get(name, len(rows))}: {'; '.join(who_plain_safe(row.lead) for row in rows)}."
        for name, heading in TITLES.items()
        if (rows := view.rows.get(name, ()))
    ]
    return " ".join([f"{title}.", *([f"{total}."] if is_day(view) and view.total.passed else []), *lists])
