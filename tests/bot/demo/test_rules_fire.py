"""Every part of the shipped model shows somewhere in the past: else the demo would explain a rule that nobody sees."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from scoring.engine import Score
from scoring.instants import DAY
from scoring.model import FrequencyRule, PointsRule
from tests.bot.demo.offline import demo_model, past

POINTS = {rule.name: rule for category in demo_model().engagement for rule in category.rules}


@cache
def scores() -> tuple[Score, ...]:
    """Every lead's score at whatever it did, and every week."""
    return tuple(score for person in past().leads for score in past().scores(person, 7 * DAY))


@cache
def lines() -> frozenset[tuple[str | None, str, int]]:
    return frozenset((line.category, line.rule, line.cents) for score in scores() for line in score.lines)


def worth(rule: str) -> set[int]:
    return {cents for _, name, cents in lines() if name == rule}


@pytest.mark.parametrize("rule", sorted(POINTS))
def test_every_rule_gives_a_line(rule: str) -> None:
    assert worth(rule)


@pytest.mark.parametrize("category", [category.name for category in demo_model().fit])
def test_every_tier_gives_a_line(category: str) -> None:
    tiers = next(len(one.tiers) for one in demo_model().fit if one.name == category)
    assert {rule for name, rule, _ in lines() if name == category} == {f"tier {n}" for n in range(1, tiers + 1)}


@pytest.mark.parametrize("gate", [gate.name for gate in demo_model().gates])
def test_every_gate_decides(gate: str) -> None:
    assert any(gate in score.failed_gates for score in scores())


def test_some_wait_for_a_title_and_some_for_a_country() -> None:
    assert {"title", "company.country"} <= {field for score in scores() for field in score.waiting_on}


def test_the_never_alert_holds_somebody_who_is_at_the_label() -> None:
    assert any(score.never_alert == ("Job seekers",) and score.label in ("warm", "hot") for score in scores())


def test_every_row_of_the_matrix_is_reached_and_some_are_outside_the_population() -> None:
    assert {score.label for score in scores()} == {"hot", "warm", "cold", "none", "waiting", "ineligible", None}
    assert {score.action for score in scores()} >= {"sales", "nurture", "drop"}


@pytest.mark.parametrize("rule", [r.name for r in POINTS.values() if isinstance(r, PointsRule) and r.recency])
def test_every_recency_row_is_seen(rule: str) -> None:
    known = POINTS[rule]
    assert isinstance(known, PointsRule)
    assert worth(rule) == {known.points * row.percent // 10_000 for row in known.recency}


def test_every_stage_of_fading_is_seen() -> None:
    assert worth("Webinar") == {2000, 1500, 1000, 500}


def test_every_halving_of_the_price_page_is_seen_until_it_expires() -> None:
    bounds = [1600 / 2**halvings for halvings in range(8)]
    assert all(any(low < cents <= high for cents in worth("Price page")) for high, low in pairwise(bounds))


@pytest.mark.parametrize("rule", [r.name for r in POINTS.values() if isinstance(r, FrequencyRule)])
def test_every_frequency_row_is_reached(rule: str) -> None:
    known = POINTS[rule]
    assert isinstance(known, FrequencyRule)
    assert worth(rule) == {row.points for row in known.rows}


@pytest.mark.parametrize("adjustment", ["cap", "floor", "engagement_floor", "share", "rounding", "gate"])
def test_every_adjustment_that_the_model_can_make_is_seen(adjustment: str) -> None:
    assert worth(adjustment)
