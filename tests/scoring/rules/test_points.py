"""The kind `points`: which events count, and what time takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import History, score
from scoring.instants import DAY
from scoring.model import Model
from tests.scoring.build import T, event, visits, web


def points(model: Model, *days: float, at: float) -> Decimal | None:
    """The score of visits on these days."""
    return score(model, visits(*days), T(at)).score


def test_without_forgetting_every_event_counts_for_ever() -> None:
    assert points(web("points = 10"), 0, 1, at=3000) == 20


def test_an_expired_event_is_worth_nothing_from_its_last_instant_on() -> None:
    rule = web('points = 10\nexpires_after = "100d"')
    assert score(rule, visits(0), T(100) - 1).score == 10
    assert score(rule, visits(0), T(100)).score == 0


@pytest.mark.parametrize(("midnights", "wanted"), [(0, "10"), (1, "9.06"), (7, "5"), (14, "2.5"), (77, "0")])
def test_half_life_halves_by_utc_midnights(midnights: int, wanted: str) -> None:
    assert points(web('points = 10\nhalf_life = "7d"'), 0.5, at=midnights + 0.1 + 0.5 * (not midnights)) == Decimal(
        wanted
    )


def test_a_half_cent_is_rounded_away_from_zero_both_ways() -> None:
    assert points(web('points = 5.01\nhalf_life = "1d"'), 0, at=1) == Decimal("2.51")
    assert points(web('points = -5.01\nhalf_life = "1d"'), 0, at=1) == Decimal("-2.51")


def test_fades_takes_a_step_after_every_so_many_midnights() -> None:
    rule = web('points = 10\nfades = { percent = 40, every = "2d" }')
    assert [points(rule, 0, at=day) for day in (1, 2, 4, 6, 50)] == [10, 6, 2, 0, 0]


def test_recency_gives_the_percent_of_the_first_row_that_is_young_enough() -> None:
    rule = web('points = 8\nrecency = [ { within = "7d", percent = 100 }, { within = "30d", percent = 12.5 } ]')
    assert [points(rule, 0, at=day) for day in (6.9, 7, 29.9, 30)] == [8, 1, 1, 0]


def test_an_expiry_cuts_recency_half_life_and_fades_short() -> None:
    for forgetting in (
        'recency = [ { within = "9d", percent = 100 } ]',
        'half_life = "90d"',
        'fades = { percent = 1, every = "9d" }',
    ):
        rule = web(f'points = 8\nexpires_after = "3d"\n{forgetting}')
        assert points(rule, 0, at=2.9) != 0
        assert points(rule, 0, at=3) == 0


def test_once_per_counts_only_the_latest_of_each_value() -> None:
    rule = web('points = 10\nonce_per = "asset"\nexpires_after = "5d"')
    events = [event("1", 0, asset="Guide"), event("2", 3, asset=" guide"), event("3", 3), event("4", 3, asset=None)]
    assert score(rule, events, T(4)).score == 30
    assert score(rule, events, T(7.9)).score == 30


def test_at_most_counts_the_latest() -> None:
    assert points(web("points = 10\nat_most = 2"), 0, 1, 2, at=3) == 20


def test_at_most_per_walks_from_the_newest() -> None:
    rule = web('points = 10\nat_most = 2\nper = "7d"')
    assert points(rule, 0, 1, 2, 8, at=9) == 30
    assert points(web('points = 10\nat_most = 1\nper = "7d"'), 0, 7, at=9) == 20


def test_once_per_comes_before_at_most() -> None:
    rule = web('points = 10\nonce_per = "url"\nat_most = 2')
    assert score(rule, [event("1", 0, url="/b"), event("2", 1, url="/a"), event("3", 2, url="/a")], T(3)).score == 20


def test_the_walk_that_jumps_finds_what_every_step_would() -> None:
    rule = web('points = 1\nat_most = 3\nper = "1d"\nexpires_after = "30d"')
    history = History(rule, visits(*[number / 20 for number in range(400)]))
    assert history.score(T(20)).score == 3 * 20


def test_a_lead_changes_at_most_once_a_day_by_half_life() -> None:
    history = History(web('points = 10\nhalf_life = "2d"'), visits(0.2, 0.4, 0.9))
    following = history.score(T(0.95)).next_change
    assert following == T(1)
    assert history.score(T(1)).next_change == T(2)


def test_a_step_that_rounding_hides_is_no_change() -> None:
    history = History(web('points = 0.05\nhalf_life = "300d"'), visits(0))
    following = history.score(T(0)).next_change
    assert following is not None
    assert (following - T(0)) // DAY == 46  # 0.05 * 0.5 ** (45 / 300) is 0.0451, and at 46 it is 0.0450


def test_a_guarded_rule_opens_and_closes_with_the_attribute() -> None:
    rule = web('when = { lead.title = "cto", url = { contains = "/a" } }\npoints = 10')
    events = [
        event("1", 0, url="/a"),
        event("2", 1, "form", traits={"title": "CTO"}),
        event("3", 2, "form", traits={"title": None}),
    ]
    assert [score(rule, events, T(day)).score for day in (0, 1, 2)] == [0, 10, 0]


def test_a_condition_that_mixes_lead_and_event_is_asked_again() -> None:
    rule = web('when = { any = [ { lead.title = "cto" }, { url = "/a" } ] }\npoints = 10')
    history = History(rule, [event("1", 0, url="/a"), event("2", 0, url="/b")])
    assert history.score(T(0)).score == 10
    history.add(event("3", 1, "form", traits={"title": "CTO"}))
    assert history.score(T(1)).score == 20


FORGETTING = (
    "",
    "expires_after = '2d'",
    "half_life = '1d'",
    "fades = { percent = 30, every = '1d' }\nexpires_after = '3d'",
)
HOURS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), min_size=2, max_size=20)


@given(st.sampled_from(FORGETTING), st.sampled_from(("", "once_per = 'asset'")), HOURS)
def test_an_answer_that_is_adjusted_is_the_one_from_zero(
    forgetting: str, once_per: str, steps: list[tuple[int, str]]
) -> None:
    loaded = web(f"points = 10\n{forgetting}\n{once_per}")
    history, seen, hour = History(loaded), [], 0
    for number, (later, asset) in enumerate(steps):
        hour += later
        seen.append(event(f"{number:02}", hour / 24, asset=asset))
        history.add(seen[-1])
        found, wanted = history.score(T((hour + 1) / 24)), score(loaded, seen, T((hour + 1) / 24))
        assert (found, found.lines) == (wanted, wanted.lines)
