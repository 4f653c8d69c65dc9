"""What a good file becomes: defaults, hashes, examples."""

from __future__ import annotations

import pytest

from scoring.definition import load_model
from scoring.instants import DAY
from scoring.model import PointsRule
from tests.scoring.build import HEAD, LABELS, model, shipped

POINTS = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 10\n'


def test_defaults_are_filled_in() -> None:
    loaded = model(POINTS)
    assert (loaded.owners, loaded.review_every, loaded.default, loaded.examples) == ((), None, False, ())
    assert (loaded.hand_over.label, loaded.hand_over.alert, loaded.hand_over.cooldown) == ("warm", True, 0)
    assert (loaded.score.decimals, loaded.score.limits, loaded.score.engagement_floor) == (0, None, 0)


def test_what_a_file_says_is_in_the_model() -> None:
    loaded = shipped("b2b")
    assert (loaded.name, loaded.market, loaded.owners, loaded.default) == (
        "B2B inbound",
        "b2b",
        ("marketing", "sales"),
        True,
    )
    assert loaded.review_every == 90 * DAY
    price = loaded.engagement[0].rules[1]
    assert isinstance(price, PointsRule)
    assert (price.points, price.half_life, price.at_most, price.per) == (1600, 14, 2, 7 * DAY)


def test_event_types_are_those_that_rules_and_has_read() -> None:
    assert shipped("b2c").event_types >= {"page_viewed", "deal_won", "cart_added"}
    assert "*" in shipped("b2b").event_types


def test_tiers_may_be_written_as_tables() -> None:
    text = '[[fit]]\nname = "F"\nweight = 100\n[[fit.tiers]]\nwhen = { a = 1 }\nvalue = 100\n'
    assert len(model(text).fit[0].tiers) == 1


def test_the_hash_is_that_of_all_that_scoring_reads() -> None:
    same = model(POINTS.replace("points = 10", "points   = 10.0 # ten"), head='owners = ["x"]\n' + HEAD)
    other = model(POINTS.replace("points = 10", "points = 11"))
    assert model(POINTS).hash == same.hash != other.hash
    assert len(same.hash) == 64


@pytest.mark.parametrize("name", ["b2b", "b2c", "points"])
def test_a_shipped_model_passes_its_own_examples(name: str) -> None:
    assert shipped(name).examples


def test_an_example_may_state_every_value() -> None:
    event = '{ id = "7", source = "s", type = "page_viewed", at = "2026-01-01T01:00:00+01:00" }'
    values = 'score = 10, fit = 0, engagement = 10, label = "cold", eligible = true, crosses = false'
    text = HEAD + POINTS + LABELS + example(event, f'{{ at = "2026-01-01T00:00:00Z", {values} }}')
    assert load_model(text).examples[0].events[0].id == "7"


def test_an_example_crosses_by_time_too() -> None:
    bounce = '[[engagement.rule]]\nname = "B"\nevent = "bounced"\npoints = -50\nexpires_after = "5d"\n'
    text = HEAD + POINTS.replace("points = 10", "points = 70") + bounce + LABELS
    events = '{ type = "bounced", at = "2026-01-01T00:00:00Z" }, { type = "page_viewed", at = "2026-01-01T01:00:00Z" }'
    crosses = '{ at = "2026-01-06T00:00:00Z", crosses = true }, { at = "2026-01-07T00:00:00Z", crosses = false }'
    assert load_model(text + example(events, crosses)).examples


def example(events: str, expect: str) -> str:
    """An example of a model file."""
    return f'[[example]]\nname = "x"\nevents = [ {events} ]\nexpect = [ {expect} ]\n'
