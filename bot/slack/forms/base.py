"""What a form is: what it asks, what is wrong with what was filled in, and what the desk is asked to do with it.

A form opens as a skeleton, because a trigger lives for three seconds, and is filled once the lead is known. What was
filled in is looked at before the ack, by what is known without asking anybody.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.language import mark, tr
from bot.service.desk import Handles
from bot.service.handling.views import Choices
from bot.service.views import Actor, LeadView, Outcome, State, Status
from bot.slack import ids
from bot.slack.blocks import Block, mrkdwn_text, plain_text, section
from bot.slack.forms.inputs import TEXT_LIMIT
from bot.slack.handling_words import handling_line
from bot.slack.modals import Kept, View, modal
from bot.slack.text import plain
from bot.slack.words import who
from scoring.instants import SECOND, Instant


@dataclass(frozen=True, slots=True)
class Asking:
    """What a form is drawn from."""

    kept: Kept
    lead: LeadView
    choices: Choices
    statuses: Sequence[Status]
    now: Instant
    chosen: str = ""
    """The status that was chosen in the form, of which it shows the fields."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was filled in, by field."""

    values: Mapping[str, Any]

    def _of(self, name: str, key: str) -> Any:
        block = self.values.get(name)
        element = block.get(name) if isinstance(block, Mapping) else None
        return element.get(key) if isinstance(element, Mapping) else None

    def has(self, name: str) -> bool:
        """Whether the field was there to be filled in."""
        return name in self.values

    def text(self, name: str) -> str | None:
        """Words that can be seen, else None."""
        typed = self._of(name, "value")
        return typed.strip()[:TEXT_LIMIT] if isinstance(typed, str) and plain(typed) else None

    def choice(self, name: str) -> str | None:
        found = self._of(name, "selected_option")
        value = found.get("value") if isinstance(found, Mapping) else None
        return value if isinstance(value, str) else None

    def person(self, name: str) -> str | None:
        found = self._of(name, "selected_user")
        return found if isinstance(found, str) else None

    def moment(self, name: str) -> Instant | None:
        found = self._of(name, "selected_date_time")
        return found * SECOND if isinstance(found, int) and 0 < found < 10**11 else None

    def day(self, name: str) -> date | None:
        found = self._of(name, "selected_date")
        try:
            return date.fromisoformat(found) if isinstance(found, str) else None
        except ValueError:
            return None

    def amount(self, name: str) -> Decimal | None:
        try:
            found = Decimal(self.text(name) or "")
        except InvalidOperation:
            return None
        return found if found.is_finite() else None

    def ticked(self, name: str) -> bool:
        return bool(self._of(name, "selected_options"))


@dataclass(frozen=True, slots=True)
class Looking:
    """What is known when a form is looked at before its ack."""

    choices: Choices
    statuses: Sequence[Status]
    now: Instant


@dataclass(frozen=True, slots=True)
class Sent:
    """A form on its way to the desk."""

    handles: Handles
    number: int
    actor: Actor
    entered: Entered
    look: Looking
    zone: tzinfo


Wrong = Mapping[str, str]
"""Field -> what is wrong with it, as Slack shows it under the field."""


def nothing_wrong(_entered: Entered, _look: Looking) -> Wrong:
    return {}


@dataclass(frozen=True, slots=True)
class Form:
    """One window that asks for something. `not_for`: states in which there is nothing to ask, because it is refused.

    Its texts, and those of `wrong`, are marked messages: they are said in the language of whoever opens it.
    """

    name: str
    title: str
    submit: str
    fields: Callable[[Asking], Sequence[Block]]
    send: Callable[[Sent], Awaitable[Outcome | None]]
    wrong: Callable[[Entered, Looking], Wrong] = nothing_wrong
    not_for: Mapping[State, str] = field(default_factory=dict)
    """State -> why not, in a sentence."""

    def skeleton(self, number: int) -> View:
        return modal(tr(self.title), [section([f"*L-{number}* …"])], callback_id=self.name)

    def view(self, asking: Asking) -> View:
        """The window for a lead as it is now."""
        handling = asking.lead.handling
        about: Block = {
            "type": "section",
            "block_id": "about",
            "text": mrkdwn_text(f"{who(asking.lead.lead)} ({asking.lead.lead.key}): {handling_line(handling)}"),
        }
        refused = self.not_for.get(handling.state)
        if refused is not None:
            return modal(tr(self.title), [about, section([tr(refused)])], callback_id=self.name)
        return modal(
            tr(self.title),
            [about, *self.fields(asking)],
            callback_id=self.name,
            submit=plain_text(tr(self.submit)),
            private_metadata=asking.kept.as_metadata(),
        )


CLOSED: Final = mark("It is closed. Set status reopens it.")
NOT_CHOSEN: Final = mark("Choose one of these.")


def reason_wrong(entered: Entered, reasons: Sequence[str]) -> Wrong:
    """A reason is one of those configured."""
    return {} if entered.choice(ids.REASON_BLOCK) in reasons else {ids.REASON_BLOCK: NOT_CHOSEN}
