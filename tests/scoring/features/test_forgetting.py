"""The rows "Forgetting"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scoring.engine import History, score
from scoring.instants import MINUTE, from_datetime
from tests.scoring.build import T, event, visits, web

CASE = web('when = { url = { contains = "/cases/" } }\npoints = 10\nexpires_after = "100d"')


def test_f65_each_visit_may_expire_by_itself() -> None:
    history = History(CASE, visits(0, 50, url="/cases/a"))
    assert [history.score(T(day)).score for day in (99, 100, 149, 150)] == [20, 10, 10, 0]


def test_f65_or_everything_may_be_forgotten_after_silence() -> None:
    history = History(web("points = 10", category='forgotten_after = "100d"'), visits(0, 50))
    assert [history.score(T(day)).score for day in (99, 100, 149, 150)] == [20, 20, 20, 0]


def test_f66_ten_points_at_once_and_until_the_last_minute_and_then_none() -> None:
    history = History(CASE, visits(0, url="/cases/a"))
    assert [history.score(T(day)).score for day in (0, 100 - 1 / 1440, 100)] == [10, 10, 0]
    assert history.score(T(0)).next_change == T(100)


def test_f66_a_restart_and_a_downtime_over_the_due_time_change_nothing() -> None:
    events = visits(0, url="/cases/a")
    running = History(CASE, events)
    running.score(T(99))
    assert running.score(T(117)).score == History(CASE, events).score(T(117)).score == 0


def test_f66_a_day_is_24_hours_when_the_clocks_change() -> None:
    before = datetime(2026, 3, 22, 12, tzinfo=UTC)
    at = from_datetime(before)
    one = [event(at=(at - T(0)) / (T(1) - T(0)), url="/cases/a")]
    due = from_datetime(before + timedelta(days=100))
    assert score(CASE, one, due - MINUTE).score == 10
    assert score(CASE, one, due).score == 0


def test_f66_two_visits_expire_separately() -> None:
    history = History(CASE, visits(0, 1, url="/cases/a"))
    assert [line.changes_at for line in history.score(T(2)).lines] == [T(100), T(101)]


def test_f67_fifty_opens_over_a_year_count_for_their_last_30_days_only() -> None:
    opens = web('points = 2\nexpires_after = "30d"')
    days = [number * 365 / 50 for number in range(50)]
    young = [day for day in days if 365 - day < 30]
    assert score(opens, visits(*days), T(365)).score == 2 * len(young)


def test_f126_the_same_event_cools_faster_in_another_model() -> None:
    slow, quick = web('points = 10\nhalf_life = "30d"'), web('points = 10\nhalf_life = "2d"')
    after_a_week = [score(one, visits(0), T(7)).score for one in (slow, quick)]
    assert str(after_a_week) == "[Decimal('8.51'), Decimal('0.88')]"


def test_f208_kinds_of_forgetting_mix_and_the_forecast_tells_when_the_label_goes() -> None:
    mixed = web(
        'points = 50\nexpires_after = "20d"',
        more='[[engagement.rule]]\nname = "S"\nevent = "page_viewed"\npoints = 60\nhalf_life = "10d"\n',
    )
    result = score(mixed, visits(0), T(0))
    assert (result.label, result.next_change, result.forecast) == ("hot", T(1), T(3))
