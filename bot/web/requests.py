"""Each request gets an id, by which logs know it up to the message in Slack; and a line of its own, where wanted."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Counter, Histogram

from bot.logs import dealing_with, new_request_id
from bot.metrics import Metrics

log = structlog.get_logger(__name__)

REQUEST_ID: Final = "X-Request-Id"
_PLACES: Final = frozenset({"hooks", "v1", "slack"})


def identified(metrics: Metrics, *, logged: bool) -> Middleware:
    """Give each request its id, say it in the answer, and count it; `logged`: and write a line when it is answered."""
    flying = 0
    metrics.in_flight.set_function(lambda: flying)

    @lru_cache(maxsize=256)
    def counters(place: str, status: int) -> tuple[Counter, Histogram]:
        return metrics.requests.labels(place, str(status)), metrics.request_seconds.labels(place)

    @web.middleware
    async def give_id(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal flying
        name = new_request_id()
        loop = asyncio.get_running_loop()
        began = loop.time()
        flying += 1
        try:
            with dealing_with(name):
                response = await handler(request)
                took = loop.time() - began
                if logged:
                    log.info("request", **_what(request), status=response.status, ms=round(took * 1000, 1))
        finally:
            flying -= 1
        requests, seconds = counters(_place(request), response.status)
        requests.inc()
        seconds.observe(took)
        response.headers[REQUEST_ID] = name
        return response

    return give_id


def _place(request: web.Request) -> str:
    """The first part of the address, where it is one of ours: nobody may choose the labels of a metric."""
    first = request.path.lstrip("/").partition("/")[0]  # of CONNECT and OPTIONS it may be no path at all
    return first if first in _PLACES and request.match_info.http_exception is None else "other"


def _what(request: web.Request) -> dict[str, object]:
    """Method and address without its query, which some vendors put a secret in; of an unknown address nothing."""
    known = request.match_info.http_exception is None
    return {"method": request.method if known else "-", "path": request.path if known else "-"}
