"""The page's own endpoints: files, a live stream of what one person sees, and what they do. Only for this machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.standin.errors import CannotActError, Refused
from bot.standin.pageacts import ACTS
from bot.standin.pagestate import handed_over, patch, picture, state
from bot.standin.values import File, Obj

if TYPE_CHECKING:
    from bot.standin.server import StandIn

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)
HEARTBEAT_SECONDS = 15
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Live:
    """Tells every open page what changed for the person who looks at it."""

    def __init__(self, standin: "StandIn") -> None:
        self.standin = standin
        self._pages: dict[web.WebSocketResponse, tuple[str, asyncio.Queue[Obj]]] = {}

    def tell(self, kind: str, value: Any) -> None:
        """Something changed."""
        for user, queue in self._pages.values():
            news = patch(self.standin, user, kind, value)
            if news is not None:
                queue.put_nowait(news)

    async def close(self) -> None:
        """Let every page go."""
        for socket in list(self._pages):
            await socket.close()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One open page: all it shows, then every change."""
        # A web socket, since a browser opens only six event streams to a host: five people are five windows.
        user = person(self.standin, request)
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        queue: asyncio.Queue[Obj] = asyncio.Queue()
        self._pages[socket] = (user, queue)
        queue.put_nowait(state(self.standin, user))
        sender = asyncio.get_running_loop().create_task(_follow(queue, socket))
        try:
            async for _ in socket:
                pass  # the page says nothing here; what it does it posts
        finally:
            del self._pages[socket]
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
        return socket


async def _follow(queue: "asyncio.Queue[Obj]", socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_str(json.dumps(await queue.get(), ensure_ascii=False))


def person(standin: "StandIn", request: web.Request) -> str:
    """Whom the page acts as: a living person of the workspace."""
    users = standin.workspace.users
    user = users.get(request.query.get("as", ""))
    if user is None or user.is_bot or user.deleted:
        raise web.HTTPNotFound(text="nobody of this name")
    return user.id


class Endpoints:
    """What the page asks for, refused when another site's page asks: a foreign host name, origin or fetch."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._standin = live.standin

    def routes(self) -> list[web.RouteDef]:
        """All of the page's routes."""
        return [
            web.get("/", self._guarded(_index)),
            web.get("/static/{name}", self._guarded(_static)),
            web.get("/page/people", self._guarded(self._people)),
            web.get("/page/live", self._guarded(self._live.serve)),
            web.get("/page/file/{file}", self._guarded(self._file)),
            web.post("/page/act", self._guarded(self._act)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guard(request: web.Request) -> web.StreamResponse:
            port = self._standin.url.rpartition(":")[2]
            hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
            origins = {f"http://{host}" for host in hosts}
            origin = request.headers.get("Origin")
            # A browser sends no Origin with its own GET, but always with a POST.
            known = origin in origins or (origin is None and request.method == "GET")
            site = request.headers.get("Sec-Fetch-Site", "none")
            if request.host not in hosts or not known or site not in ("same-origin", "none"):
                raise web.HTTPForbidden(text="only the stand-in's own page may ask")
            return await handler(request)

        return guard

    async def _act(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        wanted = await request.json()
        try:
            done = await ACTS[wanted["act"]](self._standin, person(self._standin, request), wanted)
        except (CannotActError, Refused, KeyError) as problem:
            done = {"ok": False, "error": str(problem)}
        return web.json_response(done, headers=dict(HEADERS))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        workspace, file_id = self._standin.workspace, request.match_info["file"]
        found = picture(workspace, file_id)
        if found is None:
            return self._download(handed_over(workspace, request.query.get("as", ""), file_id))
        return web.Response(body=found.data, content_type=found.mimetype, headers=dict(HEADERS))

    @staticmethod
    def _download(file: File | None) -> web.StreamResponse:
        if file is None:
            raise web.HTTPNotFound
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{file.name}"'}
        return web.Response(body=file.data, content_type="application/octet-stream", headers=headers)

    async def _people(self, _: web.Request) -> web.StreamResponse:
        able = [user.id for user in self._standin.workspace.users.values() if not (user.is_bot or user.deleted)]
        return web.json_response(able, headers=dict(HEADERS))


async def _index(_: web.Request) -> web.StreamResponse:
    return _shipped("index.html")


async def _static(request: web.Request) -> web.StreamResponse:
    return _shipped(request.match_info["name"])


def _shipped(name: str) -> web.Response:
    folder = files("bot.standin") / "static"
    known = {entry.name for entry in folder.iterdir()}
    if name not in known:
        raise web.HTTPNotFound
    kind = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return web.Response(body=(folder / name).read_bytes(), content_type=kind, charset="utf-8", headers=dict(HEADERS))
