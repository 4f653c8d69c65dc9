"""What holds for every model, every lead and every instant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import History, Running, Score, score
from scoring.engine.folding import key_of
from scoring.events import ScoringEvent
from scoring.instants import DAY, Instant
from scoring.ledger import Line
from scoring.model import Model
from scoring.rules import frequency, points
from tests.scoring.build import T, event, web
from tests.scoring.strategies import events, instants, models, unique

OWN = st.lists(events(), min_size=1, max_size=14)
COLLEAGUES = st.lists(events(("acme", "beta")), max_size=5)


def companies_of(colleagues: list[ScoringEvent]) -> dict[str, list[ScoringEvent]]:
    """Colleagues' events by company, with ids of their own."""
    found: dict[str, list[ScoringEvent]] = {}
    for one in colleagues:
        mine = ScoringEvent("colleague", one.id, one.type, one.occurred_at, one.properties, one.traits, one.company)
        found.setdefault(one.company or "", []).append(mine)
    return found


def full(result: Score) -> tuple[Any, ...]:
    """Everything that a score says."""
    return (result, result.lines, result.forecast)


def shown(history: History, at: Instant) -> tuple[Any, ...]:
    """What a change is a change of: lines, label, gates, missing fields, population."""
    result = history.score(at)
    gates = history.state_at(at).standing(at).gates if result.in_population else ()
    lines = [(*line[:5], line.matched if line.event is None else "") for line in result.lines]
    return (result.in_population, lines, result.label, gates, result.waiting_on)


@given(models(), OWN, COLLEAGUES, st.randoms(use_true_random=False), instants(20))
def test_the_order_of_arrival_changes_nothing(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], random: Any, at: Instant
) -> None:
    stored = unique(own)
    shuffled = list(stored)
    random.shuffle(shuffled)
    companies = companies_of(colleagues)
    turned = {company: theirs[::-1] for company, theirs in companies.items()}
    assert full(score(model, stored, at, companies)) == full(score(model, shuffled, at, turned))


@given(models(), OWN, instants(20))
def test_a_duplicate_changes_nothing(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    assert full(score(model, own + own, at)) == full(score(model, unique(own), at))


@given(models(), OWN, COLLEAGUES, instants(20))
def test_the_lines_sum_to_the_score_exactly(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], at: Instant
) -> None:
    result = score(model, own, at, companies_of(colleagues))
    assert sum(line.points for line in result.lines) == (result.score or 0)
    assert all(line.points for line in result.lines)
    assert sum(result.categories.values()) + sum(line.points for line in result.lines if line.category is None) == (
        result.score or 0
    )


@given(models(), OWN, COLLEAGUES, instants(16), st.lists(st.floats(0, 1), max_size=3))
def test_next_change_is_exact(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], at: Instant, between: list[float]
) -> None:
    companies = {
        company: [e for e in theirs if e.occurred_at <= at] for company, theirs in companies_of(colleagues).items()
    }
    history = History(model, [e for e in own if e.occurred_at <= at], companies)
    now, following = shown(history, at), history.score(at).next_change
    last = at + 400 * DAY if following is None else following - 1
    for part in (*between, 1.0):
        assert shown(history, at + int((last - at) * part)) == now
    if following is not None:
        assert following > at
        assert shown(history, following) != now


@given(models(), OWN, instants(16))
def test_forecast_is_the_first_change_of_the_label(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    history = History(model, [e for e in own if e.occurred_at <= at])
    result = history.score(at)
    following, label = result.next_change, result.label
    while following is not None and history.score(following).label == label:
        following = history.score(following).next_change
    assert result.forecast == following


@given(models(), OWN, COLLEAGUES, st.lists(st.integers(0, 3), min_size=19, max_size=19), instants(16))
def test_one_event_at_a_time_equals_from_zero(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], steps: list[int], start: Instant
) -> None:
    history = History(model)
    seen: list[ScoringEvent] = []
    companies: dict[str, list[ScoringEvent]] = {}
    arrivals: list[tuple[str | None, ScoringEvent]] = [(None, one) for one in unique(own)]
    for company, theirs in companies_of(colleagues).items():
        arrivals[2:2] = [(company, one) for one in theirs]
    at = start
    for (sender, one), step in zip(arrivals, steps, strict=False):
        if sender is None:
            history.add(one)
            seen.append(one)
        else:
            history.add_company_event(sender, one)
            companies.setdefault(sender, []).append(one)
        at += step * DAY // 4 - DAY // 8
        assert full(history.score(at)) == full(score(model, seen, at, companies))


@given(models(), OWN, COLLEAGUES, st.lists(st.integers(0, 40), min_size=19, max_size=19))
def test_a_running_score_is_that_of_the_history_however_little_it_keeps(
    model: Model, own: list[ScoringEvent], colleagues: list[ScoringEvent], steps: list[int]
) -> None:
    stored: list[tuple[str | None, ScoringEvent]] = [(None, one) for one in unique(own)]
    stored += [(company, one) for company, theirs in companies_of(colleagues).items() for one in theirs]
    stored.sort(key=lambda pair: key_of(pair[1]))
    stored = [(company, replace(one, number=number)) for number, (company, one) in enumerate(stored, 1)]
    log = {one.number: one for company, one in stored if company is None}
    history, running = History(model), Running(model, ())
    with patch.object(points, "ROOMY", 1), patch.object(frequency, "ROOMY", 1):
        for number, ((company, one), step) in enumerate(zip(stored, steps, strict=False)):
            for into in (history, running):
                if company is None:
                    into.add(one)
                else:
                    into.add_company_event(company, one)
            following = stored[number + 1][1].occurred_at if number + 1 < len(stored) else None
            at = one.occurred_at + step * DAY // 4
            if following is None or one.occurred_at < following:
                at = at if following is None else min(at, following - 1)
                assert running.score(at) == history.score(at)
                assert running.lines(at, {one: log[one] for one in running.counted(at)}) == history.score(at).lines


@given(models(), OWN, instants(16))
def test_a_running_score_goes_only_on_and_takes_nothing_late(
    model: Model, own: list[ScoringEvent], at: Instant
) -> None:
    stored = sorted(unique(own), key=key_of)
    running, latest = Running(model, stored[1:]), max(at, stored[-1].occurred_at)
    asked = running.score(latest)
    assert asked is not None
    assert len(stored) == 1 or not running.add(stored[0])
    assert len(stored) == 1 or running.score(stored[-1].occurred_at - 1) is None
    with pytest.raises(LookupError):
        asked.lines  # noqa: B018 - it is the asking that fails


@given(models(), OWN, instants(10))
def test_an_old_score_keeps_its_lines_when_the_history_goes_on(
    model: Model, own: list[ScoringEvent], at: Instant
) -> None:
    stored = unique(own)
    history = History(model, stored[:-1])
    before = history.score(at)
    history.add(stored[-1])
    history.score(at + 30 * DAY)
    assert full(before) == full(score(model, stored[:-1], at))


@given(models(), OWN, instants(16))
def test_a_line_says_when_it_changes(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    history = History(model, [e for e in own if e.occurred_at <= at])
    for line in history.score(at).lines:
        if line.kind != "adjustment" and line.changes_at is not None:
            same = [_short(other) for other in history.score(line.changes_at - 1).lines]
            after = [_short(other) for other in history.score(line.changes_at).lines]
            assert not same or same.count(_short(line)) > after.count(_short(line)) or not after


def _short(line: Line) -> tuple[Any, ...]:
    return (line.category, line.rule, line.event, line.cents, line.matched)


@given(models(), OWN, instants(16))
def test_a_line_stored_as_json_is_the_same_line(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    for line in score(model, own, at).lines:
        assert Line.from_json(line.to_json()) == line


@given(models(), OWN, instants(12))
def test_what_lies_ahead_does_not_exist_yet(model: Model, own: list[ScoringEvent], at: Instant) -> None:
    known = [one for one in unique(own) if one.occurred_at <= at]
    assert full(score(model, unique(own), at)) == full(score(model, known, at))


def test_a_lead_has_no_score_before_its_first_event() -> None:
    result = score(web("points = 10"), [event(at=2)], T(1))
    assert (result.in_population, result.score, result.next_change, result.lines) == (False, None, None, ())
