"""The shared test vectors: what SCORING means, case by case, made apart from this code."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from scoring.definition import load_model
from scoring.engine import History, Score, score
from scoring.errors import InvalidModel
from scoring.events import ScoringEvent
from scoring.handover import Crossing, HandOver, cooldown_ends, evaluate
from scoring.instants import Instant, format_instant, parse_instant
from scoring.model import Model
from scoring.ranking import sort_key

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
_LOADED: dict[str, Model] = {}


def model_of(text: str) -> Model:
    """The model of a vector: its text, or the name of a shipped one."""
    if text not in _LOADED:
        shipped = "\n" not in text
        source = (files("scoring") / "examples" / f"{text}.toml").read_text(encoding="utf-8") if shipped else text
        _LOADED[text] = load_model(source)
    return _LOADED[text]


def event_of(stored: dict[str, Any]) -> ScoringEvent:
    """An event of a vector."""
    return ScoringEvent(
        source=stored.get("source", ""),
        id=stored["id"],
        type=stored["type"],
        occurred_at=parse_instant(stored["occurred_at"]),
        properties=stored.get("properties", {}),
        traits=stored.get("traits", {}),
        company=stored.get("company"),
    )


def events_of(leads: dict[str, Any], lead_id: str) -> tuple[list[ScoringEvent], dict[str, list[ScoringEvent]]]:
    """A lead's own events, and those of its colleagues by company."""
    companies: dict[str, list[ScoringEvent]] = {}
    for other, stored in leads.items():
        for event in map(event_of, stored):
            if other != lead_id and event.company is not None:
                companies.setdefault(event.company, []).append(event)
    return [event_of(stored) for stored in leads[lead_id]], companies


def found_of(result: Score) -> dict[str, Any]:
    """A score in the words of the vectors."""
    plain = ("score", "fit", "engagement", "letter", "digit", "rating", "label", "eligible")
    found = {key: getattr(result, key) for key in plain}
    for key in ("failed_gates", "waiting_on", "never_alert"):
        found[key] = sorted(getattr(result, key))
    for key in ("next_change", "forecast"):
        at = getattr(result, key)
        found[key] = None if at is None else format_instant(at)
    found["ledger"] = sorted((str(line.category), line.rule, line.points) for line in result.lines)
    return found


def expected_of(expect: dict[str, Any]) -> dict[str, Any]:
    """What a vector expects, in the same form."""
    wanted: dict[str, Any] = {}
    for key, value in expect.items():
        if key in ("failed_gates", "waiting_on", "never_alert"):
            wanted[key] = sorted(value)
        elif key == "ledger":
            wanted[key] = sorted((str(category), rule, Decimal(str(points))) for category, rule, points in value)
        elif isinstance(value, float):
            wanted[key] = Decimal(str(value))
        else:
            wanted[key] = value
    return wanted


@pytest.mark.parametrize("vector", VECTORS["scores"], ids=lambda vector: vector["id"])
def test_a_score_vector_holds(vector: dict[str, Any]) -> None:
    own, companies = events_of(vector["leads"], vector["lead_id"])
    result = score(model_of(vector["model"]), own, parse_instant(vector["at"]), companies)
    found, wanted = found_of(result), expected_of(vector["expect"])
    assert {key: found[key] for key in wanted} == wanted, vector.get("why")
    assert sum(line.points for line in result.lines) == (result.score or 0)


@pytest.mark.parametrize("vector", VECTORS["valid_models"], ids=lambda vector: vector["id"])
def test_a_good_model_loads(vector: dict[str, Any]) -> None:
    assert model_of(vector["model"]).name


def _is_near(place: str, wanted: str) -> bool:
    """Whether one place is part of the other; the empty place is any."""
    if not wanted:
        return True
    longer, shorter = (place, wanted) if len(place) >= len(wanted) else (wanted, place)
    return longer.startswith(shorter) and longer[len(shorter) :][:1] in ("", ".", "[")


@pytest.mark.parametrize("vector", VECTORS["invalid_models"], ids=lambda vector: vector["id"])
def test_a_bad_model_is_refused_with_every_problem(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidModel) as refused:
        load_model(vector["model"])
    found = [problem.place for problem in refused.value.problems]
    for places in vector["expect"]["problems"]:
        assert any(_is_near(place, wanted) for place in found for wanted in places), (places, found)


@pytest.mark.parametrize("vector", VECTORS["order"], ids=lambda vector: vector["id"])
def test_leads_are_listed_in_order(vector: dict[str, Any]) -> None:
    at, model = parse_instant(vector["at"]), model_of(vector["model"])
    keys = {}
    for lead_id in vector["leads"]:
        result = score(model, *events_of(vector["leads"], lead_id)[:1], at, events_of(vector["leads"], lead_id)[1])
        if result.in_population and result.latest_event_at is not None:
            keys[lead_id] = sort_key(result, result.latest_event_at, lead_id)
    assert sorted(keys, key=lambda lead_id: keys[lead_id]) == vector["expect"]["order"]


class Clock:
    """The loop of a service, over time: arrivals, next changes, ends of cooldowns, events that lay ahead."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.histories: dict[str, History] = {}
        self.states: dict[str, HandOver] = {}
        self.events: dict[str, list[ScoringEvent]] = {}
        self.due: dict[str, Instant] = {}
        self.crossings: list[tuple[Instant, str, Crossing, str]] = []

    def receive(self, lead_id: str, events: list[ScoringEvent], at: Instant) -> set[str]:
        """Store events; the leads they concern are returned."""
        self.events.setdefault(lead_id, []).extend(events)
        if lead_id not in self.histories:
            self.histories[lead_id] = History(self.model)
            for other, theirs in self.events.items():
                if other != lead_id:
                    self._share(lead_id, theirs)
        for event in events:
            self.histories[lead_id].add(event)
        for other in self.histories.keys() - {lead_id}:
            self._share(other, events)
        ahead = min((event.occurred_at for event in events if event.occurred_at > at), default=None)
        if ahead is not None:
            for other in self.histories:
                self.due[other] = min(self.due.get(other, ahead), ahead)
        return set(self.histories) if any(event.company for event in events) else {lead_id}

    def _share(self, lead_id: str, events: list[ScoringEvent]) -> None:
        for event in events:
            if event.company is not None:
                self.histories[lead_id].add_company_event(event.company, event)

    def evaluate(self, lead_id: str, at: Instant, cause: str, *, silent: bool = False) -> None:
        """Evaluate a lead, and note when it is due again."""
        result = self.histories[lead_id].score(at)
        state, crossing = evaluate(self.states.get(lead_id, HandOver.new()), result, self.model, silent=silent)
        self.states[lead_id] = state
        if crossing is not None:
            self.crossings.append((at, lead_id, crossing, cause))
        later = [event.occurred_at for stored in self.events.values() for event in stored if event.occurred_at > at]
        timers = [result.next_change, cooldown_ends(state, self.model), min(later, default=None)]
        following = [timer for timer in timers if timer is not None and timer > at]
        self.due.pop(lead_id, None)
        if following:
            self.due[lead_id] = min(following)

    def run_until(self, until: Instant) -> None:
        """Evaluate what is due, in order."""
        while due := sorted((at, lead_id) for lead_id, at in self.due.items() if at <= until):
            self.evaluate(due[0][1], due[0][0], "time")


@pytest.mark.parametrize("vector", VECTORS["handovers"], ids=lambda vector: vector["id"])
def test_a_hand_over_vector_holds(vector: dict[str, Any]) -> None:
    clock = Clock(model_of(vector["model"]))
    instants = sorted({parse_instant(arrival["received_at"]) for arrival in vector["arrivals"]})
    for at in instants:
        clock.run_until(at - 1)
        together = [arrival for arrival in vector["arrivals"] if parse_instant(arrival["received_at"]) == at]
        concerned: dict[str, bool] = {}
        for arrival in together:
            for lead_id in clock.receive(arrival["lead_id"], [event_of(event) for event in arrival["events"]], at):
                concerned[lead_id] = concerned.get(lead_id, True) and arrival.get("imported", False)
        for lead_id, silent in concerned.items():
            clock.evaluate(lead_id, at, "event", silent=silent)
    clock.run_until(parse_instant(vector["until"]))
    wanted = vector["expect"]["crossings"]
    found = [_told(*crossing) for crossing in sorted(clock.crossings, key=lambda crossing: crossing[:2])]
    assert [{key: row[key] for key in want} for row, want in zip(found, wanted, strict=False)] == wanted
    assert len(found) == len(wanted), vector["why"]


def _told(at: Instant, lead_id: str, crossing: Crossing, cause: str) -> dict[str, Any]:
    return {
        "at": format_instant(at),
        "lead_id": lead_id,
        "caused_by": cause,
        "after_cooldown": crossing.after_cooldown,
        "label": crossing.label,
        "alert": crossing.alert,
    }
