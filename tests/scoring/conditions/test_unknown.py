"""Three-valued logic: when a gate waits, and for what."""

from __future__ import annotations

import pytest

from scoring.engine import score
from scoring.events import Value
from tests.scoring.build import T, event, model

WEB = '[[engagement]]\nname = "Web"\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\npoints = 5\n'


def asked(when: str, **traits: Value) -> tuple[str | None, tuple[str, ...]]:
    """The label and the missing fields of a lead under one gate."""
    text = f'[[gate]]\nname = "G"\nwhen = {when}\n{WEB}'
    result = score(model(text), [event(traits=traits)], T(0))
    return result.label, result.waiting_on


CASES: list[tuple[str, dict[str, Value], str, tuple[str, ...]]] = [
    ('{ a = "x" }', {}, "waiting", ("a",)),
    ('{ a = "x" }', {"a": "y"}, "ineligible", ()),
    ("{ a = { known = true } }", {}, "waiting", ("a",)),
    ("{ a = { known = false } }", {"a": 1}, "ineligible", ()),
    ('{ a = { is_not = "x" }, b = 1 }', {}, "waiting", ("b",)),
    ('{ a = "x", b = 1 }', {"a": "y"}, "ineligible", ()),
    ('{ any = [ { a = "x", b = 1 }, { c = 1 } ] }', {"a": "y"}, "waiting", ("c",)),
    ('{ not = { a = "x" } }', {}, "cold", ()),
    ('{ a = { known = true }, not = { a = "x" } }', {}, "waiting", ("a",)),
    ('{ all = [ { has = { event = "form" } }, { a = 1 } ] }', {}, "ineligible", ()),
    ('{ lead.status = "won" }', {}, "ineligible", ()),
    ('{ lead.site_url_page = "x" }', {}, "waiting", ("site_url",)),
    ("{ not = { any = [ { a = { known = false } }, { b = 1 } ] } }", {}, "ineligible", ()),
    ("{ not = { any = [ { a = { known = false } }, { b = 1 } ] } }", {"a": 1, "b": 1}, "ineligible", ()),
]


@pytest.mark.parametrize(("when", "traits", "label", "missing"), CASES)
def test_a_gate_waits_for_what_could_decide(
    when: str, traits: dict[str, Value], label: str, missing: tuple[str, ...]
) -> None:
    assert asked(when, **traits) == (label, missing)


def test_each_missing_field_is_named_once() -> None:
    assert asked('{ any = [ { a = "x" }, { a = "y" } ] }')[1] == ("a",)
