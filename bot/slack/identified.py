"""By which identifiers a lead is known and what joined them: lines of the Details window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.service.known_as import JoinedBy, KnownAs
from bot.slack.text import moment, mrkdwn

_KINDS: Final = {"email": "E-mail", "user_id": "User id", "phone": "Phone"}
_VALUE_LIMIT: Final = 80
_MOST_JOINS: Final = 3
"""Of one identifier the earliest: those are what made it one lead with the others."""


def identifier_lines(known: Sequence[KnownAs]) -> list[str]:
    """One line for each identifier, the one known longest first, with what joined it to those before it."""
    return [f"• {_identifier(one)}" for one in known]


def _identifier(one: KnownAs) -> str:
    kind = _KINDS.get(one.kind) or mrkdwn(one.kind)  # a vendor's: hubspot:62515:contact
    line = f"{kind} {mrkdwn(one.value, _VALUE_LIMIT)} – known since {moment(one.first_seen)}"
    more = [f"{len(one.joined) - _MOST_JOINS} more"] if len(one.joined) > _MOST_JOINS else []
    return "; ".join([line, *(_joined(joined) for joined in one.joined[:_MOST_JOINS]), *more])


def _joined(one: JoinedBy) -> str:
    other, at = mrkdwn(one.other, _VALUE_LIMIT), moment(one.since)
    match one.how:
        case "alias":
            return f"an alias of {other}, {at}"
        case "instruction":
            return f"joined with {other} by an admin, {at}"
        case _:
            source = f" from {mrkdwn(one.source, 40)}" if one.source else ""
            return f"named together with {other} in an event{source}, {at}"
