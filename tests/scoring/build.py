"""Small models and events, and words for instants: T(3) is three days after the first day of 2026."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from importlib.resources import files

from scoring.definition import load_model
from scoring.engine import Score, score
from scoring.errors import InvalidModel, Problem
from scoring.events import ScoringEvent, Value
from scoring.instants import DAY, Instant, parse_instant
from scoring.model import Model

START = parse_instant("2026-01-01T00:00:00Z")
HEAD = 'name = "t"\nmarket = "b2b"\n'
LABELS = "[labels]\nhot = 100\nwarm = 60\n"


def T(days: float) -> Instant:  # noqa: N802  it reads as a point in time
    """So many days after the start."""
    return START + round(days * DAY)


def event(
    event_id: str = "e1",
    at: float = 0,
    event_type: str = "page_viewed",
    *,
    source: str = "",
    company: str | None = None,
    traits: Mapping[str, Value] | None = None,
    **properties: Value,
) -> ScoringEvent:
    """An event that occurred so many days after the start."""
    return ScoringEvent(source, event_id, event_type, T(at), properties, traits or {}, company)


def visits(*days: float, **properties: Value) -> list[ScoringEvent]:
    """Page views, one at each of these days."""
    return [ScoringEvent("", f"v{number:03}", "page_viewed", T(day), properties) for number, day in enumerate(days)]


def model(body: str, *, labels: str = LABELS, head: str = HEAD) -> Model:
    """The model of a file with this body."""
    return load_model(head + body + labels)


def web(rule: str, *, category: str = "", more: str = "", decimals: int = 2) -> Model:
    """A model with one engagement rule on page views, and scores shown to the hundredth."""
    return model(
        f'[[engagement]]\nname = "Web"\n{category}\n[[engagement.rule]]\nname = "R"\nevent = "page_viewed"\n{rule}\n'
        f"{more}\n[score]\nengagement_floor = -100000\ndecimals = {decimals}\n"
    )


def fact(when: str) -> Model:
    """A model that gives one point while a condition on the lead holds."""
    return model(f'[[fit]]\nname = "Facts"\n[[fit.rule]]\nname = "r"\nwhen = {when}\npoints = 1\n')


def holds(when: str, **traits: Value) -> bool:
    """Whether a condition holds for a lead of whom this is known."""
    return score(fact(when), [event(traits=traits)], T(0)).score == 1


def shipped(name: str) -> Model:
    """A shipped model."""
    return load_model((files("scoring") / "examples" / f"{name}.toml").read_text(encoding="utf-8"))


def problems(text: str) -> dict[str, Problem]:
    """What is wrong with a model file, by place."""
    try:
        load_model(text)
    except InvalidModel as refused:
        return {problem.place: problem for problem in refused.problems}
    return {}


def ledger(result: Score) -> list[tuple[str | None, str, Decimal]]:
    """The lines of a score, short."""
    return [(line.category, line.rule, line.points) for line in result.lines]


def facts(when: str, points: float = 5) -> str:
    """A fit category with one rule."""
    return f'[[fit]]\nname = "F"\n[[fit.rule]]\nname = "r"\nwhen = {when}\npoints = {points}\n'


def rule(name: str, event_type: str, points: float | str, when: str = "{}") -> str:
    """An engagement rule."""
    start = f'[[engagement.rule]]\nname = "{name}"\nevent = "{event_type}"\n'
    return start + (f"when = {when}\n" if when != "{}" else "") + f"points = {points}\n"
