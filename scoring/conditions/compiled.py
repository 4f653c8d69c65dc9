"""Conditions compiled once per model: closures for yes or no, a small tree for the three-valued question of a gate.

Every closure takes an event (None where a lead is asked) and the facts about the lead. On an event a bare name is the
event's property and `lead.NAME` the lead's attribute; on a lead both say the attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from scoring import texts
from scoring.conditions.operators import OPERATORS, Holds
from scoring.conditions.values import is_there, look_up
from scoring.events import ScoringEvent, Value
from scoring.instants import Duration
from scoring.model import EVERY_TYPE, OWN_TYPES, AllOf, AnyOf, Check, Condition, Has, Not

Scope: TypeAlias = Literal["event", "lead"]
STATUS: Final = "lead.status"


class Facts(Protocol):
    """What is known about a lead at an instant."""

    @property
    def attributes(self) -> dict[str, Value]:
        """Attribute values by flat name; company attributes begin with `company.`."""

    @property
    def status(self) -> str:
        """The lead's status, `new` before the first."""

    def reached(self, has: HasTest) -> bool:
        """Whether the lead has so many matching events."""


Test: TypeAlias = Callable[[ScoringEvent, Facts], bool]
Read: TypeAlias = Callable[[ScoringEvent, Facts], Value]


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One operator on one field: how the field is read, when the operator holds, and which attribute may be missing."""

    check: Check
    read: Read
    holds: Holds
    on_missing: bool | None
    attribute: str | None
    """The lead's attribute by its own name; None where it cannot be missing (a status, an event's property)."""


@dataclass(frozen=True, slots=True, eq=False)
class HasTest:
    """Enough events of these types that match."""

    events: tuple[str, ...]
    when: Condition
    test: Test
    within: Duration | None
    at_least: int

    def reads(self, event_type: str) -> bool:
        """Whether events of this type are counted."""
        return reads_type(self.events, event_type)


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """Not the part."""

    part: Node


Node: TypeAlias = FieldTest | HasTest | Every | Either | Neither


def reads_type(events: tuple[str, ...], event_type: str) -> bool:
    """Whether a rule on these types reads an event of this type."""
    return event_type in events or (EVERY_TYPE in events and not event_type.startswith(OWN_TYPES))


def compile_node(condition: Condition, scope: Scope) -> Node:
    """The tree of a condition, with everything prepared that does not depend on values."""
    match condition:
        case Check():
            return _field_test(condition, scope)
        case AllOf(parts):
            return Every(tuple(compile_node(part, scope) for part in parts))
        case AnyOf(parts):
            return Either(tuple(compile_node(part, scope) for part in parts))
        case Not(part):
            return Neither(compile_node(part, scope))
        case Has(events, when, within, at_least):
            return HasTest(events, when, closure(compile_node(when, "event")), within, at_least)


def asks_lead(condition: Condition) -> bool:
    """Whether a condition on an event reads anything of the lead."""
    match condition:
        case Check(field):
            return field.startswith("lead.")
        case AllOf(parts) | AnyOf(parts):
            return any(asks_lead(part) for part in parts)
        case Not(part):
            return asks_lead(part)
        case Has():
            return True


def asks_event(condition: Condition) -> bool:
    """Whether a condition on an event reads anything of the event itself."""
    match condition:
        case Check(field):
            return not field.startswith("lead.")
        case AllOf(parts) | AnyOf(parts):
            return any(asks_event(part) for part in parts)
        case Not(part):
            return asks_event(part)
        case Has():
            return False


def closure(node: Node) -> Test:
    """A function that answers yes or no as fast as plain code can."""
    match node:
        case FieldTest(_, read, holds):
            return lambda event, facts: holds(read(event, facts))
        case HasTest():
            return lambda _event, facts: facts.reached(node)
        case Neither(part):
            inner = closure(part)
            return lambda event, facts: not inner(event, facts)
        case Every(parts):
            return _all([closure(part) for part in parts])
        case Either(parts):
            tests = [closure(part) for part in parts]
            return lambda event, facts: any(test(event, facts) for test in tests)


def _all(tests: list[Test]) -> Test:
    if not tests:
        return lambda _event, _facts: True
    if len(tests) == 1:
        return tests[0]

    def every(event: ScoringEvent, facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110  a loop is several times faster than all() of a generator
            if not test(event, facts):
                return False
        return True

    return every


def _field_test(check: Check, scope: Scope) -> FieldTest:
    operator = OPERATORS[check.operator]
    own = check.field.removeprefix("lead.")
    of_lead = scope == "lead" or own != check.field
    missing = True if (check.operator, check.operand) == ("known", False) else operator.on_missing
    return FieldTest(
        check=check,
        read=read_attribute(own, status=check.field == STATUS) if of_lead else read_property(own),
        holds=operator.make(check.operand, texts.is_url_field(own)),
        on_missing=missing,
        attribute=(texts.page_of(own) or own) if of_lead and check.field != STATUS else None,
    )


def read_attribute(name: str, *, status: bool = False) -> Read:
    """How an attribute of the lead is read."""
    if status:
        return lambda _event, facts: facts.status
    base = texts.page_of(name)
    if base is None:
        return lambda _event, facts: facts.attributes.get(name)

    def page(_event: ScoringEvent, facts: Facts) -> Value:
        own = facts.attributes.get(name)
        return own if own is not None else cut_pages(facts.attributes.get(base))

    return page


def read_property(name: str) -> Read:
    """How a field of an event is read."""
    if name == "type":
        return lambda event, _facts: event.type
    if name == "source":
        return lambda event, _facts: event.source
    base = texts.page_of(name)
    if base is not None:
        return _read_page(name, base)
    if "." not in name:
        return lambda event, _facts: event.properties.get(name)
    return lambda event, _facts: look_up(event.properties, name)


def _read_page(name: str, base: str) -> Read:
    def page(event: ScoringEvent, _facts: Facts) -> Value:
        own = look_up(event.properties, name)
        return own if is_there(own) else cut_pages(look_up(event.properties, base))

    return page


def cut_pages(value: Value) -> Value:
    """The page of an address, of each of a list of addresses; other values as they are."""
    if isinstance(value, str):
        return texts.cut_page(value)
    if isinstance(value, list):
        return [texts.cut_page(element) if isinstance(element, str) else element for element in value]
    return value
