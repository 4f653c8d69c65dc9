"""Why a score is what it is, and what is missing to the next label: worked out of the ledger and the model alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.conditions.unknown import ask, could_decide
from scoring.conditions.values import is_there
from scoring.engine import History, Score
from scoring.engine.compiled import CompiledModel, LeadTest, compiled
from scoring.engine.state import State
from scoring.grade import combine, grade, reaches
from scoring.instants import Instant
from scoring.ledger import Line, LineKind
from scoring.model import LABEL_RANK, FitCategory, Label, Model
from scoring.numbers import Cents, clamp, percent_of, to_decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Lines of the same rule (or adjustment), taken together."""

    category: str | None
    rule: str
    kind: LineKind
    points: Decimal
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        times = f" × {len(self.lines)}" if len(self.lines) > 1 else ""
        return f"{self.rule}{times}"


def why(score: Score) -> tuple[Reason, ...]:
    """The reasons of a score, the largest first: "Case page × 7"."""
    groups: dict[tuple[str | None, str, LineKind], list[Line]] = {}
    for line in score.lines:
        groups.setdefault((line.category, line.rule, line.kind), []).append(line)
    reasons = [
        Reason(*key, to_decimal(sum(line.cents for line in lines)), tuple(lines)) for key, lines in groups.items()
    ]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.points)))


@dataclass(frozen=True, slots=True)
class Unmet:
    """A better tier, or a fit rule with points, that does not hold."""

    category: str
    rule: str
    more: Decimal
    """How many points of the category it would add."""
    missing: tuple[str, ...]
    """The attributes that are not known and could make it hold; empty: what is known says no."""


@dataclass(frozen=True, slots=True)
class IfKnown:
    """What the lead would be if a missing field were known and as good as the model can wish."""

    field: str
    score: Decimal
    rating: str | None
    label: Label


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What is missing to the next label."""

    label: Label | None
    """The next better label; None when there is none."""
    score_short: Decimal | None
    """Points missing to its bound on the score; None in a model with a matrix."""
    fit_short: Decimal | None
    """Points of fit that would reach a better label by themselves (a matrix); None: no letter does."""
    engagement_short: Decimal | None
    """Points of engagement that would reach a better label by themselves (a matrix); None: no digit does."""
    failed_gates: tuple[str, ...]
    waiting_on: tuple[str, ...]
    unmet: tuple[Unmet, ...]
    if_known: tuple[IfKnown, ...]
    """Per missing field that would change score, rating or label; the best first."""


def why_not(model: Model, history: History, at: Instant) -> WhyNot | None:
    """What is missing to the next label; None outside the population."""
    score = history.score(at)
    if score.fit_cents is None or score.engagement_cents is None:
        return None
    state = history.state_at(at)
    state.standing(at)  # from here on conditions are asked at this instant
    total = combine(model, score.fit_cents, score.engagement_cents).rounded
    open_label = grade(model, score.fit_cents, score.engagement_cents, total).label
    wanted = _next_label(model, open_label)
    return WhyNot(
        label=wanted,
        score_short=_score_short(model, wanted, total),
        fit_short=_short(model, score, wanted, by_fit=True),
        engagement_short=_short(model, score, wanted, by_fit=False),
        failed_gates=score.failed_gates,
        waiting_on=score.waiting_on,
        unmet=tuple(_unmet(compiled(model), state)),
        if_known=_if_known(model, state, score),
    )


def _next_label(model: Model, label: Label) -> Label | None:
    better = [one for one in _labels(model) if LABEL_RANK[one] > LABEL_RANK[label]]
    return min(better, key=LABEL_RANK.__getitem__, default=None)


def _labels(model: Model) -> list[Label]:
    if model.matrix is not None:
        return [cell.label for cell in model.matrix.values()]
    labels: list[Label] = ["hot"]
    if model.labels is not None and model.labels.warm is not None:
        labels.append("warm")
    return [*labels, "cold"]


def _score_short(model: Model, wanted: Label | None, total: Cents) -> Decimal | None:
    if model.labels is None or wanted is None:
        return None
    bound = {"hot": model.labels.hot, "warm": model.labels.warm, "cold": model.labels.cold}[wanted]
    return None if bound is None else to_decimal(max(0, bound - total))


def _short(model: Model, score: Score, wanted: Label | None, *, by_fit: bool) -> Decimal | None:
    """The fewest points of one side that alone give a cell with the wanted label or better."""
    if model.matrix is None or wanted is None or score.fit_cents is None or score.engagement_cents is None:
        return None
    own = score.fit_cents if by_fit else score.engagement_cents
    bounds = model.rating.letters if by_fit else model.rating.digits
    for bound in sorted(bounds):
        fit, engagement = (bound, score.engagement_cents) if by_fit else (score.fit_cents, bound)
        if bound > own and reaches(grade(model, fit, engagement, 0).label, wanted):
            return to_decimal(bound - own)
    return None


def _unmet(prepared: CompiledModel, state: State) -> Iterator[Unmet]:
    for index, category in enumerate(prepared.model.fit):
        for name, more, test in _better(category, prepared, index, state):
            missing = tuple(dict.fromkeys(could_decide(test.node, state)))
            yield Unmet(category.name, name, to_decimal(more), missing)


def _better(
    category: FitCategory, prepared: CompiledModel, index: int, state: State
) -> Iterator[tuple[str, Cents, LeadTest]]:
    """What of a category does not hold and would add points: its name, the points, its condition."""
    if category.weight is None:
        for rule, test in zip(category.rules, prepared.fit_rules[index], strict=True):
            if rule.points > 0 and ask(test.node, state) is not True:
                yield rule.name, rule.points, test
        return
    values = [percent_of(category.weight, tier.value) for tier in category.tiers]
    answers = [ask(test.node, state) for test in prepared.tiers[index]]
    first = answers.index(True) if True in answers else len(answers)
    own = values[first] if first < len(values) else 0
    for number in range(first):
        if values[number] > own:
            yield f"tier {number + 1}", values[number] - own, prepared.tiers[index][number]


def _if_known(model: Model, state: State, score: Score) -> tuple[IfKnown, ...]:
    prepared = compiled(model)
    gains: dict[str, Cents] = dict.fromkeys(score.waiting_on, 0)
    for index, category in enumerate(model.fit):
        for field, gain in _category_gains(category, prepared, index, state).items():
            gains[field] = gains.get(field, 0) + gain
    found = [_would_be(model, score, field, gain) for field, gain in gains.items()]
    now = (score.score, score.rating, score.label)
    better = [one for one in found if (one.score, one.rating, one.label) != now]
    return tuple(sorted(better, key=lambda one: (-LABEL_RANK[one.label], -one.score, one.field)))


def _category_gains(category: FitCategory, prepared: CompiledModel, index: int, state: State) -> dict[str, Cents]:
    """How much of fit each missing field could add in a category, at best."""
    gains: dict[str, Cents] = {}
    for _, more, test in _better(category, prepared, index, state):
        for field in dict.fromkeys(could_decide(test.node, state)):
            gains[field] = max(gains.get(field, 0), more) if category.weight else gains.get(field, 0) + more
    if category.cap is None or not gains:
        return gains
    lines = [one.cents for one in state.standing(state.at).held if one.category == category.name]
    return {field: clamp(gain, 0, max(0, category.cap - sum(lines))) for field, gain in gains.items()}


def _would_be(model: Model, score: Score, field: str, gain: Cents) -> IfKnown:
    fit, engagement = (score.fit_cents or 0) + gain, score.engagement_cents or 0
    still: tuple[str, ...] = score.failed_gates + tuple(name for name in score.waiting_on if name != field)
    if still:
        label: Label = "ineligible" if score.failed_gates else "waiting"
        return IfKnown(field, Decimal(0), None, label)
    total = combine(model, fit, engagement).rounded
    grading = grade(model, fit, engagement, total)
    rating = f"{grading.letter}{grading.digit}" if grading.letter and grading.digit else None
    return IfKnown(field, to_decimal(total), rating, grading.label)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which of the lead's attributes that the model asks for are known."""

    known: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """How many percent are known, rounded down; 100 when the model asks for none."""
        asked = len(self.known) + len(self.missing)
        return 100 * len(self.known) // asked if asked else 100


def completeness(model: Model, history: History, at: Instant) -> Completeness:
    """Which of the attributes that population, gates and fit ask for are known at an instant."""
    attributes = history.state_at(at).attributes
    names = asked_for(model)
    known = tuple(name for name in names if is_there(attributes.get(name)))
    return Completeness(known, tuple(name for name in names if name not in known))


def asked_for(model: Model) -> tuple[str, ...]:
    """The attributes that population, gates and fit ask for, in the order of the file."""
    return compiled(model).asked_for
