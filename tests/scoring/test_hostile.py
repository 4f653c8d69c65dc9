"""Whatever a sender puts into an event, a lead is scored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.conditions.operators import OPERATORS
from scoring.engine import score
from scoring.events import ScoringEvent, Value
from tests.scoring.build import T, event, facts, model, rule, web

OPERANDS = {
    "number": "1",
    "numbers": "[1, 2]",
    "scalars": '["a", 1]',
    "texts": '["a"]',
    "flag": "true",
    "pattern": "'a$'",
}
ALL = " , ".join(
    f"{{ x = {{ {name} = {OPERANDS.get(one.takes, chr(39) + 'a' + chr(39))} }} }}" for name, one in OPERATORS.items()
)
ASKS = model(
    facts(f"{{ any = [ {ALL} ] }}")
    + '[[engagement]]\nname = "W"\n'
    + rule("R", "page_viewed", 1, f"{{ any = [ {ALL} ] }}")
)
ONCE = web('points = 1\nonce_per = "x"')
PAGE = web("when = { x_url_page = { matches = 'a' } }\npoints = 1\nonce_per = 'x_url_page'")

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(ANYTHING)
def test_any_value_is_scored(value: Any) -> None:
    one = ScoringEvent("", "1", "page_viewed", T(0), {"x": value, "x_url": value}, {"x": value, "company": value})
    for loaded in (ASKS, ONCE, PAGE):
        result = score(loaded, [one], T(0))
        assert sum(line.points for line in result.lines) == result.score


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", "a\x00b", "%" * 50, "9" * 600, [[["a"]]]])
def test_odd_values_are_no_error(value: Value) -> None:
    assert score(ASKS, [event(x=value, traits={"x": value})], T(0)).in_population


def test_a_map_that_is_nested_very_deep_is_not_read_to_its_end() -> None:
    nested: Value = "a"
    for _ in range(900):
        nested = {"x": nested}
    assert score(ASKS, [event(x=nested, traits={"x": nested})], T(0)).fit == 5


def test_a_long_text_is_compared_as_a_short_one_is() -> None:
    assert (
        score(web("when = { x = { ends_with = 'END' } }\npoints = 1"), [event(x="y" * 5000 + "end")], T(0)).score == 1
    )
