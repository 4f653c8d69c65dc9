"""By which identifiers a lead is known and what joined them: lines of the Details window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.language import mark, tr
from bot.service.identity.known_as import JoinedBy, KnownAs
from bot.slack.text import moment, mrkdwn
from bot.slack.words import more

_KINDS: Final = {"email": mark("E-mail"), "user_id": mark("User id"), "phone": mark("Phone")}
_VALUE_LIMIT: Final = 80
_MOST_JOINS: Final = 3
"""Of one identifier the earliest: those are what made it one lead with the others."""


def identifier_lines(known: Sequence[KnownAs]) -> list[str]:
    """One line for each identifier, the one known longest first, with what joined it to those before it."""
    return [f"• {_identifier(one)}" for one in known]


def _identifier(one: KnownAs) -> str:
    kind = tr(_KINDS.get(one.kind, "")) or mrkdwn(one.kind)  # a vendor's: hubspot:62515:contact
    value, since = mrkdwn(one.value, _VALUE_LIMIT), moment(one.first_seen)
    line = tr("{kind} {value} – known since {when}", kind=kind, value=value, when=since)
    rest = [more(len(one.joined) - _MOST_JOINS)] if len(one.joined) > _MOST_JOINS else []
    return "; ".join([line, *(_joined(joined) for joined in one.joined[:_MOST_JOINS]), *rest])


def _joined(one: JoinedBy) -> str:
    said = {"other": mrkdwn(one.other, _VALUE_LIMIT), "when": moment(one.since)}
    match one.how, one.source:
        case "alias", _:
            return tr("an alias of {other}, {when}", **said)
        case "instruction", _:
            return tr("joined with {other} by an admin, {when}", **said)
        case _, "" | None:
            return tr("named together with {other} in an event, {when}", **said)
        case _, source:
            return tr(
                "named together with {other} in an event from {source}, {when}", **said, source=mrkdwn(source, 40)
            )
