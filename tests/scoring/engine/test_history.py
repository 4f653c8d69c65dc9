"""A history: what one more event costs, and what it must not disturb."""

from __future__ import annotations

import time
from dataclasses import FrozenInstanceError

import pytest

from scoring.engine import History, score
from scoring.engine.compiled import CompiledModel, EventType
from scoring.events import Value
from tests.scoring.build import T, event, model, rule, visits, web


def test_an_event_that_lies_ahead_counts_from_its_own_instant_on() -> None:
    history = History(web("points = 10"), visits(0))
    history.add(event("ahead", 5))
    assert [history.score(T(day)).score for day in (4, 5, 4)] == [10, 20, 10]


def test_a_late_event_is_counted_as_if_it_had_come_in_time() -> None:
    history = History(web("points = 10\nat_most = 1\nexpires_after = '5d'"), visits(3))
    assert history.score(T(4)).score == 10
    history.add(event("late", 1))
    assert history.score(T(7)).score == 10
    assert history.score(T(8)).score == 0


def test_of_two_with_the_same_source_and_id_the_first_stays() -> None:
    history = History(web("points = 10\nexpires_after = '5d'"), [event("1", 0)])
    history.add(event("1", 3))
    history.add(event("1", 3, source="mail"))
    assert [history.score(T(day)).score for day in (4, 6)] == [20, 10]


def test_a_colleagues_event_may_come_late() -> None:
    size = model(
        '[[gate]]\nname = "G"\nwhen = { company.size = 5 }\n[[engagement]]\nname = "W"\n' + rule("R", "page_viewed", 9)
    )
    history = History(size, [event(company="acme")])
    assert history.score(T(5)).label == "waiting"
    history.add_company_event("acme", event("c", 1, source="crm", traits={"company.size": 5}))
    assert (history.score(T(5)).label, history.score(T(0)).label) == ("cold", "waiting")


def test_a_score_is_frozen() -> None:
    result = score(web("points = 10"), visits(0), T(0))
    with pytest.raises(FrozenInstanceError):
        result.label = "hot"  # type: ignore[misc]


def test_only_the_rules_of_the_events_type_are_tried() -> None:
    prepared = CompiledModel(
        model('[[engagement]]\nname = "W"\n' + rule("A", "a", 1) + rule("B", "b", 1) + rule("C", "*", 1))
    )
    assert [watcher.name for watcher in prepared.event_type("a").matching(event(event_type="a"))] == ["A", "C"]
    assert prepared.event_type("lead.status_changed").matching(event()) == ()


def test_remembered_answers_do_not_outlive_their_values() -> None:
    prepared = CompiledModel(web("when = { n = 1 }\npoints = 1"))
    kind: EventType = prepared.event_type("page_viewed")
    values: list[Value] = ["1", 1, True, None, "1", [1], "2"]
    assert [len(kind.matching(event(n=n))) for n in values] == [1, 1, 0, 0, 1, 1, 0]


def cost_of_one_more(count: int) -> float:
    """Seconds for one more event of a lead that has so many live ones, the best of several."""
    loaded = web("points = 1\nexpires_after = '100d'", more=rule("S", "page_viewed", 2) + "half_life = '9d'\n")
    history = History(loaded, visits(*[60 * number / count for number in range(count)]))
    history.score(T(60))
    costs = []
    for number in range(30):
        one = event(f"w{number}", 60 + number / 1440)
        start = time.perf_counter()
        history.add(one)
        history.score(one.occurred_at)
        costs.append(time.perf_counter() - start)
    return min(costs)


def test_one_more_event_costs_much_the_same_with_10_and_with_10_000_live_events() -> None:
    assert cost_of_one_more(10_000) < 5 * cost_of_one_more(10)


def test_events_that_wait_are_applied_in_their_order() -> None:
    history = History(web("points = 10\nat_most = 1\nexpires_after = '2d'"), visits(0))
    history.score(T(0))
    for name, day in (("late", 3), ("early", 1), ("middle", 2)):
        history.add(event(name, day))
    assert [history.score(T(day)).score for day in (1, 3, 4.9, 5)] == [10, 10, 10, 0]


def test_a_late_fact_of_a_colleague_moves_the_start_where_earlier_events_are_ignored() -> None:
    gate = '[gates]\nearlier_events = "ignore"\n[[gate]]\nname = "G"\nwhen = { company.size = 5 }\n'
    ignoring = model(gate + '[[engagement]]\nname = "W"\n' + rule("R", "page_viewed", 9))
    history = History(ignoring, [event(str(day), day, company="acme") for day in range(4)])
    history.add_company_event("acme", event("c", 3, source="crm", traits={"company.size": 5}))
    assert history.score(T(4)).score == 9
    history.add_company_event("acme", event("d", 1, source="crm", traits={"company.size": 5}))
    assert history.score(T(4)).score == 27


def test_memory_of_answers_is_bounded() -> None:
    prepared = CompiledModel(web("when = { url = { contains = '/a' } }\npoints = 1"))
    kind = prepared.event_type("page_viewed")
    for number in range(10_050):
        assert bool(kind.matching(event(url=f"/{'a' if number % 2 else 'b'}{number}"))) == bool(number % 2)
    assert len(kind._known) <= 10_000


def test_a_change_after_the_year_9999_is_not_foreseen() -> None:
    far = web("points = 1\nexpires_after = '365000d'")
    assert score(far, visits(0), T(0)).next_change == T(365000)
    assert score(far, [event(at=365000 * 8)], T(365000 * 8)).next_change is None
