"""The load generator: plain sockets and prepared bytes, so that it takes little of the machine that it measures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of sending requests: seconds in all and of each, and the generator's share of one core."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    own_share: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def percentile(self, percent: float) -> float:
        """Seconds within which so many percent of the requests were answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


async def send_all(url: str, requests: Sequence[bytes], connections: int) -> Measured:
    """Send every request over so many connections, each waiting for its answer; any answer but 200 is an error."""
    target = urlsplit(url)
    waiting = list(reversed(requests))
    latencies: list[float] = []

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        while waiting:
            request = waiting.pop()
            began = perf_counter()
            writer.write(request)
            await _answer(reader)
            latencies.append(perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    began, used = perf_counter(), process_time()
    await asyncio.gather(*(connection() for _ in range(connections)))
    seconds = perf_counter() - began
    return Measured(len(requests), seconds, tuple(latencies), (process_time() - used) / seconds)


async def send_paced(url: str, requests: Sequence[bytes], per_second: float, connections: int = 32) -> Measured:
    """Send requests at a steady rate; latency counts from when each was due, so that waiting is not hidden."""
    target = urlsplit(url)
    latencies: list[float] = []
    turn = iter(enumerate(requests))
    began, used = perf_counter(), process_time()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        for number, request in turn:
            due = began + number / per_second
            await asyncio.sleep(max(0.0, due - perf_counter()))
            writer.write(request)
            await _answer(reader)
            latencies.append(perf_counter() - due)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(connection() for _ in range(connections)))
    seconds = perf_counter() - began
    return Measured(len(requests), seconds, tuple(latencies), (process_time() - used) / seconds)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    body = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(
            f"the server answered {head.splitlines()[0].decode()}: {body[:300].decode(errors='replace')}"
        )
