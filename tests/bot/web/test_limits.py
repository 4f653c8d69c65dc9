"""What the front door bounds: connections, silence, bodies that drip, requests at once, events a second."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sources.base import Accepted, Received, Refused
from bot.sources.reading import Endpoint
from bot.web.answers import SECURITY, answer, at_most_in_flight, errors_in_json
from bot.web.listening import listen
from bot.web.rates import BURST, Rates
from bot.web.receiving import Bodies
from tests.rig import KEY, rig


@asynccontextmanager
async def door(*, most: int = 100, in_flight: int = 100, seconds: float = 30.0) -> AsyncIterator[tuple[str, int]]:
    """A server with one address that reads a body within 50 ms, and one that waits until it is let go on."""
    go_on = asyncio.Event()
    bodies = Bodies(1000, seconds=0.05)

    async def told(_request: web.Request, body: bytes) -> web.Response:
        return answer(200, {"bytes": len(body)})

    async def take(request: web.Request) -> web.Response:
        return await bodies.give(request, told)

    async def wait(_request: web.Request) -> web.Response:
        await go_on.wait()
        return answer(200, {})

    app = web.Application(middlewares=[errors_in_json, at_most_in_flight(in_flight)])
    app.router.add_post("/take", take)
    app.router.add_get("/wait", wait)
    async with AsyncExitStack() as opened:
        url = await listen(app, "127.0.0.1", 0, most=most, opened=opened, seconds=seconds)
        opened.callback(go_on.set)
        yield url, int(url.rpartition(":")[2])


async def said(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the other side closes."""
    return await asyncio.wait_for(reader.read(), 10)


async def test_a_connection_too_many_hears_503_and_when_to_come_again() -> None:
    async with door(most=2) as (_, port):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        told = await said(reader)
        assert told.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: " in told
        assert json.loads(told.partition(b"\r\n\r\n")[2])["code"] == "overloaded"
        for one in (writer, *(writer for _, writer in held)):
            one.close()


async def test_room_is_there_again_when_a_connection_ends() -> None:
    async with door(most=1) as (url, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()
        status = 503
        async with aiohttp.ClientSession() as http, asyncio.timeout(10):
            while status == 503:  # until the server has heard of the end
                async with http.post(f"{url}/take", data=b"x") as response:
                    status = response.status
        assert status == 200


@pytest.mark.parametrize("begun", [b"", b"POST /take HT", b"POST /take HTTP/1.1\r\nHost: x\r\nX-A: b"])
async def test_who_does_not_finish_its_headers_is_hung_up_on(begun: bytes) -> None:
    async with door(seconds=0.05) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        assert await _until_hung_up(reader) == b""
        writer.close()


async def _until_hung_up(reader: asyncio.StreamReader) -> bytes:
    try:
        return await said(reader)
    except ConnectionResetError:
        return b""


async def test_who_finished_its_headers_may_be_answered_later_than_that() -> None:
    async with door(seconds=0.05) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n")
        assert (await said(reader)).startswith(b"HTTP/1.1 408 ")
        writer.close()


@pytest.mark.parametrize(
    "rest",
    [b"Content-Length: 100\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    ids=["of a stated length", "chunked"],
)
async def test_a_body_that_drips_is_given_up(rest: bytes) -> None:
    async with door() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /take HTTP/1.1\r\nHost: x\r\n" + rest)
        line = await asyncio.wait_for(reader.readline(), 10)
        assert line.startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_request_too_many_at_once_is_503_and_none_is_when_others_ended() -> None:
    async with door(in_flight=1) as (url, port), aiohttp.ClientSession() as http:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(10):
            status = 200
            while status == 200:  # until the one that waits has come in
                async with http.post(f"{url}/take", data=b"x") as response:
                    status, after = response.status, response.headers.get("Retry-After")
        assert (status, after) == (503, "2")
        writer.close()
        await reader.read()


def test_a_source_may_send_ten_seconds_worth_at_once_and_then_as_much_as_its_rate() -> None:
    now = [1000.0]
    rates = Rates({"forms": 5, "free": 0}, lambda: now[0])
    assert [rates.take("forms", 1) for _ in range(5 * BURST)] == [None] * 5 * BURST
    assert rates.take("forms", 1) == 1
    assert rates.take("free", 10**6) is None
    now[0] += 1
    assert [rates.take("forms", 1) for _ in range(6)] == [None] * 5 + [1]


def test_a_batch_is_taken_whole_and_waited_for_afterwards() -> None:
    now = [1000.0]
    rates = Rates({"forms": 5}, lambda: now[0])
    assert rates.take("forms", 500) is None
    assert rates.take("forms", 1) == 91
    now[0] += 91
    assert rates.take("forms", 1) is None


async def test_a_sender_that_runs_wild_is_asked_to_come_again_and_the_others_are_not(tmp_path: Path) -> None:
    forms = {"kind": "generic", "header": "x-hotlead-key", "max_events_per_second": 1}
    async with rig(tmp_path, source={"forms": forms}) as it:
        await it.send(*({"type": "x"} for _ in range(60 * BURST)))
        headers = {"x-hotlead-key": KEY}
        async with it.http.post(
            f"{it.hotlead.url}/hooks/forms", data='{"id":"late","type":"x"}', headers=headers
        ) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) >= 1
            assert (await response.json())["code"] == "too_many"
        event = {"type": "track", "event": "x", "userId": "u", "messageId": "m", "writeKey": KEY}
        assert (await it.post("/v1/track", json.dumps(event)))[0] == 200
        assert [row["id"] for row in await it.rows("SELECT id FROM events WHERE id IN ('late', 'm')")] == ["m"]
        sources = await it.hotlead.core.source_health.overview()
        assert sources[0].day.refused == {"too_many": 1}


async def test_who_cannot_prove_itself_does_not_use_up_what_the_sender_may_send(tmp_path: Path) -> None:
    forms = {"kind": "generic", "header": "x-hotlead-key", "max_events_per_second": 1}
    async with rig(tmp_path, source={"forms": forms}) as it:
        for _ in range(3 * BURST):
            assert (await it.post("/hooks/forms", '{"type":"x"}', {"x-hotlead-key": "wrong"}))[0] == 401
        await it.send({"type": "x"})


@pytest.mark.parametrize(
    ("body", "off"),
    [
        (b'{"id":"a","type":"x"}', False),
        (gzip.compress(b'{"id":"b","type":"x"}'), False),
        (gzip.compress(b"[" + b" " * 4_000_000 + b'{"id":"c","type":"x"}]'), True),
        (b"[" + b" " * 100_000 + b'{"id":"d","type":"x"}]', True),
    ],
    ids=["small", "small and packed", "small, and large when it is inflated", "large"],
)
async def test_what_takes_long_to_read_is_read_off_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, *, off: bool
) -> None:
    threads: list[threading.Thread] = []
    read = Endpoint.read

    def noted(self: Endpoint, received: Received) -> Accepted | Refused:
        threads.append(threading.current_thread())
        return read(self, received)

    monkeypatch.setattr(Endpoint, "read", noted)
    async with rig(tmp_path) as it:
        assert (await it.post("/hooks/forms", body, {"x-hotlead-key": KEY}))[0] == 200
        assert [thread is not threading.main_thread() for thread in threads] == [off]


@pytest.mark.parametrize("record", ['{"type":"x"}', "{}"], ids=["events", "no events"])
async def test_more_events_than_there_is_ever_room_for_are_refused_for_good_and_shortly(
    tmp_path: Path, record: str
) -> None:
    async with rig(tmp_path, service={"max_waiting_events": 50}) as it:
        status, told = await it.post("/hooks/forms", f"[{','.join([record] * 51)}]", {"x-hotlead-key": KEY})
        assert (status, told["code"]) == (413, "too_many_events")
        assert len(json.dumps(told)) < 500
        assert "50" in told["message"]
        assert await it.rows("SELECT id FROM events") == []
        await it.send(*({"type": "x"} for _ in range(50)))


@pytest.mark.parametrize("path", ["/", "/nothing", "/hooks/forms", "/hooks/nothing", "/v1/batch", "/slack/events"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PUT"])
async def test_every_answer_has_the_security_headers(tmp_path: Path, path: str, method: str) -> None:
    async with rig(tmp_path) as it, it.http.request(method, f"{it.hotlead.url}{path}") as response:
        assert {name: response.headers.get(name) for name in SECURITY} == SECURITY


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nothing"])
async def test_so_have_those_of_the_operations_port(tmp_path: Path, path: str) -> None:
    async with rig(tmp_path) as it, it.http.get(f"{it.hotlead.operations_url}{path}") as response:
        assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
