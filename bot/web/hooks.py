"""Where events come in: /hooks/NAME for every source, and the Segment protocol's own paths under /v1."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from aiohttp import web
from yarl import URL

from bot.clock import Clock
from bot.metrics import Metrics
from bot.service.intake import Intake
from bot.sources.base import Accepted, Received, Refused
from bot.sources.reading import Endpoint
from bot.web.answers import answer, error

log = structlog.get_logger(__name__)

_BODY_SECONDS: Final = 5.0
_OFF_THE_LOOP: Final = 65_536
"""Bodies larger than this are read in a thread, so that a big one does not hold up the others."""
_CORS: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, x-retry-count",
    "Access-Control-Max-Age": "86400",
}
_SEGMENT: Final = "segment"


class Hooks:
    """Reads requests of all sources and hands their events to the intake."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        intake: Intake,
        clock: Clock,
        metrics: Metrics,
        *,
        public_url: str | None,
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        self._endpoints = endpoints
        self._segment = [endpoint for endpoint in endpoints.values() if endpoint.config.kind == _SEGMENT]
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._public_url = public_url.rstrip("/") if public_url else None
        self._trusted = frozenset(trusted_proxies)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/hooks/{source}", self.hook)
        app.router.add_get("/hooks/{source}", self.probe)
        app.router.add_route("OPTIONS", "/hooks/{source}", self.preflight)
        app.router.add_post("/v1/{call}", self.segment)
        app.router.add_route("OPTIONS", "/v1/{call}", self.preflight)

    async def probe(self, request: web.Request) -> web.Response:
        """Some vendors look whether the address is there when it is saved."""
        if request.match_info["source"] not in self._endpoints:
            return self._unknown(request.match_info["source"])
        return answer(200, {"ok": True})

    async def preflight(self, _request: web.Request) -> web.Response:
        """A browser asks whether it may send."""
        return answer(200, {"ok": True}, _CORS)

    async def hook(self, request: web.Request) -> web.Response:
        """Events for the source that the address names."""
        name = request.match_info["source"]
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            return self._unknown(name)
        received = await self._receive(request)
        return await self._take(endpoint, await self._read(endpoint, received))

    async def segment(self, request: web.Request) -> web.Response:
        """The Segment protocol: its write key says which source it is."""
        received = await self._receive(request)
        refused: tuple[Endpoint, Refused] | None = None
        for endpoint in self._segment:
            read = await self._read(endpoint, received)
            if isinstance(read, Refused) and read.status == 401:
                refused = refused or (endpoint, read)
                continue
            return await self._take(endpoint, read)
        if refused is None:
            return error(404, "no_source", "No source of kind segment is configured.")
        return await self._take(*refused)

    async def _receive(self, request: web.Request) -> Received:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await request.read()
        return Received(
            method=request.method,
            public_url=self._url(request),
            path=request.path,
            headers=request.headers,
            body=body,
            received_at=self._clock(),
        )

    def _url(self, request: web.Request) -> str:
        """The address as the sender knows it; what a proxy says of it is believed only from a trusted one."""
        if self._public_url is not None:
            return f"{self._public_url}{request.path_qs}"
        if request.remote in self._trusted:
            scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
            host = request.headers.get("X-Forwarded-Host", request.host)
            return str(URL(f"{scheme}://{host}").join(request.rel_url))
        return str(request.url)

    @staticmethod
    async def _read(endpoint: Endpoint, received: Received) -> Accepted | Refused:
        if len(received.body) > _OFF_THE_LOOP:
            return await asyncio.to_thread(endpoint.read, received)
        return endpoint.read(received)

    async def _take(self, endpoint: Endpoint, read: Accepted | Refused) -> web.Response:
        name = endpoint.config.name
        cors = _CORS if endpoint.config.kind == _SEGMENT else {}
        if isinstance(read, Refused):
            self._metrics.refused.labels(name, read.code).inc()
            log.warning("request_refused", source=name, status=read.status, code=read.code)
            refusals = [{"position": one.position, "code": one.code, "message": one.message} for one in read.refusals]
            body: dict[str, object] = {"code": read.code, "message": read.message}
            return answer(read.status, body | ({"refused": refusals} if refusals else {}), cors)
        receipt = await self._intake.accept(name, read.events, history=read.history)
        for one in read.refusals:
            self._metrics.refused.labels(name, one.code).inc()
        return answer(
            200,
            {
                "accepted": receipt.accepted,
                "duplicates": receipt.duplicates,
                "ignored": read.ignored,
                "refused": [
                    {"position": one.position, "code": one.code, "message": one.message} for one in read.refusals
                ],
            },
            cors,
        )

    def _unknown(self, name: str) -> web.Response:
        self._metrics.refused.labels("unknown", "unknown_source").inc()
        return error(404, "unknown_source", f"No source is called {name!r:.80}. `hotlead check` lists those that are.")
