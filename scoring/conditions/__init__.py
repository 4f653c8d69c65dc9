"""The condition language: read from tables, compiled once, asked of events and of leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.conditions.compiled import Facts, HasTest, Node, Test, closure, compile_node
from scoring.conditions.read import read_condition
from scoring.conditions.unknown import could_decide
from scoring.errors import InvalidModel, Problem
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant
from scoring.reading import Problems, place_of

__all__ = ["Condition", "LeadFacts", "compile_condition"]

_NO_EVENT = cast(ScoringEvent, None)


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What is known about a lead at an instant, for conditions outside a model."""

    at: Instant
    attributes: dict[str, Value]
    status: str = "new"
    events: Callable[[], Sequence[ScoringEvent]] = tuple
    """Those up to then: read where a condition asks for them."""
    company: str | None = None

    def reached(self, has: HasTest) -> bool:
        """Whether the lead has so many matching events."""
        after = -(1 << 62) if has.within is None else self.at - has.within
        matching = sum(
            1
            for event in self.events()
            if after < event.occurred_at <= self.at and has.reads(event.type) and has.test(event, self)
        )
        return matching >= has.at_least


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a lead, for routing and whatever else asks about leads."""

    _test: Test
    _node: Node

    def holds(self, facts: Facts) -> bool:
        """Whether it holds for a lead of whom this is known."""
        return self._test(_NO_EVENT, facts)

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The attributes that are not known and could still decide."""
        return tuple(dict.fromkeys(could_decide(self._node, facts)))


def compile_condition(table: Mapping[str, object]) -> Condition:
    """A condition on a lead from its table; raises InvalidModel with every problem, its places within the table."""
    problems = Problems()
    condition = read_condition(table, (), problems, "lead")
    if problems.found:
        raise InvalidModel(tuple(Problem(place_of(path), found, allowed) for path, found, allowed in problems.found))
    node = compile_node(condition, "lead")
    return Condition(closure(node), node)
