"""What was done about a lead, in words: ACTS holds one sentence per action of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.language import mark, tr
from bot.service.views import Act
from bot.slack.handling_words import contact_word
from bot.slack.text import moment, mrkdwn, person
from bot.slack.words import label_word
from scoring.instants import parse_instant

ACTS: Final[Mapping[str, str]] = {
    "crossed": mark("crossed"),
    "claimed": mark("claimed it"),
    "released": mark("released it"),
    "reassigned": mark("reassigned it"),
    "offered": mark("offered it"),
    "offer_ended": mark("the offer ended"),
    "assigned": mark("assigned it"),
    "snoozed": mark("snoozed it"),
    "woken": mark("ended the snooze"),
    "status": mark("set the status"),
    "reason": mark("gave a reason"),
    "contacted": mark("logged a contact:"),
    "qualified": mark("qualified it:"),
    "noted": mark("wrote a note"),
    "still_working": mark("is still working on it"),
    "cooled": mark("cooled"),
    "escalated": mark("the manager was told"),
    "joined": mark("joined two leads"),
    "split": mark("split one lead into two"),
    "lead_added": mark("added the lead"),
    "lead_told": mark("added what is known of the lead"),
    "event_quarantined": mark("took an event out of the score"),
    "event_restored": mark("restored an event"),
    "message_gone": mark("the message is gone"),
    "undelivered": mark("a message could not be delivered"),
}


def _contact(side: str) -> str:
    """`call: no_answer`."""
    return ": ".join(contact_word(part) for part in side.split(": "))


def _until(side: str) -> str:
    return moment(parse_instant(side))


# action -> how its sides are said; else they are people, leads or a status
_SIDES: Final[Mapping[str, Callable[[str], str]]] = {
    "contacted": _contact,
    "snoozed": _until,
    "cooled": label_word,
    "crossed": label_word,
}


def act_line(act: Act) -> str:
    """`• 3 Mar 12:00 @anna: set the status New → Connected – left a message`."""
    said = _SIDES.get(act.action, person)
    sides = [side for side in (act.before, act.after) if side and (act.before or side != act.actor)]
    change = " → ".join(said(side) for side in sides)
    note = f" – {mrkdwn(act.note, 120)}" if act.note else ""
    actor = person(act.actor) if act.actor != "hotlead" else "hotlead"
    action = tr(ACTS.get(act.action, "")) or mrkdwn(act.action.replace("_", " "), 40)
    what = f"{action} {change}" if change else action.removesuffix(":")
    return f"• {moment(act.at)} {actor}: {what}{note}"
