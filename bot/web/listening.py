"""Listening: how many connections there may be, and how long one may take to say what it wants.

aiohttp limits neither: who opens connections and says nothing, or a byte a minute, would have all of them for good.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.errors import StoreUnusable
from bot.web.answers import secure

HEAD_SECONDS: Final = 10.0
"""So long a new connection may take until its first request's headers are there; later ones have the keep-alive's."""
_BACKLOG: Final = 1024
_BUSY: Final = json.dumps(
    {"code": "overloaded", "message": "Too many connections at once. Send it again in a few seconds."}
).encode()


class Connections:
    """What a listening socket makes of a connection: aiohttp's own protocol while there is room, else a short no."""

    def __init__(self, server: web.Server, most: int, *, seconds: float = HEAD_SECONDS) -> None:
        self._server = server
        self._most = most
        self._seconds = seconds
        self._silent: dict[asyncio.BaseProtocol, asyncio.TimerHandle] = {}

    def __call__(self) -> asyncio.BaseProtocol:
        if len(self._server.connections) >= self._most:
            return _NoRoom()
        protocol = self._server()
        loop = asyncio.get_running_loop()
        self._silent[protocol] = loop.call_later(self._seconds, self._hang_up, protocol)
        return protocol

    def spoke(self, protocol: asyncio.BaseProtocol) -> None:
        """The headers of a request are there."""
        timer = self._silent.pop(protocol, None)
        if timer is not None:
            timer.cancel()

    def _hang_up(self, protocol: web.RequestHandler) -> None:
        self._silent.pop(protocol, None)
        if protocol.transport is not None:
            protocol.transport.abort()

    def close(self) -> None:
        for timer in self._silent.values():
            timer.cancel()
        self._silent.clear()


class _NoRoom(asyncio.Protocol):
    """Answers 503 before anything is read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            head = (
                "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 2\r\n"
                f"Connection: close\r\nContent-Length: {len(_BUSY)}\r\n\r\n"
            )
            transport.write(head.encode() + _BUSY)
            transport.close()


def _first_of_all(spoke: Callable[[asyncio.BaseProtocol], None]) -> Middleware:
    @web.middleware
    async def headers_are_there(request: web.Request, handler: Handler) -> web.StreamResponse:
        spoke(request.protocol)
        return await handler(request)

    return headers_are_there


async def listen(
    app: web.Application, host: str, port: int, *, most: int, opened: AsyncExitStack, seconds: float = HEAD_SECONDS
) -> str:
    """Serve an application until `opened` is closed; the URL where it listens. Raises StoreUnusable in words."""
    connections: Connections

    def spoke(protocol: asyncio.BaseProtocol) -> None:
        connections.spoke(protocol)

    app.middlewares.insert(0, _first_of_all(spoke))
    app.on_response_prepare.append(secure)
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        keepalive_timeout=15,
        lingering_time=2,
        handler_cancellation=False,
        shutdown_timeout=3,
    )
    await runner.setup()
    opened.push_async_callback(runner.cleanup)
    server = runner.server
    if server is None:  # cannot be: it was set up just now
        raise StoreUnusable("The web server did not start.")
    connections = Connections(server, most, seconds=seconds)
    opened.callback(connections.close)
    try:
        listening = await asyncio.get_running_loop().create_server(connections, host, port, backlog=_BACKLOG)
    except OSError as trouble:
        raise StoreUnusable(
            f"Port {port} on {host} cannot be used: {trouble.strerror or trouble}. Choose another under [service]."
        ) from trouble
    opened.push_async_callback(_stop(listening))
    bound = listening.sockets[0].getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound}"


def _stop(listening: asyncio.Server) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        listening.close()  # connections that are open are finished by the runner

    return stop
