"""What people are shown of models: versions, publications, back-tests, past scores. Frozen values, no word of Slack."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.service.views import LeadRef, ScoreView
from scoring.instants import Instant
from scoring.ledger import Line


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model. `leads` are those to be evaluated after its publication, `rescored` those that were."""

    number: int
    model: str
    hash: str
    author: str
    note: str | None
    published_at: Instant
    live: bool
    leads: int = 0
    rescored: int = 0
    finished_at: Instant | None = None
    found: int = 0
    """Leads that the publication found newly at the hand-over label."""
    unposted: int = 0
    """Those of them that nobody has posted."""
    cooled: int = 0
    """Leads whose open alert ended with the publication."""


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead that a publication found newly at the hand-over label. `settled` is what became of it since.

    settled: posted, held_back (by never_alert or alert = false), crossed (by itself), cooled; None: nobody posted it.
    """

    lead: LeadRef
    rating: str | None
    was_label: str | None
    was_score: Decimal | None
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication did. `unchanged`: what is live is the same to the letter, nothing was published."""

    version: Version
    before: int | None = None
    """The version that was live before."""
    unchanged: bool = False
    found: tuple[FoundLead, ...] = ()
    """The best of those found."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the leads that a publication had found."""

    version: int
    posted: int = 0
    held_back: int = 0
    crossed: int = 0
    cooled: int = 0
    gone: int = 0
    """Joined into another lead since, or erased."""
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """Alerts in the week that begins on a Monday, 00:00 UTC."""

    starts: Instant
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead stands under one of the two models."""

    score: Decimal | None
    rating: str | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Mover:
    """A lead that would become hot, or stop being it."""

    lead: LeadRef
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class RuleMove:
    """What a rule gives all leads together now, under both models. `moved`: by how much it moves leads, up or down."""

    category: str | None
    rule: str
    before: Decimal
    after: Decimal
    moved: Decimal
    leads: int
    """Leads whose points from it differ."""


@dataclass(frozen=True, slots=True)
class Side:
    """What a back-test found for one of the two models."""

    alerts: int
    alerts_per_week: Decimal
    labels: tuple[tuple[str, int], ...]
    """Leads per label now, best first."""
    at_label: int
    """Leads at the hand-over label or better now."""
    customers_alerted: int
    """Past customers that were alerted before they bought."""
    days_earlier: Decimal | None
    """How many days before, the median over them."""
    alerts_rejected: int
    """Alerts on leads that were rejected later."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """A draft beside the published model over the stored history, as if every event had come when it occurred."""

    model: str
    draft_hash: str
    published: int
    since: Instant
    until: Instant
    leads: int
    events: int
    customers: int
    """Leads that bought between `since` and `until`."""
    before: Side
    after: Side
    weeks: tuple[Week, ...]
    becoming: tuple[Mover, ...]
    """Leads that would come to the hand-over label; the best of them."""
    becoming_count: int
    leaving: tuple[Mover, ...]
    """Leads that would no longer be at it; the best of them."""
    leaving_count: int
    rules: tuple[RuleMove, ...]
    """Those that move leads most, first."""
    distribution: tuple[tuple[int, int, int], ...]
    """(score rounded down, leads before, leads after)."""


@dataclass(frozen=True, slots=True)
class PostedScore:
    """A crossing as it was recorded, with the ledger kept from then."""

    at: Instant
    cause: str
    version: int
    score: Decimal
    rating: str | None
    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LateFact:
    """An event that counts at an instant today and did not then, or the other way round.

    `points` are what it gives by itself; None: it acts through what it says of the lead (`says`).
    """

    at: Instant
    received_at: Instant
    type: str
    source: str
    what: str | None
    points: Decimal | None
    says: tuple[str, ...] = ()
    of_colleague: bool = False


@dataclass(frozen=True, slots=True)
class PastScore:
    """A lead's score at a past instant, under the model live then.

    `shown` and `lines`: from the events received by then; the lines sum to the score. `today` and `today_lines`: with
    all that is known today, where that makes a difference; else None and empty. `late` are the events that came later
    and `gone` those that no longer count that made it.
    """

    lead: LeadRef
    model: str
    version: int
    at: Instant
    shown: ScoreView
    lines: tuple[Line, ...]
    today: ScoreView | None = None
    today_lines: tuple[Line, ...] = ()
    late: tuple[LateFact, ...] = ()
    gone: tuple[LateFact, ...] = ()
    posted: PostedScore | None = None
    """The last crossing by then."""


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """The score from an instant on."""

    at: Instant
    score: Decimal | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """A lead's score over time with all that is known today, each instant under the model live then.

    `points` up to `now`; `ahead` after it, if nothing happens. Before the first publication the first version counts.
    """

    lead: LeadRef
    model: str
    points: tuple[CoursePoint, ...]
    now: Instant
    ahead: tuple[CoursePoint, ...]
    crossings: tuple[PostedScore, ...]
    publications: tuple[tuple[Instant, int], ...]
    bounds: tuple[tuple[str, Decimal], ...] = ()
    """Where labels begin, in a model with bounds on the score."""
