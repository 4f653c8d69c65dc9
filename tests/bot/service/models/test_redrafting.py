"""A value of a model's file is changed and the rest stays as it was written; examples are restated."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service.models.live import shipped
from bot.service.models.redrafting import CannotEdit, edited, redrafted
from bot.service.models.versions import diff
from scoring.definition import load_model
from scoring.errors import InvalidModel
from scoring.model import FrequencyRule, PointsRule

B2B = shipped("b2b")
INLINE = 'a = 1 # a = 2\nrule = [ { name = "x = 1, y", points = 1 }, { points = 2, name = "}" } ]\n'


def changed(before: str, after: str) -> list[str]:
    lines = diff(before, after, "a", "b").splitlines()[2:]
    return [line for line in lines if line[:1] in "+-"]


def test_points_are_replaced_on_their_line_and_nothing_else_moves() -> None:
    text = edited(B2B, [(("engagement", 0, "rule", 1, "points"), Decimal("12.50"))])
    assert changed(B2B, text) == ["-points = 16", "+points = 12.5"]


def test_an_expiry_is_added_beside_the_points_and_taken_out_again() -> None:
    path = ("engagement", 1, "rule", 1, "expires_after")
    added = edited(B2B, [(path, "60d")])
    assert changed(B2B, added) == ['+expires_after = "60d"']
    assert edited(added, [(path, None)]) == B2B


def test_comments_and_texts_that_look_like_values_are_left_alone() -> None:
    text = edited(INLINE, [(("rule", 0, "points"), 5), (("a",), 7)])
    assert text == 'a = 7 # a = 2\nrule = [ { name = "x = 1, y", points = 5 }, { points = 2, name = "}" } ]\n'


def test_a_key_of_an_inline_table_is_added_and_taken_out() -> None:
    added = edited(INLINE, [(("rule", 1, "expires_after"), "1d")])
    assert tomllib.loads(added)["rule"][1] == {"points": 2, "name": "}", "expires_after": "1d"}
    assert tomllib.loads(edited(added, [(("rule", 1, "expires_after"), None)])) == tomllib.loads(INLINE)


@pytest.mark.parametrize("path", [("nothing", 0, "points"), ("rule", 7, "points"), ("a", "b")])
def test_a_place_that_is_not_there_is_refused_by_name(path: tuple[str | int, ...]) -> None:
    with pytest.raises(CannotEdit, match="cannot be changed here"):
        edited(INLINE, [(path, 1)])


def test_examples_expect_what_the_changed_model_gives_and_are_named() -> None:
    text, names, model = redrafted(B2B, [(("engagement", 0, "rule", 0, "points"), Decimal(12))])
    assert names == ("One case read three times is worth 10, and nothing after 100 days",)
    assert model.examples == load_model(text).examples
    assert "engagement = 12 }" in text


def test_a_change_that_makes_no_model_says_what_is_wrong() -> None:
    with pytest.raises(InvalidModel, match="rating"):
        redrafted(B2B, [(("rating", "A"), Decimal(10))])


@pytest.mark.parametrize("name", ["b2b", "b2c", "points"])
def test_every_points_rule_of_the_shipped_models_can_be_changed(name: str) -> None:
    text = shipped(name)
    for number, category in enumerate(load_model(text).engagement):
        for place, rule in enumerate(category.rules):
            if isinstance(rule, FrequencyRule):
                continue
            sign = 1 if rule.points > 0 else -1
            _, _, model = redrafted(text, [(("engagement", number, "rule", place, "points"), Decimal(sign * 3))])
            now = model.engagement[number].rules[place]
            assert not isinstance(now, FrequencyRule)
            assert now.points == sign * 300


@settings(deadline=None, max_examples=30)
@given(st.decimals(Decimal("0.01"), Decimal(999), places=2), st.integers(1, 400))
def test_any_points_and_expiry_read_back_as_they_were_set(points: Decimal, days: int) -> None:
    table = ("engagement", 0, "rule", 0)
    text = edited(B2B, [((*table, "points"), points), ((*table, "expires_after"), f"{days}d")])
    rule = tomllib.loads(text, parse_float=Decimal)["engagement"][0]["rule"][0]
    assert (Decimal(rule["points"]), rule["expires_after"]) == (points, f"{days}d")
    assert isinstance(load_model(B2B).engagement[0].rules[0], PointsRule)
