"""The kind `inactivity`: points once the latest matching event is old enough."""

from __future__ import annotations

from scoring.engine import History, score
from tests.scoring.build import T, event, visits, web

IDLE = 'after = "30d"\npoints = -20'


def test_it_comes_when_the_latest_event_is_old_enough() -> None:
    history = History(web(IDLE), visits(0, 10))
    assert history.score(T(40) - 1).score == 0
    assert history.score(T(40) - 1).next_change == T(40)
    assert history.score(T(40)).score == -20


def test_without_a_matching_event_it_gives_nothing() -> None:
    assert score(web(IDLE), [event(event_type="call")], T(90)).score == 0


def test_a_new_event_takes_it_away() -> None:
    history = History(web(IDLE), visits(0))
    assert history.score(T(35)).score == -20
    history.add(event("new", 36))
    assert history.score(T(36)).score == 0


def test_the_line_names_the_silence() -> None:
    line = score(web(IDLE), visits(0), T(30)).lines[0]
    assert (line.matched, line.event, line.changes_at) == ("nothing for 30d", None, None)
