"""Engagement as docs/model.md says it, word for word and slow: what the fast code is compared with.

Conditions are those of the package; counting, forgetting and bounds are done again here, with fractions.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

from scoring.events import ScoringEvent
from scoring.instants import DAY, Instant
from scoring.model import EngagementCategory, FrequencyRule, InactivityRule, Model, PointsRule, Rule

Matches = Callable[[Rule, ScoringEvent], bool]


def rounded(value: Fraction) -> Fraction:
    """To a hundredth, half away from zero."""
    sign = -1 if value < 0 else 1
    return Fraction(sign * int(abs(value) * 100 + Fraction(1, 2)), 100)


def counted(
    rule: PointsRule, matching: list[ScoringEvent], once: Callable[[ScoringEvent], object]
) -> list[ScoringEvent]:
    """Which events count, newest first."""
    newest = sorted(matching, key=lambda e: (e.occurred_at, e.id, e.source), reverse=True)
    if rule.once_per is not None:
        seen: list[object] = []
        kept = []
        for one in newest:
            value = once(one)
            if value is None or value not in seen:
                kept.append(one)
                seen.append(value)
        newest = kept
    if rule.at_most is None:
        return newest
    if rule.per is None:
        return newest[: rule.at_most]
    chosen: list[ScoringEvent] = []
    for one in newest:
        window = [c for c in chosen if one.occurred_at <= c.occurred_at < one.occurred_at + rule.per]
        if len(window) < rule.at_most:
            chosen.append(one)
    return chosen


def worth(rule: PointsRule, one: ScoringEvent, at: Instant) -> Fraction:
    """The points of one counted event, rounded."""
    age, points = at - one.occurred_at, Fraction(rule.points, 100)
    if rule.expires_after is not None and age >= rule.expires_after:
        return Fraction(0)
    midnights = at // DAY - one.occurred_at // DAY
    if rule.half_life is not None:
        with localcontext() as context:
            context.prec = 80
            factor = Decimal("0.5") ** (Decimal(midnights) / Decimal(rule.half_life))
        exact = midnights % rule.half_life == 0
        return rounded(points * (Fraction(1, 2 ** (midnights // rule.half_life)) if exact else Fraction(factor)))
    if rule.fades is not None:
        lost = Fraction(rule.fades.percent, 10000) * (midnights // rule.fades.every)
        return rounded(points * max(Fraction(0), 1 - lost))
    if rule.recency:
        row = next((row for row in rule.recency if age < row.within), None)
        return rounded(points * Fraction(row.percent, 10000)) if row else Fraction(0)
    return points


def rule_points(
    rule: Rule, matching: list[ScoringEvent], at: Instant, once: Callable[[ScoringEvent], object]
) -> Fraction:
    """The sum of the lines of a rule."""
    match rule:
        case PointsRule():
            return sum((worth(rule, one, at) for one in counted(rule, matching, once)), Fraction(0))
        case FrequencyRule():
            reached = [
                row.points
                for row in rule.rows
                if sum(1 for e in matching if row.within is None or at - e.occurred_at < row.within) >= row.at_least
            ]
            return Fraction(max(reached, key=abs, default=0), 100)
        case InactivityRule():
            latest = max((e.occurred_at for e in matching), default=None)
            silent = latest is not None and at - latest >= rule.after
            return Fraction(rule.points, 100) if silent else Fraction(0)


def category_points(
    category: EngagementCategory,
    events: list[ScoringEvent],
    at: Instant,
    matches: Matches,
    once: Callable[[PointsRule, ScoringEvent], object],
) -> Fraction:
    """The value of a category."""
    remembered, quiet, young = Fraction(0), Fraction(0), False
    for rule in category.rules:
        matching = [e for e in events if matches(rule, e)]
        points = rule_points(rule, matching, at, lambda e, r=rule: once(r, e))  # type: ignore[misc]
        if isinstance(rule, InactivityRule):
            quiet += points
        else:
            remembered += points
            young = young or any(at - e.occurred_at < (category.forgotten_after or 0) for e in matching)
    if category.forgotten_after is not None and not young:
        remembered = Fraction(0)
    total = remembered + quiet
    if category.weight is not None:
        return rounded(min(max(total, Fraction(0)), Fraction(100)) * Fraction(category.weight, 10000))
    if category.floor is not None:
        total = max(total, Fraction(category.floor, 100))
    return total if category.cap is None else min(total, Fraction(category.cap, 100))


def engagement(model: Model, values: list[Fraction]) -> Fraction:
    """The sum of the categories, not below the floor."""
    return max(sum(values, Fraction(0)), Fraction(model.score.engagement_floor, 100))
