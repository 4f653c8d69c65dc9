"""What a source hands in: one event in our words, with the names of its person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.events import Value
from scoring.instants import Instant


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One name of a person: `email`, `user_id`, `phone`, `anonymous_id`, or a vendor's such as `hubspot:62515:contact`.

    The value is normalised. A user id begins with its space and a colon (`shop:4711`), so that the ids of two sources
    that share no space never meet.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class SourcedEvent:
    """One event in our words. (source, id) identifies it; the source is the one whose request it came in."""

    id: str
    type: str
    occurred_at: Instant
    properties: Mapping[str, Value]
    traits: Mapping[str, Value]
    """The person's, and under `company` and `group_id` the company's."""
    identifiers: tuple[Identifier, ...]
    """Of the person, in the order named; what names nobody has been dropped."""
    raw: str
    """JSON text of this event alone."""
    alias_of: tuple[Identifier, ...] = ()
    """For an alias: the previous id as a person's identifier and as an anonymous id."""
    flags: tuple[str, ...] = ()
    """What was noted about its time: see bot/sources/times.py."""
    quarantine: str | None = None
    """Why the vendor itself says that a machine did it."""
