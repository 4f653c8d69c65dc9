"""The score of a state at an instant: numbers and label first, lines when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scoring.engine.engagement import category_lines, category_value
from scoring.engine.result import Details, Score
from scoring.engine.standing import Standing
from scoring.engine.state import State
from scoring.events import ScoringEvent
from scoring.grade import combine, grade
from scoring.instants import DAY, Instant
from scoring.ledger import Line
from scoring.model import Label
from scoring.numbers import Cents
from scoring.rules import NEVER

_LAST: Final[Instant] = 2_932_896 * DAY
"""9999-12-31: what would change later is not foreseen."""
_NO_EVENTS: Final[Mapping[int, ScoringEvent]] = {}


def engagement_of(state: State, at: Instant) -> tuple[Cents, Instant]:
    """The engagement at an instant, and when time alone next changes one of its lines."""
    categories = state.compiled.categories
    total, change = 0, NEVER
    for index, entries in state.categories.items():
        cents, changes_at = category_value(categories[index], entries, at)
        total += cents
        if changes_at < change:
            change = changes_at
    floor = state.compiled.model.score.engagement_floor
    return (max(total, floor) if categories else 0), change


def next_change(state: State, standing: Standing, at: Instant, engagement_change: Instant) -> Instant | None:
    """The first instant after `at` at which time alone changes a line, the label, a gate or a missing field."""
    change = engagement_change if standing.in_population else NEVER
    if state.compiled.timed:
        change = state.standing_changes_at(standing, at, change)
    return change if change <= _LAST else None


def label_at(state: State, at: Instant) -> tuple[Label | None, Instant | None]:
    """The label at an instant, None outside the population, and the next change."""
    standing = state.standing(at)
    engagement, changes_at = engagement_of(state, at)
    following = next_change(state, standing, at, changes_at)
    if not standing.in_population:
        return None, following
    if not standing.met:
        return _unmet_label(standing), following
    steps = combine(state.compiled.model, standing.fit, engagement)
    return grade(state.compiled.model, standing.fit, engagement, steps.rounded).label, following


def _unmet_label(standing: Standing) -> Label:
    return "ineligible" if standing.failed_gates else "waiting"


def forecast(state: State, at: Instant) -> Instant | None:
    """The first instant after `at` at which time alone changes the label."""
    now, following = label_at(state, at)
    while following is not None:
        label, after = label_at(state, following)
        if label != now:
            return following
        following = after
    return None


def score_state(state: State, at: Instant, details: Details) -> Score:
    """The score at an instant, not before the latest event applied."""
    if state.latest is None:
        return _no_score(at, None, None, details)
    standing = state.standing(at)
    engagement, changes_at = engagement_of(state, at)
    following = next_change(state, standing, at, changes_at)
    if not standing.in_population:
        return _no_score(at, following, state.latest.occurred_at, details)
    if not standing.met:
        return _unmet(state, standing, engagement, at, following, details)
    model = state.compiled.model
    rounded = combine(model, standing.fit, engagement).rounded
    grading = grade(model, standing.fit, engagement, rounded)
    return Score(
        at, True, rounded, standing.fit, engagement, grading.letter, grading.digit, grading.label, True, grading.action,
        grading.follow_up_within, (), (), standing.never_alert, following, state.latest.occurred_at, details,
    )  # fmt: skip


def _no_score(at: Instant, following: Instant | None, latest: Instant | None, details: Details) -> Score:
    return Score(
        at, False, None, None, None, None, None, None, None, None, None, (), (), (), following, latest, details
    )


def _unmet(
    state: State, standing: Standing, engagement: Cents, at: Instant, following: Instant | None, details: Details
) -> Score:
    label = _unmet_label(standing)
    return Score(
        at, True, 0, standing.fit, engagement, None, None, label, False, "drop" if label == "ineligible" else "nurture",
        None, standing.failed_gates, standing.waiting_on, standing.never_alert, following,
        state.latest.occurred_at if state.latest else None, details,
    )  # fmt: skip


def counted(state: State, at: Instant) -> set[int]:
    """The numbers of the events that have lines at an instant: those that `lines_of` a lean state must know."""
    entries = (entry for of_category in state.categories.values() for entry in of_category if entry.open)
    return {line.event for entry in entries for line in entry.tally.lines(at) if isinstance(line.event, int)}


def lines_of(state: State, at: Instant, known: Mapping[int, ScoringEvent] = _NO_EVENTS) -> tuple[Line, ...]:
    """The ledger at an instant: lines that sum to the score exactly. `known` are a lean state's events, by number."""
    if state.latest is None or not (standing := state.standing(at)).in_population:
        return ()
    categories = state.compiled.categories
    lines = _fit_lines(state, standing, at)
    for index in sorted(state.categories):
        lines += category_lines(categories[index], state.categories[index], at, known)
    lines += _adjustments(state, standing, sum(line.cents for line in lines) - standing.fit)
    return tuple(lines)


def _fit_lines(state: State, standing: Standing, at: Instant) -> list[Line]:
    """The lines of fit; where `has ... within` decides, with the instant at which time takes them away."""
    lines, moment = list(standing.lines), at
    while (moment := state.next_fall(moment)) < NEVER:
        held = {one[:3] for one in state.standing(moment).held}
        for index, line in enumerate(lines):
            if line.kind == "fit" and line.changes_at is None and line[:3] not in held:
                lines[index] = line._replace(changes_at=moment)
    return lines


def _adjustments(state: State, standing: Standing, total: Cents) -> list[Line]:
    model = state.compiled.model
    engagement = max(total, model.score.engagement_floor) if state.compiled.categories else 0
    steps = combine(model, standing.fit, engagement)
    halves = steps.fit_half + steps.engagement_half
    lines = [
        Line(None, "engagement_floor", engagement - total, "adjustment"),
        Line(None, "share", steps.fit_half - standing.fit, "adjustment", matched="fit"),
        Line(None, "share", steps.engagement_half - engagement, "adjustment", matched="engagement"),
        Line(None, "limits", steps.limited - halves, "adjustment"),
        Line(None, "rounding", steps.rounded - steps.limited, "adjustment"),
        Line(None, "gate", 0 if standing.met else -steps.rounded, "adjustment"),
    ]
    return [line for line in lines if line.cents]
