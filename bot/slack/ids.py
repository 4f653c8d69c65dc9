"""Names of buttons and modals, and what a button carries: the alert's key and the lead's number.

The key is in every button so that a press on a message that we do not know can link that message to its alert again.
Names are part of messages that are out there: they are added to, never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.slack.blocks import OPTION_VALUE_LIMIT, VALUE_LIMIT

CLAIM: Final = "lead_claim"
RELEASE: Final = "lead_release"
DETAILS: Final = "lead_details"
DETAILS_PAGE: Final = "details_page"
DETAILS_PAGE_OLDER: Final = "details_page_older"
SET_STATUS: Final = "lead_set_status"
SNOOZE: Final = "lead_snooze"
AGAIN: Final = "lead_again"  # after "no answer": a snooze under the name of what it is for
WAKE: Final = "lead_wake"
REASSIGN: Final = "lead_reassign"
NOT_NOW: Final = "lead_not_now"
NOT_FIT: Final = "lead_not_fit"
LOG: Final = "lead_log"
NOTE: Final = "lead_note"
QUALIFY: Final = "lead_qualify"
STILL: Final = "lead_still"  # "Still working on it?": yes
EVENT_RESTORE: Final = "event_restore"
EVENT_QUARANTINE: Final = "event_quarantine"
MODEL_CHANGE: Final = "model_change"
MODEL_POST: Final = "model_post"
MODEL_ROLLBACK: Final = "model_rollback"
CRM: Final = "lead_crm"
WHY: Final = "lead_why"
HISTORY: Final = "lead_history"
WHY_NOT: Final = "lead_why_not"
FORECAST: Final = "lead_forecast"
MORE: Final = "lead_more"  # the overflow; its option's value says which of the above
RUN: Final = "run"  # a choice or a page of an answer: the command to run
RUN_BACK: Final = "run_back"
RUN_ON: Final = "run_on"
RUNS: Final = tuple(f"run_{name}" for name in ("unclaimed", "overdue", "stale", "mine", "hot", "team"))
"""Lists that stand beside each other in one row, where names must differ."""

FIND: Final = "find_lead"  # the shortcut, its window, and the field in it
MAKE: Final = "make_lead"
ERASE: Final = "lead_erase"
ERASE_MODAL: Final = "erase_lead"

STATUS_MODAL: Final = "set_status"
DETAILS_MODAL: Final = "details"
MODEL_CHOOSE_MODAL: Final = "model_choose"
MODEL_CHANGE_MODAL: Final = "model_change"
MODEL_PUBLISH_MODAL: Final = "model_publish"
MODEL_DONE_MODAL: Final = "model_done"

STATUS_BLOCK: Final = "status"
REASON_BLOCK: Final = "reason"
TEXT_BLOCK: Final = "text"
UNTIL_BLOCK: Final = "until"
AT_BLOCK: Final = "at"
TO_BLOCK: Final = "to"
KIND_BLOCK: Final = "kind"
OUTCOME_BLOCK: Final = "outcome"
CLAIM_BLOCK: Final = "claim_it"
CONTENT_BLOCK: Final = "content"
AMOUNT_BLOCK: Final = "amount"
CLOSE_BLOCK: Final = "close_on"
BUDGET_BLOCK: Final = "budget"
AUTHORITY_BLOCK: Final = "authority"
NEED_BLOCK: Final = "need"
TIMELINE_BLOCK: Final = "timeline"


@dataclass(frozen=True, slots=True)
class Target:
    """What a button is about. `act` is set in an overflow, whose options share one action id."""

    number: int
    key: str = ""
    act: str = ""

    def as_value(self, limit: int = VALUE_LIMIT) -> str:
        """`act number key`; a key that does not fit is left out, the number alone still works."""
        value = f"{self.act or '-'} {self.number} {self.key}".rstrip()
        return value if len(value) <= limit else f"{self.act or '-'} {self.number}"

    def as_option_value(self) -> str:
        return self.as_value(OPTION_VALUE_LIMIT)


@dataclass(frozen=True, slots=True)
class EventTarget:
    """One event of a lead's timeline, and the page of Details that it is on."""

    number: int
    seq: int
    page: int = 1

    def as_value(self) -> str:
        return f"{self.number} {self.seq} {self.page}"


def read_event(value: str) -> EventTarget | None:
    """The event that `as_value` wrote, None for what it did not write."""
    parts = value.split(" ")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        return None
    return EventTarget(*map(int, parts))


def read_target(value: str) -> Target | None:
    """The target that `as_value` wrote, None for what it did not write."""
    act, _, rest = value.partition(" ")
    number, _, key = rest.partition(" ")
    if not act or not (number.isascii() and number.isdigit() and len(number) <= 15):
        return None
    return Target(int(number), key, "" if act == "-" else act)


def read_version(value: str) -> int | None:
    """The number of a model's version in a button's value."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 15 else None


@dataclass(frozen=True, slots=True)
class Run:
    """A command that a button types for the person: the next page of an answer, or one of several choices."""

    family: str  # lead, leads or hotlead, whatever the command is called here
    text: str
    page: int = 1

    def as_value(self) -> str:
        return f"{self.family} {self.page} {self.text}"


def read_run(value: str) -> Run | None:
    """The command that `as_value` wrote, None for what it did not write."""
    family, _, rest = value.partition(" ")
    page, _, text = rest.partition(" ")
    if not family or not (page.isascii() and page.isdigit() and 1 <= len(page) <= 6):
        return None
    return Run(family, text, max(int(page), 1))
