"""Each request gets an id, by which logs know it up to the message in Slack; and a line of its own, where wanted."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.logs import dealing_with, new_request_id

log = structlog.get_logger(__name__)

REQUEST_ID: Final = "X-Request-Id"


def identified(*, logged: bool) -> Middleware:
    """Give each request its id, and say it in the answer; `logged`: and write a line when it was answered."""

    @web.middleware
    async def give_id(request: web.Request, handler: Handler) -> web.StreamResponse:
        name = new_request_id()
        loop = asyncio.get_running_loop()
        began = loop.time()
        with dealing_with(name):
            response = await handler(request)
            if logged:
                milliseconds = round((loop.time() - began) * 1000, 1)
                log.info("request", **_what(request), status=response.status, ms=milliseconds)
        response.headers[REQUEST_ID] = name
        return response

    return give_id


def _what(request: web.Request) -> dict[str, object]:
    """Method and address without its query, which some vendors put a secret in; of an unknown address nothing."""
    known = request.match_info.http_exception is None
    return {"method": request.method if known else "-", "path": request.path if known else "-"}
