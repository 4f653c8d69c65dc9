"""Log contact, note and qualification: forms that write something down about a lead, whoever has it."""

from __future__ import annotations

from typing import Final

from bot.language import mark, tr
from bot.service.views import Outcome
from bot.slack import ids
from bot.slack.blocks import Block
from bot.slack.forms.base import NOT_CHOSEN, Asking, Entered, Form, Looking, Sent, Wrong
from bot.slack.forms.inputs import choice_field, moment_field, text_field, tick_field
from bot.slack.forms.putting_off import PAST
from bot.slack.handling_words import contact_word

NOTHING: Final = mark("Write something here, or below.")


def _log_fields(asking: Asking) -> list[Block]:
    kinds = ((one, contact_word(one)) for one in asking.choices.contact_kinds)
    outcomes = ((one, contact_word(one)) for one in asking.choices.contact_outcomes)
    fields = [
        choice_field(ids.KIND_BLOCK, tr("How"), kinds, initial=asking.choices.contact_kinds[0]),
        choice_field(ids.OUTCOME_BLOCK, tr("What came of it"), outcomes),
        text_field(ids.TEXT_BLOCK, tr("Note")),
        moment_field(
            ids.AT_BLOCK, tr("Try again at"), hint=tr("For “no answer”, say: the lead is put off until then.")
        ),
    ]
    if asking.lead.handling.owner is None:
        fields.append(tick_field(ids.CLAIM_BLOCK, tr("Nobody has it"), tr("Claim it")))
    return fields


def _log_wrong(entered: Entered, look: Looking) -> Wrong:
    at = entered.moment(ids.AT_BLOCK)
    wrong = {
        ids.KIND_BLOCK: "" if entered.choice(ids.KIND_BLOCK) in look.choices.contact_kinds else NOT_CHOSEN,
        ids.OUTCOME_BLOCK: "" if entered.choice(ids.OUTCOME_BLOCK) in look.choices.contact_outcomes else NOT_CHOSEN,
        ids.AT_BLOCK: PAST if at is not None and at <= look.now else "",
    }
    return {name: why for name, why in wrong.items() if why}


async def _log(sent: Sent) -> Outcome | None:
    entered = sent.entered
    return await sent.handles.log_contact(
        sent.number,
        sent.actor,
        entered.choice(ids.KIND_BLOCK) or "",
        entered.choice(ids.OUTCOME_BLOCK) or "",
        entered.text(ids.TEXT_BLOCK),
        claim=entered.ticked(ids.CLAIM_BLOCK),
        again_at=entered.moment(ids.AT_BLOCK),
    )


def _note_fields(_: Asking) -> list[Block]:
    return [
        text_field(ids.TEXT_BLOCK, tr("Note")),
        text_field(
            ids.CONTENT_BLOCK,
            tr("What content works?"),
            hint=tr("What the lead says of our pages, mails and cases. Marketing reads it beside the outcome."),
        ),
    ]


def _note_wrong(entered: Entered, _: Looking) -> Wrong:
    written = entered.text(ids.TEXT_BLOCK) or entered.text(ids.CONTENT_BLOCK)
    return {} if written else {ids.TEXT_BLOCK: NOTHING}


async def _note(sent: Sent) -> Outcome | None:
    text, content = sent.entered.text(ids.TEXT_BLOCK), sent.entered.text(ids.CONTENT_BLOCK)
    return await sent.handles.note(sent.number, sent.actor, text or "", content)


# field of the qualification -> (block, what is asked)
QUESTIONS: Final = {
    "budget": (ids.BUDGET_BLOCK, mark("Budget"), mark("Is there money for it, and how much?")),
    "authority": (ids.AUTHORITY_BLOCK, mark("Authority"), mark("Who decides, and who else has a say?")),
    "need": (ids.NEED_BLOCK, mark("Need"), mark("Which problem is to be solved?")),
    "timeline": (ids.TIMELINE_BLOCK, mark("Timeline"), mark("By when do they want it?")),
}


def _qualify_fields(asking: Asking) -> list[Block]:
    known = asking.lead.handling.qualification
    return [
        text_field(block, tr(label), lines=False, initial=getattr(known, name, None), hint=tr(hint))
        for name, (block, label, hint) in QUESTIONS.items()
    ]


async def _qualify(sent: Sent) -> Outcome | None:
    told = {name: sent.entered.text(block) for name, (block, _, _) in QUESTIONS.items()}
    return await sent.handles.qualify(sent.number, sent.actor, **told)


LOG: Final = Form(ids.LOG, mark("Log contact"), mark("Save"), _log_fields, _log, _log_wrong)
NOTE: Final = Form(ids.NOTE, mark("Add note"), mark("Save"), _note_fields, _note, _note_wrong)
QUALIFY: Final = Form(ids.QUALIFY, mark("Qualify"), mark("Save"), _qualify_fields, _qualify)
