"""Warnings: what is allowed and is seldom meant."""

from __future__ import annotations

import pytest

from scoring.lint import Stored, unmatched_rules, warnings
from tests.scoring.build import event, model, shipped, visits

WEB = (
    '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "call"\npoints = 10\nexpires_after = "9d"\n'
)


def told(body: str, stored: Stored | None = None, **kwargs: str) -> list[str]:
    """The warnings of a model, as texts."""
    return [str(one) for one in warnings(model(body, **kwargs), stored)]


def fit(when: str) -> str:
    """A model of one fact and one rule."""
    return f'[[fit]]\nname = "F"\n[[fit.rule]]\nname = "r"\nwhen = {when}\npoints = 5\n' + WEB


def weights(*parts: int) -> str:
    """Fit categories of these weights."""
    return "".join(
        f'[[fit]]\nname = "{number}"\nweight = {part}\ntiers = [ {{ when = {{ a = 1 }}, value = 9 }} ]\n'
        for number, part in enumerate(parts)
    )


def test_the_shipped_b2b_model_is_warned_about_nothing() -> None:
    assert warnings(shipped("b2b")) == ()


@pytest.mark.parametrize(("parts", "warned"), [((100,), 1), ((25, 25, 25, 25), 0), ((20,) * 5, 0), ((10,) * 10, 1)])
def test_f89_other_than_four_or_five_weights_are_warned_about(parts: tuple[int, ...], warned: int) -> None:
    assert len([one for one in told(weights(*parts)) if one.startswith("fit:")]) == warned


def test_a_short_contains_is_warned_about_with_what_else_it_finds() -> None:
    stored = Stored(attribute_values={"title": ["CTO", "Director", "Doctor"]})
    found = told(fit('{ title = { contains = "cto" } }'), stored)
    assert len(found) == 1
    assert "Director, Doctor" in found[0]
    assert told(fit('{ url = { contains = "/a" } }')) == []


def test_a_rule_that_nothing_matched_is_warned_about() -> None:
    unmatched = unmatched_rules(model(WEB), iter(visits(0)))
    assert unmatched == {("Web", "R")}
    assert told(WEB, Stored(unmatched=unmatched)) == ['engagement[0].rule[0]: no stored event has matched "R"']
    assert unmatched_rules(model(WEB), iter([event(event_type="call")])) == frozenset()


def test_f64_a_value_no_lead_has_is_warned_about() -> None:
    stored = Stored(attribute_values={"company.size": ["0-10", "11-50"]})
    found = told(fit('{ company.size = { one_of = ["10-50", "11-50"] } }'), stored)
    assert found == ['fit[0].rule[0].when: no lead has company.size = "10-50"; stored are such as 0-10, 11-50']


def test_f100_values_that_match_nothing_are_listed() -> None:
    stored = Stored(attribute_values={"country": ["DK", "Denmark"]})
    found = told(fit('{ country = { one_of = ["DK", "Danmark"] } }'), stored)
    assert len(found) == 1
    assert '"Danmark"' in found[0]


def test_numbers_that_people_write_otherwise_are_warned_about() -> None:
    stored = Stored(attribute_values={"n": ["1.000", "1,5", "50", "0.125", 7]})
    assert told(fit("{ n = { at_least = 5 } }"), stored) == [
        "fit[0].rule[0].when: at_least reads n as a number, and stored are 1,5, 1.000"
    ]


def test_f14_a_contact_page_that_is_worth_less_than_any_page_is_warned_about() -> None:
    rules = WEB.replace('"call"', '"page_viewed"')
    contact = '[[engagement.rule]]\nname = "C"\nevent = "page_viewed"\nwhen = { url = { contains = "/kontakt" } }\n'
    expires = 'expires_after = "9d"\n'
    assert len(told(rules + contact + "points = 5\n" + expires)) == 1
    assert told(rules + contact + "points = 50\n" + expires) == []


def test_points_that_are_never_forgotten_are_warned_about() -> None:
    forever = WEB.replace('expires_after = "9d"\n', "")
    assert "be forgotten: give the rule expires_after, half_life, fades or recency, or its category" in told(forever)[0]
    assert told(forever.replace('"Web"\n', '"Web"\nforgotten_after = "9d"\n')) == []
    assert told(forever + 'half_life = "9d"\n') == []
    rows = forever.replace("points = 10", "rows = [ { at_least = 1, points = 5 } ]")
    assert "can never be forgotten: give the rule a within in each row" in told(rows)[0]


def test_f64_a_field_by_a_name_that_no_lead_has_is_warned_about_once() -> None:
    names = ("title", "company.employees", "website_url")
    asked = [
        "{ tilte = { known = true } }", '{ any = [ { tilte = "CEO" }, { "lead.title" = "CEO" } ] }', "{ zip = 5 }",
        "{ zap = { is_not = 5 } }", "{ company.emp = 5 }", '{ website_url_page = "/x" }',
        '{ company.domain = "x" }', '{ "lead.status" = "new" }', "{ not = { zop = 5 } }",
    ]  # fmt: skip
    rules = [f'[[fit.rule]]\nname = "{n}"\nwhen = {when}\npoints = 5\n' for n, when in enumerate(asked)]
    text = '[[fit]]\nname = "F"\n' + "".join(rules) + WEB
    said = [one for one in told(text, Stored(attribute_names=names)) if "no stored event says" in one]
    assert said == [
        "fit[0].rule[0].when: no stored event says tilte of a lead (did you mean title?)",
        "fit[0].rule[2].when: no stored event says zip of a lead",
        "fit[0].rule[4].when: no stored event says company.emp of a lead",
    ]
    assert [one for one in told(text, Stored()) if "no stored event says" in one] == []


def test_f123_personal_fields_are_warned_about_in_b2b_alone() -> None:
    body = fit("{ age = { at_least = 30 } }")
    assert told(body) == ["fit[0].rule[0].when: age is a personal field, and this is a b2b model"]
    assert told(body, head='name = "t"\nmarket = "b2c"\n') == []


@pytest.mark.parametrize("field", ["gender", "buying_power", "Lifestyle", '"contact.buying power"', "dateOfBirth"])
def test_f123_every_kind_of_personal_field_is_known_however_it_is_spelt(field: str) -> None:
    (said,) = told(fit(f"{{ {field} = {{ known = true }} }}"))
    assert said.endswith("is a personal field, and this is a b2b model")


@pytest.mark.parametrize(
    ("when", "warned"),
    [
        ('{ title = { is_not = "student" } }', 1),
        ('{ not = { title = "student" } }', 1),
        ('{ title = { known = true }, not = { title = "student" } }', 0),
        ('{ title = "cto" }', 0),
    ],
)
def test_a_gate_that_a_missing_field_passes_is_warned_about(when: str, warned: int) -> None:
    gate = f'[[gate]]\nname = "G"\nwhen = {when}\n'
    assert len(told(gate + WEB)) == warned
    assert told(gate + 'if_unknown = "pass"\n' + WEB) == []


def test_a_label_that_everybody_reaches_is_warned_about() -> None:
    found = told(WEB, labels="[labels]\nhot = 100\nwarm = 0\n")
    assert found == ['hand_over.label: every eligible lead reaches "warm" at its first event']


def test_a_floor_of_0_under_a_rule_that_takes_more_is_warned_about() -> None:
    bad = '[[engagement.rule]]\nname = "B"\nevent = "spam"\npoints = -50\nexpires_after = "9d"\n'
    assert "engagement_floor is 0" in told(WEB + bad)[0]
    assert told(WEB + bad + "[score]\nengagement_floor = -50\n") == []
