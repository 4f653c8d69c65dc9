"""Bytes on a socket that no client sends: they are refused or taken, never answered with a 5xx, and leave no row."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.rig import KEY, Rig, rig

BODY = b'{"type":"a","email":"a@x.example"}'
SIZE = b"Content-Length: %d\r\n" % len(BODY)
SIGNED = f"X-Hotlead-Key: {KEY}\r\n".encode()


@pytest_asyncio.fixture
async def service(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as it:
        yield it


async def answer(it: Rig, request: bytes) -> int | None:
    """The status of the first answer, None where the connection was closed without one."""
    host, port = it.hotlead.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    found = re.match(rb"HTTP/1\.[01] (\d{3})", line)
    return int(found[1]) if found else None


@pytest.mark.parametrize(
    "line",
    [
        b"CONNECT x:80",
        b"CONNECT /hooks/forms",
        b"OPTIONS *",
        b"GET *",
        b"POST http://other.example/hooks/forms",
        b"GET //",
    ],
)
async def test_what_is_asked_for_may_be_no_path(service: Rig, line: bytes) -> None:
    status = await answer(service, line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status is not None
    assert 400 <= status < 500


@pytest.mark.parametrize("host", [b"[", b"a b:99999", b"x:99999999", b"x:port", b"\xff\xfe", b""])
async def test_a_host_that_cannot_be_one_is_no_fault_of_ours(service: Rig, host: bytes) -> None:
    head = b"POST /hooks/forms HTTP/1.1\r\nHost: " + host + b"\r\n"
    status = await answer(service, head + SIZE + SIGNED + b"\r\n" + BODY)
    assert status is not None
    assert status < 500


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n" + SIGNED + b"\r\nZZ\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n" + SIGNED + b"\r\n5\r\nabcdefgh\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n" + SIGNED + b"\r\n" + BODY,
        b"Content-Length: 5\r\nContent-Length: 6\r\n" + SIGNED + b"\r\n" + BODY,
        SIZE + b"X-Hotlead-Key: \xff\xfe\r\n\r\n" + BODY,
        SIZE + b"Expect: nonsense\r\n" + b"\r\n" + BODY,
        b"Content-Encoding: gzip\r\n" + SIZE + SIGNED + b"\r\n" + BODY,
    ],
)
async def test_a_request_that_is_no_good_http_stores_nothing(service: Rig, rest: bytes) -> None:
    status = await answer(service, b"POST /hooks/forms HTTP/1.1\r\nHost: x\r\n" + rest)
    assert status is None or 400 <= status < 500
    assert await service.rows("SELECT id FROM events") == []


bodies = st.one_of(
    st.binary(max_size=60),
    st.text(alphabet='{}[]",:0eE+-.\\u\ud83dn t', max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=40).map(lambda noise: b'[{"email":"a@x.example","type":"' + noise + b'"'),
)


async def send_all(folder: Path, requests: list[tuple[bytes, bytes, bytes]]) -> None:
    async with rig(folder) as it:
        for path, headers, body in requests:
            size = b"Content-Length: %d\r\n" % len(body)
            status = await answer(it, b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + headers + size + b"\r\n" + body)
            assert status is None or status < 500, (path, headers, body)
        assert await it.rows("SELECT id FROM events") == []


paths = st.sampled_from((b"/hooks/forms", b"/v1/batch", b"/v1/t", b"/slack/events", b"/hooks/%2e%2e", b"/"))
headers = st.sampled_from((b"", SIGNED, b"Content-Encoding: gzip\r\n" + SIGNED, b"X-Slack-Signature: v0=\xff\r\n"))


@given(requests=st.lists(st.tuples(paths, headers, bodies), min_size=60, max_size=60))
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_bytes_give_a_5xx_or_a_row(
    requests: list[tuple[bytes, bytes, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(send_all(tmp_path_factory.mktemp("fuzz"), requests))
