"""The order of leads, and their quarters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import Score, score
from scoring.ranking import PRIORITIES, last_place, sort_key
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


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_f39_leads_fall_into_quarters_and_equal_scores_into_the_same(scores: list[int]) -> None:
    ranked = sorted(scores, reverse=True)
    for one in scores:
        better = sum(other > one for other in scores)
        reached = [name for name in PRIORITIES if one >= ranked[last_place(name, len(scores))]]
        assert reached[0] == PRIORITIES[4 * better // len(scores)]


def test_f39_by_example() -> None:
    assert [last_place(name, 4) for name in PRIORITIES] == [0, 1, 2, 3]
    assert [last_place(name, 10) for name in PRIORITIES] == [2, 4, 7, 9]
    assert [last_place(name, 1) for name in PRIORITIES] == [0, 0, 0, 0]
