"""Lines beside the alert, in its thread, to a person, to the admin channel: a sentence, and its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.language import tr
from bot.service.views import Notice, State
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.blocks import Block, Message, actions, plain_section, said, section
from bot.slack.notice_sentences import named, sentence
from bot.slack.words import more, reach_lines, reach_sentence

# code -> the buttons under it; a code that is not here has none
NOTICE_BUTTONS: Final[Mapping[str, tuple[str, ...]]] = {
    "claimed": (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS),
    "back_to_team": (ids.CLAIM, ids.DETAILS),
    "cooled": (ids.CLAIM, ids.DETAILS),
    "needs_owner": (ids.CLAIM, ids.DETAILS),
    "crossed_closed": (ids.DETAILS, ids.SET_STATUS),
    "closed_elsewhere": (ids.DETAILS, ids.SET_STATUS),
    "offered": (ids.CLAIM, ids.RELEASE, ids.SNOOZE, ids.NOT_FIT, ids.DETAILS),
    "offer_ended": (ids.CLAIM, ids.DETAILS),
    "reminder": (ids.LOG, ids.SNOOZE, ids.DETAILS),
    "escalation": (ids.CLAIM, ids.REASSIGN, ids.DETAILS),
    "passed_on": (ids.CLAIM, ids.DETAILS),
    "released": (ids.DETAILS,),
    "woken": (ids.LOG, ids.SET_STATUS, ids.SNOOZE, ids.DETAILS),
    "reassigned_to": (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS),
    "reassigned_from": (ids.DETAILS,),
    "recycled_due": (ids.CLAIM, ids.DETAILS),
    "contact_logged": (ids.DETAILS,),
    "noted": (ids.DETAILS,),
    "qualified": (ids.DETAILS,),
    "activity": (ids.DETAILS,),
    "stale": (ids.STILL, ids.RELEASE, ids.NOT_NOW),
    "joined": (ids.DETAILS,),
    "split": (ids.DETAILS,),
    "due_while_away": (ids.REASSIGN, ids.DETAILS),
}
# what the score does to a lead that was put off: its owner may not want to wait any longer
WHILE_SNOOZED: Final[Mapping[str, tuple[str, ...]]] = {
    "crossed_again": (ids.WAKE, ids.DETAILS),
    "better": (ids.WAKE, ids.DETAILS),
    "also_crossed": (ids.WAKE, ids.DETAILS),
}
_CLAIMABLE: Final = frozenset({State.OPEN, State.QUIET, State.RECYCLED})
# codes that may be about several leads, each with its buttons
OF_MANY: Final = frozenset({"stale", "escalation", "due_while_away"})
MOST_LEADS: Final = 20  # two blocks each, of the fifty that a message has


def notice_message(notice: Notice, *, in_thread: bool = False, channels: frozenset[str] = frozenset()) -> Message:
    """The line, how to reach the lead (in a thread the alert above says it already), and its buttons.

    `channels` are ours: only these may be links in the text.
    """
    line = sentence(notice)
    for channel in channels:
        line = line.replace(f"&lt;#{channel}&gt;", f"<#{channel}>")
    blocks: list[Block] = [section([line])]
    spoken = line.replace("*", "")
    if notice.contact is not None and not in_thread:
        blocks.append(plain_section("\n".join(reach_lines(notice.contact))))
        spoken += " " + reach_sentence(notice.contact)
    if notice.code in OF_MANY and notice.leads:
        leads = "; ".join(named(lead).replace("*", "") for lead in notice.leads)
        return Message(f"{spoken.strip()} {leads}.", (*blocks, *_each(notice)))
    return Message(spoken.strip(), (*blocks, *_buttons(notice)))


def _each(notice: Notice) -> tuple[Block, ...]:
    """Each lead with its buttons."""
    blocks: list[Block] = []
    for lead in notice.leads[:MOST_LEADS]:
        row = [lead_button(act, ids.Target(lead.number)) for act in NOTICE_BUTTONS[notice.code]]
        blocks += [section([named(lead)]), *actions(row)]
    rest = len(notice.leads) - MOST_LEADS
    if rest <= 0:
        return tuple(blocks)
    all_of_them = tr("`/leads overdue` and `/leads mine` have them all.")
    return (*blocks, section([f"{more(rest)}. {all_of_them}"]))


def _buttons(notice: Notice) -> tuple[Block, ...]:
    if notice.lead is None:
        return ()
    # without the alert's key: a press here must not make this line the alert's message
    target = ids.Target(notice.lead.number)
    row = NOTICE_BUTTONS.get(notice.code, ())
    if notice.handling is not None and notice.handling.state is State.SNOOZED:
        row = WHILE_SNOOZED.get(notice.code, row)
    if notice.code == "offer_ended" and notice.handling is not None and notice.handling.state not in _CLAIMABLE:
        row = (ids.DETAILS,)
    return actions([lead_button(act, target) for act in row])


def erased_message() -> Message:
    """What stands in the place of a message about somebody who was erased."""
    return said(tr("_This was about a lead that was erased. Nothing of it is kept._"))
