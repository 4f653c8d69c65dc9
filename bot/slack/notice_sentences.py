"""What a line beside the alert says: NOTICES holds one sentence per code of `views.Notice`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.language import mark, tr, trn
from bot.service.views import LeadRef, Notice, State
from bot.slack.handling_words import deadline_line, handling_sentence, status_line
from bot.slack.text import is_person, moment, mrkdwn, person
from bot.slack.words import activity_line, label_word, more, who

_MOST_ACTIVITIES: Final = 5


def named(lead: LeadRef) -> str:
    """Who it is, with the number by which commands find the lead."""
    return f"{who(lead)} ({lead.key})"


def _who(notice: Notice) -> str:
    return named(notice.lead) if notice.lead else tr("A lead")


def _mark(notice: Notice) -> str:
    rating = mrkdwn(notice.rating, 10)
    label = f"*{label_word(notice.label)}*" if notice.label else tr("*the target*")
    return label + (f" · {rating}" if rating and notice.label else "")


def _deadline(notice: Notice) -> str:
    line = deadline_line(notice.handling) if notice.handling else ""
    return f"{line}." if line else ""


def _status(notice: Notice) -> str:
    return f"{status_line(notice.handling)}." if notice.handling else tr("Status changed.")


def _text(notice: Notice) -> str:
    return mrkdwn(notice.text, 300)


def _sentences(*said: str) -> str:
    return " ".join(one for one in said if one)


def _first() -> str:
    return tr("The first to press Claim has it.")


def _claimed(notice: Notice) -> str:
    return _sentences(tr("You have {lead}.", lead=_who(notice)), _deadline(notice))


def _again(notice: Notice) -> str:
    said = {"lead": _who(notice), "label": _mark(notice)}
    line = tr("{lead} crossed {label} again.", **said)
    if notice.at is not None:
        line = tr("{lead} crossed {label} again {when}.", **said, when=moment(notice.at))
    return _sentences(line, _deadline(notice), _text(notice))


def _better(notice: Notice) -> str:
    line = tr("{lead} is better now: {label}.", lead=_who(notice), label=_mark(notice))
    return _sentences(line, _deadline(notice), _text(notice))


def _also(notice: Notice) -> str:
    line = tr("{lead} crossed in another model too: {label}.", lead=_who(notice), label=_mark(notice))
    return _sentences(line, _deadline(notice), _text(notice))


def _back(notice: Notice) -> str:
    by = tr("{colleague} let it go.", colleague=person(notice.actor)) if notice.actor else ""
    line = tr("{lead} is back with the team: the first to press Claim has it.", lead=_who(notice))
    return _sentences(line, by, _deadline(notice))


def _cooled(notice: Notice) -> str:
    if not notice.label:
        return tr("{lead} cooled: no longer hot. It is still free to claim.", lead=_who(notice))
    return tr("{lead} cooled: no longer {label}. It is still free to claim.", lead=_who(notice), label=_mark(notice))


def _status_set(notice: Notice) -> str:
    status = _status(notice).removesuffix(".")
    line = f"{status} {moment(notice.at)}." if notice.at is not None else f"{status}."
    by = tr("Set by {colleague}.", colleague=person(notice.actor)) if notice.actor else ""
    return _sentences(line, _text(notice), by)


def _crossed_closed(notice: Notice) -> str:
    said = {"lead": _who(notice), "label": _mark(notice)}
    line = tr("{lead}, which is closed, crossed {label} again.", **said)
    if notice.at is not None:
        line = tr("{lead}, which is closed, crossed {label} again {when}.", **said, when=moment(notice.at))
    return _sentences(line, _status(notice), _text(notice))


def _closed_elsewhere(notice: Notice) -> str:
    """Not by its owner: by a colleague, or by what came from the CRM."""
    if notice.actor and is_person(notice.actor):
        said = {"colleague": person(notice.actor), "lead": _who(notice)}
        stands = handling_sentence(notice.handling) if notice.handling else ""
        return _sentences(tr("{colleague} set the status of {lead}, which was yours.", **said), stands, _text(notice))
    line = tr("{lead} was closed in the CRM.", lead=_who(notice))
    if notice.at is not None:
        line = tr("{lead} was closed in the CRM {when}.", lead=_who(notice), when=moment(notice.at))
    return _sentences(line, _status(notice), _text(notice))


def _needs_owner(notice: Notice) -> str:
    line = tr("{lead} was contacted and has no owner now. Somebody should take it.", lead=_who(notice))
    return _sentences(line, _text(notice))


def _by(notice: Notice) -> str:
    return person(notice.actor) if notice.actor else "hotlead"


def _offered(notice: Notice) -> str:
    lead, to, until = _who(notice), person(notice.to), notice.until
    if until is None:
        line = tr("{lead} is offered to {owner}.", lead=lead, owner=to) if notice.to else ""
        return _sentences(line or tr("{lead} is offered to you.", lead=lead), _deadline(notice))
    when = moment(until)
    line = tr("{lead} is offered to {owner} until {when}.", lead=lead, owner=to, when=when) if notice.to else ""
    return _sentences(line or tr("{lead} is offered to you until {when}.", lead=lead, when=when), _deadline(notice))


def _offer_ended(notice: Notice) -> str:
    """In the thread whose offer it was; to whom it was offered, who has first refusal or has it now."""
    line = tr("{lead} is no longer offered to you.", lead=_who(notice))
    if notice.to:
        line = tr("The offer of {lead} to {owner} has ended.", lead=_who(notice), owner=person(notice.to))
    if notice.handling is None or notice.handling.state is State.OPEN:
        return _sentences(line, _first(), _deadline(notice))
    return _sentences(line, handling_sentence(notice.handling))


def _reminder(notice: Notice) -> str:
    owner = notice.handling.owner if notice.handling else None
    line = tr("{lead} waits for its first contact, and nobody has it.", lead=_who(notice))
    if owner:
        line = tr("{lead} waits for its first contact, and {owner} has it.", lead=_who(notice), owner=person(owner))
    if notice.to:
        mine = tr("{lead} is yours, and waits for its first contact.", lead=_who(notice))
        line = mine if owner else tr("{lead} is offered to you, and waits for its first contact.", lead=_who(notice))
    return _sentences(line, _deadline(notice))


def _escalation(notice: Notice) -> str:
    count = len(notice.leads)
    if count > 1:
        return trn(
            "*{count} lead is past its follow-up deadline*", "*{count} leads are past their follow-up deadline*", count
        )
    owner = notice.handling.owner if notice.handling else None
    lead = named(notice.leads[0]) if notice.leads and notice.lead is None else _who(notice)
    line = tr("{lead} is past its follow-up deadline, and nobody has it.", lead=lead)
    if owner:
        line = tr("{lead} is past its follow-up deadline, and {owner} has it.", lead=lead, owner=person(owner))
    return _sentences(line, _deadline(notice))


def _passed_on(notice: Notice) -> str:
    line = tr("{lead} was not contacted in time.", lead=_who(notice))
    had = tr("{colleague} had it.", colleague=person(notice.actor)) if notice.actor else ""
    return _sentences(line, had, _goes_to(notice) or _first(), _deadline(notice))


def _goes_to(notice: Notice) -> str:
    if not notice.to:
        return ""
    if notice.until is None:
        return tr("It goes to {owner}.", owner=person(notice.to))
    return tr("It goes to {owner} until {when}.", owner=person(notice.to), when=moment(notice.until))


def _released(notice: Notice) -> str:
    line = tr("{lead} was not contacted in time, so it is no longer yours.", lead=_who(notice))
    return _sentences(line, _text(notice))


def _woken(notice: Notice) -> str:
    return _sentences(tr("{lead} is back from its snooze.", lead=_who(notice)), _deadline(notice))


def _to_you(notice: Notice) -> str:
    line = tr("{colleague} handed you {lead}.", colleague=_by(notice), lead=_who(notice))
    return _sentences(line, _deadline(notice), _text(notice))


def _from_you(notice: Notice) -> str:
    said = {"colleague": _by(notice), "lead": _who(notice)}
    line = tr("{colleague} handed {lead}, which was yours, on.", **said)
    if notice.to:
        line = tr("{colleague} handed {lead}, which was yours, on to {owner}.", **said, owner=person(notice.to))
    return _sentences(line, _text(notice))


def _recycled_due(notice: Notice) -> str:
    line = tr("The time of {lead} has come: it is with the team again.", lead=_who(notice))
    return _sentences(line, _deadline(notice), _text(notice))


def _on_yours(message: str) -> Callable[[Notice], str]:
    """What a colleague did on your lead."""

    def say(notice: Notice) -> str:
        return _sentences(tr(message, colleague=_by(notice), lead=_who(notice)), _text(notice))

    return say


def _activity(notice: Notice) -> str:
    listed = [activity_line(one) for one in notice.activities[:_MOST_ACTIVITIES]]
    rest = len(notice.activities) - len(listed)
    told = "; ".join([*listed, *([more(rest)] if rest > 0 else [])])
    return tr("{lead} was active: {what}.", lead=_who(notice), what=told or tr("something new"))


def _stale(notice: Notice) -> str:
    if len(notice.leads) < 2:
        return tr("Still working on it?")
    return trn("Still working on this {count} lead?", "Still working on these {count} leads?", len(notice.leads))


def _joined(notice: Notice) -> str:
    """`lead` is the one that goes on, `other` the one that is it now."""
    owner = notice.handling.owner if notice.handling else None
    said = {"lead": named(notice.other) if notice.other else tr("another lead"), "other": _who(notice)}
    line = tr("{lead} turned out to be the same as {other}. It goes on there.", **said)
    if owner:
        line = tr(
            "{lead} turned out to be the same as {other}, which {owner} has. It goes on there.",
            **said,
            owner=person(owner),
        )
    return line


def _split(notice: Notice) -> str:
    other = named(notice.other) if notice.other else tr("another lead")
    return tr("{lead} and {other} turned out to be two people.", lead=_who(notice), other=other)


def _due_while_away(notice: Notice) -> str:
    return trn(
        "{colleague} will be away when {count} of their leads falls due.",
        "{colleague} will be away when {count} of their leads fall due.",
        len(notice.leads),
        colleague=person(notice.actor),
    )


def _health(notice: Notice) -> str:
    return mrkdwn(notice.text, 2500) or tr("hotlead has something to say, but the text is missing.")


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
    "contact_logged": _on_yours(mark("{colleague} logged a contact with {lead}, which is yours.")),
    "noted": _on_yours(mark("{colleague} wrote a note on {lead}, which is yours.")),
    "qualified": _on_yours(mark("{colleague} wrote down the qualification of {lead}, which is yours.")),
    "activity": _activity,
    "stale": _stale,
    "joined": _joined,
    "split": _split,
    "due_while_away": _due_while_away,
    "health": _health,
}


def sentence(notice: Notice) -> str:
    """What the notice says, in mrkdwn. A code of a newer version is said as well as it can be rather than never."""
    say = NOTICES.get(notice.code)
    return say(notice) if say else _sentences(f"{_who(notice)}: {mrkdwn(notice.code, 60)}.", _text(notice))
