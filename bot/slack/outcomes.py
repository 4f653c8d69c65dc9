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
from bot.slack.words import deadline_line, reach_lines, reach_sentence, who

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
    return f"{person(found.handling.owner)} has {_lead(found)}{_since(found)}."


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


def _unknown(found: Outcome, _: Labels) -> str:
    return f"{_lead(found)}: {'done' if found.done else 'that is not possible now'}."


OUTCOMES: Final[Mapping[str, Said]] = {
    "claimed": Said(_claimed, (ids.DETAILS, ids.SET_STATUS, ids.RELEASE)),
    "already_yours": Said(_already, (ids.DETAILS, ids.SET_STATUS, ids.RELEASE)),
    "taken": Said(_taken),
    "released": Said(_released, (ids.CLAIM, ids.DETAILS)),
    "not_yours": Said(_not_yours),
    "not_claimed": Said(_not_claimed, (ids.CLAIM, ids.DETAILS)),
    "status_set": Said(_status_set),
    "status_unchanged": Said(_unchanged),
    "closed": Said(_closed, (ids.SET_STATUS, ids.DETAILS)),
    "gone": Said(_gone, ()),
}
UNKNOWN: Final = Said(_unknown)


def outcome_answer(found: Outcome, statuses: Sequence[Status]) -> Message:
    """The sentence, the contact details where they come with it, and the buttons."""
    entry = OUTCOMES.get(found.code, UNKNOWN)
    sentence = entry.sentence(found, {status.key: status.label for status in statuses})
    if note := mrkdwn(found.note, 300):
        sentence += f" {note}"
    blocks: list[Block] = [section([sentence])]
    spoken = sentence.replace("*", "")
    if found.contact is not None:
        blocks.append(plain_section("\n".join(reach_lines(found.contact))))
        spoken += " " + reach_sentence(found.contact)
    target = ids.Target(found.lead.number)
    return Message(spoken, (*blocks, *actions([lead_button(act, target) for act in entry.buttons])))
