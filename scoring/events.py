"""What is scored: events as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from scoring.instants import Instant

Value: TypeAlias = "str | int | float | Decimal | bool | list[Value] | Mapping[str, Value] | None"
"""A JSON value; numbers from TOML are Decimals where they have a fraction."""


@dataclass(frozen=True, slots=True)
class ScoringEvent:
    """Something that happened around a lead, as docs/model.md defines it.

    It is identified by (source, id). `company` is the company that identity gave the event, None where there is none.
    `number` is how whoever keeps the events finds it again: a running score keeps the numbers alone.
    """

    source: str
    id: str
    type: str
    occurred_at: Instant
    properties: Mapping[str, Value] = field(default_factory=dict)
    traits: Mapping[str, Value] = field(default_factory=dict)
    company: str | None = None
    number: int = 0
