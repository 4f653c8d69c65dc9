"""Warnings about a model that loads: what is allowed and is seldom meant. WARNINGS is the table.

Some need to know what is stored; they are given it as a value (`Stored`) and stay silent without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, TypeAlias

from scoring import texts
from scoring.conditions.operators import as_number, as_text, folding
from scoring.engine.compiled import compiled
from scoring.events import ScoringEvent, Value
from scoring.grade import combine, grade, reaches
from scoring.model import (
    ALWAYS,
    AllOf,
    AnyOf,
    Check,
    Condition,
    EngagementCategory,
    FrequencyRule,
    Has,
    InactivityRule,
    Model,
    Not,
    PointsRule,
    Rule,
)
from scoring.numbers import HUNDRED, Cents, clamp, percent_of, to_decimal
from scoring.rules.tally import NEVER
from scoring.rules.worth import worth_of

_PERSONAL: Final = frozenset(
    "age gender sex birthday birthdate dateofbirth buyingpower income lifestyle maritalstatus"
    " alder køn købekraft livsstil leeftijd geslacht koopkracht leefstijl ålder kön köpkraft".split()
)
"""Fields about private people, in small letters alone."""
_CONTACT: Final = ("contact", "kontakt")
_PAGE_VIEWED: Final = "page_viewed"
_SHORT: Final = 4
_ALIKE: Final = 0.8
_OURS: Final = ("status", "company.domain")
"""What a lead has without an event that names it."""
_NUMERIC: Final = ("at_least", "at_most", "above", "below", "between")
_EQUAL: Final = ("is", "is_not", "one_of", "none_of")
_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class ModelWarning:
    """Something that is allowed and is seldom meant: where, and what."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store knows that warnings ask for. Values are as they came, each distinct one once."""

    attribute_values: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """By attribute, such as `company.employees`; an attribute that is not here is not judged."""
    property_values: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    """By field of the events, such as `form_id`."""
    unmatched: Collection[tuple[str, str]] = ()
    """(category, rule) of the engagement rules that no stored event has matched; see `unmatched_rules`."""
    attribute_names: Collection[str] = ()
    """Attributes that stored events name; without any, none is missed."""


Look: TypeAlias = Callable[[Model, Stored], Iterator[ModelWarning]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A check of a model, with its place, what it is asked of, and whether it stands under a `not`."""

    place: str
    check: Check
    of_lead: bool
    negated: bool

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.check.field.removeprefix("lead.") if self.of_lead else self.check.field


def warnings(model: Model, stored: Stored | None = None) -> tuple[ModelWarning, ...]:
    """Everything that is worth a word about a model."""
    return tuple(warn for check in WARNINGS for warn in check(model, stored or Stored()))


def unmatched_rules(model: Model, events: Iterator[ScoringEvent]) -> frozenset[tuple[str, str]]:
    """(category, rule) of the engagement rules whose condition on the event no event of these meets."""
    prepared = compiled(model)
    waiting = {watcher.index for watcher in prepared.watchers if watcher.category >= 0}
    for event in events:
        waiting -= {watcher.index for watcher in prepared.event_type(event.type).matching(event)}
        if not waiting:
            break
    watchers = [prepared.watchers[index] for index in waiting]
    return frozenset((model.engagement[watcher.category].name, watcher.name) for watcher in watchers)


# ---- walking a model


def _rules(model: Model) -> Iterator[tuple[str, EngagementCategory, Rule]]:
    for number, category in enumerate(model.engagement):
        for index, rule in enumerate(category.rules):
            yield f"engagement[{number}].rule[{index}]", category, rule


def _conditions(model: Model) -> Iterator[tuple[str, Condition, bool]]:
    """Every condition with its place, and whether it is asked of the lead."""
    yield "population.when", model.population, True
    for index, gate in enumerate(model.gates):
        yield f"gate[{index}].when", gate.when, True
    for number, category in enumerate(model.fit):
        for index, tier in enumerate(category.tiers):
            yield f"fit[{number}].tiers[{index}].when", tier.when, True
        for index, rule in enumerate(category.rules):
            yield f"fit[{number}].rule[{index}].when", rule.when, True
    for place, _, engagement_rule in _rules(model):
        yield f"{place}.when", engagement_rule.when, False
    for index, held in enumerate(model.never_alert):
        yield f"never_alert[{index}].when", held.when, True


def _asked(place: str, condition: Condition, of_lead: bool, negated: bool = False) -> Iterator[Asked]:
    match condition:
        case Check():
            yield Asked(place, condition, of_lead or condition.field.startswith("lead."), negated)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _asked(place, part, of_lead, negated)
        case Not(part):
            yield from _asked(place, part, of_lead, not negated)
        case Has(_, when):
            yield from _asked(f"{place}.has.when", when, False, negated)


def _all_asked(model: Model) -> Iterator[Asked]:
    for place, condition, of_lead in _conditions(model):
        yield from _asked(place, condition, of_lead)


def _operands(check: Check) -> tuple[Value, ...]:
    return tuple(check.operand) if isinstance(check.operand, tuple) else (check.operand,)


def _values(asked: Asked, stored: Stored) -> Sequence[Value] | None:
    source = stored.attribute_values if asked.of_lead else stored.property_values
    values = source.get(asked.name)
    if values is None:
        return None
    flat: list[Value] = []
    for value in values:
        flat.extend(value) if isinstance(value, list) else flat.append(value)
    return flat


# ---- the warnings


def _fit_categories(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    weighted = [category for category in model.fit if category.weight is not None]
    if weighted and not 4 <= len(weighted) <= 5:
        many = "1 category" if len(weighted) == 1 else f"{len(weighted)} categories"
        yield ModelWarning("fit", f"weights in {many}; four or five are usual")


def _short_contains(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in _all_asked(model):
        if asked.check.operator not in ("contains", "contains_any") or texts.is_url_field(asked.name):
            continue
        for word in _operands(asked.check):
            if len(texts.fold(str(word))) <= _SHORT:
                found = _found_inside(str(word), _values(asked, stored) or ())
                also = f"; it also finds {', '.join(found)}" if found else ""
                yield ModelWarning(asked.place, f'"{word}" is found inside other words too: has_word is meant{also}')


def _found_inside(word: str, values: Sequence[Value]) -> list[str]:
    folded = texts.fold(word)
    inside = [as_text(value, texts.clean) for value in values if folded in as_text(value, texts.fold)]
    return sorted({text for text in inside if not texts.has_word(texts.fold(text), folded)})[:_TOLD]


def _unmatched(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for place, category, rule in _rules(model):
        if (category.name, rule.name) in stored.unmatched:
            yield ModelWarning(place, f'no stored event has matched "{rule.name}"')


def _value_no_lead_has(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in _all_asked(model):
        values = _values(asked, stored) if asked.of_lead and asked.check.operator in _EQUAL else None
        if values is None:
            continue
        fold = folding(texts.is_url_field(asked.name))
        known = {as_text(value, fold) for value in values}
        numbers = {number for value in values if (number := as_number(value)) is not None}
        for operand in _operands(asked.check):
            if as_text(operand, fold) not in known and as_number(operand) not in numbers:
                some = ", ".join(sorted({as_text(value, texts.clean) for value in values})[:_TOLD])
                yield ModelWarning(
                    asked.place, f'no lead has {asked.name} = "{operand}"; stored are such as {some or "none"}'
                )


def _unheard_of(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    """A field that is asked for by a name that no event has: a name that is written otherwise, most often."""
    told: set[str] = set()
    for asked in _all_asked(model) if stored.attribute_names else ():
        name = asked.name.removesuffix("_page")
        if not asked.of_lead or name in {*stored.attribute_names, *told, *_OURS} or _passes_when_missing(asked):
            continue
        told.add(name)
        near = _near(name, stored.attribute_names)
        hint = f" (did you mean {near}?)" if near else ""
        yield ModelWarning(asked.place, f"no stored event says {asked.name} of a lead{hint}")


def _near(name: str, names: Collection[str]) -> str | None:
    """The one of these names, in the same map, that is written nearly so."""
    head, _, own = name.rpartition(".")
    beside = {one.rpartition(".")[2]: one for one in names if one.rpartition(".")[0] == head}
    return next((beside[near] for near in get_close_matches(own, beside, n=1, cutoff=_ALIKE)), None)


def _odd_numbers(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in _all_asked(model):
        if asked.check.operator in _NUMERIC:
            odd = sorted({str(value) for value in _values(asked, stored) or () if _is_odd(value)})[:_TOLD]
            if odd:
                yield ModelWarning(
                    asked.place,
                    f"{asked.check.operator} reads {asked.name} as a number, and stored are {', '.join(odd)}",
                )


def _is_odd(value: Value) -> bool:
    """A text that people read as one number and we as another, or as none: 1.000 and 1,5."""
    if not isinstance(value, str) or not any(character.isdigit() for character in value):
        return False
    whole, dot, digits = value.strip().partition(".")
    return texts.read_number(value) is None or (bool(dot) and len(digits) == 3 and whole.lstrip("+-") != "0")


def _generic_page_view(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    views = [
        (place, rule)
        for place, _, rule in _rules(model)
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
    asked = _asked("", when, of_lead=False)
    return any(
        word in texts.fold_url(str(operand))
        for one in asked
        if texts.is_url_field(one.name) and not one.negated
        for operand in _operands(one.check)
        for word in _CONTACT
    )


def _never_forgotten(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    for place, category, rule in _rules(model):
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


def _personal_fields(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    if model.market == "b2b":
        for asked in _all_asked(model):
            letters = filter(str.isalpha, asked.name.rpartition(".")[2].casefold())
            if asked.of_lead and "".join(letters) in _PERSONAL:
                yield ModelWarning(asked.place, f"{asked.name} is a personal field, and this is a b2b model")


def _open_gates(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    for index, gate in enumerate(model.gates):
        asked = [one for one in _asked(f"gate[{index}].when", gate.when, of_lead=True) if ".has" not in one.place]
        known = {one.name for one in asked if one.check.operator == "known" and one.check.operand and not one.negated}
        if gate.if_unknown == "pass":
            continue
        passing = [one.name for one in asked if _passes_when_missing(one) and one.name not in {*known, "status"}]
        for name in dict.fromkeys(passing):
            yield ModelWarning(
                f"gate[{index}].when", f'"{gate.name}" lets a lead pass whose {name} is missing: add known = true'
            )


def _passes_when_missing(asked: Asked) -> bool:
    if asked.check.operator in ("is_not", "none_of"):
        return not asked.negated
    return asked.negated and asked.check.operator != "known"


def _all_reach(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
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


def _floor_left(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    if model.score.engagement_floor != 0:
        return
    rest = sum(max(0, _bounded(category, _sum_of(category, best=True))) for category in model.engagement)
    for place, category, rule in _rules(model):
        points = [row.points for row in rule.rows] if isinstance(rule, FrequencyRule) else [rule.points]
        worst = min(points)
        if category.floor is not None:
            worst = max(worst, category.floor)
        if -worst > rest and category.weight is None:
            taken = f"{to_decimal(-worst)} away, the rest gives at most {to_decimal(rest)} with one event of each rule"
            yield ModelWarning(place, f"takes {taken}: engagement_floor is 0, so the remainder is lost")


WARNINGS: Final[tuple[Look, ...]] = (
    _fit_categories,
    _short_contains,
    _unmatched,
    _value_no_lead_has,
    _unheard_of,
    _odd_numbers,
    _generic_page_view,
    _never_forgotten,
    _personal_fields,
    _open_gates,
    _all_reach,
    _floor_left,
)
"""To add a warning: a function of the model and of what is stored, and a test."""
