"""What colleagues wrote down about a lead: its qualification, contacts and notes, as lines of the Details window."""

from __future__ import annotations

from typing import Final

from bot.language import mark, tr
from bot.service.handling.views import Record
from bot.service.views import ContactEntry, Note, Qualification
from bot.slack.handling_words import contact_word
from bot.slack.text import moment, mrkdwn, person
from bot.slack.words import more

_PARTS: Final = {
    "budget": mark("Budget"),
    "authority": mark("Authority"),
    "need": mark("Need"),
    "timeline": mark("Timeline"),
}
_MOST: Final = 20
_TEXT_LIMIT: Final = 500


def record_lines(record: Record) -> list[str]:
    """The qualification first, then contacts and notes, newest first."""
    entries = [(one.at, _contact(one)) for one in record.contacts] + [(one.at, _note(one)) for one in record.notes]
    told = [line for _, line in sorted(entries, key=lambda entry: -entry[0])]
    rest = [more(len(told) - _MOST)] if len(told) > _MOST else []
    return [*_qualified(record.qualification), *told[:_MOST], *rest]


def _qualified(known: Qualification | None) -> list[str]:
    if known is None:
        return []
    said = {label: getattr(known, name) for name, label in _PARTS.items()}
    return [f"• {tr(label)}: {mrkdwn(text, _TEXT_LIMIT)}" for label, text in said.items() if text]


def _contact(one: ContactEntry) -> str:
    words = f"{mrkdwn(contact_word(one.kind))}, {mrkdwn(contact_word(one.outcome)).lower()}"
    return f"• {moment(one.at)} {person(one.by)}: {words}" + (f" – {mrkdwn(one.note, _TEXT_LIMIT)}" if one.note else "")


def _note(one: Note) -> str:
    parts = [mrkdwn(one.text, _TEXT_LIMIT)] if one.text else []
    parts += (
        [tr("of our content: {words}", words=mrkdwn(one.content_feedback, _TEXT_LIMIT))] if one.content_feedback else []
    )
    return f"• {moment(one.at)} {person(one.by)}: {'; '.join(parts)}"
