"""Warnings about what conditions ask: fields nobody has, values nobody says, words found inside others, open gates."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from scoring import texts
from scoring.conditions.operators import as_number, as_text, folding
from scoring.events import Value
from scoring.lint.asking import (
    ModelWarning,
    Stored,
    all_asked,
    asked_by,
    operands_of,
    passes_when_missing,
    rules_of,
    values_of,
)
from scoring.model import Model

_PERSONAL: Final = frozenset(
    "age gender sex birthday birthdate dateofbirth buyingpower income lifestyle maritalstatus"
    " alder køn købekraft livsstil leeftijd geslacht koopkracht leefstijl ålder kön köpkraft".split()
)
"""Fields about private people, in small letters alone."""
_SHORT: Final = 4
_ALIKE: Final = 0.8
_OURS: Final = ("status", "company.domain")
"""What a lead has without an event that names it."""
_NUMERIC: Final = ("at_least", "at_most", "above", "below", "between")
_EQUAL: Final = ("is", "is_not", "one_of", "none_of")
_TOLD: Final = 5


def short_contains(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in all_asked(model):
        if asked.check.operator not in ("contains", "contains_any") or texts.is_url_field(asked.name):
            continue
        for word in operands_of(asked.check):
            if len(texts.fold(str(word))) <= _SHORT:
                found = _found_inside(str(word), values_of(asked, stored) or ())
                also = f"; it also finds {', '.join(found)}" if found else ""
                yield ModelWarning(asked.place, f'"{word}" is found inside other words too: has_word is meant{also}')


def _found_inside(word: str, values: Sequence[Value]) -> list[str]:
    folded = texts.fold(word)
    inside = [as_text(value, texts.clean) for value in values if folded in as_text(value, texts.fold)]
    return sorted({text for text in inside if not texts.has_word(texts.fold(text), folded)})[:_TOLD]


def unmatched(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for place, category, rule in rules_of(model):
        if (category.name, rule.name) in stored.unmatched:
            yield ModelWarning(place, f'no stored event has matched "{rule.name}"')


def value_no_lead_has(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in all_asked(model):
        values = values_of(asked, stored) if asked.of_lead and asked.check.operator in _EQUAL else None
        if values is None:
            continue
        fold = folding(texts.is_url_field(asked.name))
        known = {as_text(value, fold) for value in values}
        numbers = {number for value in values if (number := as_number(value)) is not None}
        for operand in operands_of(asked.check):
            if as_text(operand, fold) not in known and as_number(operand) not in numbers:
                some = ", ".join(sorted({as_text(value, texts.clean) for value in values})[:_TOLD])
                yield ModelWarning(
                    asked.place, f'no lead has {asked.name} = "{operand}"; stored are such as {some or "none"}'
                )


def unheard_of(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    """A field that is asked for by a name that no event has: a name that is written otherwise, most often."""
    told: set[str] = set()
    for asked in all_asked(model) if stored.attribute_names else ():
        name = asked.name.removesuffix("_page")
        if not asked.of_lead or name in {*stored.attribute_names, *told, *_OURS} or passes_when_missing(asked):
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


def odd_numbers(model: Model, stored: Stored) -> Iterator[ModelWarning]:
    for asked in all_asked(model):
        if asked.check.operator in _NUMERIC:
            odd = sorted({str(value) for value in values_of(asked, stored) or () if _is_odd(value)})[:_TOLD]
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


def personal_fields(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    if model.market == "b2b":
        for asked in all_asked(model):
            letters = filter(str.isalpha, asked.name.rpartition(".")[2].casefold())
            if asked.of_lead and "".join(letters) in _PERSONAL:
                yield ModelWarning(asked.place, f"{asked.name} is a personal field, and this is a b2b model")


def open_gates(model: Model, _stored: Stored) -> Iterator[ModelWarning]:
    for index, gate in enumerate(model.gates):
        asked = [one for one in asked_by(f"gate[{index}].when", gate.when, of_lead=True) if ".has" not in one.place]
        known = {one.name for one in asked if one.check.operator == "known" and one.check.operand and not one.negated}
        if gate.if_unknown == "pass":
            continue
        passing = [one.name for one in asked if passes_when_missing(one) and one.name not in {*known, "status"}]
        for name in dict.fromkeys(passing):
            yield ModelWarning(
                f"gate[{index}].when", f'"{gate.name}" lets a lead pass whose {name} is missing: add known = true'
            )
