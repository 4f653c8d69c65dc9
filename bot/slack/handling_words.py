"""How a lead stands, in words: its state, owner, status and clock; and what colleagues write down about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.language import grouped, mark, tr, written
from bot.service.views import Handling, State
from bot.slack.text import moment, mrkdwn, person, plain

STATES: Final = {
    State.CLOSED: mark("Closed"),
    State.RECYCLED: mark("Not now"),
    State.SNOOZED: mark("Snoozed"),
    State.CLAIMED: mark("Claimed"),
    State.OFFERED: mark("Offered"),
    State.OPEN: mark("Open"),
    State.QUIET: mark("Quiet"),
}


def deadline_line(handling: Handling) -> str:
    """The clock: running (also anew, after a contact of an earlier crossing), stopped by a contact, or none."""
    if handling.deadline is None:
        contacted = handling.contacted_at
        return "" if contacted is None else tr("Last contact {when}", when=moment(contacted))
    line = tr("Follow up by {when}", when=moment(handling.deadline))
    if handling.escalated_at is not None:
        line = tr("Follow up by {when}, *overdue*", when=moment(handling.deadline))
    return line if handling.missed is None else f"{line} ({tr('missed before: {when}', when=moment(handling.missed))})"


def status_line(handling: Handling) -> str:
    parts = [tr("Status: {status}", status=mrkdwn(handling.status.label, 40))]
    if handling.amount is not None:
        parts.append(tr("amount {amount}", amount=grouped(handling.amount)))
    if handling.close_on:
        parts.append(tr("expected to close {day}", day=day_words(handling.close_on)))
    return ", ".join(parts)


def day_words(text: str) -> str:
    """An ISO date as people write it."""
    try:
        return written(date.fromisoformat(text), "d MMM y")
    except ValueError:
        return mrkdwn(text, 20)


CONTACT_WORDS: Final[Mapping[str, str]] = {
    "call": mark("Call"),
    "email": mark("E-mail"),
    "meeting": mark("Meeting"),
    "message": mark("Message"),
    "reached": mark("Reached"),
    "left_message": mark("Left a message"),
    "no_answer": mark("No answer"),
    "wrong_contact": mark("Wrong contact"),
}


def contact_word(key: str) -> str:
    """A kind of contact, or what came of it, as plain text."""
    known = CONTACT_WORDS.get(key)
    return tr(known) if known else plain(key.replace("_", " "), 40).capitalize() or tr("Other")


def _claimed(handling: Handling) -> str:
    if not handling.owner:
        return tr("*Claimed*")
    owner = person(handling.owner)
    if handling.owner_since is None:
        return tr("*Claimed by {owner}*", owner=owner)
    return tr("*Claimed by {owner}* since {when}", owner=owner, when=moment(handling.owner_since))


def _closed(handling: Handling) -> str:
    status = mrkdwn(handling.status.label, 40)
    if handling.since is None:
        return _ended(tr("*Closed: {status}*", status=status), handling)
    return _ended(tr("*Closed: {status}* since {when}", status=status, when=moment(handling.since)), handling)


def _recycled(handling: Handling) -> str:
    status = mrkdwn(handling.status.label, 40)
    if handling.since is None:
        return _ended(tr("*Not now: {status}*", status=status), handling)
    return _ended(tr("*Not now: {status}* since {when}", status=status, when=moment(handling.since)), handling)


def _ended(line: str, handling: Handling) -> str:
    parts = [
        line,
        mrkdwn(handling.reason, 100),
        tr("back {when}", when=moment(handling.back_at)) if handling.back_at is not None else "",
        tr("owner {owner}", owner=person(handling.owner)) if handling.owner else "",
    ]
    return " · ".join(part for part in parts if part)


def _offered(handling: Handling) -> str:
    to, until = handling.offered_to or handling.owner, handling.offered_until
    if until is None:
        return tr("*Offered to {owner}*", owner=person(to)) if to else tr("*Offered*")
    if not to:
        return tr("*Offered* until {when}", when=moment(until))
    return tr("*Offered to {owner}* until {when}", owner=person(to), when=moment(until))


def _snoozed(handling: Handling) -> str:
    owner, until = handling.owner, handling.snoozed_until
    if until is None:
        return tr("*Snoozed by {owner}*", owner=person(owner)) if owner else tr("*Snoozed*")
    if not owner:
        return tr("*Snoozed* until {when}", when=moment(until))
    return tr("*Snoozed by {owner}* until {when}", owner=person(owner), when=moment(until))


def _open(_handling: Handling) -> str:
    return tr("*Open* – the first to press Claim has it")


def _free(handling: Handling) -> str:
    if handling.cooled:
        return tr("*Cooled* – no longer hot, still free to claim")
    return tr("*Free* – nobody needs to act now")


_UNTIMED: Final = frozenset({State.OPEN, State.QUIET, State.OFFERED, State.SNOOZED})
"""The states whose sentence does not say since when: an alert in the channel has no need of it."""


_HANDLED: Final = {
    State.OPEN: _open,
    State.OFFERED: _offered,
    State.CLAIMED: _claimed,
    State.SNOOZED: _snoozed,
    State.RECYCLED: _recycled,
    State.CLOSED: _closed,
    State.QUIET: _free,
}


def handling_line(handling: Handling) -> str:
    """Where the lead stands: owner, status and clock as they are now."""
    parts = [_HANDLED[handling.state](handling)]
    if handling.state not in (State.CLOSED, State.RECYCLED):
        parts.append(status_line(handling))
        parts.append(deadline_line(handling))
    return " · ".join(part for part in parts if part)


def handling_sentence(handling: Handling) -> str:
    """The same for the ear: no markup but names and times."""
    return " ".join(part for part in (_stands(handling), _runs(handling)) if part)


def since_when(handling: Handling) -> str:
    """The same for who is refused: always with since when."""
    timed = handling.since is not None and handling.state in _UNTIMED
    since = tr("It stands so since {when}.", when=moment(handling.since or 0)) if timed else ""
    return " ".join(part for part in (_stands(handling), since, _runs(handling)) if part)


def _stands(handling: Handling) -> str:
    return _HANDLED[handling.state](handling).replace("*", "").replace(" – ", ": ") + "."


def _runs(handling: Handling) -> str:
    deadline = deadline_line(handling)
    return f"{deadline}." if deadline and handling.state is not State.CLOSED else ""
