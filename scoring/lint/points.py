"""Warnings about points: what is never forgotten, what every lead reaches, what a floor swallows, weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scoring import texts
from scoring.grade import combine, grade, reaches
from scoring.lint.asking import ModelWarning, Stored, asked_by, operands_of, rules_of
from scoring.model import ALWAYS, Condition, EngagementCategory, FrequencyRule, InactivityRule, Model, PointsRule
from scoring.numbers import HUNDRED, Cents, clamp, percent_of, to_decimal
from scoring.rules.tally import NEVER
from scoring.rules.worth import worth_of

_CONTACT: Final = ("contact", "kontakt")
_PAGE_VIEWED: Final = "page_viewed"


def fit_categories(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    weighted = [category for category in model.fit if category.weight is not None]
    if weighted and not 4 <= len(weighted) <= 5:
        many = "1 category" if len(weighted) == 1 else f"{len(weighted)} categories"
        yield ModelWarning("fit", f"weights in {many}; four or five are usual")


def generic_page_view(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    views = [
        (place, rule)
        for place, _, rule in rules_of(model)
        if isinstance(rule, PointsRule) and _PAGE_VIEWED in rule.events
    ]
    contact = max((rule.points for _, rule in views if _asks_contact(rule.when)), default=0)
    for place, rule in views:
        if rule.when == ALWAYS and rule.points > 0 and rule.points >= contact:
            points = to_decimal(rule.points)
            yield ModelWarning(
                place,
                f"any page is worth {points}, a visit to the contact page {to_decimal(contact)} by a rule of its own",
            )


def _asks_contact(when: Condition) -> bool:
    asked = asked_by("", when, of_lead=False)
    return any(
        word in texts.fold_url(str(operand))
        for one in asked
        if texts.is_url_field(one.name) and not one.negated
        for operand in operands_of(one.check)
        for word in _CONTACT
    )


def never_forgotten(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    for place, category, rule in rules_of(model):
        if category.forgotten_after is not None or isinstance(rule, InactivityRule):
            continue
        keys = "expires_after, half_life, fades or recency"
        if isinstance(rule, FrequencyRule):
            keys = "a within in each row"
            forever = any(row.within is None and row.points for row in rule.rows)
        else:
            forever = rule.points != 0 and worth_of(rule).lifetime >= NEVER
        if forever:
            what = f"these points can never be forgotten: give the rule {keys}, or its category forgotten_after"
            yield ModelWarning(place, what)


def all_reach(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    fit, engagement = _least_fit(model), _least_engagement(model)
    total = combine(model, fit, engagement).rounded
    if reaches(grade(model, fit, engagement, total).label, model.hand_over.label):
        yield ModelWarning(
            "hand_over.label", f'every eligible lead reaches "{model.hand_over.label}" at its first event'
        )


def _least_fit(model: Model) -> Cents:
    total = 0
    for category in model.fit:
        if category.weight is not None:
            sure = any(tier.when == ALWAYS for tier in category.tiers)
            least = min((tier.value for tier in category.tiers), default=0) if sure else 0
            total += percent_of(category.weight, least)
        else:
            least = sum(rule.points for rule in category.rules if rule.points < 0 or rule.when == ALWAYS)
            total += least if category.floor is None else max(least, category.floor)
    return total


def _least_engagement(model: Model) -> Cents:
    if not model.engagement:
        return 0
    least = sum(_bounded(category, _sum_of(category, best=False)) for category in model.engagement)
    return max(least, model.score.engagement_floor)


def _sum_of(category: EngagementCategory, *, best: bool) -> Cents:
    """The best or the worst that one event of each rule can give."""
    total = 0
    for rule in category.rules:
        points = [row.points for row in rule.rows] if isinstance(rule, FrequencyRule) else [rule.points]
        total += max(0, *points) if best else min(0, *points)
    return total


def _bounded(category: EngagementCategory, total: Cents) -> Cents:
    if category.weight is not None:
        return percent_of(clamp(total, 0, HUNDRED), category.weight)
    floored = total if category.floor is None else max(total, category.floor)
    return floored if category.cap is None else min(floored, category.cap)


def floor_left(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    if model.score.engagement_floor != 0:
        return
    rest = sum(max(0, _bounded(category, _sum_of(category, best=True))) for category in model.engagement)
    for place, category, rule in rules_of(model):
        points = [row.points for row in rule.rows] if isinstance(rule, FrequencyRule) else [rule.points]
        worst = min(points)
        if category.floor is not None:
            worst = max(worst, category.floor)
        if -worst > rest and category.weight is None:
            taken = f"{to_decimal(-worst)} away, the rest gives at most {to_decimal(rest)} with one event of each rule"
            yield ModelWarning(place, f"takes {taken}: engagement_floor is 0, so the remainder is lost")
