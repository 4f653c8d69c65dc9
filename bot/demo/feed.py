"""The client that feeds the story to a running service over HTTP, signed like any sender's requests.

The past goes in batches and says that it is history; the present goes one by one, at the pace of the story. A service
that is busy (503) is asked again when it says so; one that refuses is an error, told in its own words.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from bot.clock import Clock, system_clock
from bot.demo.batches import Batch, waves
from bot.demo.requests import BATCH_PATHS, FORMS, MAIL, WEBSITE, Request, batch_body
from bot.demo.sources import DEMO_IDENTITY, DEMO_SOURCES, FORMS_HEADER, SECRET_NAMES, generate_secrets
from bot.errors import HotleadError
from bot.language import counted
from bot.sources.base import HISTORY_HEADER
from scoring.instants import SECOND

__all__ = ["DEMO_IDENTITY", "DEMO_SOURCES", "FeedRefused", "Feeder", "generate_secrets"]

Progress = Callable[[int], None]
"""Told the number of events done so far."""
Sent = Callable[[Request], None]
Sleep = Callable[[float], Awaitable[None]]

_TRIES: Final = 12
_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 30.0
_BUSY: Final = 503
_HISTORY: Final[Mapping[str, str]] = {HISTORY_HEADER.title(): "1"}


class FeedRefused(HotleadError):
    """The service did not take what the demo sent."""


class Feeder:
    """Sends requests; to be entered before use. `secrets` are those of `generate_secrets`."""

    def __init__(
        self,
        base_url: str,
        secrets: Mapping[str, str],
        *,
        clock: Clock = system_clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._secrets = {source: secrets[name] for source, name in SECRET_NAMES.items()}
        self._clock = clock
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def feed_past(self, requests: Iterable[Request], progress: Progress = lambda _: None) -> int:
        """Send the past as history, people side by side and each in order; how many events."""
        done = 0

        async def send(batch: Batch) -> None:
            nonlocal done
            body = batch_body(batch.source, batch.requests, self._clock())
            await self._post(batch.source, BATCH_PATHS[batch.source], body, _HISTORY)
            done += batch.events
            progress(done)

        for wave in waves(requests):
            await _side_by_side(send(batch) for batch in wave)
        return done

    async def feed_live(
        self, story: Iterable[tuple[float, Request]], *, speed: float = 1.0, sent: Sent = lambda _: None
    ) -> None:
        """Send the present at a pace, until it ends or the task is cancelled."""
        for delay, request in story:
            await self._sleep(delay / speed)
            await self.send(request)
            sent(request)

    async def send(self, request: Request) -> None:
        """Send one request as news."""
        await self._post(request.source, request.path, request.body(self._clock()), {})

    async def _post(self, source: str, path: str, body: object, headers: Mapping[str, str]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(_TRIES):
            proof = sign(source, self._secrets[source], content, self._clock() // SECOND)
            status, answer, retry_after = await self._try(path, content, {**headers, **proof})
            if status != _BUSY:
                _check(path, status, answer)
                return
            if attempt < _TRIES - 1:
                await self._sleep(_wait(retry_after))
        raise FeedRefused(f"The service is still too busy for {path} after {_TRIES} tries; is something wrong with it?")

    async def _try(self, path: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, Any, str]:
        if self._session is None:
            raise RuntimeError("enter the feeder before use: async with Feeder(…) as feeder")
        url = f"{self._base_url}{path}"
        headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        try:
            async with self._session.post(url, data=content, headers=headers) as response:
                text = await response.text(errors="replace")
                return response.status, _json(text), response.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError) as trouble:
            reason = str(trouble) or type(trouble).__name__
            raise FeedRefused(f"Nobody answers at {url}: {reason}. Is the service running?") from None


async def _side_by_side(sendings: Iterable[Coroutine[None, None, None]]) -> None:
    """All at once; the first that fails ends the others and is the error, without the group around it."""
    try:
        async with asyncio.TaskGroup() as group:
            for sending in sendings:
                group.create_task(sending)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None


def sign(source: str, secret: str, content: bytes, seconds: int) -> dict[str, str]:
    """The headers that prove where a request of a source comes from."""
    return _SIGNERS[source](secret, content, seconds)


def _write_key(secret: str, _content: bytes, _seconds: int) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode()}


def _standard_webhook(secret: str, content: bytes, seconds: int) -> dict[str, str]:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    name = "msg_" + hashlib.sha256(content).hexdigest()[:24]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{seconds}.".encode() + content, "sha256")
    signature = base64.b64encode(digest).decode()
    return {"webhook-id": name, "webhook-timestamp": str(seconds), "webhook-signature": f"v1,{signature}"}


def _static(secret: str, _content: bytes, _seconds: int) -> dict[str, str]:
    return {FORMS_HEADER: secret}


_SIGNERS: Final = {WEBSITE: _write_key, MAIL: _standard_webhook, FORMS: _static}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {"code": "no_json", "message": text[:200]}


def _check(path: str, status: int, answer: Any) -> None:
    """An event refused inside an accepted batch is an error too: the story sends nothing that may be refused."""
    told = answer if isinstance(answer, dict) else {}
    if status != 200:
        code, message = told.get("code", "no_code"), told.get("message", "it said nothing more")
        raise FeedRefused(f"The service refused {path} with {status} {code}: {message}")
    if refused := told.get("refused"):
        first = refused[0]
        raise FeedRefused(
            f"The service refused {counted(len(refused), 'event')} of {path}; the first: {first.get('message')}"
        )


def _wait(retry_after: str) -> float:
    """Retry-After in seconds; as a date, or absurd, it is not believed."""
    return min(float(retry_after), _LONGEST_WAIT) if retry_after.isdecimal() else _WAIT
