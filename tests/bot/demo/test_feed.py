"""The feeder against a server that reads requests as the service does, with the real sources and their proofs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.app.sources import open_sources
from bot.demo.feed import DEMO_IDENTITY, DEMO_SOURCES, Feeder, FeedRefused, generate_secrets
from bot.demo.requests import FORMS, MAIL, WEBSITE, Request
from bot.settings import settings_from, source_secrets
from bot.sources.base import Accepted, Received, SourcedEvent
from tests.bot.demo.offline import NOW, past_requests, story

Answer = Callable[[int], web.Response | None]
"""By the number of the request: what is answered instead of the truth."""
ALERTS = {"channel": "C01", "fallback_channel": "C01", "admin_channel": "C01"}


def demo_endpoints(secrets: dict[str, str]) -> dict[str, Any]:
    settings = settings_from({"alerts": ALERTS, "source": DEMO_SOURCES, "identity": DEMO_IDENTITY})
    known, missing = source_secrets(settings, secrets)
    assert not missing
    return dict(open_sources(settings, known))


@dataclass
class Service:
    """A front door that keeps what it took."""

    secrets: dict[str, str] = field(default_factory=generate_secrets)
    instead: Answer = lambda _number: None
    url: str = ""
    events: list[SourcedEvent] = field(default_factory=list)
    history: set[bool] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.paths.append(request.path)
        if (other := self.instead(len(self.paths))) is not None:
            return other
        name = {"mail": MAIL, "forms": FORMS}.get(request.path.rpartition("/")[2], WEBSITE)
        read = demo_endpoints(self.secrets)[name].read(
            Received("POST", str(request.url), request.path, request.headers, body, NOW)
        )
        if not isinstance(read, Accepted):
            return web.json_response({"code": read.code, "message": read.message}, status=read.status)
        self.events += read.events
        self.history.add(read.history)
        return web.json_response({"accepted": len(read.events), "refused": []})

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def feeder(self, secrets: dict[str, str] | None = None) -> Feeder:
        return Feeder(self.url, secrets or self.secrets, clock=lambda: NOW, sleep=self.sleep)


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[Service]:
    app = web.Application()
    app.router.add_post("/{anything:.*}", service.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = "http://{}:{}".format(*runner.addresses[0])
    try:
        yield service
    finally:
        await runner.cleanup()


def some_past() -> tuple[Request, ...]:
    return past_requests()[:600]


async def test_the_past_arrives_whole_and_once_signed_and_marked_as_history() -> None:
    told: list[int] = []
    async with running(Service()) as service, service.feeder() as feeder:
        done = await feeder.feed_past(some_past(), told.append)
    assert done == len(service.events) == len({event.id for event in service.events}) == 600
    assert service.history == {True}
    assert told == sorted(told)
    assert told[-1] == done
    assert set(service.paths) == {"/v1/batch", "/hooks/mail", "/hooks/forms"}
    assert len(service.paths) < 60


async def test_each_person_arrives_in_order_with_the_times_of_the_past() -> None:
    async with running(Service()) as service, service.feeder() as feeder:
        await feeder.feed_past(some_past())
    latest: dict[str, int] = {}
    for event in service.events:
        for one in event.identifiers:
            assert latest.get(one.value, 0) <= event.occurred_at
            latest[one.value] = event.occurred_at
    assert {event.occurred_at for event in service.events} == {request.at for request in some_past()}


async def test_the_present_is_news_goes_one_by_one_and_happens_when_it_is_sent() -> None:
    live = [step for step, _ in zip(story().live(), range(40), strict=False)]
    sent: list[Request] = []
    async with running(Service()) as service, service.feeder() as feeder:
        await feeder.feed_live(live, speed=10, sent=sent.append)
    assert service.history == {False}
    assert {event.occurred_at for event in service.events} == {NOW}
    assert {flag for event in service.events for flag in event.flags} == set()
    assert sent == [request for _, request in live]
    assert service.waits == [delay / 10 for delay, _ in live]
    assert {"/v1/page", "/hooks/mail", "/hooks/forms"} <= set(service.paths)


async def test_a_busy_service_is_asked_again_when_it_says_so() -> None:
    busy = web.json_response({"code": "overloaded", "message": "later"}, status=503, headers={"Retry-After": "7"})
    service = Service(instead=lambda number: busy if number == 1 else None)
    async with running(service), service.feeder() as feeder:
        await feeder.send(some_past()[0])
    assert service.waits == [7.0]
    assert len(service.events) == 1


async def test_a_service_that_stays_busy_is_given_up_in_words() -> None:
    def busy(_number: int) -> web.Response:
        return web.json_response({"code": "overloaded", "message": "later"}, status=503)

    async with running(Service(instead=busy)) as service, service.feeder() as feeder:
        with pytest.raises(FeedRefused, match="still too busy for /v1/page"):
            await feeder.send(some_past()[0])
    assert len(service.paths) == len(service.waits) + 1


@pytest.mark.parametrize("source", [WEBSITE, MAIL, FORMS])
async def test_a_wrong_secret_is_an_error_that_says_what_was_refused(source: str) -> None:
    request = next(one for one in past_requests() if one.source == source)
    async with running(Service()) as service, service.feeder(generate_secrets()) as feeder:
        with pytest.raises(FeedRefused, match=f"refused {request.path} with 401 signature_wrong"):
            await feeder.send(request)
        with pytest.raises(FeedRefused, match="with 401 signature_wrong"):
            await feeder.feed_past([request])


async def test_one_refused_event_in_an_accepted_batch_is_an_error() -> None:
    answer = web.json_response({"accepted": 99, "refused": [{"position": 3, "code": "x", "message": "no such time"}]})
    service = Service(instead=lambda _number: answer)
    async with running(service), service.feeder() as feeder:
        with pytest.raises(FeedRefused, match="refused 1 event of /v1/page; the first: no such time"):
            await feeder.send(some_past()[0])


async def test_an_answer_that_is_no_json_is_told_as_it_stands() -> None:
    service = Service(instead=lambda _number: web.Response(status=502, text="<h1>Bad gateway</h1>"))
    async with running(service), service.feeder() as feeder:
        with pytest.raises(FeedRefused, match="502 no_json: <h1>Bad gateway"):
            await feeder.send(some_past()[0])


async def test_where_nobody_listens_the_error_says_so() -> None:
    async with running(Service()) as service:
        pass
    async with service.feeder() as feeder:
        with pytest.raises(FeedRefused, match="Nobody answers at http://127"):
            await feeder.send(some_past()[0])


async def test_a_feeder_that_was_not_entered_says_how() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await Feeder("http://127.0.0.1:1", generate_secrets()).send(some_past()[0])


def test_secrets_are_new_each_time_and_open_every_source() -> None:
    one, other = generate_secrets(), generate_secrets()
    assert not set(one.values()) & set(other.values())
    assert set(demo_endpoints(one)) == {WEBSITE, MAIL, FORMS}
