"""The lines of a score: they sum to it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol, TypeAlias, cast

from scoring.instants import Instant
from scoring.numbers import Cents, to_decimal

LineKind: TypeAlias = Literal["fit", "engagement", "adjustment"]


class Line(NamedTuple):
    """One reason of a score.

    `rule` is the rule's name, `tier N` for a tier, or the name of an adjustment (forgotten, weight, floor, cap,
    engagement_floor, share, limits, rounding, gate). `event` is (source, id). `matched` says in a few words what
    matched; of a share it is `fit` or `engagement`. `changes_at` is when time alone will change the line; None: never
    (and for adjustments: when the lines before them change).
    """

    category: str | None
    rule: str
    cents: Cents
    kind: LineKind
    event: tuple[str, str] | None = None
    event_type: str | None = None
    occurred_at: Instant | None = None
    matched: str = ""
    count: int | None = None  # type: ignore[assignment]  # it hides tuple.count
    changes_at: Instant | None = None

    @property
    def points(self) -> Decimal:
        """The points of the line, to the hundredth."""
        return to_decimal(self.cents)

    def to_json(self) -> dict[str, object]:
        """A JSON object for storage; what is None or empty is left out."""
        values: dict[str, object] = {
            "category": self.category,
            "rule": self.rule,
            "cents": self.cents,
            "kind": self.kind,
            "event": list(self.event) if self.event else None,
            "event_type": self.event_type,
            "occurred_at": self.occurred_at,
            "matched": self.matched or None,
            "count": self.count,
            "changes_at": self.changes_at,
        }
        return {key: value for key, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Line:
        """The line that was stored."""
        known = dict(values)
        event = cast("list[str] | None", known.pop("event", None))
        return cls(category=known.pop("category", None), event=(event[0], event[1]) if event else None, **known)  # type: ignore[arg-type]


class Given(Protocol):
    """Points of a category: a line, or several taken together."""

    @property
    def category(self) -> str | None: ...
    @property
    def points(self) -> Decimal: ...


def by_category(given: Iterable[Given]) -> Mapping[str, Decimal]:
    """The subtotal of each category that has lines, in their order (fit first); equal names are added."""
    totals: dict[str, Decimal] = {}
    for one in given:
        if one.category is not None:
            totals[one.category] = totals.get(one.category, Decimal(0)) + one.points
    return totals
