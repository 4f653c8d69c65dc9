"""A model prepared for scoring, once per model: conditions as closures, rules by event type, plans of each rule.

A rule's condition is split: what asks the event alone is tried once per event, what asks the lead alone (a guard) once
per change of the facts, and only what mixes both is tried again for every event when the facts change. The answers for
an event type are remembered by the values of the fields that its rules read, because the same pages come again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import lru_cache
from typing import Final, cast

from scoring.conditions.compiled import (
    Facts,
    HasTest,
    Node,
    Read,
    Test,
    asks_event,
    asks_lead,
    closure,
    compile_node,
    read_property,
    reads_type,
)
from scoring.conditions.walk import attributes_of, checks_of, field_tests, has_tests
from scoring.events import ScoringEvent
from scoring.model import AllOf, Condition, EngagementCategory, FrequencyRow, FrequencyRule, Model, Rule
from scoring.rules import Plan, plan_of

NO_FACTS: Final = cast(Facts, None)
NO_EVENT: Final = cast(ScoringEvent, None)
_REMEMBERED: Final = 10_000
_TYPES: Final = 1_000
_LONG: Final = 512


class Watcher:
    """One rule, or one `has`, as events meet it."""

    __slots__ = (
        "asks_lead",
        "category",
        "events",
        "fields",
        "guard",
        "index",
        "mixed",
        "name",
        "node",
        "plan",
        "shows",
        "test",
    )

    def __init__(self, index: int, category: int, rule: Rule) -> None:
        parts = rule.when.parts if isinstance(rule.when, AllOf) else (rule.when,)
        of_event = tuple(part for part in parts if not asks_lead(part))
        of_lead = tuple(part for part in parts if asks_lead(part) and not asks_event(part))
        of_both = tuple(part for part in parts if asks_lead(part) and asks_event(part))
        self.index = index
        self.category = category
        self.name = rule.name
        self.events = rule.events
        self.node = compile_node(rule.when, "event")
        self.test = _closure(of_event)
        self.guard = _closure(of_lead) if of_lead else None
        self.mixed = _closure(of_both) if of_both else None
        self.asks_lead = bool(of_lead or of_both)
        self.plan: Plan = plan_of(rule)
        self.fields = {check.field for part in of_event for check in checks_of(part)}
        self.shows = [
            (test.check.field, test.read)
            for test in field_tests(self.node)
            if test.attribute is None and not test.check.field.startswith("lead.")
        ]


def _closure(parts: tuple[Condition, ...]) -> Test:
    return closure(compile_node(AllOf(parts), "event"))


class EventType:
    """The rules that read one type of event."""

    __slots__ = ("_known", "_reads", "_watchers")

    def __init__(self, watchers: tuple[Watcher, ...]) -> None:
        self._watchers = watchers
        names = sorted({name for watcher in watchers for name in watcher.fields})
        self._reads: list[Read] = [read_property(name) for name in names]
        self._known: dict[Hashable, tuple[Watcher, ...]] = {}

    def matching(self, event: ScoringEvent) -> tuple[Watcher, ...]:
        """The rules whose condition on the event holds."""
        if not self._reads:
            return self._watchers
        key = tuple([read(event, NO_FACTS) for read in self._reads])
        for value in key:  # true is no 1, a list cannot be a key, and long texts would fill the memory
            if value is not None and (not isinstance(value, str) or len(value) > _LONG):
                return self._try(event)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._try(event)
        return found

    def _try(self, event: ScoringEvent) -> tuple[Watcher, ...]:
        return tuple(watcher for watcher in self._watchers if watcher.test(event, NO_FACTS))


class LeadTest:
    """A condition on the lead, compiled."""

    __slots__ = ("holds", "node")

    def __init__(self, condition: Condition) -> None:
        self.node = compile_node(condition, "lead")
        self.holds = closure(self.node)


class CompiledModel:
    """A model prepared for scoring."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.population = LeadTest(model.population)
        self.gates = [(gate, LeadTest(gate.when)) for gate in model.gates]
        self.tiers = [[LeadTest(tier.when) for tier in category.tiers] for category in model.fit]
        self.fit_rules = [[LeadTest(rule.when) for rule in category.rules] for category in model.fit]
        self.never_alert = [(held.name, LeadTest(held.when)) for held in model.never_alert]
        self.categories: tuple[EngagementCategory, ...] = model.engagement
        self.has: list[HasTest] = [test for node in self.lead_nodes() for test in has_tests(node)]
        self.watchers: list[Watcher] = []
        for number, category in enumerate(model.engagement):
            for rule in category.rules:
                self.watchers.append(Watcher(len(self.watchers), number, rule))
        for test in self.has:
            row = FrequencyRow(test.at_least, test.within, 1)
            self.watchers.append(Watcher(len(self.watchers), -1, FrequencyRule("has", test.events, test.when, (row,))))
        self.has_index = {test: len(self.watchers) - len(self.has) + number for number, test in enumerate(self.has)}
        self.timed = [test for node in self._scoring_nodes() for test in has_tests(node) if test.within is not None]
        tests = [test for node in self._scoring_nodes() for test in field_tests(node)]
        self.asked_for = tuple(dict.fromkeys(test.attribute for test in tests if test.attribute is not None))
        self.lead_reads = sorted(attributes_of(self.lead_nodes()))
        self.reads = frozenset(self.lead_reads) | attributes_of(watcher.node for watcher in self.watchers)
        self.mixes = any(watcher.mixed is not None for watcher in self.watchers)
        """Whether a condition asks of event and lead at once: then the events are kept that may come to meet it."""
        self._types: dict[str, EventType] = {}

    def lead_nodes(self) -> Iterator[Node]:
        """The trees of every condition that is asked of the lead."""
        yield from self._scoring_nodes()
        yield from (test.node for _, test in self.never_alert)

    def _scoring_nodes(self) -> Iterator[Node]:
        yield self.population.node
        yield from (test.node for _, test in self.gates)
        for tests in (*self.tiers, *self.fit_rules):
            yield from (test.node for test in tests)

    def event_type(self, name: str) -> EventType:
        """The rules that read events of this type."""
        found = self._types.get(name)
        if found is None:
            found = EventType(tuple(watcher for watcher in self.watchers if reads_type(watcher.events, name)))
            if len(self._types) < _TYPES:
                self._types[name] = found
        return found


@lru_cache(maxsize=64)
def compiled(model: Model) -> CompiledModel:
    """The model prepared for scoring; models are told apart by identity."""
    return CompiledModel(model)
