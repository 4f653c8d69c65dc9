"""The kind `frequency`: rows of at least so many events within a time."""

from __future__ import annotations

from scoring.engine import History, score
from tests.scoring.build import T, ledger, visits, web

ROWS = 'rows = [ { at_least = 3, within = "7d", points = 100 }, { at_least = 2, points = 40 } ]'


def test_the_row_furthest_from_zero_counts() -> None:
    assert score(web(ROWS), visits(0, 1, 2), T(3)).score == 100
    negative = "rows = [ { at_least = 1, points = -10 }, { at_least = 2, points = -20 } ]"
    assert score(web(negative), visits(0, 1), T(3)).score == -20


def test_a_row_falls_when_one_event_too_many_has_aged() -> None:
    history = History(web(ROWS), visits(0, 1, 2))
    assert history.score(T(3)).next_change == T(7)
    assert history.score(T(7) - 1).score == 100
    assert history.score(T(7)).score == 40
    assert history.score(T(7)).next_change is None


def test_the_line_tells_the_row_and_the_count() -> None:
    line = score(web(ROWS), visits(0, 1, 2, 6), T(6)).lines[0]
    assert (line.rule, line.matched, line.count, line.event) == ("R", "at least 3 in 1w", 4, None)


def test_a_count_that_changes_within_a_row_is_no_change() -> None:
    rule = web('rows = [ { at_least = 2, within = "10d", points = 40 } ]')
    assert History(rule, visits(0, 1, 2)).score(T(3)).next_change == T(11)


def test_below_every_row_there_is_no_line() -> None:
    assert ledger(score(web(ROWS), visits(0), T(1))) == []
