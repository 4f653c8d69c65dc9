"""How conditions are read, joined and named, on events and on leads."""

from __future__ import annotations

import pytest

from scoring.conditions import compile_condition
from scoring.engine import lead_facts, score
from scoring.errors import InvalidModel
from scoring.events import ScoringEvent, Value
from tests.scoring.build import T, event, facts, holds, model, web


def on_event(when: str, **properties: Value) -> bool:
    """Whether a condition holds for an event with these properties."""
    return (
        score(web(f"when = {when}\npoints = 1"), [ScoringEvent("", "e", "page_viewed", T(0), properties)], T(0)).score
        == 1
    )


def test_an_empty_condition_always_holds() -> None:
    assert holds("{}")
    assert not holds("{ not = {} }")


def test_any_all_and_not_join_conditions() -> None:
    assert holds("{ any = [ { a = 1 }, { b = 1 } ] }", b=1)
    assert not holds("{ all = [ { a = 1 }, { b = 1 } ] }", b=1)
    assert holds("{ not = { a = 1, b = 2 } }", a=1)


def test_under_company_and_lead_bare_keys_are_names() -> None:
    assert holds("{ company = { size = { at_least = 5 }, country = 'DK' } }", company={"size": 5, "country": "dk"})
    assert holds("{ lead.company.size = 5 }", company={"size": 5})
    assert holds("{ lead = { title = 'x' } }", title="x")


def test_a_quoted_dotted_field_is_looked_up_in_nested_maps() -> None:
    assert on_event('{ "page.title" = "x" }', page={"title": "X"})


def test_a_key_that_has_the_dots_comes_before_nested_maps() -> None:
    assert on_event('{ "page.title" = "own" }', page={"title": "nested"}, **{"page.title": "own"})


def test_on_an_event_bare_names_are_properties_type_and_source() -> None:
    assert on_event('{ type = "page_viewed", source = { known = false } }')
    assert not on_event('{ title = "cto" }')


def test_addresses_are_decoded_on_both_sides() -> None:
    assert on_event('{ url = { contains = "/l%C3%B8sninger" } }', url="/Løsninger/x")
    assert not on_event('{ link = { contains = "ø" } }', link="/l%C3%B8s")


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www.acme.dk/", "acme.dk"),
        ("/blog/x/", "/blog/x"),
        ("https://me:pw@acme.dk:8080/x//?q#f", "acme.dk/x"),
        ("WWW.acme.dk/a%3Fb", "acme.dk/a?b"),
        ("acme.dk:8080", "acme.dk:8080"),
    ],
)
def test_every_address_has_a_page(url: str, page: str) -> None:
    assert on_event(f'{{ url_page = "{page}" }}', url=url)


def test_a_property_named_as_the_page_comes_first() -> None:
    assert on_event('{ url_page = "own" }', url="https://acme.dk", url_page="own")


def test_a_condition_outside_a_model_asks_facts() -> None:
    condition = compile_condition(
        {"title": {"has_word": "cto"}, "has": {"event": "form", "within": "2d", "at_least": 2}}
    )
    events = [event("1", 0, "form", traits={"title": "CTO"}), event("2", 1, "form")]
    assert condition.holds(lead_facts(events, T(1)))
    assert not condition.holds(lead_facts(events, T(2)))
    assert condition.missing(lead_facts(events[1:], T(1))) == ()


def test_facts_fold_status_and_company_of_a_lead() -> None:
    changed = event("3", 2, "lead.status_changed", to="won")
    colleague = event("9", 0, "crm", source="crm", traits={"company": {"size": 7}, "title": "not hers"})
    facts = lead_facts([event(company="acme"), changed], T(2), {"acme": [colleague]})
    assert (facts.attributes, facts.status, facts.company) == ({"company.size": 7}, "won", "acme")


def test_a_bad_condition_outside_a_model_tells_every_problem() -> None:
    with pytest.raises(InvalidModel) as refused:
        compile_condition({"a": {"one_of": []}, "b": {"like": "x"}})
    assert [problem.place for problem in refused.value.problems] == ["a.one_of", "b.like"]


def test_a_list_of_addresses_has_a_list_of_pages() -> None:
    assert on_event('{ url_page = "acme.dk/b" }', url=["https://x.dk/", "https://acme.dk/b/?c"])


def test_a_name_with_several_dots_is_found_however_the_sender_nests_it() -> None:
    for properties in ({"a": {"b": {"c": 1}}}, {"a.b": {"c": 1}}, {"a": {"b.c": 1}}, {"a.b.c": 1}):
        assert (
            score(
                web('when = { "a.b.c" = 1 }\npoints = 1'),
                [ScoringEvent("", "e", "page_viewed", T(0), properties)],
                T(0),
            ).score
            == 1
        )


def test_conditions_on_lead_and_event_mix_under_not_and_any() -> None:
    assert on_event('{ not = { any = [ { lead.title = "x" }, { n = 2 } ] } }', n=1)
    assert not on_event('{ not = { any = [ { lead.title = "x" }, { n = 2 } ] } }', n=2)
    assert on_event('{ not = { lead.title = "x" } }')


def test_has_counts_events_that_match_by_their_own_and_the_leads_values() -> None:
    when = '{ has = { event = "form", when = { any = [ { n = 2 }, { lead.title = "cto" } ] }, at_least = 2 } }'
    own = [event("1", 0, "form", n=2), event("2", 0, "form")]
    rule = model(facts(when))
    assert score(rule, own, T(0)).fit == 0
    assert score(rule, [*own, event("3", 1, "crm", traits={"title": "CTO"})], T(1)).fit == 5


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ({"has": 5}, "has"),
        ({"has": []}, "has"),
        ({" ": 1}, " "),
        ({"lead": {"company": "x"}}, "lead.company"),
        ({"a": ["x"]}, "a"),
    ],
)
def test_what_is_no_condition_is_refused(table: dict[str, object], place: str) -> None:
    with pytest.raises(InvalidModel) as refused:
        compile_condition(table)
    assert [problem.place for problem in refused.value.problems] == [place]
