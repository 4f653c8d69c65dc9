"""Each operator of the condition language, on texts, numbers, booleans, lists and what is missing."""

from __future__ import annotations

import pytest

from scoring.conditions.operators import OPERATORS
from scoring.events import Value
from tests.scoring.build import holds

CASES: list[tuple[str, Value, bool]] = [
    ('{ is = "CTO" }', " cto ", True),
    ('{ is = "cto" }', "cto2", False),
    ("{ is = 50 }", "50.00", True),
    ('{ is = "50" }', 50, True),
    ('{ is = "50.0" }', "50", False),
    ("{ is = true }", "TRUE", True),
    ("{ is = true }", 1, False),
    ("{ is = 1 }", True, False),
    ("{ is = 0.1 }", 0.1, True),
    ('{ is_not = "x" }', ["y", "x"], False),
    ('{ is_not = "x" }', None, True),
    ('{ one_of = ["DK", 45] }', "45", True),
    ('{ one_of = ["DK", true] }', True, True),
    ('{ none_of = ["a", "b"] }', ["c", "B"], False),
    ('{ none_of = ["a"] }', ["c"], True),
    ('{ contains = "ARKET" }', "Marketing", True),
    ("{ contains = 'é' }", "cafe\u0301", True),
    ('{ contains = "8000" }', 18000, True),
    ('{ contains_any = ["x", "ket"] }', "Marketing", True),
    ('{ starts_with = "12.5" }', 12.50, True),
    ('{ ends_with = "@acme.dk" }', "jan@ACME.dk ", True),
    ('{ ends_with = "@acme.dk" }', "jan@acme.dk.evil", False),
    ('{ has_word = "cto" }', "Director", False),
    ('{ has_word = "c++" }', "C++ developer", True),
    ('{ has_word = "vd" }', "avd, VD", True),
    ('{ has_any_word = ["vd", "direktør"] }', "Adm. Direktør", True),
    ("{ matches = '^x.z$' }", "  XyZ ", True),
    ("{ matches = '\\d' }", "\u0663", False),
    ("{ matches = '.*' }", " ", False),
    ("{ at_least = 50 }", "50", True),
    ("{ at_least = 1 }", "1,5", False),
    ("{ at_least = 0 }", True, False),
    ("{ at_most = 50 }", 50.0, True),
    ("{ above = 50 }", 50, False),
    ("{ below = 50 }", "49.99", True),
    ("{ between = [50, 60] }", 60, True),
    ("{ between = [5, 10] }", [1, 20], False),
    ("{ at_least = 5, at_most = 10 }", [1, 20], True),
    ("{ known = true }", 0, True),
    ("{ known = true }", ["", " "], False),
    ("{ known = false }", " \t", True),
]


@pytest.mark.parametrize(("operators", "value", "wanted"), CASES, ids=lambda case: repr(case))
def test_an_operator_holds_as_the_page_says(operators: str, value: Value, wanted: bool) -> None:
    assert holds(f"{{ field = {operators} }}", field=value) is wanted


def test_every_operator_is_tried_above() -> None:
    tried = {word for operators, _, _ in CASES for word in operators.replace("{", " ").split() if word in OPERATORS}
    assert tried == set(OPERATORS)


@pytest.mark.parametrize("operator", sorted(set(OPERATORS) - {"is_not", "none_of", "known"}))
def test_a_missing_value_fails_every_operator_but_three(operator: str) -> None:
    operand = {"number": "1", "numbers": "[1, 2]", "scalars": '["1"]', "texts": '["1"]'}.get(
        OPERATORS[operator].takes, '"1"'
    )
    assert not holds(f"{{ field = {{ {operator} = {operand} }} }}", other="x")


def test_a_field_with_several_operators_needs_all_of_them() -> None:
    assert holds("{ n = { at_least = 1, below = 5 } }", n=4)
    assert not holds("{ n = { at_least = 1, below = 5 } }", n=5)
