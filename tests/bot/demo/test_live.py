"""The present of the story: watchable, soon an alert, then one every minute, and nobody alerted who should not be."""

from __future__ import annotations

from functools import cache
from itertools import islice, pairwise

import pytest

from bot.demo.archetypes import BURNER, COMPETITOR, JOB_SEEKER, STUDENT
from bot.demo.story import Story
from tests.bot.demo.offline import NOW, SEED, Present, archetypes, past, past_requests, story

SIX_MINUTES = 360.0


@cache
def present(run: int = 1) -> Present:
    return Present(run).play(1_200.0 if run == 1 else 420.0)


def test_the_first_lead_crosses_within_fifteen_seconds() -> None:
    assert present().moments[0].second <= 15


@pytest.mark.parametrize("run", [1, 2, 9])
def test_at_least_six_more_cross_in_the_first_six_minutes(run: int) -> None:
    early = [moment for moment in present(run).moments if moment.second <= SIX_MINUTES and moment.crossing.alert]
    assert early[0].second <= 15
    assert len(early) >= 7
    assert max(b.second - a.second for a, b in pairwise(early)) < 100


def test_nobody_crosses_twice_and_nobody_who_was_at_the_label_before() -> None:
    crossed = [moment.person for moment in present().moments]
    assert len(crossed) == len(set(crossed))


def test_there_are_warm_and_hot_alerts_of_old_acquaintances_and_of_new_people() -> None:
    early = [moment for moment in present().moments if moment.second <= SIX_MINUTES]
    assert {moment.crossing.label for moment in early} == {"warm", "hot"}
    kinds = {archetypes().get(moment.person, "new") for moment in early}
    assert kinds >= {BURNER, "new"}


def test_no_job_seeker_competitor_or_student_is_alerted_of() -> None:
    alerted = {archetypes().get(moment.person) for moment in present().moments if moment.crossing.alert}
    assert not alerted & {JOB_SEEKER, COMPETITOR, STUDENT}


def test_somebody_is_refused_by_a_gate_somebody_waits_and_somebody_gets_better_after_crossing() -> None:
    labels = present().labels
    assert any("ineligible" in known for known in labels.values())
    assert any({"waiting", "warm"} <= known or {"waiting", "hot"} <= known for known in labels.values())
    assert any({"warm", "hot"} <= labels[moment.person] for moment in present().moments)


def test_who_has_crossed_goes_on_doing_things() -> None:
    seconds = {moment.person: moment.second for moment in present().moments}
    at, later = 0.0, set()
    for delay, request in present().requests:
        at += delay
        if at > seconds.get(request.person, at) + 30:
            later.add(request.person)
    assert len(later) >= 5


def test_something_happens_every_two_to_four_seconds() -> None:
    assert all(2 <= delay <= 4 for delay, _ in islice(story().live(), 500))


def test_the_present_goes_on_for_hours_with_less_hurry() -> None:
    delays, people = zip(*((delay, request.person) for delay, request in islice(story().live(), 5_000)), strict=True)
    assert sum(delays) > 3 * 3_600
    assert len(set(people)) > 200


def test_no_event_id_repeats_in_the_past_in_one_run_or_in_another() -> None:
    runs = [[request for _, request in islice(Story(SEED, NOW, run).live(), 400)] for run in (1, 2, 3)]
    ids = [
        message.get("messageId") or message["id"]
        for requests in (past_requests(), *runs)
        for request in requests
        for message in request.messages
    ]
    assert len(ids) == len(set(ids))


def test_a_later_run_meets_the_same_people_and_new_ones_but_not_those_of_the_run_before() -> None:
    first, second = present(1), present(2)
    old = set(past().leads)
    met = [{request.person for _, request in one.requests} for one in (first, second)]
    assert met[0] & met[1]
    assert met[0] & met[1] <= old
    assert not {moment.person for moment in first.moments} & {moment.person for moment in second.moments}


def test_the_same_run_is_told_the_same_way() -> None:
    once, again = (list(islice(Story(SEED, NOW, 4).live(), 200)) for _ in range(2))
    assert once == again
