"""What people are shown of why a score is what it is, what is missing and what comes: frozen values, no word of Slack.

What is missing to the next label is scoring's own value (`scoring.explain.WhyNot`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.service.views import Handling, LeadRef, ScoreView
from scoring.explain import WhyNot
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What is missing to a lead's next label; `missing` is None outside the model's population."""

    lead: LeadRef
    score: ScoreView
    missing: WhyNot | None


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of the points of one rule."""

    category: str | None
    rule: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One instant at which time alone changes something: the score from then on, and what changed."""

    at: Instant
    score: Decimal | None
    rating: str | None
    label: str | None
    shifts: tuple[Shift, ...]
    label_changes: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of a score if nothing happens: the next changes, and every change of the label that is in sight."""

    lead: LeadRef
    score: ScoreView
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class CoolingRow:
    """A lead at the hand-over label and when it leaves its label if nothing happens."""

    lead: LeadRef
    rating: str | None
    handling: Handling
    leaves_at: Instant
    becomes: str | None


@dataclass(frozen=True, slots=True)
class CoolingPage:
    """A page of the leads that leave their label within `days`, the soonest first; `page` counts from 1."""

    rows: tuple[CoolingRow, ...]
    days: int
    page: int
    pages: int
    total: int
    more: bool = False
    """There were more leads than were looked at."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """A field and the leads that knowing it would bring to the hand-over label, were it as good as can be.

    `waiting` counts those for whom a gate waits for it, alone or with others.
    """

    field: str
    leads: int
    waiting: int
    best: tuple[LeadRef, ...]


@dataclass(frozen=True, slots=True)
class MissingFields:
    """What it would be worth to know, the most leads first. `looked_at` of the `below` leads under the label."""

    model: str
    label: str
    rows: tuple[Unlock, ...]
    looked_at: int
    below: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of an act on an event. Codes: quarantined, restored, already, gone."""

    code: str
    number: int
    seq: int
