"""A model in words: its rules, its requirements, its target. Pure; values of scoring in, mrkdwn out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.language import mark, number, tr
from bot.slack.text import mrkdwn, plain
from bot.slack.words import field_word, label_word, signed
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
    "is": mark("{field} is {value}"),
    "is_not": mark("{field} is not {value}"),
    "one_of": mark("{field} is one of {value}"),
    "none_of": mark("{field} is none of {value}"),
    "contains": mark("{field} contains {value}"),
    "contains_any": mark("{field} contains one of {value}"),
    "starts_with": mark("{field} begins with {value}"),
    "ends_with": mark("{field} ends with {value}"),
    "has_word": mark("{field} has the word {value}"),
    "has_any_word": mark("{field} has one of the words {value}"),
    "matches": mark("{field} matches {value}"),
    "at_least": mark("{field} is at least {value}"),
    "at_most": mark("{field} is at most {value}"),
    "above": mark("{field} is above {value}"),
    "below": mark("{field} is below {value}"),
    "between": mark("{field} is between {value}"),
}
LETTERS: Final = "ABC"
DIGITS: Final = "123"


def target_lines(model: Model) -> list[str]:
    """From where a lead is handed over, and what the labels mean."""
    hand_over = model.hand_over
    parts = [tr("*Target*: handed over from {label} upwards", label=label_word(hand_over.label))]
    if hand_over.rearm_below is not None:
        parts.append(tr("again after falling below {score}", score=number(to_decimal(hand_over.rearm_below))))
    if hand_over.cooldown:
        parts.append(tr("at most once in {time}", time=format_duration(hand_over.cooldown)))
    line = ", ".join(parts)
    lines = [line if hand_over.alert else f"{line}; {tr('nobody is alerted')}"]
    if model.labels is not None:
        bounds = ((name, getattr(model.labels, name)) for name in ("hot", "warm", "cold"))
        lines.append(" · ".join(_from(label_word(name), cents) for name, cents in bounds if cents is not None))
    if model.rating.letters:
        lines.append(tr("Fit: {bounds}, else D", bounds=_bounds(LETTERS, model.rating.letters)))
    if model.rating.digits:
        lines.append(tr("Engagement: {bounds}, else 4", bounds=_bounds(DIGITS, model.rating.digits)))
    if model.matrix is not None:
        lines += _cells(model)
    return lines


def _bounds(names: str, bounds: Iterable[int]) -> str:
    return ", ".join(_from(name, bound) for name, bound in zip(names, bounds, strict=False))


def _from(name: str, cents: int) -> str:
    return tr("{name} from {score}", name=name, score=_points(cents))


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
        lines += [
            tr("*Requirements*"),
            *(f"• {_name(gate.name)}: {condition_words(gate.when)}" for gate in model.gates),
        ]
    for fit in model.fit:
        lines += [_fit_title(fit), *_fit_lines(fit)]
    for category in model.engagement:
        lines += [_engagement_title(category), *(f"• {rule_words(rule)}" for rule in category.rules)]
    if model.never_alert:
        lines += [
            tr("*Never alerts*"),
            *(f"• {_name(one.name)}: {condition_words(one.when)}" for one in model.never_alert),
        ]
    return lines


def _name(text: str) -> str:
    return mrkdwn(text, 60) or tr("unnamed")


def _fit_title(category: FitCategory) -> str:
    if category.weight is None:
        return tr("*Fit: {category}*", category=_name(category.name))
    return tr("*Fit: {category}*, {weight} of 100", category=_name(category.name), weight=_points(category.weight))


def _fit_lines(category: FitCategory) -> list[str]:
    if category.weight is None:
        return [
            f"• {_name(one.name)}: "
            + tr("{points} when {condition}", points=_signed(one.points), condition=condition_words(one.when))
            for one in category.rules
        ]
    return [
        "• " + tr("{percent} % when {condition}", percent=_points(tier.value), condition=condition_words(tier.when))
        for tier in category.tiers
    ]


def _engagement_title(category: EngagementCategory) -> str:
    parts = [tr("*Engagement: {category}*", category=_name(category.name))]
    bounds = (
        (mark("weight {points}"), category.weight),
        (mark("at most {points}"), category.cap),
        (mark("at least {points}"), category.floor),
    )
    parts += [tr(words, points=_points(cents)) for words, cents in bounds if cents is not None]
    if category.forgotten_after is not None:
        parts.append(tr("forgotten after {time} of silence", time=format_duration(category.forgotten_after)))
    return ", ".join(parts)


def _signed(cents: int) -> str:
    return signed(to_decimal(cents))


def rule_words(rule: Rule) -> str:
    """`Case page: +10 for each page viewed, each url page once, expires after 100d, when …`."""
    events = _any_of([_event(one) for one in rule.events[:6]])
    match rule:
        case PointsRule():
            what = tr("{points} for {events}", points=_signed(rule.points), events=events)
            what += _counting(rule) + fading_words(rule)
        case FrequencyRule():
            what = tr("{rows} of {events}", rows="; ".join(_row(row) for row in rule.rows[:4]), events=events)
        case InactivityRule():
            silence = format_duration(rule.after)
            what = tr(
                "{points} after {time} without {events}", points=_signed(rule.points), time=silence, events=events
            )
    line = f"{_name(rule.name)}: {what}"
    return line if _is_always(rule.when) else f"{line}, {tr('when {condition}', condition=condition_words(rule.when))}"


def _any_of(words: Sequence[str]) -> str:
    """`this or that or another`."""
    listed = words[0] if words else tr("anything")
    for word in words[1:]:
        listed = tr("{one} or {other}", one=listed, other=word)
    return listed


def _all_of(words: Sequence[str]) -> str:
    listed = words[0] if words else tr("always")
    for word in words[1:]:
        listed = tr("{one} and {other}", one=listed, other=word)
    return listed


def _row(row: FrequencyRow) -> str:
    points, count = _signed(row.points), number(row.at_least)
    if row.within is None:
        return tr("{points} for {number}", points=points, number=count)
    return tr("{points} for {number} within {time}", points=points, number=count, time=format_duration(row.within))


def _event(kind: str) -> str:
    return tr("anything") if kind == "*" else mrkdwn(field_word(kind), 40)


def _counting(rule: PointsRule) -> str:
    parts = []
    if rule.once_per is not None:
        parts.append(tr("each {field} once", field=mrkdwn(field_word(rule.once_per), 40)))
    if rule.at_most is not None and rule.per:
        parts.append(tr("at most {number} in {time}", number=number(rule.at_most), time=format_duration(rule.per)))
    elif rule.at_most is not None:
        parts.append(tr("at most {points}", points=number(rule.at_most)))
    return "".join(f", {part}" for part in parts)


def fading_words(rule: PointsRule) -> str:
    """What time takes."""
    parts = []
    if rule.half_life is not None:
        parts.append(tr("half after {time}", time=f"{rule.half_life}d"))
    if rule.fades is not None:
        percent = _points(rule.fades.percent)
        parts.append(tr("{percent} % less every {time}", percent=percent, time=f"{rule.fades.every}d"))
    for row in rule.recency[:4]:
        percent = _points(row.percent)
        parts.append(tr("{percent} % within {time}", percent=percent, time=format_duration(row.within)))
    if rule.expires_after is not None:
        parts.append(tr("expires after {time}", time=format_duration(rule.expires_after)))
    return "".join(f", {part}" for part in parts)


def condition_words(condition: Condition) -> str:
    """A condition as a sentence would have it, cut where it is long."""
    return mrkdwn(_condition(condition), WHEN_LIMIT) or tr("always")


def _is_always(condition: Condition) -> bool:
    return isinstance(condition, AllOf) and not condition.parts


def _condition(condition: Condition) -> str:
    match condition:
        case Check():
            return _check(condition)
        case AllOf(parts):
            return _all_of([_grouped(part) for part in parts[:8]])
        case AnyOf(parts):
            return _any_of([_grouped(part) for part in parts[:8]])
        case Not(part):
            return tr("not ({condition})", condition=_condition(part))
        case Has():
            return _has(condition)


def _grouped(condition: Condition) -> str:
    words = _condition(condition)
    return f"({words})" if isinstance(condition, AnyOf) and len(condition.parts) > 1 else words


def _check(check: Check) -> str:
    field = field_word(check.field)
    if check.operator == "known":
        return tr("{field} is known", field=field) if check.operand else tr("{field} is not known", field=field)
    value = _operand(check.operator, check.operand)
    known = _OPERATORS.get(check.operator)
    return tr(known, field=field, value=value) if known else f"{field} {check.operator} {value}"


def _operand(operator: str, operand: Operand) -> str:
    if not isinstance(operand, tuple):
        return plain(str(operand), 60)
    words = [plain(str(one), 40) for one in operand[:8]]
    return _all_of(words) if operator == "between" else ", ".join(words)


def _has(has: Has) -> str:
    events = _any_of([tr("anything") if one == "*" else field_word(one) for one in has.events[:4]])
    line = f"{number(has.at_least)} × {events}"
    if has.within is not None:
        line = tr("{events} within {time}", events=line, time=format_duration(has.within))
    return (
        line if _is_always(has.when) else tr("{events} where {condition}", events=line, condition=_condition(has.when))
    )
