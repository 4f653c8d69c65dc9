"""The page's own endpoints: files, a live stream of what one person sees, and what they do. Only for this machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.standin.errors import CannotActError
from bot.standin.pageacts import ACTS
from bot.standin.pagestate import patch, picture, state
from bot.standin.values import Obj

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


def guarded(standin: "StandIn", handler: Handler) -> Handler:
    """Refuse what another site's page could cause: a foreign host name, origin or fetch."""

    async def guard(request: web.Request) -> web.StreamResponse:
        port = standin.url.rpartition(":")[2]
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origin = request.headers.get("Origin")
        foreign = origin not in ({None} if request.method == "GET" else set()) | {f"http://{host}" for host in hosts}
        site = request.headers.get("Sec-Fetch-Site", "none")
        if request.host not in hosts or foreign or site not in ("same-origin", "none"):
            raise web.HTTPForbidden(text="only the stand-in's own page may ask")
        return await handler(request)

    return guard


def add_page(app: web.Application, live: Live) -> None:
    """Serve the page."""
    standin = live.standin

    async def act(request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        wanted = await request.json()
        try:
            done = await ACTS[wanted["act"]](standin, person(standin, request), wanted)
        except (CannotActError, KeyError) as problem:
            done = {"ok": False, "error": str(problem)}
        return web.json_response(done, headers=dict(HEADERS))

    async def file(request: web.Request) -> web.StreamResponse:
        found = picture(standin.workspace, request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found.data, content_type=found.mimetype, headers=dict(HEADERS))

    async def people(_: web.Request) -> web.StreamResponse:
        able = [user.id for user in standin.workspace.users.values() if not (user.is_bot or user.deleted)]
        return web.json_response(able, headers=dict(HEADERS))

    routes = (
        web.get("/", guarded(standin, _index)),
        web.get("/static/{name}", guarded(standin, _static)),
        web.get("/page/people", guarded(standin, people)),
        web.get("/page/live", guarded(standin, live.serve)),
        web.post("/page/act", guarded(standin, act)),
        web.get("/page/file/{file}", guarded(standin, file)),
    )
    app.add_routes(routes)


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
