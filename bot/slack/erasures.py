"""What is said of an erasure: what would go, the question, and what became of it. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.language import tr, trn
from bot.service.erasing import Done, Plan
from bot.slack import ids
from bot.slack.blocks import Message, actions, button, plain_text, said, section
from bot.slack.forms.inputs import text_field
from bot.slack.modals import Kept, View, modal
from bot.slack.text import mrkdwn
from bot.slack.words import who

_MOST: Final = 10
_COUNTED: Final[tuple[tuple[str, Callable[[int], str]], ...]] = (
    ("events", lambda n: trn("{count} event", "{count} events", n)),
    ("alerts", lambda n: trn("{count} alert", "{count} alerts", n)),
    ("outbox", lambda n: trn("{count} message in Slack", "{count} messages in Slack", n)),
    ("contacts", lambda n: trn("{count} contact", "{count} contacts", n)),
    ("notes", lambda n: trn("{count} note", "{count} notes", n)),
    ("letters", lambda n: trn("{count} refused request", "{count} refused requests", n)),
)


def title() -> str:
    """What the window is called."""
    return tr("Erase a lead")


def plan_lines(plan: Plan) -> list[str]:
    """What goes, and what stays."""
    rows = ", ".join(say(plan.counts[name]) for name, say in _COUNTED if plan.counts.get(name))
    named = ", ".join(mrkdwn(one.partition(": ")[2], 80) for one in plan.identifiers[:_MOST])
    lines = [
        f"{who(plan.lead)} ({plan.lead.key})",
        tr("Goes for good: {rows}, scores, and everything that was written down about it.", rows=rows or plan.lead.key),
    ]
    if named:
        lines.append(tr("Kept away from then on: {named}. Events that name these are not stored.", named=named))
    lines.append(tr("Stays: the audit trail, without names; and backups made until now, until they are deleted."))
    return lines


def plan_answer(plan: Plan) -> Message:
    """The answer to /lead erase: nothing is done yet."""
    target = ids.Target(plan.lead.number).as_value()
    ask = button(tr("Erase …"), ids.ERASE, target, style="danger")
    return Message(tr("Erase {lead}?", lead=plan.lead.key), (section(plan_lines(plan)), *actions([ask])))


def ask_view(plan: Plan, kept: Kept) -> View:
    """The window that asks: what must be typed is the lead's number."""
    label = tr("Type {lead} to erase it for good", lead=plan.lead.key)
    return modal(
        title(),
        [
            section(plan_lines(plan)),
            section([tr("*This cannot be taken back.*")]),
            text_field(ids.TEXT_BLOCK, label, optional=False, lines=False),
        ],
        callback_id=ids.ERASE_MODAL,
        submit=plain_text(tr("Erase for good")),
        private_metadata=kept.as_metadata(),
    )


def done_answer(done: Done, admin_channel: str | None) -> Message:
    """What became of it, in words without a name."""
    numbers = ", ".join(f"L-{one}" for one in done.numbers)
    lines = [trn("{leads} is erased.", "{leads} are erased.", len(done.numbers), leads=numbers)]
    messages = done.taken_back + done.waiting + len(done.refused)
    if messages:
        lines.append(trn("Slack is taking {count} message back.", "Slack is taking {count} messages back.", messages))
        if admin_channel:
            lines.append(tr("What it refuses is said in {channel}.", channel=f"<#{admin_channel}>"))
    return said(" ".join(lines))
