"""Hand-over: dips, arming, cooldown, silence, merging."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import Score, score
from scoring.handover import Crossing, HandOver, cooldown_ends, evaluate, merge
from scoring.instants import DAY
from scoring.model import LABEL_RANK, Label, Model
from tests.scoring.build import T, event, model, visits, web

HAND_OVER = web("points = 60", more='[hand_over]\ncooldown = "7d"\n')
WITH_BOUND = web("points = 60", more="[hand_over]\nrearm_below = 40\n")


def found(label: Label, day: float, points: int = 0, model: Model = HAND_OVER) -> Score:
    """A score with a label, at a day."""
    return replace(score(model, visits(0), T(day)), label=label, score_cents=points * 100)


def run(model: Model, *seen: Score | tuple[Score, bool]) -> tuple[HandOver, list[Crossing]]:
    """Evaluate one after another; a pair is evaluated silently."""
    state, crossings = HandOver.new(), []
    for one in seen:
        result, silent = one if isinstance(one, tuple) else (one, False)
        state, crossing = evaluate(state, result, model, silent=silent)
        crossings += [crossing] if crossing else []
    return state, crossings


def test_an_armed_lead_crosses_once_while_it_stays() -> None:
    state, crossings = run(HAND_OVER, found("warm", 0), found("hot", 1), found("warm", 2))
    assert [crossing.at for crossing in crossings] == [T(0)]
    assert (state.armed, state.dipped, state.last_crossing_at) == (False, False, T(0))


def test_it_crosses_again_after_a_dip_and_the_cooldown() -> None:
    _, crossings = run(HAND_OVER, found("warm", 0), found("cold", 2), found("cold", 7), found("warm", 8))
    assert [(crossing.at, crossing.after_cooldown) for crossing in crossings] == [(T(0), False), (T(8), False)]


def test_one_that_came_back_during_the_cooldown_crosses_at_its_end() -> None:
    state, crossings = run(HAND_OVER, found("warm", 0), found("cold", 2), found("hot", 3), found("hot", 7))
    assert [(crossing.at, crossing.after_cooldown) for crossing in crossings] == [(T(0), False), (T(7), True)]
    assert cooldown_ends(state, HAND_OVER) == T(14)


def test_a_dip_must_be_under_rearm_below() -> None:
    state, _ = run(WITH_BOUND, found("warm", 0, 60), found("cold", 1, 40))
    assert not state.dipped
    assert not state.armed
    state, _ = evaluate(state, found("cold", 2, 39), WITH_BOUND)
    assert state.armed


@pytest.mark.parametrize("label", ["cold", "none", "waiting", "ineligible"])
def test_every_label_below_is_a_dip(label: Label) -> None:
    assert run(HAND_OVER, found("warm", 0), found(label, 8))[0].armed


def test_outside_the_population_nothing_happens() -> None:
    state, _ = run(HAND_OVER, found("warm", 0))
    outside = replace(found("warm", 8), in_population=False, label=None)
    assert evaluate(state, outside, HAND_OVER) == (state, None)


def test_a_silent_evaluation_disarms_and_ends_the_cooldown() -> None:
    state, crossings = run(HAND_OVER, found("warm", 0), found("cold", 1), (found("warm", 2), True))
    assert len(crossings) == 1
    assert (state.armed, state.dipped, cooldown_ends(state, HAND_OVER)) == (False, False, None)
    state, _ = evaluate(state, found("cold", 3), HAND_OVER)
    assert state.armed


def test_a_silent_evaluation_below_may_be_the_dip() -> None:
    state, crossings = run(HAND_OVER, found("warm", 0), (found("cold", 1), True))
    assert state.dipped
    assert len(crossings) == 1


def test_never_alert_and_alert_false_hold_the_alert_back_not_the_record() -> None:
    held = replace(found("warm", 0), never_alert=("Job seekers",))
    assert run(HAND_OVER, held)[1][0].held_back_by == ("Job seekers",)
    assert not run(HAND_OVER, held)[1][0].alert
    silenced = web("points = 60", more="[hand_over]\nalert = false\n")
    assert not run(silenced, found("warm", 0))[1][0].alert


def test_merging_is_disarmed_if_either_was_with_the_later_crossing() -> None:
    one, _ = run(HAND_OVER, found("warm", 0), found("cold", 1))
    other, _ = run(HAND_OVER, found("warm", 3))
    merged = merge(one, other)
    assert (merged.armed, merged.dipped, merged.last_crossing_at) == (False, False, T(3))
    assert merge(one, one).dipped


def test_two_armed_leads_merged_may_cross() -> None:
    merged = merge(HandOver.new(), HandOver.new())
    assert evaluate(merged, found("warm", 0), HAND_OVER)[1] is not None


def test_b2c_hands_over_hot_by_default_and_b2b_warm() -> None:
    body = '[[engagement]]\nname = "W"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 70\n'
    b2c = model(body, head='name = "t"\nmarket = "b2c"\n')
    assert evaluate(HandOver.new(), score(b2c, [event()], T(0)), b2c)[1] is None
    assert evaluate(HandOver.new(), score(model(body), [event()], T(0)), model(body))[1] is not None


LABELS = st.sampled_from(sorted(LABEL_RANK))


@given(st.lists(st.tuples(LABELS, st.integers(0, 4)), max_size=12))
def test_crossings_are_apart_by_a_dip_and_the_cooldown(steps: list[tuple[Label, int]]) -> None:
    day, seen = 0, []
    for label, later in steps:
        day += later
        seen.append(found(label, day))
    _, crossings = run(HAND_OVER, *seen)
    reached = [(one.at, LABEL_RANK[one.label or "none"] >= 2) for one in seen]
    for before, after in itertools.pairwise(crossings):
        assert after.at - before.at >= 7 * DAY
        assert any(before.at <= at <= after.at and not is_reached for at, is_reached in reached)
    assert all(LABEL_RANK[crossing.label] >= 2 for crossing in crossings)
    assert bool(crossings) == any(is_reached for _, is_reached in reached)
