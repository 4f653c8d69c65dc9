"""The past of the story: how many there are, how they fare under the shipped model, and that it can be told again."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.demo.archetypes import COMPETITOR, CUSTOMER, JOB_SEEKER, STUDENT
from bot.demo.past import DAYS
from bot.demo.story import Story
from scoring.instants import DAY, HOUR, parse_instant
from tests.bot.demo.offline import (
    AT_LABEL,
    NOW,
    SEED,
    archetype_of,
    courses,
    past,
    past_requests,
    read_past,
    story,
    value_of,
)

SEEDS = (SEED, 20260611)


def test_about_three_hundred_people_give_an_address() -> None:
    assert 250 <= len(past().leads) <= 350


def test_there_are_six_to_ten_thousand_events_in_order_of_time_up_to_yesterday() -> None:
    requests = past_requests()
    times = [request.at for request in requests if request.at is not None]
    assert 6_000 <= len(times) <= 10_000
    assert times == sorted(times)
    assert times[0] >= NOW - DAYS * DAY
    assert times[-1] < NOW - NOW % DAY


@pytest.mark.parametrize("seed", SEEDS)
def test_three_to_eight_percent_get_hot_and_as_many_reach_the_hand_over_label(seed: int) -> None:
    known = courses(seed).values()
    hot = sum("hot" in course.labels for course in known) / len(known)
    handed_over = sum(bool(AT_LABEL & course.labels) for course in known) / len(known)
    at_end = sum(course.at_end in AT_LABEL for course in known) / len(known)
    assert 0.03 <= hot <= handed_over <= 0.08
    assert 0.03 <= at_end <= 0.08


@pytest.mark.parametrize("now", ["2026-06-14T00:00:00Z", "2026-12-31T23:59:59.999999Z"])
def test_neither_the_weekday_nor_the_hour_of_the_start_changes_who_is_hot(now: str) -> None:
    at = parse_instant(now)
    told = past(SEED, at)
    hot = {person for person in told.leads if told.history(person).score(at).label == "hot"}
    expected = {person for person, course in courses().items() if course.at_end == "hot"}
    assert len(hot ^ expected) <= 3
    assert {archetype_of(person) for person in hot} <= {"evaluator", "evaluator of now", "returning customer"}


def test_no_job_seeker_competitor_or_student_is_alerted_of() -> None:
    nobody = (JOB_SEEKER, COMPETITOR, STUDENT, CUSTOMER, "applicant who fits", "from abroad", "partner")
    alerted = {archetype_of(person) for person, course in courses().items() if course.alerted}
    assert not alerted & set(nobody)
    assert alerted


def test_an_applicant_who_fits_crosses_and_the_alert_is_held_back() -> None:
    fitting = [course for person, course in courses().items() if archetype_of(person) == "applicant who fits"]
    assert {crossing.held_back_by for course in fitting for crossing in course.crossings} == {("Job seekers",)}


def test_a_job_seeker_held_back_today_is_no_alert_when_the_visits_lapse() -> None:
    for person in [person for person in past().leads if archetype_of(person) == "applicant who fits"]:
        history = past().history(person)
        later = [history.score(NOW + days * DAY) for days in range(120)]
        assert all(score.never_alert or score.label not in AT_LABEL for score in later)


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    again, other = Story(SEED, NOW), Story(SEED + 1, NOW)
    assert again.past() == [*past_requests()]
    assert again.members == story().members
    assert {member.person.email for member in other.members} != {member.person.email for member in again.members}


def test_who_is_who_depends_on_the_seed_alone() -> None:
    assert Story(SEED, NOW + 40 * DAY + 7 * HOUR).members == story().members


def test_everybody_has_an_address_an_id_and_a_telephone_of_their_own() -> None:
    people = [member.person for member in story().members]
    for values in ([p.email for p in people], [p.user_id for p in people], [p.phone for p in people if p.phone]):
        assert max(Counter(values).values()) == 1
    assert sum(bool(person.phone) for person in people) > len(people) / 2


def test_no_two_people_share_an_identifier() -> None:
    owner: dict[tuple[str, str], str] = {}
    for person, event in read_past():
        for one in event.identifiers:
            assert owner.setdefault((one.kind, one.value), person) == person


def test_visits_before_somebody_gave_an_address_are_anonymous() -> None:
    first: dict[str, set[str]] = {}
    for person, event in read_past():
        first.setdefault(person, set()).add("known" if value_of(event, "email") else "anonymous")
    assert sum(kinds == {"known", "anonymous"} for kinds in first.values()) > 150
    assert sum(kinds == {"anonymous"} for kinds in first.values()) > 100


def test_texts_have_the_letters_of_the_three_languages_and_no_broken_ones() -> None:
    text = repr([request.messages for request in past_requests()])
    assert all(letter in text for letter in "æøåöäÆØÅÖéë")
    assert "IJ" in text
    assert "ij" in text
    assert "\ufffd" not in text


def test_no_request_has_a_time_without_a_zone_ahead_of_the_clock_or_unreadable() -> None:
    assert {flag for _, event in read_past() for flag in event.flags} == set()


def test_runs_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        Story(SEED, NOW, run=0)


def test_a_past_that_was_broken_off_can_be_sent_again_by_a_later_run() -> None:
    assert Story(SEED, NOW, run=2).past() == [*past_requests()]
