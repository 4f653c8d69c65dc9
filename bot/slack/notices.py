"""Lines beside the alert: in its thread, to a person, to the admin channel. NOTICES holds one sentence per code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.service.views import LeadRef, Notice
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.blocks import Block, Message, actions, plain_section, said, section
from bot.slack.text import moment, mrkdwn, person, plain
from bot.slack.words import activity_line, deadline_line, label_word, reach_lines, reach_sentence, status_line, who

_NOBODY: Final = LeadRef(0, None, None, None)


def erased_message() -> Message:
    """What stands in the place of a message about somebody who was erased."""
    return said("_This was about a lead that was erased. Nothing of it is kept._")


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


def _until(notice: Notice) -> str:
    return f" until {moment(notice.until)}" if notice.until is not None else ""


def _by(notice: Notice) -> str:
    return person(notice.actor) if notice.actor else "hotlead"


def _offered(notice: Notice) -> str:
    to = f"offered to {person(notice.to)}" if notice.to else "offered to you"
    return f"{_who(notice)} is {to}{_until(notice)}.{_deadline(notice)}"


def _offer_ended(notice: Notice) -> str:
    to = f" to {person(notice.to)}" if notice.to else ""
    return f"The offer of {_who(notice)}{to} has ended: the first to press Claim has it.{_deadline(notice)}"


def _reminder(notice: Notice) -> str:
    owner = notice.handling.owner if notice.handling else None
    who_has = f"{person(owner)} has it" if owner else "nobody has it"
    return f"{_who(notice)} waits for its first contact, and {who_has}.{_deadline(notice)}"


def _escalation(notice: Notice) -> str:
    if len(notice.leads) > 1:
        return f"*{len(notice.leads)} leads are past their follow-up deadline*"
    owner = notice.handling.owner if notice.handling else None
    who_has = f"{person(owner)} has it" if owner else "nobody has it"
    lead = _named(notice.leads[0]) if notice.leads and notice.lead is None else _who(notice)
    return f"{lead} is past its follow-up deadline, and {who_has}.{_deadline(notice)}"


def _passed_on(notice: Notice) -> str:
    had = f" {person(notice.actor)} had it." if notice.actor else ""
    to = f" It goes to {person(notice.to)}{_until(notice)}." if notice.to else " The first to press Claim has it."
    return f"{_who(notice)} was not contacted in time.{had}{to}{_deadline(notice)}"


def _released(notice: Notice) -> str:
    return f"{_who(notice)} was not contacted in time, so it is no longer yours.{_text(notice)}"


def _woken(notice: Notice) -> str:
    return f"{_who(notice)} is back from its snooze.{_deadline(notice)}"


def _to_you(notice: Notice) -> str:
    return f"{_by(notice)} handed you {_who(notice)}.{_deadline(notice)}{_text(notice)}"


def _from_you(notice: Notice) -> str:
    to = f" to {person(notice.to)}" if notice.to else ""
    return f"{_by(notice)} handed {_who(notice)}, which was yours, on{to}.{_text(notice)}"


def _recycled_due(notice: Notice) -> str:
    return f"The time of {_who(notice)} has come: it is with the team again.{_deadline(notice)}{_text(notice)}"


def _logged(notice: Notice) -> str:
    return f"{_by(notice)} logged a contact with {_who(notice)}, which is yours.{_text(notice)}"


def _noted(notice: Notice) -> str:
    return f"{_by(notice)} wrote a note on {_who(notice)}, which is yours.{_text(notice)}"


def _qualified(notice: Notice) -> str:
    return f"{_by(notice)} wrote down the qualification of {_who(notice)}, which is yours.{_text(notice)}"


def _activity(notice: Notice) -> str:
    listed = [activity_line(one) for one in notice.activities[:MOST_ACTIVITIES]]
    more = len(notice.activities) - len(listed)
    rest = f"; and {more} more" if more > 0 else ""
    return f"{_who(notice)} was active: {'; '.join(listed) or 'something new'}{rest}."


def _stale(notice: Notice) -> str:
    many = len(notice.leads) > 1
    return f"Still working on {f'these {len(notice.leads)} leads' if many else 'it'}?"


def _joined(notice: Notice) -> str:
    other = f" {_named(notice.other)}" if notice.other is not None else " another lead"
    owner = f", which {_owner(notice)} has" if notice.handling and notice.handling.owner else ""
    return f"{_who(notice)} turned out to be the same as{other}{owner}. It goes on there."


def _due_while_away(notice: Notice) -> str:
    count = len(notice.leads)
    return f"{person(notice.actor)} will be away when {count} of their leads fall{'s' if count == 1 else ''} due."


def _named(lead: LeadRef) -> str:
    return f"{who(lead)} ({lead.key})"


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
    "offered": _offered,
    "offer_ended": _offer_ended,
    "reminder": _reminder,
    "escalation": _escalation,
    "passed_on": _passed_on,
    "released": _released,
    "woken": _woken,
    "reassigned_to": _to_you,
    "reassigned_from": _from_you,
    "recycled_due": _recycled_due,
    "contact_logged": _logged,
    "noted": _noted,
    "qualified": _qualified,
    "activity": _activity,
    "stale": _stale,
    "joined": _joined,
    "due_while_away": _due_while_away,
    "health": _health,
}

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
    "due_while_away": (ids.REASSIGN, ids.DETAILS),
}
# codes that may be about several leads, each with its buttons
OF_MANY: Final = frozenset({"stale", "escalation", "due_while_away"})
MOST_LEADS: Final = 20  # two blocks each, of the fifty that a message has
MOST_ACTIVITIES: Final = 5


def notice_message(notice: Notice, *, in_thread: bool = False, channels: frozenset[str] = frozenset()) -> Message:
    """The line, how to reach the lead (in a thread the alert above says it already), and its buttons.

    `channels` are ours: only these may be links in the text.
    """
    say = NOTICES.get(notice.code)
    # a row written by a newer version is said as well as it can be rather than never
    sentence = say(notice) if say else f"{_who(notice)}: {mrkdwn(notice.code, 60)}.{_text(notice)}"
    for channel in channels:
        sentence = sentence.replace(f"&lt;#{channel}&gt;", f"<#{channel}>")
    if notice.code == "status" and notice.actor:
        sentence += f" Set by {person(notice.actor)}."
    blocks: list[Block] = [section([sentence])]
    spoken = sentence.replace("*", "")
    if notice.contact is not None and not in_thread:
        blocks.append(plain_section("\n".join(reach_lines(notice.contact))))
        spoken += " " + reach_sentence(notice.contact)
    if notice.code in OF_MANY and notice.leads:
        named = "; ".join(_named(lead).replace("*", "") for lead in notice.leads)
        return Message(f"{spoken.strip()} {named}.", (*blocks, *_each(notice)))
    return Message(spoken.strip(), (*blocks, *_buttons(notice)))


def _each(notice: Notice) -> tuple[Block, ...]:
    """Each lead with its buttons."""
    blocks: list[Block] = []
    for lead in notice.leads[:MOST_LEADS]:
        row = [lead_button(act, ids.Target(lead.number)) for act in NOTICE_BUTTONS[notice.code]]
        blocks += [section([_named(lead)]), *actions(row)]
    more = len(notice.leads) - MOST_LEADS
    return (
        *blocks,
        *((section([f"… and {more} more. `/leads overdue` and `/leads mine` have them all."]),) if more > 0 else ()),
    )


def _buttons(notice: Notice) -> tuple[Block, ...]:
    if notice.lead is None:
        return ()
    # without the alert's key: a press here must not make this line the alert's message
    target = ids.Target(notice.lead.number)
    return actions([lead_button(act, target) for act in NOTICE_BUTTONS.get(notice.code, ())])
