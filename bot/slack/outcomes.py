"""What became of an act, in a sentence: OUTCOMES holds one per code, with the buttons under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.service.views import Outcome, Status
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.blocks import Block, Message, actions, plain_section, section
from bot.slack.text import moment, mrkdwn, person
from bot.slack.words import deadline_line, handling_sentence, reach_lines, reach_sentence, who
from scoring.instants import Instant

Labels = Mapping[str, str]  # a status's key -> its label


@dataclass(frozen=True, slots=True)
class Said:
    """The sentence of a code and its buttons."""

    sentence: Callable[[Outcome, Labels], str]
    buttons: tuple[str, ...] = (ids.DETAILS,)


def _lead(found: Outcome) -> str:
    return f"{who(found.lead)} ({found.lead.key})"


def _since(found: Outcome) -> str:
    return f" since {moment(found.handling.owner_since)}" if found.handling.owner_since is not None else ""


def _claimed(found: Outcome, _: Labels) -> str:
    deadline = deadline_line(found.handling)
    return f"You have {_lead(found)}." + (f" {deadline}." if deadline else "")


def _already(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} is already yours{_since(found)}."


def _taken(found: Outcome, _: Labels) -> str:
    snoozed = found.handling.snoozed_until
    until = f", and put it off until {moment(snoozed)}" if snoozed is not None else ""
    return f"{person(found.handling.owner)} has {_lead(found)}{_since(found)}{until}."


def _released(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} is back with the team."


def _not_yours(found: Outcome, _: Labels) -> str:
    owner = person(found.handling.owner) if found.handling.owner else "somebody else"
    return f"{owner} has {_lead(found)}{_since(found)}. Only they or a manager can do that."


def _not_claimed(found: Outcome, _: Labels) -> str:
    return f"Nobody has {_lead(found)}, so there is nothing to release. Claim takes it."


def _status_set(found: Outcome, labels: Labels) -> str:
    before = labels.get(found.before or "", "")
    was = f" (was {mrkdwn(before, 40)})" if before else ""
    return f"{_lead(found)} is now *{mrkdwn(found.handling.status.label, 40)}*{was}."


def _unchanged(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} already is *{mrkdwn(found.handling.status.label, 40)}*."


def _closed(found: Outcome, _: Labels) -> str:
    since = f" since {moment(found.handling.since)}" if found.handling.since is not None else ""
    owner = f", with {person(found.handling.owner)}" if found.handling.owner else ""
    status = mrkdwn(found.handling.status.label, 40)
    return f"{_lead(found)} is closed as *{status}*{since}{owner}. Set status reopens it."


def _gone(found: Outcome, _: Labels) -> str:
    return f"{found.lead.key} was erased. Nothing is left to work on."


def _until(at: Instant | None) -> str:
    return f" until {moment(at)}" if at is not None else ""


def _reassigned(found: Outcome, _: Labels) -> str:
    return f"{person(found.handling.owner)} has {_lead(found)} now."


def _theirs(found: Outcome, _: Labels) -> str:
    return f"{person(found.handling.owner)} has {_lead(found)} already{_since(found)}."


def _snoozed(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} is snoozed{_until(found.handling.snoozed_until)}. It comes back to you then."


def _woken(found: Outcome, _: Labels) -> str:
    deadline = deadline_line(found.handling)
    return f"{_lead(found)} is awake again." + (f" {deadline}." if deadline else "")


def _new_time(found: Outcome, _: Labels) -> str:
    back = f"back {moment(found.handling.back_at)}" if found.handling.back_at is not None else "back when it crosses"
    return f"{_lead(found)} has a new time: {back}."


def _logged(found: Outcome, _: Labels) -> str:
    return f"The contact with {_lead(found)} is logged.{_deadline(found)}"


def _logged_claimed(found: Outcome, _: Labels) -> str:
    return f"The contact is logged, and you have {_lead(found)}.{_deadline(found)}"


def _deadline(found: Outcome) -> str:
    deadline = deadline_line(found.handling)
    return f" {deadline}." if deadline else ""


def _qualified(found: Outcome, _: Labels) -> str:
    known = found.handling.qualification
    unset = known.unset if known is not None else ()
    rest = f" Still unknown: {', '.join(unset)}." if unset else " Budget, authority, need and timeline are known."
    return f"The qualification of {_lead(found)} is written down.{rest}"


def _noted(found: Outcome, _: Labels) -> str:
    return f"The note on {_lead(found)} is written down."


def _still_working(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} stays yours."


def _offered_elsewhere(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} is offered to {person(found.handling.offered_to)}{_until(found.handling.offered_until)}."


def _not_possible(found: Outcome, _: Labels) -> str:
    return f"That cannot be done with {_lead(found)} now: {handling_sentence(found.handling)}"


def _not_active(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} stays where it is: whom it should go to cannot work on leads any more."


def _in_the_past(found: Outcome, _: Labels) -> str:
    return f"Nothing was done with {_lead(found)}: that time is past. Choose one that is still to come."


def _bad_choice(found: Outcome, _: Labels) -> str:
    return f"Nothing was done with {_lead(found)}: that cannot be chosen."


def _needs_qualification(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)} cannot be that before it is qualified."


def _unknown(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)}: {'done' if found.done else 'that is not possible now'}."


_OWNED: Final = (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS)
OUTCOMES: Final[Mapping[str, Said]] = {
    "claimed": Said(_claimed, _OWNED),
    "already_yours": Said(_already, _OWNED),
    "taken": Said(_taken),
    "released": Said(_released, (ids.CLAIM, ids.DETAILS)),
    "not_yours": Said(_not_yours),
    "not_claimed": Said(_not_claimed, (ids.CLAIM, ids.DETAILS)),
    "status_set": Said(_status_set),
    "status_unchanged": Said(_unchanged),
    "closed": Said(_closed, (ids.SET_STATUS, ids.DETAILS)),
    "reassigned": Said(_reassigned),
    "already_theirs": Said(_theirs),
    "snoozed": Said(_snoozed, (ids.WAKE, ids.DETAILS)),
    "woken": Said(_woken, (ids.LOG, ids.SET_STATUS, ids.DETAILS)),
    "new_time": Said(_new_time),
    "logged": Said(_logged, (ids.AGAIN, ids.SET_STATUS, ids.DETAILS)),
    "logged_claimed": Said(_logged_claimed, (ids.AGAIN, ids.SET_STATUS, ids.RELEASE, ids.DETAILS)),
    "qualified": Said(_qualified, (ids.SET_STATUS, ids.DETAILS)),
    "noted": Said(_noted),
    "still_working": Said(_still_working),
    "offered_elsewhere": Said(_offered_elsewhere),
    "not_possible": Said(_not_possible, (ids.SET_STATUS, ids.DETAILS)),
    "not_active": Said(_not_active, (ids.REASSIGN, ids.DETAILS)),
    "in_the_past": Said(_in_the_past),
    "bad_choice": Said(_bad_choice),
    "needs_qualification": Said(_needs_qualification, (ids.QUALIFY, ids.DETAILS)),
    "gone": Said(_gone, ()),
}
UNKNOWN: Final = Said(_unknown)


# warning -> what it says; unset parts of the qualification are said together
WARNINGS: Final[Mapping[str, str]] = {
    "away": "They are away now.",
    "full": "They have as many leads as they take.",
    "out_of_hours": "They are out of hours now.",
    "clock_runs": "The follow-up deadline runs on meanwhile.",
}
_QUESTIONS: Final = ("budget", "authority", "need", "timeline")


def warned(found: Outcome) -> str:
    """What should be known beside what was done."""
    said = [WARNINGS[one] for one in found.warnings if one in WARNINGS]
    unset = [one for one in found.warnings if one in _QUESTIONS]
    return " ".join([*said, *([f"Not known yet: {', '.join(unset)}. Qualify asks for it."] if unset else [])])


SHOWN: Final = frozenset({"claimed", "released", "status_set", "reassigned", "snoozed", "woken", "new_time"})
"""What the alert itself shows to everybody."""


def silent(key: str, found: Outcome) -> bool:
    """What changes the alert for everybody needs no words beside it; what did not happen always does."""
    return bool(key) and found.code in SHOWN and not found.warnings


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
    return Message(spoken, (*blocks, *actions([lead_button(act, target) for act in entry.buttons])))
