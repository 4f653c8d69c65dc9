"""Socket Mode: web sockets that the app opens, envelopes that it acknowledges."""

# docs.slack.dev/apis/events-api/using-socket-mode

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from bot.standin.deliver import Acked, NotSentError
from bot.standin.values import Obj
from bot.standin.workspace import Workspace

MOST_CONNECTIONS = 10


class Sockets:
    """The open connections. Any envelope may come on any of them, so they take turns."""

    def __init__(self, workspace: Workspace, changed: Callable[[str, Any], None]) -> None:
        self._ids = workspace.ids
        self._app_id = workspace.app_id
        self._tickets = workspace.socket_tickets
        self._changed = changed
        self.opened = 0  # how many connections there have been
        self._open: list[web.WebSocketResponse] = []
        self._turn = 0
        self._unacked: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self.connected = asyncio.Event()

    @property
    def count(self) -> int:
        """How many connections there are."""
        return len(self._open)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello until either side closes."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this address was not given out, or was used before")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MOST_CONNECTIONS:
            await self._say_disconnect(socket, "too_many_websockets")
            await socket.close()
            return socket
        await socket.send_json(self._hello())
        self._open.append(socket)
        self.opened += 1
        self.connected.set()
        self._changed("socket", len(self._open))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acked(message.data)
        finally:
            self._drop(socket)
        return socket

    async def tell(self, kind: str, payload: Obj, retry: int, _reason: str) -> Acked:
        """Send one envelope and wait for its acknowledgement."""
        if not self._open:
            raise NotSentError("no_app_connected")
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        envelope_id = self._ids.secret()
        envelope: Obj = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._unacked[envelope_id] = (socket, acknowledged)
        try:
            await socket.send_json(envelope)
            return Acked(200, await acknowledged)
        except ConnectionError as problem:
            raise NotSentError("connection_failed") from problem
        finally:
            del self._unacked[envelope_id]

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew. `warning` comes about ten seconds before Slack closes; the others close now."""
        for socket in list(self._open):
            await self._say_disconnect(socket, reason)
            if reason != "warning":
                self._drop(socket)
                await socket.close()

    async def close(self) -> None:
        """Close every connection without a word."""
        for socket in list(self._open):
            self._drop(socket)
            await socket.close()

    def _hello(self) -> Obj:
        debug: Obj = {"host": "standin", "build_number": 1, "approximate_connection_time": 18060}
        hello: Obj = {"type": "hello", "num_connections": len(self._open) + 1, "debug_info": debug}
        return hello | {"connection_info": {"app_id": self._app_id}}

    async def _say_disconnect(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "standin"}})

    def _acked(self, said: str) -> None:
        try:
            ack = json.loads(said)
        except ValueError:
            return
        found = self._unacked.get(ack.get("envelope_id", "")) if isinstance(ack, dict) else None
        waiting = found[1] if found else None
        if waiting and not waiting.done():
            waiting.set_result(ack.get("payload", ""))

    def _drop(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
        for on, waiting in self._unacked.values():
            if on is socket and not waiting.done():
                waiting.set_exception(NotSentError("connection_closed"))
        if not self._open:
            self.connected.clear()
        self._changed("socket", len(self._open))
