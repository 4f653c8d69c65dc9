"""What is asked before anything is sent: a browser's preflight, and the handshake of CloudEvents.

Browsers: https://fetch.spec.whatwg.org/#http-cors-protocol. CloudEvents: a sender asks by OPTIONS whether it may send
here (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md, section 4); who holds the source's
secret is known by its requests, so any sender may ask, at any rate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from bot.sources.reading import Endpoint

FROM_BROWSERS: Final = frozenset({"segment", "generic"})
"""Kinds that pages send to: the SDK's, and what a tag manager or one's own script sends."""
_OF_CLOUDEVENTS: Final = "cloudevents"
_LONGEST_ORIGIN: Final = 253
_READABLE: Final = "Retry-After"
_ALLOWED_HEADERS: Final = ("authorization", "content-type", "x-retry-count")


def readable_by_pages() -> dict[str, str]:
    """Headers that let a page read the answer, whatever it is: else the SDK cannot tell 401 from no network."""
    return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _READABLE}


def preflight(endpoint: Endpoint | None) -> dict[str, str]:
    """Headers of the answer to a browser that asks whether it may send; None: the Segment protocol's own paths."""
    more = () if endpoint is None or not endpoint.config.header else (endpoint.config.header.lower(),)
    return {
        **readable_by_pages(),
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": ", ".join(sorted({*_ALLOWED_HEADERS, *more})),
        "Access-Control-Max-Age": "86400",
    }


def handshake(endpoint: Endpoint, headers: Mapping[str, str]) -> dict[str, str]:
    """Headers that agree to a CloudEvents sender's request; empty when none was made, or to another kind of source."""
    origin = headers.get("WebHook-Request-Origin", "")
    if endpoint.config.kind != _OF_CLOUDEVENTS or not 0 < len(origin) <= _LONGEST_ORIGIN:
        return {}
    return {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}


def open_answers_to_pages(paths: frozenset[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A signal for the application: every answer at these paths, errors too, can be read by a page."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith("/v1/") or request.path.rstrip("/") in paths:
            for name, value in readable_by_pages().items():
                response.headers.setdefault(name, value)

    return add
