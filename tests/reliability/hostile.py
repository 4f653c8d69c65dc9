"""Hostile requests for the front door, made from a seed: bytes, and whether the other side can tell where they end."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

PATHS: Final = (
    b"/hooks/forms", b"/hooks/sign", b"/hooks/seg", b"/hooks/form2", b"/hooks/mail", b"/hooks/hub", b"/hooks/cloud",
    b"/v1/batch", b"/v1/t", b"/v1/" + b"a" * 4000, b"/slack/events", b"/", b"/healthz", b"/metrics", b"/readyz",
    b"/hooks/%2e%2e/%2e%2e/etc/passwd", b"/hooks/../hotlead.db", b"/hooks/forms/../sign", b"/hooks/\xff", b"/hooks/%00",
    b"/hooks/forms?x=" + b"%" * 30, b"/hooks/forms?key=a&key=b", b"//hooks//forms", b"*", b"/hooks/" + b"%F0%9F" * 200,
    b"/v1/../hooks/forms", b"/hooks/forms#a", b"/hooks/forms;a=b", b"/hooks/f o", b"http://a.example/hooks/forms",
)  # fmt: skip
METHODS: Final = (b"POST",) * 12 + (
    b"GET",
    b"PUT",
    b"DELETE",
    b"OPTIONS",
    b"HEAD",
    b"TRACE",
    b"PATCH",
    b"CONNECT",
    b"X",
)
NAMES: Final = (
    b"X-Hotlead-Key", b"Authorization", b"Webhook-Id", b"Webhook-Timestamp", b"Webhook-Signature", b"Content-Encoding",
    b"Content-Type", b"X-Slack-Signature", b"X-Slack-Request-Timestamp", b"X-Forwarded-Host", b"X-Forwarded-Proto",
    b"X-Hotlead-History", b"Typeform-Signature", b"X-Hubspot-Signature-V3", b"X-Hubspot-Request-Timestamp", b"Cookie",
    b"Ce-Id", b"Ce-Source", b"Ce-Type", b"Ce-Specversion", b"WebHook-Request-Origin", b"Origin", b"Range", b"If-Match",
    b"X-Twilio-Email-Event-Webhook-Signature", b"X-Twilio-Email-Event-Webhook-Timestamp", b"Upgrade",
)  # fmt: skip
VALUES: Final = (
    b"", b"0", b"1", b"-1", b"9" * 40, b"gzip", b"deflate", b"br", b"gzip, gzip", b"identity", b"v0=" + b"0" * 64,
    b"v1," + b"A" * 44 + b"=", b"Basic Og==", b"Basic !!!", b"Bearer x", b"\xff\xfe", b"a" * 6000, b"1e9", b"NaN",
    b"application/json; charset=klingon", b"multipart/form-data; boundary=", b"application/x-www-form-urlencoded",
    b"t=1,v1=a", b"sha256=AAAA", b"127.0.0.1", b"'; DROP TABLE leads; --", b"%0d%0aSet-Cookie: a=b", b"<@U1> {{7*7}}",
    b"1772442000", "１２３".encode(), b"websocket",
)  # fmt: skip
WORDS: Final[tuple[object, ...]] = (
    None, True, 0, -1, 1e308, 10**400, "", "\x00", "\ud83d", "a@b.example", "' OR 1=1 --", "%_%", "=cmd()", "<!here>",
    "../../etc", "2026-13-45T99:99:99Z", [], {}, [[]], {"": ""}, "x" * 300, "form_submitted", "lead.erased",
)  # fmt: skip
KEYS: Final = (
    "id", "type", "event", "email", "occurred_at", "properties", "traits", "batch", "messageId", "userId",
    "writeKey", "company", "context", "timestamp", "form_response", "payload", "event_id", "__proto__", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request. `whole`: its end can be told, so another may follow on the connection."""

    data: bytes
    whole: bool


def requests(seed: int, count: int) -> Iterator[Hostile]:
    """So many requests; the same for the same seed."""
    for number in range(count):
        yield _request(Random(f"{seed}:{number}"))


def _request(random: Random) -> Hostile:
    if random.random() < 0.06:
        return Hostile(_noise(random), whole=False)
    body = _body(random)
    head = [random.choice(METHODS) + b" " + random.choice(PATHS) + b" HTTP/1.1", b"Host: x"]
    many = random.choice((0, 1, 1, 2, 3, 20))
    head += [random.choice(NAMES) + b": " + random.choice(VALUES) for _ in range(many)]
    chunked = random.random() < 0.1
    head.append(b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body))
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked and body else b"0\r\n\r\n" if chunked else body
    data = b"\r\n".join(head) + b"\r\n\r\n" + framed
    if random.random() < 0.05:
        at = random.randrange(len(data))
        return Hostile(data[:at] + bytes([random.randrange(256)]) + data[at + 1 :], whole=False)
    return Hostile(data, whole=b"HEAD " not in data[:5])


_BEGUN: Final = b"POST /hooks/forms HTTP/1.1\r\nHost: x\r\n"


def _noise(random: Random) -> bytes:
    kind = random.randrange(5)
    if kind == 0:
        return random.randbytes(random.randrange(200))
    if kind == 1:
        return b"\x16\x03\x01" + random.randbytes(60)  # somebody speaks TLS
    if kind == 2:
        return _BEGUN + b"A: " + b"b" * random.choice((100, 9000, 40_000)) + b"\r\n\r\n"
    if kind == 3:
        return _BEGUN + b"A: b\r\n" * 2000 + b"\r\n"
    length = random.choice((b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: -5", b"Transfer-Encoding: x"))
    return b"POST /hooks/forms HTTP/1.%d\r\nHost: x\r\n%s\r\n\r\nabcde" % (random.randrange(3), length)


def _body(random: Random) -> bytes:
    kind = random.randrange(9)
    if kind == 0:
        return random.randbytes(random.randrange(100))
    if kind == 1:
        return b"[" * random.choice((10, 100, 5000))
    if kind == 2:
        return gzip.compress(b" " * random.choice((10, 100_000, 8_000_000)), 9)
    if kind == 3:
        return gzip.compress(b"[]")[: random.randrange(22)]
    if kind == 4:
        return zlib.compress(_json(random))[random.choice((0, 0, 2)) :]
    if kind == 5:
        return b"&".join(b"a[%d][b]=%%%d" % (n, n) for n in range(random.choice((1, 5, 3000))))
    if kind == 6:
        return b"payload=" + _json(random)
    return _json(random)


def _json(random: Random) -> bytes:
    def value(depth: int) -> object:
        if depth > 3 or random.random() < 0.5:
            return random.choice(WORDS)
        if random.random() < 0.3:
            return [value(depth + 1) for _ in range(random.randrange(4))]
        return {random.choice(KEYS): value(depth + 1) for _ in range(random.randrange(5))}

    return json.dumps(value(0)).encode("utf-8", "surrogatepass")


class Connection:
    """One connection at a time to the server; a new one where the last cannot be used again."""

    def __init__(self, port: int, patience: float = 0.5) -> None:
        self._port = port
        self._patience = patience  # seconds for the answer to what may have no end
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, one: Hostile) -> int | None:
        """The status of the answer; None where none came."""
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        try:
            writer.write(one.data)
            status, goes_on = await asyncio.wait_for(_answer(reader), 30 if one.whole else self._patience)
        except TimeoutError:
            assert not one.whole, one.data[:2000]
            status, goes_on = None, False
        except (OSError, asyncio.IncompleteReadError):
            status, goes_on = None, False
        if not (one.whole and goes_on):
            self.close()
        return status

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


async def _answer(reader: asyncio.StreamReader) -> tuple[int | None, bool]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = await reader.readline()
        if not line:
            return None, False
        head += line
    found = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    if length is not None:
        await reader.readexactly(int(length[1]))
    goes_on = length is not None and b"connection: close" not in head.lower() and not head.startswith(b"HTTP/1.0")
    return (int(found[1]) if found else None), goes_on
