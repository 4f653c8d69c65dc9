"""Attributes, company and status: folded from events, the latest that names one sets it."""

from __future__ import annotations

from scoring.conditions.values import leaves
from scoring.engine import lead_facts, sets_company_facts
from scoring.events import ScoringEvent, Value
from tests.scoring.build import T, event


def known(*events: ScoringEvent, at: float = 9) -> dict[str, Value]:
    """The attributes of a lead."""
    return dict(lead_facts(events, T(at)).attributes)


def told(event_id: str, day: float, of: str | None = None, **traits: Value) -> ScoringEvent:
    """An event that carries traits."""
    return event(event_id, day, "form", company=of, traits=traits)


def test_the_latest_event_that_names_an_attribute_sets_it() -> None:
    assert known(told("2", 5, title="CTO"), told("1", 1, title="CFO", city="Oslo")) == {"title": "CTO", "city": "Oslo"}


def test_events_of_one_instant_are_ordered_by_id_then_source_as_texts() -> None:
    assert known(told("9", 1, title="nine"), told("10", 1, title="ten")) == {"title": "nine"}


def test_null_clears_that_very_name_and_a_blank_nothing() -> None:
    assert known(told("1", 1, a="x", b="y", c=["z"]), told("2", 2, a=None, b=" ", c=[""])) == {"b": "y", "c": ["z"]}


def test_a_map_is_read_as_its_leaves() -> None:
    assert leaves({"address": {"city": "Oslo", "zip": None}}) == {"address.city": "Oslo", "address.zip": None}
    assert leaves({"address": {"city": "Bergen"}, "address.city": "Oslo"}) == {"address.city": "Oslo"}
    assert leaves({"address": {"city": "Bergen"}, "address.city": ""}) == {"address.city": "Bergen"}


def test_a_text_sent_as_company_is_its_name() -> None:
    assert leaves({"company": "Acme"}) == {"company.name": "Acme"}
    assert leaves({"company": "Acme", "company.name": "Beta"}) == {"company.name": "Beta"}
    assert leaves({"company": None}) == {}


def test_blank_elements_of_a_list_are_dropped() -> None:
    assert leaves({"tags": ["", "x", " ", None]}) == {"tags": ["x"]}


def test_company_attributes_follow_the_company_of_the_latest_event_that_has_one() -> None:
    events = [told("1", 0, "acme", company={"size": 80}), told("2", 2, "beta"), told("3", 3, city="Oslo")]
    assert known(*events) == {"city": "Oslo"}
    assert known(*events, at=1) == {"company.size": 80}


def test_own_events_without_a_company_speak_of_the_company_too() -> None:
    own = [told("1", 0, company={"size": 80, "country": "DK"}), told("2", 1, "acme")]
    colleague = told("9", 2, "acme", **{"company.country": "SE"})
    facts = lead_facts(own, T(3), {"acme": [colleague]})
    assert facts.attributes == {"company.size": 80, "company.country": "SE"}


def test_it_is_told_which_events_say_anything_of_a_company() -> None:
    assert sets_company_facts(told("1", 0, company={"size": 1}))
    assert not sets_company_facts(told("1", 0, title="x"))
