"""The rows "Ranking, labels, targets" and "Explain" that scoring alone decides, and labels and actions of hand-over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.engine import History, score
from scoring.events import Value
from scoring.explain import why
from scoring.handover import HandOver, evaluate
from tests.scoring.build import T, event, facts, ledger, model, shipped, visits, web

WEB = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 50\n'


@pytest.mark.parametrize(("points", "label"), [("149", "warm"), ("149.49", "warm"), ("149.5", "hot"), ("150", "hot")])
def test_f42_a_target_may_be_above_100_and_is_compared_with_what_people_see(points: str, label: str) -> None:
    target = model(WEB.replace("50", points), labels="[labels]\nhot = 150\nwarm = 100\n")
    assert score(target, [event()], T(0)).label == label


def test_f68_another_target_changes_who_qualifies_and_not_the_score() -> None:
    results = [score(model(WEB, labels=f"[labels]\nhot = {hot}\n"), visits(0, 1), T(1)) for hot in (100, 101)]
    assert [result.score for result in results] == [100, 100]
    assert [result.label for result in results] == ["hot", "cold"]


def test_f28_f116_each_label_says_how_ready_a_lead_is() -> None:
    stages = model(WEB, labels="[labels]\nhot = 150\nwarm = 100\ncold = 50\n")
    labels = [score(stages, [event("x", 0, "x"), *visits(*range(count))], T(9)).label for count in range(4)]
    assert labels == ["none", "cold", "warm", "hot"]


@pytest.mark.parametrize(
    ("count", "action", "within"), [(0, "drop", None), (1, "nurture", None), (2, "sales", "24h"), (3, "sales", "24h")]
)
def test_f74_f83_f117_every_scored_lead_has_exactly_one_action(count: int, action: str, within: str | None) -> None:
    actions = model(WEB, labels='[labels]\nhot = 150\nwarm = 100\ncold = 50\nfollow_up_within = "24h"\n')
    result = score(actions, [event("x", 0, "x"), *visits(*range(count))], T(9))
    assert result.action == action
    assert (result.follow_up_within is not None) == (within is not None)


def test_f83_waiting_is_nurture_and_ineligible_is_drop() -> None:
    gate = '[[gate]]\nname = "G"\nwhen = { title = "cto" }\n'
    assert score(model(gate + WEB), [event()], T(0)).action == "nurture"
    assert score(model(gate + WEB), [event(traits={"title": "x"})], T(0)).action == "drop"


def test_f96_a_cell_of_the_matrix_says_what_to_do_and_how_soon() -> None:
    traits: dict[str, Value] = {
        "title": "CEO",
        "company.country": "DK",
        "company.employees": 90,
        "company.industry": "SaaS",
    }
    result = score(shipped("b2b"), [event(event_type="meeting_booked", traits=traits)], T(0))
    assert (result.rating, result.action, result.follow_up_within) == ("A2", "sales", 48 * 3600 * 10**6)


def test_f128_alert_false_records_a_crossing_that_nobody_is_told_of() -> None:
    quiet = model(WEB + "[hand_over]\nalert = false\n")
    _, crossing = evaluate(HandOver.new(), score(quiet, visits(0, 1), T(1)), quiet)
    assert crossing is not None
    assert not crossing.alert


def test_f98_f201_the_explanation_adds_up_to_the_score_exactly() -> None:
    fading = web('points = 33.33\nhalf_life = "3d"', category="cap = 50", decimals=0)
    result = History(fading, visits(0, 1, 2)).score(T(4))
    assert sum(reason.points for reason in why(result)) == result.score
    assert ledger(result)[-1] == (None, "rounding", (result.score or Decimal(0)) - 50) or result.score == 50


def test_f201_a_past_instant_scores_as_it_did_whatever_came_since() -> None:
    history = History(web("points = 10"), visits(0, 1))
    before = history.score(T(1))
    history.add(event("late", 5))
    assert history.score(T(6)).score == 30
    assert (history.score(T(1)), history.score(T(1)).lines) == (before, before.lines)


def test_f82_the_model_names_its_owners() -> None:
    assert shipped("b2b").owners == ("marketing", "sales")


def test_f41_status_leaves_the_score_of_a_model_that_does_not_name_it_untouched() -> None:
    rule = web("points = 10")
    changed = event("s", 1, "lead.status_changed", source="desk", to="won")
    assert score(rule, [event(), changed], T(2)).lines == score(rule, [event()], T(2)).lines


def test_f27_what_a_colleague_tells_of_the_company_scores_its_contacts() -> None:
    size = model(facts("{ company.employees = { above = 50 } }"))
    colleague = event("c", 1, "crm", company="acme", traits={"company.employees": 80})
    assert score(size, [event(company="acme")], T(0), {"acme": [colleague]}).score == 0
    assert score(size, [event(company="acme")], T(1), {"acme": [colleague]}).score == 5


def test_f32_f33_a_rule_on_lifecycle_stage_or_persona_works() -> None:
    stage = model(facts('{ lifecycle = "opportunity", persona = "buyer" }'))
    assert score(stage, [event(traits={"lifecycle": "Opportunity", "persona": "Buyer"})], T(0)).score == 5
    assert score(stage, [event(traits={"lifecycle": "lead", "persona": "Buyer"})], T(0)).score == 0


def test_f122_several_models_score_the_same_events_apart() -> None:
    events = visits(0, 1)
    assert [score(one, events, T(1)).score for one in (web("points = 1"), web("points = 5"))] == [2, 10]


def test_f201_a_fact_that_time_takes_away_says_when() -> None:
    recent = model(facts('{ has = { event = "page_viewed", within = "3d", at_least = 2 } }'))
    result = score(recent, visits(0, 1, 2), T(2))
    assert [line.changes_at for line in result.lines] == [T(4)]
    assert result.next_change == T(4)
