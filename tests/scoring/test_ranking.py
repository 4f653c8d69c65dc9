"""The order of leads, and their quarters."""

from __future__ import annotations

from scoring.engine import Score, score
from scoring.ranking import priorities, sort_key
from tests.scoring.build import T, visits, web

RULE = web("points = 10")


def scored(*days: float) -> Score:
    """A lead with visits on these days."""
    return score(RULE, visits(*days), T(9))


def test_f5_the_highest_score_comes_first_then_the_newest_event_then_the_id() -> None:
    leads = {"low": scored(1), "old": scored(1, 2), "b": scored(1, 3), "a": scored(1, 3)}
    keys = {lead_id: sort_key(one, one.latest_event_at or 0, lead_id) for lead_id, one in leads.items()}
    assert sorted(keys, key=lambda lead_id: keys[lead_id]) == ["a", "b", "old", "low"]


def test_f73_the_order_does_not_depend_on_arrival() -> None:
    one, other = score(RULE, visits(1, 3), T(9)), score(RULE, visits(1, 3)[::-1], T(9))
    assert sort_key(one, T(3), "x") == sort_key(other, T(3), "x")


def test_f39_leads_fall_into_quarters_and_equal_scores_into_the_same() -> None:
    leads = {"a": scored(1, 2, 3), "b": scored(1, 2), "c": scored(1, 2), "d": scored(1)}
    assert priorities(leads) == {"a": "Very high", "b": "High", "c": "High", "d": "Low"}
    assert priorities({}) == {}
