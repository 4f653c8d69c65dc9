"""The score of a lead at an instant, as a frozen value with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from scoring.instants import Duration, Instant
from scoring.ledger import Line, by_category
from scoring.model import Action, Label
from scoring.numbers import Cents, to_decimal


class Details(Protocol):
    """What of a score is worked out only when it is asked for."""

    def lines(self) -> tuple[Line, ...]:
        """The ledger."""

    def forecast(self) -> Instant | None:
        """When time alone first changes the label."""


@dataclass(frozen=True, slots=True)
class Score:
    """A score at an instant. Points are whole hundredths in the `_cents` fields, Decimals in the properties.

    Outside the population (and before the lead's first event) everything is None or empty but `next_change` and
    `forecast`. `lines` and `forecast` are worked out when first asked for, as of the events known to the score.
    """

    at: Instant
    in_population: bool
    score_cents: Cents | None
    fit_cents: Cents | None
    engagement_cents: Cents | None
    letter: str | None
    digit: int | None
    label: Label | None
    eligible: bool | None
    action: Action | None
    follow_up_within: Duration | None
    failed_gates: tuple[str, ...]
    waiting_on: tuple[str, ...]
    never_alert: tuple[str, ...]
    next_change: Instant | None
    latest_event_at: Instant | None
    """When the lead's latest event of any type occurred; None before the first."""
    details: Details = field(compare=False, repr=False)

    @property
    def score(self) -> Decimal | None:
        """The score; None outside the population."""
        return None if self.score_cents is None else to_decimal(self.score_cents)

    @property
    def fit(self) -> Decimal | None:
        """Who they are."""
        return None if self.fit_cents is None else to_decimal(self.fit_cents)

    @property
    def engagement(self) -> Decimal | None:
        """What they do."""
        return None if self.engagement_cents is None else to_decimal(self.engagement_cents)

    @property
    def rating(self) -> str | None:
        """Letter and digit, None unless both are there."""
        return f"{self.letter}{self.digit}" if self.letter and self.digit else None

    @property
    def lines(self) -> tuple[Line, ...]:
        """The ledger: the lines sum to the score exactly."""
        return self.details.lines()

    @property
    def forecast(self) -> Instant | None:
        """When time alone first changes the label; None: never."""
        return self.details.forecast()

    @property
    def categories(self) -> Mapping[str, Decimal]:
        """The subtotal of each category that has lines."""
        return by_category(self.lines)
