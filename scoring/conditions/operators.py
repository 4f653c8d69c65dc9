"""The operators of the condition language: what each takes, and when it holds. OPERATORS is the table.

A check is made once per model from an operand and then answers for single values. A list meets an operator when one
of its elements does; `is_not` and `none_of` when all do. What is not there fails every operator but these two and
`known = false`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from scoring import texts
from scoring.conditions.values import is_there
from scoring.events import Value
from scoring.model import Operand, Scalar
from scoring.regex import compile_search

Holds: TypeAlias = Callable[[Value], bool]
Fold: TypeAlias = Callable[[str], str]
Takes: TypeAlias = Literal["scalar", "scalars", "text", "texts", "pattern", "number", "numbers", "flag"]


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the table: what operand it takes, and how a check is made of it (for a URL field or another)."""

    takes: Takes
    make: Callable[[Operand, bool], Holds]
    on_missing: bool | None = None
    """What it is worth on a missing field where three values are asked for: True, or None for unknown."""


def folding(url: bool) -> Fold:
    """How texts of such a field are folded before they are compared."""
    return texts.fold_url if url else texts.fold


def _some(check: Holds) -> Holds:
    def holds(value: Value) -> bool:
        if isinstance(value, list):
            return any(check(element) for element in value)
        return value is not None and not isinstance(value, Mapping) and check(value)

    return holds


def _none(check: Holds) -> Holds:
    some = _some(check)
    return lambda value: not some(value)


def _equals(operand: Scalar, url: bool) -> Holds:
    if isinstance(operand, bool):
        return _equals_flag(operand)
    if isinstance(operand, str):
        return _equals_text(operand, folding(url))

    def holds(value: Value) -> bool:
        if isinstance(value, str):
            return texts.read_number(value) == operand
        return (
            not isinstance(value, bool) and isinstance(value, int | float | Decimal) and texts.exact(value) == operand
        )

    return holds


def _equals_flag(operand: bool) -> Holds:
    word = "true" if operand else "false"
    return lambda value: value is operand or (isinstance(value, str) and texts.fold(value) == word)


def _equals_text(operand: str, fold: Fold) -> Holds:
    folded, number = fold(operand), texts.read_number(operand)

    def holds(value: Value) -> bool:
        if isinstance(value, str):
            return fold(value) == folded
        if isinstance(value, bool):
            return folded == ("true" if value else "false")
        return number is not None and isinstance(value, int | float | Decimal) and texts.exact(value) == number

    return holds


def _is(operand: Operand, url: bool) -> Holds:
    return _some(_equals(_scalar(operand), url))


def _is_not(operand: Operand, url: bool) -> Holds:
    return _none(_equals(_scalar(operand), url))


def _one(operand: Operand, url: bool) -> Holds:
    operands, fold = _scalars(operand), folding(url)
    words = frozenset(fold(word) for word in operands if isinstance(word, str))
    checks = tuple(_equals(scalar, url) for scalar in operands)
    rest = tuple(_equals(scalar, url) for scalar in operands if not isinstance(scalar, str))

    def holds(value: Value) -> bool:
        if isinstance(value, str):
            return fold(value) in words or any(check(value) for check in rest)
        return any(check(value) for check in checks)

    return holds


def _one_of(operand: Operand, url: bool) -> Holds:
    return _some(_one(operand, url))


def _none_of(operand: Operand, url: bool) -> Holds:
    return _none(_one(operand, url))


def as_text(value: Value, fold: Fold) -> str:
    """A single value as the text operators read it: numbers plain, booleans as true and false."""
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return texts.plain(value) if isinstance(value, int | float | Decimal) else ""


def _text_operator(within: Callable[[str, str], bool]) -> Callable[[Operand, bool], Holds]:
    """An operator that looks for a text, or for one of several, within the text of the field."""

    def make(operand: Operand, url: bool) -> Holds:
        fold = folding(url)
        wanted = [fold(str(text)) for text in _scalars(operand)]

        def holds(value: Value) -> bool:
            text = fold(value) if isinstance(value, str) else as_text(value, fold)
            for word in wanted:  # noqa: SIM110  a loop is several times faster than any() of a generator
                if word in text and within(text, word):  # every such operator needs the word to be there at all
                    return True
            return False

        return _some(holds)

    return make


def _contains(text: str, part: str) -> bool:
    return part in text


def _matches(operand: Operand, url: bool) -> Holds:
    found = compile_search(texts.clean(str(_scalar(operand))))
    clean = texts.clean_url if url else texts.clean

    def holds(value: Value) -> bool:
        text = as_text(value, clean)
        return bool(text) and found(text)

    return _some(holds)


def _number_operator(compare: Callable[[int | Decimal, int | Decimal], bool]) -> Callable[[Operand, bool], Holds]:
    """An operator on numbers; it reads a text that is a decimal number, and no boolean."""

    def make(operand: Operand, _url: bool) -> Holds:
        bound = _number(_scalar(operand))

        def holds(value: Value) -> bool:
            number = as_number(value)
            return number is not None and compare(number, bound)

        return _some(holds)

    return make


def as_number(value: Value) -> int | Decimal | None:
    """A single value as the numeric operators read it."""
    if isinstance(value, str):
        return texts.read_number(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = texts.exact(value)
    return number if isinstance(number, int) or number.is_finite() else None


def _between(operand: Operand, _url: bool) -> Holds:
    lowest, highest = (_number(bound) for bound in _scalars(operand))

    def holds(value: Value) -> bool:
        number = as_number(value)
        return number is not None and lowest <= number <= highest

    return _some(holds)


def _known(operand: Operand, _url: bool) -> Holds:
    return is_there if operand else lambda value: not is_there(value)


def _scalar(operand: Operand) -> Scalar:
    return operand[0] if isinstance(operand, tuple) else operand


def _scalars(operand: Operand) -> tuple[Scalar, ...]:
    return operand if isinstance(operand, tuple) else (operand,)


def _number(operand: Scalar) -> int | Decimal:
    return operand if isinstance(operand, int | Decimal) else Decimal(operand)


OPERATORS: Final[Mapping[str, Operator]] = {
    "is": Operator("scalar", _is),
    "is_not": Operator("scalar", _is_not, on_missing=True),
    "one_of": Operator("scalars", _one_of),
    "none_of": Operator("scalars", _none_of, on_missing=True),
    "contains": Operator("text", _text_operator(_contains)),
    "contains_any": Operator("texts", _text_operator(_contains)),
    "starts_with": Operator("text", _text_operator(str.startswith)),
    "ends_with": Operator("text", _text_operator(str.endswith)),
    "has_word": Operator("text", _text_operator(texts.has_word)),
    "has_any_word": Operator("texts", _text_operator(texts.has_word)),
    "matches": Operator("pattern", _matches),
    "at_least": Operator("number", _number_operator(lambda number, bound: number >= bound)),
    "at_most": Operator("number", _number_operator(lambda number, bound: number <= bound)),
    "above": Operator("number", _number_operator(lambda number, bound: number > bound)),
    "below": Operator("number", _number_operator(lambda number, bound: number < bound)),
    "between": Operator("numbers", _between),
    "known": Operator("flag", _known),
}
"""Every operator by its name. `known` is told apart by its operand: `known = false` holds on a missing field."""
