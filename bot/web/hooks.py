"""Where events come in: /hooks/NAME for every source, and the Segment protocol's own paths under /v1.

What is accepted is answered by exactly 200 with JSON, because some senders take 202 and 204 for failure; a configured
address never answers 404 or 410, because some senders then give it up for good.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

import structlog
from aiohttp import web
from yarl import URL

from bot.clock import Clock
from bot.errors import Overloaded
from bot.metrics import Metrics
from bot.service.group import Receipt
from bot.service.intake import Intake
from bot.service.source_health import ACCEPTED, DUPLICATE, ERASED, HISTORY, IGNORED, NOBODY, QUARANTINED, SourceHealth
from bot.sources.base import Accepted, Received, Refusal, Refused
from bot.sources.bodies import is_packed
from bot.sources.reading import Endpoint
from bot.web.answers import answer, error
from bot.web.permissions import FROM_BROWSERS, handshake, open_answers_to_pages, preflight
from bot.web.rates import Rates
from bot.web.receiving import Bodies

log = structlog.get_logger(__name__)

_OFF_THE_LOOP: Final = 65_536
"""Bodies larger than this are read in a thread, so that a big one does not hold up the others."""
_PACKED_OFF_THE_LOOP: Final = 1_024
"""The same of compressed ones: deflate makes up to a thousand bytes of one."""
_SEGMENT: Final = "segment"
_ADDRESS: Final = "/hooks/{source:[^/]+}{end:/?}"
"""With or without a slash at the end: a pasted address is not refused for one."""
_LARGEST_LETTER: Final = 262_144
"""Bytes of a refused request that is kept: HubSpot sends 100 events at most."""
_NOT_KEPT: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class Hooks:
    """Reads requests of all sources and hands their events to the intake."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        intake: Intake,
        clock: Clock,
        metrics: Metrics,
        health: SourceHealth,
        *,
        keeping: frozenset[str] = frozenset(),
        public_url: str | None,
        trusted_proxies: Sequence[str] = (),
        max_body_bytes: int = 5_242_880,
        rates: Rates | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._segment = [endpoint for endpoint in endpoints.values() if endpoint.config.kind == _SEGMENT]
        self._intake = intake
        self._clock = clock
        self._metrics = metrics
        self._health = health
        self._keeping = keeping
        self._public_url = public_url.rstrip("/") if public_url else None
        self._trusted = frozenset(trusted_proxies)
        self._bodies = Bodies(max_body_bytes)
        self._rates = rates or Rates({})

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
        with self._counted(name):
            return await self._bodies.give(request, partial(self._for, endpoint))

    async def segment(self, request: web.Request) -> web.Response:
        """The Segment protocol: its write key says which source it is."""
        return await self._bodies.give(request, self._by_its_key)

    async def _for(self, endpoint: Endpoint, request: web.Request, body: bytes) -> web.Response:
        received = self._received(request, body)
        return await self._take(endpoint, received, await self._read(endpoint, received))

    async def _by_its_key(self, request: web.Request, body: bytes) -> web.Response:
        received = self._received(request, body)
        refused: Refused | None = None
        for endpoint in self._segment:
            read = await self._read(endpoint, received)
            if isinstance(read, Refused) and read.status == 401:
                refused = refused or read
                continue
            with self._counted(endpoint.config.name):
                return await self._take(endpoint, received, read)
        if refused is None:
            return error(404, "no_source", "No source of kind segment is configured.")
        if len(self._segment) == 1:
            return await self._take(self._segment[0], received, refused)
        log.warning("request_refused", source="unknown", status=refused.status, code=refused.code)
        self._metrics.refused.labels("unknown", refused.code).inc()  # a key of none of them is the fault of none
        return error(refused.status, refused.code, refused.message)

    @contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        """What stops a request before its source has read it is counted for that source too."""
        try:
            yield
        except web.HTTPRequestEntityTooLarge:
            self._note(name, "too_large")
            raise
        except TimeoutError:
            self._note(name, "too_slow")
            raise
        except Overloaded:
            self._note(name, "overloaded")
            raise

    def _received(self, request: web.Request, body: bytes) -> Received:
        return Received(
            method=request.method,
            address=partial(self._url, request),
            path=request.path,
            headers=request.headers,
            body=body,
            received_at=self._clock(),
        )

    def _url(self, request: web.Request) -> str:
        """The address as the sender knows it; what a proxy says of it is believed only from a trusted one."""
        if self._public_url is not None:
            return f"{self._public_url}{request.path_qs}"
        try:
            if request.remote in self._trusted:
                scheme = request.headers.get("X-Forwarded-Proto", request.scheme)
                host = request.headers.get("X-Forwarded-Host", request.host)
                return str(URL(f"{scheme}://{host}").join(request.rel_url))
            return str(request.url)
        except ValueError:  # the sender's Host is none; whoever signs the address signed another
            return request.path_qs

    @staticmethod
    async def _read(endpoint: Endpoint, received: Received) -> Accepted | Refused:
        if len(received.body) > (_PACKED_OFF_THE_LOOP if is_packed(received) else _OFF_THE_LOOP):
            return await asyncio.to_thread(endpoint.read, received)
        return endpoint.read(received)

    async def _take(self, endpoint: Endpoint, received: Received, read: Accepted | Refused) -> web.Response:
        name = endpoint.config.name
        if isinstance(read, Refused):
            return self._refuse(name, received, read)
        if (wait := self._rates.take(name, len(read.events))) is not None:
            self._note(name, "too_many")
            return error(503, "too_many", "More events a second than this source may send.", after=wait)
        receipt = await self._intake.accept(name, read.events, history=read.history)
        became = tally(read, receipt)
        self._health.took(name, became)
        self._metrics.ignored.labels(name).inc(read.ignored)
        self._metrics.quarantined.labels(name).inc(became[QUARANTINED])
        for one in read.refusals:
            self._note(name, one.code)
        told = {
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "ignored": read.ignored + receipt.erased,
        }
        return answer(200, {**told, "refused": _named(read.refusals)})

    def _refuse(self, name: str, received: Received, refused: Refused) -> web.Response:
        unproved = refused.status == 401
        log.warning("request_refused", source=name, status=refused.status, code=refused.code)
        self._note(name, refused.code, unproved=unproved)
        if unproved and name in self._keeping:
            self._keep(name, received, refused.code)
        body: dict[str, object] = {"code": refused.code, "message": refused.message}
        return answer(refused.status, body | ({"refused": _named(refused.refusals)} if refused.refusals else {}))

    def _note(self, name: str, code: str, *, unproved: bool = False) -> None:
        self._metrics.refused.labels(name, code).inc()
        self._health.refused(name, code, unproved=unproved)

    def _keep(self, name: str, received: Received, code: str) -> None:
        """This sender gives up for good when it is refused: what it sent is kept, to be tried with the right secret."""
        kept = len(received.body) <= _LARGEST_LETTER and self._health.keep(
            {
                "source": name,
                "received_at": received.received_at,
                "code": code,
                "method": received.method,
                "url": received.public_url,
                "path": received.path,
                "headers": json.dumps(
                    {k.lower(): v for k, v in received.headers.items() if k.lower() not in _NOT_KEPT}
                ),
                "body": received.body,
            }
        )
        advice = (
            f"mend the secret, then `hotlead sources retry {name}`" if kept else "it was too large, or too many came"
        )
        log.error("event_will_not_be_sent_again", source=name, code=code, kept=kept, advice=advice)

    def _unknown(self, name: str) -> web.Response:
        self._metrics.refused.labels("unknown", "unknown_source").inc()
        return error(404, "unknown_source", f"No source is called {name!r:.80}. `hotlead check` lists those that are.")


def tally(read: Accepted, receipt: Receipt) -> dict[str, int]:
    """What became of a request's events."""
    return {
        HISTORY if read.history else ACCEPTED: receipt.accepted,
        DUPLICATE: receipt.duplicates,
        IGNORED: read.ignored,
        ERASED: receipt.erased,
        NOBODY: sum(not event.identifiers for event in read.events),
        QUARANTINED: sum(event.quarantine is not None for event in read.events),
    }


def _named(refusals: Sequence[Refusal]) -> list[dict[str, object]]:
    return [{"position": one.position, "code": one.code, "message": one.message} for one in refusals]
