"""What a lead's facts say: population, gates, fit, what holds alerts back. They change with facts, hardly with time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from scoring.conditions.compiled import Facts, HasTest, Node
from scoring.conditions.unknown import ask, could_decide
from scoring.conditions.values import is_there
from scoring.conditions.walk import field_tests
from scoring.engine.compiled import NO_EVENT, CompiledModel, LeadTest
from scoring.events import Value
from scoring.ledger import Line
from scoring.model import FitCategory
from scoring.numbers import Cents, percent_of

_SHOWN: Final = 80
_REMEMBERED: Final = 4_000
_LONG: Final = 512


class Held(NamedTuple):
    """A tier or fit rule that holds, or a bound of its category: a line, but for the words of what matched."""

    category: str
    rule: str
    cents: Cents
    node: Node | None


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of which a standing was made."""

    attributes: dict[str, Value]
    status: str

    def reached(self, _has: HasTest) -> bool:
        """Nobody asks: what is shown of a line are the fields that it reads."""
        return False


@dataclass(frozen=True)
class Standing:
    """The side of a score that comes from facts about the lead."""

    in_population: bool
    fit: Cents
    held: tuple[Held, ...]
    gates: tuple[str, ...]
    """For each gate: met, waits or fails."""
    met: bool
    """Whether every gate is met."""
    failed_gates: tuple[str, ...]
    waiting_on: tuple[str, ...]
    never_alert: tuple[str, ...]
    known: Known

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines of fit."""
        return tuple(
            Line(one.category, one.rule, one.cents, "adjustment")
            if one.node is None
            else Line(one.category, one.rule, one.cents, "fit", matched=describe(one.node, self.known))
            for one in self.held
        )

    def same_as(self, other: Standing) -> bool:
        """Whether nothing that counts as a change lies between the two."""
        if not self.in_population or not other.in_population:
            return self.in_population == other.in_population
        return self.gates == other.gates and self.waiting_on == other.waiting_on and self.held == other.held


class Standings:
    """The standings of a model, remembered by all that they read: many leads are known alike."""

    __slots__ = ("_compiled", "_known")

    def __init__(self, compiled: CompiledModel) -> None:
        self._compiled = compiled
        self._known: dict[Hashable, Standing] = {}

    def find(self, facts: Facts, reached: tuple[bool, ...]) -> Standing:
        """What the facts say; `reached` tells of each `has` of the model whether it holds."""
        attributes = facts.attributes
        values = [attributes.get(name) for name in self._compiled.lead_reads]
        for value in values:  # a list cannot be a key, true is no 1, and long texts would fill the memory
            if isinstance(value, list | bool) or (isinstance(value, str) and len(value) > _LONG):
                return standing_of(self._compiled, facts)
        key = (facts.status, reached, *values)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = standing_of(self._compiled, facts)
        return found


@lru_cache(maxsize=64)
def standings_of(compiled: CompiledModel) -> Standings:
    """The remembered standings of a model."""
    return Standings(compiled)


def standing_of(compiled: CompiledModel, facts: Facts) -> Standing:
    """What the facts say under a model."""
    held = tuple([one for index in range(len(compiled.model.fit)) for one in _category(compiled, index, facts)])
    gates = tuple([_gate(test, gate.if_unknown, facts) for gate, test in compiled.gates])
    failed = tuple(gate.name for (gate, _), state in zip(compiled.gates, gates, strict=True) if state == "fails")
    return Standing(
        in_population=compiled.population.holds(NO_EVENT, facts),
        fit=sum([one.cents for one in held]),
        held=held,
        gates=gates,
        met=all(state == "met" for state in gates),
        failed_gates=failed,
        waiting_on=() if failed else _waiting_on(compiled, gates, facts),
        never_alert=tuple([name for name, test in compiled.never_alert if test.holds(NO_EVENT, facts)]),
        known=Known(facts.attributes, facts.status),
    )


def _gate(test: LeadTest, if_unknown: str, facts: Facts) -> str:
    if test.holds(NO_EVENT, facts):
        return "met"
    if ask(test.node, facts) is None:
        return {"wait": "waits", "pass": "met", "fail": "fails"}[if_unknown]
    return "fails"


def _waiting_on(compiled: CompiledModel, gates: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    names = (
        name
        for (_, test), state in zip(compiled.gates, gates, strict=True)
        if state == "waits"
        for name in could_decide(test.node, facts)
    )
    return tuple(dict.fromkeys(names))


def _category(compiled: CompiledModel, index: int, facts: Facts) -> list[Held]:
    category = compiled.model.fit[index]
    if category.weight is not None:
        return _tier(category, category.weight, compiled.tiers[index], facts)
    held = [
        Held(category.name, rule.name, rule.points, test.node)
        for rule, test in zip(category.rules, compiled.fit_rules[index], strict=True)
        if rule.points and test.holds(NO_EVENT, facts)
    ]
    total = sum(one.cents for one in held)
    return held + [
        Held(category.name, name, cents, None) for name, cents in bounds(category.floor, category.cap, total)
    ]


def _tier(category: FitCategory, weight: Cents, tests: list[LeadTest], facts: Facts) -> list[Held]:
    for number, test in enumerate(tests):
        if test.holds(NO_EVENT, facts):
            cents = percent_of(weight, category.tiers[number].value)
            return [Held(category.name, f"tier {number + 1}", cents, test.node)] if cents else []
    return []


def bounds(floor: Cents | None, cap: Cents | None, total: Cents) -> Iterator[tuple[str, Cents]]:
    """By how much floor and cap change the sum of a category."""
    if floor is not None and total < floor:
        yield "floor", floor - total
        total = floor
    if cap is not None and total > cap:
        yield "cap", cap - total


def describe(node: Node, facts: Facts) -> str:
    """What matched, in a few words: the attributes that the condition reads, with their values."""
    values = {
        test.attribute or "status": value for test in field_tests(node) if is_there(value := test.read(NO_EVENT, facts))
    }
    return ", ".join(f"{name}: {value}" for name, value in values.items())[:_SHOWN]
