"""Lines beside the alert: in its thread, to a person, to the admin channel. NOTICES holds one sentence per code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.service.views import LeadRef, Notice
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.blocks import Block, Message, actions, plain_section, section
from bot.slack.text import moment, mrkdwn, person, plain
from bot.slack.words import deadline_line, label_word, reach_lines, reach_sentence, status_line, who

_NOBODY: Final = LeadRef(0, None, None, None)


def _who(notice: Notice) -> str:
    lead = notice.lead or _NOBODY
    return f"{who(lead)} ({lead.key})" if notice.lead else "A lead"


def _at(notice: Notice) -> str:
    return f" {moment(notice.at)}" if notice.at is not None else ""


def _mark(notice: Notice) -> str:
    rating = mrkdwn(notice.rating, 10)
    return f"*{label_word(notice.label)}*" + (f" · {rating}" if rating else "") if notice.label else "*the target*"


def _deadline(notice: Notice) -> str:
    line = deadline_line(notice.handling) if notice.handling else ""
    return f" {line}." if line else ""


def _status(notice: Notice) -> str:
    return status_line(notice.handling) if notice.handling else "Status changed"


def _owner(notice: Notice) -> str:
    return person(notice.handling.owner) if notice.handling and notice.handling.owner else "its owner"


def _text(notice: Notice) -> str:
    return f" {mrkdwn(notice.text, 300)}" if plain(notice.text) else ""


def _claimed(notice: Notice) -> str:
    return f"You have {_who(notice)}.{_deadline(notice)}"


def _again(notice: Notice) -> str:
    return f"{_who(notice)} crossed {_mark(notice)} again{_at(notice)}.{_deadline(notice)}{_text(notice)}"


def _better(notice: Notice) -> str:
    return f"{_who(notice)} is better now: {_mark(notice)}.{_deadline(notice)}{_text(notice)}"


def _also(notice: Notice) -> str:
    return f"{_who(notice)} crossed in another model too: {_mark(notice)}.{_deadline(notice)}{_text(notice)}"


def _back(notice: Notice) -> str:
    by = f" {person(notice.actor)} let it go." if notice.actor else ""
    return f"{_who(notice)} is back with the team: the first to press Claim has it.{by}{_deadline(notice)}"


def _cooled(notice: Notice) -> str:
    return f"{_who(notice)} cooled: no longer {_mark(notice) if notice.label else 'hot'}. It is still free to claim."


def _status_set(notice: Notice) -> str:
    return f"{_status(notice)}{_at(notice)}.{_text(notice)}"


def _crossed_closed(notice: Notice) -> str:
    crossed = f"{_who(notice)}, which is closed, crossed {_mark(notice)} again{_at(notice)}."
    return f"{crossed} {_status(notice)}.{_text(notice)}"


def _closed_elsewhere(notice: Notice) -> str:
    return f"{_who(notice)} was closed in the CRM{_at(notice)}. {_status(notice)}.{_text(notice)}"


def _needs_owner(notice: Notice) -> str:
    return f"{_who(notice)} was contacted and has no owner now. Somebody should take it.{_text(notice)}"


def _health(notice: Notice) -> str:
    return mrkdwn(notice.text, 2500) or "hotlead has something to say, but the text is missing."


NOTICES: Final[Mapping[str, Callable[[Notice], str]]] = {
    "crossed_again": _again,
    "better": _better,
    "also_crossed": _also,
    "back_to_team": _back,
    "cooled": _cooled,
    "status": _status_set,
    "claimed": _claimed,
    "crossed_closed": _crossed_closed,
    "closed_elsewhere": _closed_elsewhere,
    "needs_owner": _needs_owner,
    "health": _health,
}

# code -> the buttons under it; a code that is not here has none
NOTICE_BUTTONS: Final[Mapping[str, tuple[str, ...]]] = {
    "claimed": (ids.DETAILS, ids.SET_STATUS, ids.RELEASE),
    "back_to_team": (ids.CLAIM, ids.DETAILS),
    "cooled": (ids.CLAIM, ids.DETAILS),
    "needs_owner": (ids.CLAIM, ids.DETAILS),
    "crossed_closed": (ids.DETAILS, ids.SET_STATUS),
    "closed_elsewhere": (ids.DETAILS, ids.SET_STATUS),
}


def notice_message(notice: Notice, *, in_thread: bool = False) -> Message:
    """The line, how to reach the lead (in a thread the alert above says it already), and its buttons."""
    say = NOTICES.get(notice.code)
    # a row written by a newer version is said as well as it can be rather than never
    sentence = say(notice) if say else f"{_who(notice)}: {mrkdwn(notice.code, 60)}.{_text(notice)}"
    if notice.code == "status" and notice.actor:
        sentence += f" Set by {person(notice.actor)}."
    blocks: list[Block] = [section([sentence])]
    spoken = sentence.replace("*", "")
    if notice.contact is not None and not in_thread:
        blocks.append(plain_section("\n".join(reach_lines(notice.contact))))
        spoken += " " + reach_sentence(notice.contact)
    return Message(spoken.strip(), (*blocks, *_buttons(notice)))


def _buttons(notice: Notice) -> tuple[Block, ...]:
    if notice.lead is None:
        return ()
    # without the alert's key: a press here must not make this line the alert's message
    target = ids.Target(notice.lead.number)
    return actions([lead_button(act, target) for act in NOTICE_BUTTONS.get(notice.code, ())])
