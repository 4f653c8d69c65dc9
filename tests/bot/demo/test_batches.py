"""The past in batches: nothing lost, nobody overtaken, and few requests."""

from __future__ import annotations

from collections import defaultdict

from bot.demo.batches import Batch, waves
from bot.demo.requests import FORMS, MAIL, WEBSITE, Request
from tests.bot.demo.offline import past_requests


def request(person: str, source: str, number: int, messages: int = 1) -> Request:
    return Request(source, "/x", tuple({"id": f"{number}.{n}"} for n in range(messages)), person, number)


def test_a_batch_holds_many_people_of_one_source_and_a_person_is_in_one_batch_of_a_wave() -> None:
    requests = [request("ann", WEBSITE, 1), request("bo", MAIL, 2), request("ann", WEBSITE, 3), request("cy", MAIL, 4)]
    (wave,) = waves(requests)
    assert sorted(wave, key=lambda batch: batch.source) == [
        Batch(MAIL, (requests[1], requests[3])),
        Batch(WEBSITE, (requests[0], requests[2])),
    ]


def test_what_a_person_does_at_another_source_waits_for_the_next_wave() -> None:
    requests = [request("ann", WEBSITE, 1), request("ann", FORMS, 2), request("ann", WEBSITE, 3)]
    assert [[batch.source for batch in wave] for wave in waves(requests)] == [[WEBSITE], [FORMS], [WEBSITE]]


def test_no_batch_has_more_events_than_may_be_and_no_wave_more_batches() -> None:
    requests = [request(f"p{n}", MAIL, n, messages=3) for n in range(10)]
    for wave in waves(requests, size=7, width=2):
        assert len(wave) <= 2
        assert all(batch.events <= 7 for batch in wave)


def test_the_whole_past_goes_out_once_with_each_person_in_order() -> None:
    past = past_requests()
    expected, sent = defaultdict(list), defaultdict(list)
    for one in past:
        expected[one.person].append(one)
    all_waves = list(waves(past))
    for wave in all_waves:
        people = [{one.person for one in batch.requests} for batch in wave]
        assert sum(map(len, people)) == len(set().union(*people))
        for batch in wave:
            for one in batch.requests:
                sent[one.person].append(one)
    assert sent == expected
    assert sum(map(len, all_waves)) < 2 * len(past) / 100
