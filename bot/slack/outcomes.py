"""What became of an act, in a sentence: OUTCOMES holds one per code, with the buttons under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.language import mark, tr
from bot.service.views import Outcome, State, Status
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.blocks import Block, Message, actions, plain_section, section
from bot.slack.handling_words import deadline_line, since_when
from bot.slack.text import moment, mrkdwn, person
from bot.slack.words import reach_lines, reach_sentence, who

Labels = Mapping[str, str]  # a status's key -> its label


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence of a code and its buttons."""

    sentence: Callable[[Outcome, Labels], str]
    buttons: tuple[str, ...] = (ids.DETAILS,)


def _lead(found: Outcome) -> str:
    return f"{who(found.lead)} ({found.lead.key})"


def _owner(found: Outcome) -> str:
    return person(found.handling.owner)


def _deadline(found: Outcome) -> str:
    """A sentence after another, where a clock runs."""
    deadline = deadline_line(found.handling)
    return f" {deadline}." if deadline else ""


def _plainly(message: str) -> Callable[[Outcome, Labels], str]:
    """A sentence that only names the lead."""
    return lambda found, _labels: tr(message, lead=_lead(found))


def _with_deadline(message: str) -> Callable[[Outcome, Labels], str]:
    return lambda found, _labels: tr(message, lead=_lead(found)) + _deadline(found)


def _already(found: Outcome, _labels: Labels) -> str:
    since = found.handling.owner_since
    if since is None:
        return tr("{lead} is already yours.", lead=_lead(found))
    return tr("{lead} is already yours since {when}.", lead=_lead(found), when=moment(since))


def _taken(found: Outcome, _labels: Labels) -> str:
    since, snoozed = found.handling.owner_since, found.handling.snoozed_until
    line = tr("{owner} has {lead}.", owner=_owner(found), lead=_lead(found))
    if since is not None:
        line = tr("{owner} has {lead} since {when}.", owner=_owner(found), lead=_lead(found), when=moment(since))
    return line if snoozed is None else f"{line} {tr('It is put off until {when}.', when=moment(snoozed))}"


def _not_yours(found: Outcome, labels: Labels) -> str:
    if found.handling.state is State.CLOSED:
        return f"{_is_closed(found)} {tr('Only its owner, who closed it or a manager can change that.')}"
    alone = tr("Only they or a manager can do that.")
    if found.handling.owner:
        return f"{_taken(found, labels)} {alone}"
    nobody = tr("Nobody has {lead}. Only its owner or a manager can do that.", lead=_lead(found))
    return f"{nobody} {since_when(found.handling)}"


def _status_set(found: Outcome, labels: Labels) -> str:
    status, before = mrkdwn(found.handling.status.label, 40), mrkdwn(labels.get(found.before or "", ""), 40)
    if not before:
        return tr("{lead} is now *{status}*.", lead=_lead(found), status=status)
    return tr("{lead} is now *{status}* (was {before}).", lead=_lead(found), status=status, before=before)


def _unchanged(found: Outcome, _labels: Labels) -> str:
    status = mrkdwn(found.handling.status.label, 40)
    return tr("{lead} already is *{status}*.", lead=_lead(found), status=status)


def _is_closed(found: Outcome) -> str:
    since = found.handling.since
    said = {"lead": _lead(found), "status": mrkdwn(found.handling.status.label, 40)}
    line = tr("{lead} is closed as *{status}*.", **said)
    if since is not None:
        line = tr("{lead} is closed as *{status}* since {when}.", **said, when=moment(since))
    owner = tr("Its owner is {owner}.", owner=_owner(found)) if found.handling.owner else ""
    return f"{line} {owner}".strip()


def _closed(found: Outcome, _labels: Labels) -> str:
    return f"{_is_closed(found)} {tr('Set status reopens it.')}"


def _gone(found: Outcome, _labels: Labels) -> str:
    return tr("{lead} was erased. Nothing is left to work on.", lead=found.lead.key)


def _reassigned(found: Outcome, _labels: Labels) -> str:
    return tr("{owner} has {lead} now.", owner=_owner(found), lead=_lead(found))


def _theirs(found: Outcome, _labels: Labels) -> str:
    since = found.handling.owner_since
    if since is None:
        return tr("{owner} has {lead} already.", owner=_owner(found), lead=_lead(found))
    return tr("{owner} has {lead} already since {when}.", owner=_owner(found), lead=_lead(found), when=moment(since))


def _snoozed(found: Outcome, _labels: Labels) -> str:
    until = found.handling.snoozed_until
    line = tr("{lead} is snoozed.", lead=_lead(found))
    if until is not None:
        line = tr("{lead} is snoozed until {when}.", lead=_lead(found), when=moment(until))
    return f"{line} {tr('It comes back to you then.')}"


def _new_time(found: Outcome, _labels: Labels) -> str:
    back = found.handling.back_at
    if back is None:
        return tr("{lead} has a new time: back when it crosses.", lead=_lead(found))
    return tr("{lead} has a new time: back {when}.", lead=_lead(found), when=moment(back))


def _qualified(found: Outcome, _labels: Labels) -> str:
    known = found.handling.qualification
    line = tr("The qualification of {lead} is written down.", lead=_lead(found))
    unset = _asked(known.unset if known is not None else ())
    if not unset:
        return f"{line} {tr('Budget, authority, need and timeline are known.')}"
    return f"{line} {tr('Still unknown: {questions}.', questions=unset)}"


def _offered_elsewhere(found: Outcome, _labels: Labels) -> str:
    until = found.handling.offered_until
    said = {"lead": _lead(found), "owner": person(found.handling.offered_to)}
    if until is None:
        return tr("{lead} is offered to {owner}.", **said)
    return tr("{lead} is offered to {owner} until {when}.", **said, when=moment(until))


def _not_possible(found: Outcome, _labels: Labels) -> str:
    return tr("That cannot be done with {lead} now: {handling}", lead=_lead(found), handling=since_when(found.handling))


def _not_claimed(found: Outcome, _labels: Labels) -> str:
    nobody = tr("Nobody has {lead}, so there is nothing to release. Claim takes it.", lead=_lead(found))
    return f"{nobody} {since_when(found.handling)}"


def _unknown(found: Outcome, _labels: Labels) -> str:
    if found.done:
        return tr("{lead}: done.", lead=_lead(found))
    return tr("{lead}: that is not possible now.", lead=_lead(found))


_OWNED: Final = (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS)
OUTCOMES: Final[Mapping[str, Said]] = {
    "claimed": Said(_with_deadline(mark("You have {lead}.")), _OWNED),
    "already_yours": Said(_already, _OWNED),
    "taken": Said(_taken),
    "released": Said(_plainly(mark("{lead} is back with the team.")), (ids.CLAIM, ids.DETAILS)),
    "not_yours": Said(_not_yours),
    "not_claimed": Said(_not_claimed, (ids.CLAIM, ids.DETAILS)),
    "status_set": Said(_status_set),
    "status_unchanged": Said(_unchanged),
    "closed": Said(_closed, (ids.SET_STATUS, ids.DETAILS)),
    "reassigned": Said(_reassigned),
    "already_theirs": Said(_theirs),
    "snoozed": Said(_snoozed, (ids.WAKE, ids.DETAILS)),
    "woken": Said(_with_deadline(mark("{lead} is awake again.")), (ids.LOG, ids.SET_STATUS, ids.DETAILS)),
    "new_time": Said(_new_time),
    "logged": Said(
        _with_deadline(mark("The contact with {lead} is logged.")), (ids.AGAIN, ids.SET_STATUS, ids.DETAILS)
    ),
    "logged_claimed": Said(
        _with_deadline(mark("The contact is logged, and you have {lead}.")),
        (ids.AGAIN, ids.SET_STATUS, ids.RELEASE, ids.DETAILS),
    ),
    "qualified": Said(_qualified, (ids.SET_STATUS, ids.DETAILS)),
    "noted": Said(_plainly(mark("The note on {lead} is written down."))),
    "still_working": Said(_plainly(mark("{lead} stays yours."))),
    "offered_elsewhere": Said(_offered_elsewhere),
    "not_possible": Said(_not_possible, (ids.SET_STATUS, ids.DETAILS)),
    "not_active": Said(
        _plainly(mark("{lead} stays where it is: whom it should go to cannot work on leads any more.")),
        (ids.REASSIGN, ids.DETAILS),
    ),
    "in_the_past": Said(
        _plainly(mark("Nothing was done with {lead}: that time is past. Choose one that is still to come."))
    ),
    "bad_choice": Said(_plainly(mark("Nothing was done with {lead}: that cannot be chosen."))),
    "needs_qualification": Said(
        _plainly(mark("{lead} cannot be that before it is qualified.")), (ids.QUALIFY, ids.DETAILS)
    ),
    "gone": Said(_gone, ()),
}
UNKNOWN: Final = Said(_unknown)


# warning -> what it says; unset parts of the qualification are said together
WARNINGS: Final[Mapping[str, str]] = {
    "away": mark("They are away now."),
    "full": mark("They have as many leads as they take."),
    "out_of_hours": mark("They are out of hours now."),
    "clock_runs": mark("The follow-up deadline runs on meanwhile."),
    "not_snoozed": mark("It is not put off: only its owner can do that, and not once it is closed."),
}
_QUESTIONS: Final[Mapping[str, str]] = {
    "budget": mark("budget"),
    "authority": mark("authority"),
    "need": mark("need"),
    "timeline": mark("timeline"),
}


def _asked(names: Sequence[str]) -> str:
    """Parts of the qualification, listed."""
    return ", ".join(tr(_QUESTIONS[one]) for one in names if one in _QUESTIONS)


def warned(found: Outcome) -> str:
    """What should be known beside what was done."""
    said = [tr(WARNINGS[one]) for one in found.warnings if one in WARNINGS]
    unset = _asked(found.warnings)
    return " ".join(
        [*said, *([tr("Not known yet: {questions}. Qualify asks for it.", questions=unset)] if unset else [])]
    )


SHOWN: Final = frozenset({"claimed", "released", "status_set", "reassigned", "snoozed", "woken", "new_time"})
"""What the alert itself shows to everybody."""


def silent(key: str, found: Outcome) -> bool:
    """What changes the alert for everybody needs no words beside it; what did not happen always does."""
    return bool(key) and found.code in SHOWN and not found.warnings


_SO_ALREADY: Final = frozenset({"already_yours", "already_theirs", "status_unchanged"})


def changed(found: Outcome) -> bool:
    """False where it was refused, or was so already."""
    return found.done and found.code not in _SO_ALREADY


def outcome_answer(found: Outcome, statuses: Sequence[Status]) -> Message:
    """The sentence, the contact details where they come with it, and the buttons."""
    entry = OUTCOMES.get(found.code, UNKNOWN)
    sentence = entry.sentence(found, {status.key: status.label for status in statuses})
    sentence = " ".join([sentence, *(one for one in (mrkdwn(found.note, 300), warned(found)) if one)])
    blocks: list[Block] = [section([sentence])]
    spoken = sentence.replace("*", "")
    if found.contact is not None:
        blocks.append(plain_section("\n".join(reach_lines(found.contact))))
        spoken += " " + reach_sentence(found.contact)
    target = ids.Target(found.lead.number)
    asks = (ids.QUALIFY,) if _asked(found.warnings) and ids.QUALIFY not in entry.buttons else ()
    return Message(spoken, (*blocks, *actions([lead_button(act, target) for act in (*asks, *entry.buttons)])))
