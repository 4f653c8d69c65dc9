"""Walking conditions: the checks of a condition as a file has it, the tests of one that is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scoring import texts
from scoring.conditions.compiled import Either, Every, FieldTest, HasTest, Neither, Node
from scoring.model import AllOf, AnyOf, Check, Condition, Has, Not


def checks_of(condition: Condition) -> Iterator[Check]:
    """The checks of fields in a condition; what a `has` asks of events is not entered."""
    match condition:
        case Check():
            yield condition
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from checks_of(part)
        case Not(part):
            yield from checks_of(part)
        case Has():
            pass


def _leaves(node: Node) -> Iterator[FieldTest | HasTest]:
    match node:
        case FieldTest() | HasTest():
            yield node
        case Every(parts) | Either(parts):
            for part in parts:
                yield from _leaves(part)
        case Neither(part):
            yield from _leaves(part)


def field_tests(node: Node) -> Iterator[FieldTest]:
    """The tests of fields in a condition, in order."""
    return (leaf for leaf in _leaves(node) if isinstance(leaf, FieldTest))


def has_tests(node: Node) -> Iterator[HasTest]:
    """The `has` in a condition, in order."""
    return (leaf for leaf in _leaves(node) if isinstance(leaf, HasTest))


def attributes_of(nodes: Iterable[Node]) -> frozenset[str]:
    """The attributes that conditions read, with the addresses of which they read the page."""
    tests = [test for node in nodes for test in field_tests(node) if test.attribute is not None]
    own = {test.check.field.removeprefix("lead.") for test in tests}
    return frozenset(own | {texts.page_of(name) or name for name in own})
