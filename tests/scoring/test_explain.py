"""Why, why not, and how complete what is known is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.engine import History
from scoring.events import Value
from scoring.explain import WhyNot, completeness, why, why_not
from scoring.model import Model
from tests.scoring.build import T, event, model, shipped, visits, web

FIT = (
    '[[fit]]\nname = "Title"\nweight = 60\ntiers = [ { when = { title = { has_word = "chief" } }, value = 100 }, '
    "{ when = { title = { known = true } }, value = 20 } ]\n"
    '[[fit]]\nname = "Industry"\nweight = 40\ntiers = [ { when = { industry = "software" }, value = 100 } ]\n'
    '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 30\n'
)


def asked(loaded: Model, *events: object, at: float = 0) -> WhyNot:
    """Why a lead is not further."""
    found = why_not(loaded, History(loaded, events), T(at))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_why_groups_the_lines_of_a_rule_the_largest_first() -> None:
    rule = web("points = 10", more='[[engagement.rule]]\nname = "S"\nevent = "call"\npoints = -5\n')
    reasons = why(History(rule, [*visits(*range(7)), event("c", 1, "call")]).score(T(8)))
    assert [(str(reason), reason.points) for reason in reasons] == [("R × 7", Decimal(70)), ("S", Decimal(-5))]


def test_why_not_tells_the_points_that_are_short() -> None:
    found = asked(web("points = 10"), *visits(0))
    assert (found.label, found.score_short, found.if_known) == ("warm", Decimal(50), ())


def test_why_not_tells_better_tiers_and_what_they_miss() -> None:
    found = asked(model(FIT), event(traits={"title": "Manager"}))
    assert [(one.category, one.rule, one.more, one.missing) for one in found.unmet] == [
        ("Title", "tier 1", Decimal(48), ()),
        ("Industry", "tier 1", Decimal(40), ("industry",)),
    ]


def test_f210_it_would_be_warm_if_industry_were_known() -> None:
    found = asked(model(FIT), event(traits={"title": "Manager"}))
    assert [(one.field, int(one.score), str(one.label)) for one in found.if_known] == [("industry", 82, "warm")]


def test_a_missing_field_of_a_gate_is_among_what_would_help() -> None:
    gate = '[[gate]]\nname = "DK"\nwhen = { country = "DK" }\n'
    found = asked(model(gate + FIT), event(traits={"title": "Chief"}))
    assert found.waiting_on == ("country",)
    assert {one.field: one.label for one in found.if_known}["country"] == "warm"


def test_a_failed_gate_is_named_and_no_field_helps() -> None:
    gate = '[[gate]]\nname = "DK"\nwhen = { country = "DK" }\n'
    found = asked(model(gate + FIT), event(traits={"title": "Chief", "country": "SE"}))
    assert (found.failed_gates, found.if_known) == (("DK",), ())


def test_in_a_matrix_it_tells_what_each_side_is_short() -> None:
    b2b = shipped("b2b")
    traits: dict[str, Value] = {"title": "CEO", "company": {"country": "DK", "employees": 100, "industry": "SaaS"}}
    found = asked(b2b, event(url="/cases/a", traits=traits))
    assert (found.label, found.score_short, found.fit_short) == ("warm", None, None)
    assert found.engagement_short == 15


def test_outside_the_population_there_is_no_why_not() -> None:
    outside = model("[population]\nwhen = { a = 1 }\n" + FIT)
    assert why_not(outside, History(outside, [event()]), T(0)) is None


def test_f115_completeness_tells_what_is_known_of_what_the_model_asks() -> None:
    loaded = model(FIT)
    found = completeness(loaded, History(loaded, [event(traits={"title": "x", "shoe": 44})]), T(0))
    assert (found.known, found.missing, found.percent) == (("title",), ("industry",), 50)


def test_what_is_shown_of_a_line_is_what_matched() -> None:
    lead = event(url="https://www.acme.dk/cases/a?x=1", traits={"title": "CEO"})
    lines = History(shipped("b2b"), [lead]).score(T(0)).lines
    matched = {line.rule: line.matched for line in lines if line.kind != "adjustment"}
    assert matched == {"tier 1": "title: CEO", "Case page": "acme.dk/cases/a"}


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("duration_s", 3023, "50 min"),
        ("duration_s", "3900", "1 h 5 min"),
        ("duration_s", 7200.4, "2 h"),
        ("duration_s", 41, "41 s"),
        ("duration_s", 0, "0 s"),
        ("duration_s", 10**12, "277777777 h 46 min"),
        ("duration_s", "an hour", "an hour"),
        ("duration_s", True, "duration_s: true"),
        ("seats", 12, "seats: 12"),
        ("form.pages", 2.5, "form.pages: 2.5"),
        ("consent", True, "consent: true"),
        ("form_id", "Demo", "Demo"),
        ("form_id", "12", "12"),
        ("tags", ["a", 2], "a, 2"),
    ],
)
def test_a_number_that_matched_says_what_it_counts(field: str, value: Value, shown: str) -> None:
    asking = web(f'when = {{ "{field}" = {{ is_not = "never" }} }}\npoints = 10')
    name, _, inner = field.partition(".")
    (line,) = History(asking, [event(**{name: {inner: value} if inner else value})]).score(T(0)).lines  # type: ignore[arg-type]
    assert line.matched == shown


def test_why_not_knows_fit_by_points_and_its_cap() -> None:
    rules = "".join(
        f'[[fit.rule]]\nname = "{name}"\nwhen = {{ {name} = 1 }}\npoints = {points}\n'
        for name, points in (("a", 40), ("b", 50))
    )
    capped = model(f'[[fit]]\nname = "F"\ncap = 70\n{rules}')
    found = asked(capped, event(traits={"a": 1}))
    assert [(one.rule, int(one.more), one.missing) for one in found.unmet] == [("b", 50, ("b",))]
    assert [(one.field, int(one.score)) for one in found.if_known] == [("b", 70)]
