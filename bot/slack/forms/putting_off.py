"""Snooze, try again at a time, and not now: forms that put a lead off."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Final

from bot.language import mark, tr
from bot.service.views import Outcome, State
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.forms.base import CLOSED, Asking, Entered, Form, Looking, Sent, Wrong, reason_wrong
from bot.slack.forms.inputs import choice_field, day_field, moment_field, reason_field
from bot.slack.times import TIMES, morning, time_named
from scoring.instants import Instant

PAST: Final = mark("Choose a time that is still to come.")
WHEN: Final = mark("Choose when.")


def _snooze_fields(_: Asking) -> list[Block]:
    return [
        choice_field(
            ids.UNTIL_BLOCK,
            tr("Until"),
            ((key, tr(words)) for key, (words, _) in TIMES.items()),
            initial="1h",
            optional=True,
        ),
        moment_field(ids.AT_BLOCK, tr("Or at"), hint=tr("This one counts when both are filled in. Times are yours.")),
    ]


def _snooze_wrong(entered: Entered, look: Looking) -> Wrong:
    at = entered.moment(ids.AT_BLOCK)
    if at is not None:
        return {ids.AT_BLOCK: PAST} if at <= look.now else {}
    return {} if entered.choice(ids.UNTIL_BLOCK) in TIMES else {ids.UNTIL_BLOCK: WHEN}


def _until(entered: Entered, now: Instant, zone: tzinfo) -> Instant:
    at = entered.moment(ids.AT_BLOCK) or time_named(entered.choice(ids.UNTIL_BLOCK), now, zone)
    return at if at is not None else now


async def _snooze(sent: Sent) -> Outcome | None:
    until = _until(sent.entered, sent.look.now, sent.zone)
    return await sent.handles.snooze(sent.number, sent.actor, until)


_NO_SNOOZE: Final = {
    State.CLOSED: CLOSED,
    State.QUIET: mark("Nobody has it, so there is nothing to put off. Claim takes it."),
    State.RECYCLED: mark("It is put off already. Not now gives it another time, Claim takes it."),
}


def _not_now_fields(asking: Asking) -> list[Block]:
    return [
        reason_field(tr("Why not now?"), asking.choices.not_now),
        day_field(
            ids.UNTIL_BLOCK,
            tr("Back on"),
            hint=tr("It comes back then, or when it crosses again. Empty: in 90 days."),
        ),
    ]


def _not_now_wrong(entered: Entered, look: Looking) -> Wrong:
    day = entered.day(ids.UNTIL_BLOCK)
    late = day is not None and morning(day, UTC) <= look.now
    return {**reason_wrong(entered, look.choices.not_now), **({ids.UNTIL_BLOCK: PAST} if late else {})}


async def _not_now(sent: Sent) -> Outcome | None:
    day = sent.entered.day(ids.UNTIL_BLOCK)
    until = None if day is None else morning(day, sent.zone)
    return await sent.handles.not_now(sent.number, sent.actor, sent.entered.choice(ids.REASON_BLOCK) or "", until)


SNOOZE: Final = Form(ids.SNOOZE, mark("Snooze"), mark("Snooze"), _snooze_fields, _snooze, _snooze_wrong, _NO_SNOOZE)
AGAIN: Final = Form(
    ids.AGAIN, mark("Try again at …"), mark("Put off"), _snooze_fields, _snooze, _snooze_wrong, _NO_SNOOZE
)
NOT_NOW: Final = Form(ids.NOT_NOW, mark("Not now"), mark("Back to nurture"), _not_now_fields, _not_now, _not_now_wrong)
