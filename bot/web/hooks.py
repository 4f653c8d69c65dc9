"""Where events come in: /hooks/NAME for every source, and the Segment protocol's own paths under /v1.

What is accepted is answered by exactly 200 with JSON, because some senders take 202 and 204 for failure; a configured
address never answers 404 or 410, because some senders then give it up for good.
"""

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
from bot.web.permissions import FROM_BROWSERS, handshake, open_answers_to_pages, preflight
from bot.web.receiving import Bodies

log = structlog.get_logger(__name__)

_OFF_THE_LOOP: Final = 65_536
"""Bodies larger than this are read in a thread, so that a big one does not hold up the others."""
_SEGMENT: Final = "segment"
_ADDRESS: Final = "/hooks/{source:[^/]+}{end:/?}"
"""With or without a slash at the end: a pasted address is not refused for one."""


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
        max_body_bytes: int = 5_242_880,
    ) -> None:
        self._endpoints = endpoints
        self._segment = [endpoint for endpoint in endpoints.values() if endpoint.config.kind == _SEGMENT]
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._public_url = public_url.rstrip("/") if public_url else None
        self._trusted = frozenset(trusted_proxies)
        self._bodies = Bodies(max_body_bytes)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post(_ADDRESS, self.hook)
        app.router.add_get(_ADDRESS, self.probe)  # and HEAD
        app.router.add_route("OPTIONS", _ADDRESS, self.ask)
        app.router.add_post("/v1/{call}", self.segment)
        app.router.add_get("/v1/{call}", self.probe)
        app.router.add_route("OPTIONS", "/v1/{call}", self.ask)
        app.on_response_prepare.append(
            open_answers_to_pages(
                frozenset(f"/hooks/{name}" for name, one in self._endpoints.items() if one.config.kind in FROM_BROWSERS)
            )
        )

    async def probe(self, request: web.Request) -> web.Response:
        """Some vendors look whether the address is there when it is saved."""
        name = request.match_info.get("source")
        return answer(200, {"ok": True}) if name is None or name in self._endpoints else self._unknown(name)

    async def ask(self, request: web.Request) -> web.Response:
        """A browser, or a CloudEvents sender, asks whether it may send."""
        name = request.match_info.get("source")
        endpoint = self._endpoints.get(name) if name is not None else None
        if name is not None and endpoint is None:
            return self._unknown(name)
        agreed = handshake(endpoint, request.headers) if endpoint is not None else {}
        return answer(200, {"ok": True}, {"Allow": "POST, OPTIONS, GET, HEAD", **preflight(endpoint), **agreed})

    async def hook(self, request: web.Request) -> web.Response:
        """Events for the source that the address names."""
        name = request.match_info["source"]
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            return self._unknown(name)
        async with self._bodies.of(request) as body:
            return await self._take(endpoint, await self._read(endpoint, self._received(request, body)))

    async def segment(self, request: web.Request) -> web.Response:
        """The Segment protocol: its write key says which source it is."""
        async with self._bodies.of(request) as body:
            return await self._by_its_key(self._received(request, body))

    async def _by_its_key(self, received: Received) -> web.Response:
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

    def _received(self, request: web.Request, body: bytes) -> Received:
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
        if isinstance(read, Refused):
            self._metrics.refused.labels(name, read.code).inc()
            log.warning("request_refused", source=name, status=read.status, code=read.code)
            refusals = [{"position": one.position, "code": one.code, "message": one.message} for one in read.refusals]
            body: dict[str, object] = {"code": read.code, "message": read.message}
            return answer(read.status, body | ({"refused": refusals} if refusals else {}))
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
        )

    def _unknown(self, name: str) -> web.Response:
        self._metrics.refused.labels("unknown", "unknown_source").inc()
        return error(404, "unknown_source", f"No source is called {name!r:.80}. `hotlead check` lists those that are.")
