"""What engineers look at: is it alive, is it ready, and its numbers; on a port of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.metrics import Metrics
from bot.web.answers import answer, errors_in_json

Trouble = Callable[[], Awaitable[list[str]]]
"""What keeps the service from being ready, each in a sentence; empty when it is."""


async def alive(_request: web.Request) -> web.Response:
    """The process answers."""
    return answer(200, {"ok": True})


def operations(
    metrics: Metrics,
    trouble: Trouble,
    warnings: Callable[[], list[str]],
    count: Callable[[], Awaitable[None]],
    describe: Callable[[], Mapping[str, object]],
) -> web.Application:
    """The application behind the operations port.

    `warnings` say what somebody should see to though the service is ready; `count` brings what is counted only when
    asked up to date; `describe` gives the OpenAPI description.
    """

    async def ready(_request: web.Request) -> web.Response:
        found = await trouble()
        return answer(503 if found else 200, {"ready": not found, "trouble": found, "warnings": warnings()})

    async def numbers(_request: web.Request) -> web.Response:
        await count()
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def described(_request: web.Request) -> web.Response:
        return answer(200, describe())

    app = web.Application(middlewares=[errors_in_json])
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", numbers)
    app.router.add_get("/openapi.json", described)
    return app
