"""What is scored: events as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from scoring.instants import Instant

Value: TypeAlias = "str | int | float | bool | None | list[Value] | Mapping[str, Value]"
"""A JSON value. Numbers may also be decimal.Decimal where they came from TOML."""


@dataclass(frozen=True, slots=True)
class ScoringEvent:
    """Something that happened around a lead, as SCORING section 1 defines it.

    It is identified by (source, id). `company` is the company that identity gave the event, None where there is none.
    """

    source: str
    id: str
    type: str
    occurred_at: Instant
    properties: Mapping[str, Value] = field(default_factory=dict)
    traits: Mapping[str, Value] = field(default_factory=dict)
    company: str | None = None
