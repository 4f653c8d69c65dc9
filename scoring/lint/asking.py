"""What a model asks, walked for its warnings: rules, conditions and checks with their places, and what is stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from scoring.events import Value
from scoring.model import AllOf, AnyOf, Check, Condition, EngagementCategory, Has, Model, Not, Rule


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
"""A warning: what it has to say of a model, where this is stored."""


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


def rules_of(model: Model) -> Iterator[tuple[str, EngagementCategory, Rule]]:
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
    for place, _, engagement_rule in rules_of(model):
        yield f"{place}.when", engagement_rule.when, False
    for index, held in enumerate(model.never_alert):
        yield f"never_alert[{index}].when", held.when, True


def asked_by(place: str, condition: Condition, of_lead: bool, negated: bool = False) -> Iterator[Asked]:
    match condition:
        case Check():
            yield Asked(place, condition, of_lead or condition.field.startswith("lead."), negated)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from asked_by(place, part, of_lead, negated)
        case Not(part):
            yield from asked_by(place, part, of_lead, not negated)
        case Has(_, when):
            yield from asked_by(f"{place}.has.when", when, False, negated)


def all_asked(model: Model) -> Iterator[Asked]:
    for place, condition, of_lead in _conditions(model):
        yield from asked_by(place, condition, of_lead)


def operands_of(check: Check) -> tuple[Value, ...]:
    return tuple(check.operand) if isinstance(check.operand, tuple) else (check.operand,)


def values_of(asked: Asked, stored: Stored) -> Sequence[Value] | None:
    source = stored.attribute_values if asked.of_lead else stored.property_values
    values = source.get(asked.name)
    if values is None:
        return None
    flat: list[Value] = []
    for value in values:
        flat.extend(value) if isinstance(value, list) else flat.append(value)
    return flat


def passes_when_missing(asked: Asked) -> bool:
    if asked.check.operator in ("is_not", "none_of"):
        return not asked.negated
    return asked.negated and asked.check.operator != "known"
