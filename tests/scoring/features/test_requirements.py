"""The rows "Requirements, negatives, who is a lead"."""

from __future__ import annotations

import pytest

from scoring.engine import score
from scoring.events import Value
from scoring.handover import HandOver, evaluate
from scoring.lint import warnings
from tests.scoring.build import T, event, model, shipped, visits

WEB = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 70\n'
MANAGER = '[[gate]]\nname = "Management"\nwhen = { title = { has_word = "chief" }, years = { at_least = 2 } }\n'
MET: dict[str, Value] = {"title": "Chief", "years": 3}


def test_f6_who_fails_the_definition_of_a_lead_is_never_ranked() -> None:
    people = model('[population]\nwhen = { kind = "contact" }\n' + WEB)
    result = score(people, [event(traits={"kind": "supplier"})], T(0))
    assert (result.in_population, result.score, result.label, result.lines) == (False, None, None, ())


def test_f11_events_before_the_gate_is_met_give_0() -> None:
    result = score(model(MANAGER + WEB), visits(0, 1), T(1))
    assert (result.score_cents, result.engagement_cents, str(result.label)) == (0, 14000, "waiting")
    assert result.waiting_on == ("title", "years")


def test_f11_once_it_is_met_earlier_events_count_by_default() -> None:
    events = [*visits(0, 1), event("g", 2, "form", traits=MET)]
    assert score(model(MANAGER + WEB), events, T(2)).score == 140


def test_f11_a_model_may_ignore_what_happened_before() -> None:
    ignoring = model('[gates]\nearlier_events = "ignore"\n' + MANAGER + WEB)
    events = [*visits(0, 1, 3), event("g", 2, "form", traits=MET)]
    assert score(ignoring, events, T(2)).score == 0
    assert score(ignoring, events, T(3)).score == 70


def test_f11_an_event_at_the_instant_of_the_gate_counts() -> None:
    ignoring = model('[gates]\nearlier_events = "ignore"\n' + MANAGER + WEB)
    assert score(ignoring, [*visits(0, 2), event("z", 2, "form", traits=MET)], T(2)).score == 70


COMPANY: list[tuple[str, Value, Value]] = [
    ('company.industry = { one_of = ["Software"] }', "software", "Farming"),
    ("company.employees = { between = [50, 1000] }", "50", 1001),
    ("company.revenue = { at_least = 1000000 }", 1000000, 999999.99),
    ("company.personnel_cost = { below = 0.5 }", 0.49, "0.5"),
    ('"company.tags" = { none_of = ["rival"] }', ["a"], ["a", "Rival"]),
]


@pytest.mark.parametrize(("when", "good", "bad"), COMPANY, ids=lambda value: str(value))
def test_f12_requirements_on_a_company_are_met_or_not(when: str, good: Value, bad: Value) -> None:
    gate = model(f'[[gate]]\nname = "G"\non = "company"\nwhen = {{ {when} }}\n' + WEB)
    field = when.split(" ")[0].strip('"')
    assert score(gate, [event(traits={field: good})], T(0)).label == "warm"
    assert score(gate, [event(traits={field: bad})], T(0)).label == "ineligible"


@pytest.mark.parametrize(("policy", "label"), [("wait", "waiting"), ("pass", "warm"), ("fail", "ineligible")])
def test_f12_a_missing_value_follows_the_declared_policy(policy: str, label: str) -> None:
    gate = f'[[gate]]\nname = "G"\nwhen = {{ company.employees = {{ at_least = 50 }} }}\nif_unknown = "{policy}"\n'
    assert score(model(gate + WEB), visits(0), T(0)).label == label


def test_f51_a_career_lead_never_alerts_though_it_crosses() -> None:
    twice = '{ event = "page_viewed", when = { url = { contains = "/career" } }, at_least = 2 }'
    careers = f'[[never_alert]]\nname = "Job seekers"\nwhen = {{ has = {twice} }}\n'
    seeker = model(careers + WEB)
    events = [event("1", 0, url="/career"), event("2", 1, url="/careers/x")]
    _, crossing = evaluate(HandOver.new(), score(seeker, events, T(1)), seeker)
    assert crossing is not None
    assert (crossing.alert, crossing.held_back_by, crossing.label) == (False, ("Job seekers",), "hot")


def test_f119_a4_is_cold_and_d4_is_none_and_neither_is_handed_over() -> None:
    b2b = shipped("b2b")
    profile: dict[str, Value] = {"title": "CEO", "company": {"country": "DK", "employees": 100, "industry": "SaaS"}}
    strangers: dict[str, Value] = {"title": "Clerk", "company": {"country": "Sverige"}}
    for traits, rating, label in ((profile, "A4", "cold"), (strangers, "D4", "none")):
        result = score(b2b, [event(event_type="mail", traits=traits)], T(0))
        assert (result.rating, result.label) == (rating, label)
        assert evaluate(HandOver.new(), result, b2b)[1] is None


def test_f127_a_missing_optional_field_is_not_penalised() -> None:
    optional = model('[[fit]]\nname = "F"\n[[fit.rule]]\nname = "r"\nwhen = { hobby = "sailing" }\npoints = 5\n' + WEB)
    assert score(optional, visits(0), T(0)).score == 70
    assert score(optional, [event(traits={"hobby": "chess"})], T(0)).score == 70


def test_f123_personal_fields_load_in_any_model_and_only_b2b_is_warned() -> None:
    body = (
        '[[fit]]\nname = "F"\n[[fit.rule]]\nname = "r"\nwhen = { gender = "f", age = { above = 30 } }\npoints = 5\n'
        + WEB
    )
    told = {market: warnings(model(body, head=f'name = "t"\nmarket = "{market}"\n')) for market in ("b2b", "b2c")}
    personal = {market: [one for one in found if "personal" in one.text] for market, found in told.items()}
    assert {market: len(found) for market, found in personal.items()} == {"b2b": 2, "b2c": 0}
