"""The fast engine gives what the page says, word for word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.conditions.compiled import closure, compile_node, reads_type
from scoring.engine import lead_facts, score
from scoring.events import ScoringEvent
from scoring.instants import Instant
from scoring.model import ALWAYS, Model, PointsRule, Rule
from scoring.rules.points import once_key
from tests.scoring import oracle
from tests.scoring.strategies import events, instants, models, unique


@settings(max_examples=150)
@given(models(), st.lists(events(), min_size=1, max_size=20), instants(18))
def test_engagement_is_what_the_page_says(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    result = score(model, own, at)
    if not result.in_population or model.ignore_earlier_events:
        return
    facts = lead_facts(own, at)

    def matches(rule: Rule, one: ScoringEvent) -> bool:
        return reads_type(rule.events, one.type) and closure(compile_node(rule.when, "event"))(one, facts)

    def once(rule: PointsRule, one: ScoringEvent) -> object:
        return once_key(rule.once_per)(one) if rule.once_per else None

    known = [one for one in unique(own) if one.occurred_at <= at]
    values = [oracle.category_points(category, known, at, matches, once) for category in model.engagement]
    assert Fraction(result.engagement_cents or 0, 100) == oracle.engagement(model, values)
    for category, value in zip(model.engagement, values, strict=True):
        assert Fraction(result.categories.get(category.name, 0)) == value


@settings(max_examples=150)
@given(
    models().filter(lambda model: model.ignore_earlier_events),
    st.lists(events(), min_size=1, max_size=14),
    st.lists(events(("acme", "beta")), max_size=4),
    instants(16),
)
def test_earlier_events_are_ignored_as_the_page_says(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], at: Instant
) -> None:
    counting = replace(model, ignore_earlier_events=False)
    known = [one for one in unique(own) if one.occurred_at <= at]
    companies: dict[str, list[ScoringEvent]] = {}
    for one in colleagues:
        companies.setdefault(one.company or "", []).append(replace(one, source="colleague"))
    instants_seen = sorted({one.occurred_at for one in (*known, *colleagues) if one.occurred_at <= at})
    met = (seen for seen in instants_seen if all_met(counting, known, seen, companies))
    since = next(met, None)
    kept = [
        one if since is not None and one.occurred_at >= since else replace(one, type="lead.ignored") for one in known
    ]
    found, wanted = score(model, own, at, companies), score(counting, kept, at, companies)
    if found.in_population and wanted.in_population:
        assert found.engagement == wanted.engagement


def all_met(model: Model, own: list[ScoringEvent], at: Instant, companies: dict[str, list[ScoringEvent]]) -> bool:
    """Whether the lead was there at an instant, and all gates of the model were met."""
    open_model = replace(model, population=ALWAYS)
    return score(open_model, own, at, companies).eligible is True
