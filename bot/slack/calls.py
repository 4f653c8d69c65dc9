"""Calls to Slack's Web API: clients that repeat nothing that may have happened, and what went wrong in words.

The SDK's default client repeats a request whose connection broke after Slack had read it, which posts twice. So only
rate limits are repeated here, and those only where a person waits; the sender gets a client that repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.faults import Fault, Weight, fault

TIMEOUT: Final = 10
_KEPT_SECONDS: Final = 15
"""Shorter than the patience of any server: a connection that it ends under a request leaves that request ambiguous."""
SLACK_API: Final = "https://slack.com/api/"
UNREACHABLE_WAIT: Final = 5.0
PROXY_WAIT: Final = 60.0
DEFAULT_RETRY_AFTER: Final = 30.0
LONGEST_RETRY_AFTER: Final = 3600.0


Called = Callable[[str, str, float], None]
"""(method, outcome, seconds): told of every call; the outcome is ok, or the error's code."""


Connections = aiohttp.ClientSession
"""Connections to Slack, which the clients of one service share."""


def make_session() -> Connections:
    """Connections to Slack that are kept for a moment; without them every call begins with a handshake of its own."""
    return Connections(
        connector=aiohttp.TCPConnector(keepalive_timeout=_KEPT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
    )


def make_client(
    token: str,
    *,
    base_url: str = SLACK_API,
    repeats_limited: bool = True,
    called: Called | None = None,
    session: Connections | None = None,
) -> AsyncWebClient:
    """A client for listeners; with `repeats_limited=False` one for the sender, which waits in the outbox instead.

    Without a `session` each call opens a connection of its own.
    """
    handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)] if repeats_limited else []
    client = _Counting(token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=list(handlers), session=session)
    client.called = called or client.called
    return client


class _Counting(AsyncWebClient):
    """Tells of every call how it ended; all methods of the SDK's client pass `api_call`."""

    called: Called = staticmethod(lambda _method, _outcome, _seconds: None)

    async def api_call(self, api_method: str, **more: Any) -> AsyncSlackResponse:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            answer = await super().api_call(api_method, **more)
        except CALL_ERRORS as error:
            self.called(api_method, explain(error).code, loop.time() - began)
            raise
        self.called(api_method, "ok", loop.time() - began)
        return answer


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed. `wait` is what Slack asked for (or what is sensible) before it is tried again."""

    code: str
    fault: Fault
    wait: float = 0.0
    limited: bool = False  # the method is closed for `wait` seconds, not this message alone


# everything that a call of the client may raise; anything else is our own bug and not caught
CALL_ERRORS: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)


def explain(error: Exception) -> Failure:
    """What a failed call means."""
    if isinstance(error, SlackApiError):
        return _explain_answer(error)
    if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent yet
        return Failure(
            "unreachable", Fault(Weight.TEMPORARY, "row", "Slack cannot be reached."), UNREACHABLE_WAIT, True
        )
    advice = f"The connection broke ({type(error).__name__}), so it is not known whether it was done."
    return Failure("no_answer", Fault(Weight.AMBIGUOUS, "row", advice))


def _explain_answer(error: SlackApiError) -> Failure:
    # the SDK hands over its own response or, for a body that is no JSON, aiohttp's
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429:
        return Failure("ratelimited", fault("ratelimited"), _retry_after(response), True)
    if status >= 500:
        return Failure(code or f"http_{status}", Fault(Weight.AMBIGUOUS, "row", f"Slack answered {status}."))
    if code:
        found = fault(code)
        return Failure(code, found, UNREACHABLE_WAIT if found.weight is Weight.TEMPORARY else 0.0)
    if status >= 400:  # Slack refuses with 200 and an error code, so this came from a proxy between us
        advice = f"Something between hotlead and Slack answered {status}."
        return Failure(f"http_{status}", Fault(Weight.TEMPORARY, "row", advice), PROXY_WAIT, True)
    return Failure("unreadable", Fault(Weight.AMBIGUOUS, "row", "Slack's answer could not be read."))


def _retry_after(response: object) -> float:
    headers = getattr(response, "headers", None) or {}
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    text = found[0] if isinstance(found, list) and found else str(found)
    seconds = float(text) if text.isascii() and text.isdigit() else DEFAULT_RETRY_AFTER
    return min(max(seconds, 1.0), LONGEST_RETRY_AFTER)
