"""Answers in JSON: errors have `code` and `message`, because clients that find neither crash into a retry."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.errors import DiskFull, Overloaded

log = structlog.get_logger(__name__)

SECURITY: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_RETRY_AFTER: Final = 2
_WORDS: Final[Mapping[int, tuple[str, str]]] = {
    404: ("not_found", "There is nothing at this address. Events go to /hooks/NAME or /v1/batch."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "Send fewer events per request."),
}


def answer(status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(
        status=status,
        body=json.dumps(body, ensure_ascii=False).encode(),
        content_type="application/json",
        headers=headers,
    )


async def secure(_request: web.Request, response: web.StreamResponse) -> None:
    """A signal for applications: every answer has the security headers, whoever made it."""
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)


def error(status: int, code: str, message: str, *, after: int = _RETRY_AFTER, **more: object) -> web.Response:
    """An error in JSON; 503 says after how many seconds to come again."""
    headers = {"Retry-After": str(after)} if status == 503 else {}
    return answer(status, {"code": code, "message": message, **more}, headers)


@web.middleware
async def errors_in_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered in JSON, and never with a traceback."""
    try:
        return await handler(request)
    except web.HTTPException as refused:
        code, message = _WORDS.get(refused.status, ("refused", refused.reason))
        if isinstance(refused, web.HTTPRequestEntityTooLarge):
            message = f"{refused.text}. {message}"
        told = error(refused.status, code, message)
        if isinstance(refused, web.HTTPMethodNotAllowed):  # RFC 9110, 15.5.6: the answer says what is allowed
            told.headers["Allow"] = ", ".join(sorted(refused.allowed_methods))
        return told
    except TimeoutError:
        return error(408, "too_slow", "The body did not arrive in time.")
    except DiskFull:
        return error(503, "disk_full", "There is no room to store it. The request had no effect; send it again later.")
    except Overloaded as overloaded:
        return error(503, "overloaded", str(overloaded))
    except (ConnectionError, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("request_failed", path=request.path)
        return error(503, "try_again", "Something is wrong on our side. The request had no effect; send it again.")


def at_most_in_flight(most: int) -> Middleware:
    """Beyond so many requests at once, refuse early: a server that takes on everything answers nobody."""
    flying = 0

    @web.middleware
    async def cap(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal flying
        if flying >= most:
            return error(503, "overloaded", "Too many requests at once. Send it again in a few seconds.")
        flying += 1
        try:
            return await handler(request)
        finally:
            flying -= 1

    return cap
