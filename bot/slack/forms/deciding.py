"""Not a fit, and Set status: forms that say how a lead stands or ended, with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.language import mark, tr
from bot.service.handling.views import Choices
from bot.service.views import Outcome, Status
from bot.slack import ids
from bot.slack.blocks import OPTION_LIMIT, Block
from bot.slack.forms.base import NOT_CHOSEN, Asking, Entered, Form, Looking, Sent, Wrong, reason_wrong
from bot.slack.forms.inputs import amount_field, choice_field, day_field, reason_field, text_field
from bot.slack.text import cut
from bot.slack.times import morning

NOTHING_NEGATIVE: Final = mark("An amount is a number, not below nothing.")


def _not_fit_fields(asking: Asking) -> list[Block]:
    return [
        reason_field(tr("Why is it no fit?"), asking.choices.not_fit),
        text_field(
            ids.TEXT_BLOCK,
            tr("More about it"),
            hint=tr("Marketing reads it, and learns who should not be passed on."),
        ),
    ]


def _not_fit_wrong(entered: Entered, look: Looking) -> Wrong:
    return reason_wrong(entered, look.choices.not_fit)


async def _not_fit(sent: Sent) -> Outcome | None:
    reason, more = sent.entered.choice(ids.REASON_BLOCK) or "", sent.entered.text(ids.TEXT_BLOCK)
    return await sent.handles.not_fit(sent.number, sent.actor, reason, more)


def reasons_for(status: Status, choices: Choices) -> Sequence[str]:
    """The reasons that are chosen from for a status; none where it needs none."""
    return {"rejected": choices.not_fit, "recycled": choices.not_now, "lost": choices.lost}.get(status.kind, ())


def status_named(key: str | None, statuses: Sequence[Status]) -> Status | None:
    return next((one for one in statuses if one.key == key), None)


def first_of_kind(status: Status, statuses: Sequence[Status]) -> bool:
    """Whether the button of the same meaning sets this status."""
    return next((one for one in statuses if one.kind == status.kind), None) == status


def _status_fields(asking: Asking) -> list[Block]:
    shown = ((one.key, cut(one.label, OPTION_LIMIT)) for one in asking.statuses)
    chosen = status_named(asking.chosen, asking.statuses)
    select = choice_field(ids.STATUS_BLOCK, tr("Status"), shown, initial=asking.chosen or None)
    select["dispatch_action"] = True  # the fields below follow from what is chosen
    return [select, *(_fields_of(chosen, asking) if chosen is not None else ())]


def _fields_of(status: Status, asking: Asking) -> list[Block]:
    """What belongs to a status: a reason, a date, an amount."""
    fields = []
    if reasons := reasons_for(status, asking.choices):
        fields.append(reason_field(tr("Reason"), reasons))
    if status.kind == "recycled":
        fields.append(day_field(ids.UNTIL_BLOCK, tr("Back on"), hint=tr("Empty: in 90 days.")))
    if status.kind in ("rejected", "lost", "won"):
        fields.append(text_field(ids.TEXT_BLOCK, tr("Why?") if status.kind == "won" else tr("More about it")))
    if status.asks_qualification:
        handling = asking.lead.handling
        amount = None if handling.amount is None else f"{handling.amount:f}"
        fields.append(amount_field(ids.AMOUNT_BLOCK, tr("Amount"), initial=amount))
        fields.append(day_field(ids.CLOSE_BLOCK, tr("Expected close date"), initial=handling.close_on))
    return fields


def incomplete(entered: Entered, look: Looking) -> Status | None:
    """The status that was chosen, where its reason has not been asked yet: the window has to show it first."""
    status = status_named(entered.choice(ids.STATUS_BLOCK), look.statuses)
    asks = status is not None and bool(reasons_for(status, look.choices))
    return status if asks and not entered.has(ids.REASON_BLOCK) else None


def _status_wrong(entered: Entered, look: Looking) -> Wrong:
    status = status_named(entered.choice(ids.STATUS_BLOCK), look.statuses)
    if status is None:
        return {ids.STATUS_BLOCK: NOT_CHOSEN}
    reasons = reasons_for(status, look.choices)
    wrong = dict(reason_wrong(entered, reasons)) if reasons and entered.has(ids.REASON_BLOCK) else {}
    amount = entered.amount(ids.AMOUNT_BLOCK)
    if entered.text(ids.AMOUNT_BLOCK) and (amount is None or amount < 0):
        wrong[ids.AMOUNT_BLOCK] = NOTHING_NEGATIVE
    return wrong


async def _set_status(sent: Sent) -> Outcome | None:
    entered, statuses = sent.entered, sent.look.statuses
    status = status_named(entered.choice(ids.STATUS_BLOCK), statuses)
    if status is None:
        return None
    reason = entered.choice(ids.REASON_BLOCK)
    if status.kind == "rejected" and first_of_kind(status, statuses):
        return await sent.handles.not_fit(sent.number, sent.actor, reason or "", entered.text(ids.TEXT_BLOCK))
    if status.kind == "recycled" and first_of_kind(status, statuses):
        day = entered.day(ids.UNTIL_BLOCK)
        until = None if day is None else morning(day, sent.zone)
        return await sent.handles.not_now(sent.number, sent.actor, reason or "", until)
    why = ": ".join(one for one in (reason, entered.text(ids.TEXT_BLOCK)) if one) or None
    amount, close_on = entered.amount(ids.AMOUNT_BLOCK), entered.day(ids.CLOSE_BLOCK)
    return await sent.handles.set_status(sent.number, status.key, sent.actor, why, amount, close_on)


NOT_FIT: Final = Form(ids.NOT_FIT, mark("Not a fit"), mark("Reject"), _not_fit_fields, _not_fit, _not_fit_wrong)
STATUS: Final = Form(ids.STATUS_MODAL, mark("Set status"), mark("Save"), _status_fields, _set_status, _status_wrong)
