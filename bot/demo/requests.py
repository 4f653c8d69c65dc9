"""What the story sends: requests as frozen values, and the body that each source puts them into.

A request holds messages without a time. Of the past it knows when they happened; a live one happens when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scoring.instants import Instant, format_instant

Message = Mapping[str, Any]

WEBSITE: Final = "website"
MAIL: Final = "mail"
FORMS: Final = "forms"

ID_FIELDS: Final[Mapping[str, str]] = {WEBSITE: "messageId", MAIL: "id", FORMS: "id"}
TIME_FIELDS: Final[Mapping[str, str]] = {WEBSITE: "timestamp", MAIL: "occurred_at", FORMS: "occurred_at"}
BATCH_PATHS: Final[Mapping[str, str]] = {WEBSITE: "/v1/batch", MAIL: "/hooks/mail", FORMS: "/hooks/forms"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a person to one source; `person` says whose requests have to stay in order."""

    source: str
    path: str
    messages: tuple[Message, ...]
    person: str
    at: Instant | None = None
    """When it happened; None: when it is sent."""
    method: str = "POST"

    def body(self, now: Instant) -> object:
        """The JSON body, sent at `now`."""
        messages = [*self.timed(now)]
        if self.source == WEBSITE and self.path != BATCH_PATHS[WEBSITE]:
            return {**messages[0], "sentAt": format_instant(now)}
        return _WRAPPED[self.source](messages, now)

    def timed(self, now: Instant) -> list[Message]:
        """The messages with their time."""
        at = format_instant(now if self.at is None else self.at)
        return [{**message, TIME_FIELDS[self.source]: at} for message in self.messages]


def _batch(messages: Sequence[Message], now: Instant) -> object:
    return {"batch": messages, "sentAt": format_instant(now)}


def _array(messages: Sequence[Message], _now: Instant) -> object:
    return messages


def _one_or_array(messages: Sequence[Message], _now: Instant) -> object:
    return messages[0] if len(messages) == 1 else messages


_WRAPPED: Final = {WEBSITE: _batch, MAIL: _array, FORMS: _one_or_array}


def batch_body(source: str, requests: Sequence[Request], now: Instant) -> object:
    """One body with the messages of several requests to one source."""
    return _WRAPPED[source]([message for request in requests for message in request.timed(now)], now)
