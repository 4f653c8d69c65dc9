"""A scoring model as frozen values: what its file says, checked and with every default filled in.

Points, weights, percents, shares and bounds are whole hundredths (`Cents`), durations microseconds, `half_life` and
`every` whole days. A condition is a small tree of the values `Check`, `AllOf`, `AnyOf`, `Not` and `Has`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from scoring.events import ScoringEvent
from scoring.instants import Duration, Instant
from scoring.numbers import Cents

Scalar: TypeAlias = str | int | Decimal | bool
Operand: TypeAlias = Scalar | tuple[Scalar, ...]
Label: TypeAlias = Literal["hot", "warm", "cold", "none", "waiting", "ineligible"]
Action: TypeAlias = Literal["sales", "nurture", "drop"]
IfUnknown: TypeAlias = Literal["wait", "pass", "fail"]

LABEL_RANK: Final[Mapping[str, int]] = {"hot": 3, "warm": 2, "cold": 1, "none": 0, "waiting": 0, "ineligible": 0}
"""Which label is better; what is 0 reaches no hand-over label."""

EVERY_TYPE: Final = "*"
OWN_TYPES: Final = "lead."
"""Types that begin with this are our own; "*" does not mean them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One operator on one field."""

    field: str
    operator: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; without parts it always holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Has:
    """The lead has at least so many matching events with age < within (None: ever)."""

    events: tuple[str, ...]
    when: Condition
    within: Duration | None
    at_least: int


Condition: TypeAlias = Check | AllOf | AnyOf | Not | Has
ALWAYS: Final = AllOf(())


@dataclass(frozen=True, slots=True)
class Tier:
    """The condition of a tier and what percent of the weight it gives."""

    when: Condition
    value: Cents


@dataclass(frozen=True, slots=True)
class FitRule:
    """Points while a condition on the lead holds."""

    name: str
    when: Condition
    points: Cents


@dataclass(frozen=True, slots=True)
class FitCategory:
    """Who they are: either a weight and tiers, or rules with points."""

    name: str
    weight: Cents | None = None
    tiers: tuple[Tier, ...] = ()
    rules: tuple[FitRule, ...] = ()
    cap: Cents | None = None
    floor: Cents | None = None


@dataclass(frozen=True, slots=True)
class Fades:
    """So many percent less after every so many midnights."""

    percent: Cents
    every: int


@dataclass(frozen=True, slots=True)
class RecencyRow:
    """What percent an event is worth while it is younger than `within`."""

    within: Duration
    percent: Cents


@dataclass(frozen=True, slots=True)
class PointsRule:
    """Each counted event gives points, less what time has taken."""

    name: str
    events: tuple[str, ...]
    when: Condition
    points: Cents
    once_per: str | None = None
    at_most: int | None = None
    per: Duration | None = None
    expires_after: Duration | None = None
    half_life: int | None = None
    fades: Fades | None = None
    recency: tuple[RecencyRow, ...] = ()


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """Points for at least so many events with age < within (None: ever)."""

    at_least: int
    within: Duration | None
    points: Cents


@dataclass(frozen=True, slots=True)
class FrequencyRule:
    """Of the rows that are reached, the one furthest from 0 gives its points."""

    name: str
    events: tuple[str, ...]
    when: Condition
    rows: tuple[FrequencyRow, ...]


@dataclass(frozen=True, slots=True)
class InactivityRule:
    """Points once the latest matching event is at least so old."""

    name: str
    events: tuple[str, ...]
    when: Condition
    after: Duration
    points: Cents


Rule: TypeAlias = PointsRule | FrequencyRule | InactivityRule


@dataclass(frozen=True, slots=True)
class EngagementCategory:
    """What they do: rules, and the bounds of their sum."""

    name: str
    rules: tuple[Rule, ...]
    weight: Cents | None = None
    minus: bool = False
    cap: Cents | None = None
    floor: Cents | None = None
    forgotten_after: Duration | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A requirement; until it is met the lead scores 0."""

    name: str
    on: str
    when: Condition
    if_unknown: IfUnknown


@dataclass(frozen=True, slots=True)
class NeverAlert:
    """A condition that holds alerts back, not the score."""

    name: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Combination:
    """How fit and engagement become one number; shares are None with `sum`."""

    fit_share: Cents | None = None
    engagement_share: Cents | None = None
    limits: tuple[Cents, Cents] | None = None
    decimals: int = 0
    engagement_floor: Cents = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """Lower bounds of A B C and of 1 2 3; empty where the model has no such side or no rating."""

    letters: tuple[Cents, ...] = ()
    digits: tuple[Cents, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell of the matrix (or a label) means."""

    label: Label
    action: Action
    follow_up_within: Duration | None


@dataclass(frozen=True, slots=True)
class Labels:
    """Lower bounds on the score."""

    hot: Cents
    warm: Cents | None = None
    cold: Cents | None = None
    follow_up_within: Duration | None = None


@dataclass(frozen=True, slots=True)
class HandOverRule:
    """When a lead is handed over, and when it may be again."""

    label: Label
    alert: bool = True
    rearm_below: Cents | None = None
    cooldown: Duration = 0


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an example expects at an instant: values by name."""

    at: Instant
    values: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Example:
    """A test that the model carries with it."""

    name: str
    events: tuple[ScoringEvent, ...]
    expect: tuple[Expectation, ...]


@dataclass(frozen=True, eq=False)
class Model:
    """A model that was read without a problem. It is compared and hashed by identity; `hash` tells its content."""

    name: str
    market: Literal["b2b", "b2c"]
    hand_over: HandOverRule
    hash: str
    """SHA-256 (hex) of all that scoring reads: the same hash, the same scores."""
    fit: tuple[FitCategory, ...] = ()
    engagement: tuple[EngagementCategory, ...] = ()
    score: Combination = field(default_factory=Combination)
    rating: Rating = field(default_factory=Rating)
    matrix: Mapping[str, Cell] | None = None
    labels: Labels | None = None
    population: Condition = ALWAYS
    gates: tuple[Gate, ...] = ()
    ignore_earlier_events: bool = False
    never_alert: tuple[NeverAlert, ...] = ()
    examples: tuple[Example, ...] = ()
    owners: tuple[str, ...] = ()
    review_every: Duration | None = None
    default: bool = False

    @property
    def event_types(self) -> frozenset[str]:
        """The event types that its rules and `has` conditions read; "*" where one reads every type."""
        rules = (event for category in self.engagement for rule in category.rules for event in rule.events)
        asked = (
            event
            for condition in self.lead_conditions()
            for part in parts_of(condition)
            if isinstance(part, Has)
            for event in part.events
        )
        return frozenset(rules) | frozenset(asked)

    def lead_conditions(self) -> Iterator[Condition]:
        """Every condition that is asked of the lead: population, gates, fit, never_alert."""
        yield self.population
        yield from (gate.when for gate in self.gates)
        for category in self.fit:
            yield from (tier.when for tier in category.tiers)
            yield from (rule.when for rule in category.rules)
        yield from (held.when for held in self.never_alert)


def parts_of(condition: Condition) -> Iterator[Condition]:
    """The condition and everything in it; what a `has` asks of events is not entered."""
    yield condition
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from parts_of(part)
        case Not(part):
            yield from parts_of(part)
        case _:
            pass
