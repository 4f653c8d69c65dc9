"""Three-valued logic: whether a condition that does not hold could still hold if more were known about the lead.

On a missing field `known = false`, `is_not` and `none_of` hold and every other operator is unknown (None). `has` and
the status are never missing. AND is false with one false part, OR true with one true part; else one unknown part
makes either unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from scoring.conditions.compiled import Either, Every, Facts, FieldTest, HasTest, Neither, Node
from scoring.conditions.values import is_there
from scoring.events import ScoringEvent

_NO_EVENT = cast(ScoringEvent, None)  # a condition on a lead never looks at the event


def ask(node: Node, facts: Facts) -> bool | None:
    """True, False, or None: unknown."""
    match node:
        case FieldTest():
            value = node.read(_NO_EVENT, facts)
            if node.attribute is not None and not is_there(value):
                return node.on_missing
            return node.holds(value)
        case HasTest():
            return facts.reached(node)
        case Neither(part):
            answer = ask(part, facts)
            return None if answer is None else not answer
        case Every(parts):
            return _ask_every([ask(part, facts) for part in parts])
        case Either(parts):
            return _ask_either([ask(part, facts) for part in parts])


def _ask_every(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _ask_either(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers else False


def could_decide(node: Node, facts: Facts) -> Iterator[str]:
    """The missing attributes in the parts of the condition that are unknown, by their own names."""
    if ask(node, facts) is not None:
        return
    match node:
        case FieldTest(attribute=str() as attribute):
            yield attribute
        case Neither(part):
            yield from could_decide(part, facts)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from could_decide(part, facts)
        case _:
            pass
