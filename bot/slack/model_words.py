"""A model in words: its rules, its requirements, its target. Pure; values of scoring in, mrkdwn out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.slack.text import mrkdwn, plain
from bot.slack.words import field_word, label_word, number, signed
from scoring.instants import format_duration
from scoring.model import (
    AllOf,
    AnyOf,
    Check,
    Condition,
    EngagementCategory,
    FitCategory,
    FrequencyRow,
    FrequencyRule,
    Has,
    InactivityRule,
    Model,
    Not,
    Operand,
    PointsRule,
    Rule,
)
from scoring.numbers import to_decimal

WHEN_LIMIT: Final = 140
_OPERATORS: Final[Mapping[str, str]] = {
    "is": "is",
    "is_not": "is not",
    "one_of": "is one of",
    "none_of": "is none of",
    "contains": "contains",
    "contains_any": "contains one of",
    "starts_with": "begins with",
    "ends_with": "ends with",
    "has_word": "has the word",
    "has_any_word": "has one of the words",
    "matches": "matches",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
    "between": "is between",
}
LETTERS: Final = "ABC"
DIGITS: Final = "123"


def target_lines(model: Model) -> list[str]:
    """From where a lead is handed over, and what the labels mean."""
    hand_over = model.hand_over
    line = f"*Target*: handed over from {label_word(hand_over.label)} upwards"
    if hand_over.rearm_below is not None:
        line += f", again after falling below {number(to_decimal(hand_over.rearm_below))}"
    if hand_over.cooldown:
        line += f", at most once in {format_duration(hand_over.cooldown)}"
    lines = [line if hand_over.alert else f"{line}; nobody is alerted"]
    if model.labels is not None:
        bounds = ((name, getattr(model.labels, name)) for name in ("hot", "warm", "cold"))
        lines.append(
            " · ".join(f"{label_word(name)} from {_points(cents)}" for name, cents in bounds if cents is not None)
        )
    if model.rating.letters:
        lines.append(f"Fit: {_bounds(LETTERS, model.rating.letters)}, else D")
    if model.rating.digits:
        lines.append(f"Engagement: {_bounds(DIGITS, model.rating.digits)}, else 4")
    if model.matrix is not None:
        lines += _cells(model)
    return lines


def _bounds(names: str, bounds: Iterable[int]) -> str:
    return ", ".join(f"{name} from {number(to_decimal(bound))}" for name, bound in zip(names, bounds, strict=False))


def _cells(model: Model) -> list[str]:
    """Which cells have a label, best label first."""
    cells: dict[str, list[str]] = {}
    for cell, meaning in (model.matrix or {}).items():
        cells.setdefault(meaning.label, []).append(cell)
    return [f"{label_word(label)}: {', '.join(sorted(found))}" for label, found in cells.items()]


def _points(cents: int) -> str:
    return number(to_decimal(cents))


def model_lines(model: Model) -> list[str]:
    """Everything that a model asks and gives, one line each, under headings."""
    lines = []
    if model.gates:
        lines += ["*Requirements*", *(f"• {_name(gate.name)}: {condition_words(gate.when)}" for gate in model.gates)]
    for fit in model.fit:
        lines += [_fit_title(fit), *_fit_lines(fit)]
    for category in model.engagement:
        lines += [_engagement_title(category), *(f"• {rule_words(rule)}" for rule in category.rules)]
    if model.never_alert:
        lines += ["*Never alerts*", *(f"• {_name(one.name)}: {condition_words(one.when)}" for one in model.never_alert)]
    return lines


def _name(text: str) -> str:
    return mrkdwn(text, 60) or "unnamed"


def _fit_title(category: FitCategory) -> str:
    weight = f", {number(to_decimal(category.weight))} of 100" if category.weight is not None else ""
    return f"*Fit: {_name(category.name)}*{weight}"


def _fit_lines(category: FitCategory) -> list[str]:
    if category.weight is None:
        return [
            f"• {_name(one.name)}: {_signed(one.points)} when {condition_words(one.when)}" for one in category.rules
        ]
    return [f"• {number(to_decimal(tier.value))} % when {condition_words(tier.when)}" for tier in category.tiers]


def _engagement_title(category: EngagementCategory) -> str:
    parts = [f"*Engagement: {_name(category.name)}*"]
    for word, cents in (("weight", category.weight), ("at most", category.cap), ("at least", category.floor)):
        if cents is not None:
            parts.append(f"{word} {number(to_decimal(cents))}")
    if category.forgotten_after is not None:
        parts.append(f"forgotten after {format_duration(category.forgotten_after)} of silence")
    return ", ".join(parts)


def _signed(cents: int) -> str:
    return signed(to_decimal(cents))


def rule_words(rule: Rule) -> str:
    """`Case page: +10 for each page viewed, each url page once, expires after 100d, when …`."""
    events = " or ".join(_event(one) for one in rule.events[:6])
    match rule:
        case PointsRule():
            what = f"{_signed(rule.points)} for {events}{_counting(rule)}{fading_words(rule)}"
        case FrequencyRule():
            what = f"{'; '.join(_row(row) for row in rule.rows[:4])} of {events}"
        case InactivityRule():
            what = f"{_signed(rule.points)} after {format_duration(rule.after)} without {events}"
    when = condition_words(rule.when)
    return f"{_name(rule.name)}: {what}" + (f", when {when}" if when != "always" else "")


def _row(row: FrequencyRow) -> str:
    within = f" within {format_duration(row.within)}" if row.within is not None else ""
    return f"{_signed(row.points)} for {row.at_least}{within}"


def _event(kind: str) -> str:
    return "anything" if kind == "*" else mrkdwn(field_word(kind), 40)


def _counting(rule: PointsRule) -> str:
    parts = []
    if rule.once_per is not None:
        parts.append(f"each {mrkdwn(field_word(rule.once_per), 40)} once")
    if rule.at_most is not None:
        parts.append(f"at most {rule.at_most}" + (f" in {format_duration(rule.per)}" if rule.per else ""))
    return "".join(f", {part}" for part in parts)


def fading_words(rule: PointsRule) -> str:
    """What time takes."""
    parts = []
    if rule.half_life is not None:
        parts.append(f"half after {rule.half_life}d")
    if rule.fades is not None:
        parts.append(f"{number(to_decimal(rule.fades.percent))} % less every {rule.fades.every}d")
    if rule.recency:
        rows = (f"{number(to_decimal(row.percent))} % within {format_duration(row.within)}" for row in rule.recency[:4])
        parts.append(", ".join(rows))
    if rule.expires_after is not None:
        parts.append(f"expires after {format_duration(rule.expires_after)}")
    return "".join(f", {part}" for part in parts)


def condition_words(condition: Condition) -> str:
    """A condition as a sentence would have it, cut where it is long."""
    return mrkdwn(_condition(condition), WHEN_LIMIT) or "always"


def _condition(condition: Condition) -> str:
    match condition:
        case Check():
            return _check(condition)
        case AllOf(parts):
            return " and ".join(_grouped(part) for part in parts[:8]) or "always"
        case AnyOf(parts):
            return " or ".join(_grouped(part) for part in parts[:8])
        case Not(part):
            return f"not ({_condition(part)})"
        case Has():
            return _has(condition)


def _grouped(condition: Condition) -> str:
    words = _condition(condition)
    return f"({words})" if isinstance(condition, AnyOf) and len(condition.parts) > 1 else words


def _check(check: Check) -> str:
    field = field_word(check.field)
    if check.operator == "known":
        return f"{field} is {'known' if check.operand else 'not known'}"
    return f"{field} {_OPERATORS.get(check.operator, check.operator)} {_operand(check.operator, check.operand)}"


def _operand(operator: str, operand: Operand) -> str:
    if not isinstance(operand, tuple):
        return plain(str(operand), 60)
    return (" and " if operator == "between" else ", ").join(plain(str(one), 40) for one in operand[:8])


def _has(has: Has) -> str:
    events = " or ".join("anything" if one == "*" else field_word(one) for one in has.events[:4])
    within = f" within {format_duration(has.within)}" if has.within is not None else ""
    when = _condition(has.when)
    return f"{has.at_least} × {events}{within}" + (f" where {when}" if when != "always" else "")
