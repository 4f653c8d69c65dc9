"""The stand-in itself: one HTTP server on this machine with Slack's API, Socket Mode and the page."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from bot.standin import mrkdwn, page, responses
from bot.standin.acts import Acts
from bot.standin.deliver import Deliveries, Delivery, OverHttp
from bot.standin.faults import Fault, Faults, GoesWrong
from bot.standin.methods import files
from bot.standin.socketmode import Sockets
from bot.standin.values import SECOND, Message, Obj, View
from bot.standin.webapi import Answer, Call, call, limited
from bot.standin.workspace import Workspace

Found = TypeVar("Found")
BIGGEST_REQUEST = 20 * 1024 * 1024
TICK_SECONDS = 1.0


class StandIn(Acts):
    """A Slack workspace that can be used: by an app (Web API, deliveries), by people in a browser, by tests.

    Start it inside a running event loop; `api_url` is the base_url of a Web API client, `page_url` the page.
    """

    def __init__(self, workspace: Workspace, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(workspace)
        self._host, self._port = host, port
        self.sockets = Sockets(workspace, self._on_change)
        self.deliveries = Deliveries(workspace, self.sockets, self._on_change)
        self.faults = Faults()
        self.goes_wrong: GoesWrong = self.faults
        """What is asked before each call: by default the faults that were ordered."""
        self.calls: list[Call] = []
        self._changes = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._live = page.Live(self)

    # life

    async def start(self) -> None:
        """Listen, and follow the workspace."""
        app = web.Application(client_max_size=BIGGEST_REQUEST)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self._api),
                web.post("/response/{key}", self._response),
                web.post("/upload/{file}", self._upload),
                web.get("/link/{ticket}", self.sockets.serve),
            ]
        )
        app.add_routes(page.Endpoints(self._live).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.response_base = self.workspace.upload_base = self.url
        self.workspace.socket_base = self.url.replace("http", "ws", 1)
        self._session = aiohttp.ClientSession()
        self.workspace.on_change.append(self._on_change)
        self.workspace.on_event.append(self.deliveries.event_soon)
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def close(self) -> None:
        """Stop listening; nothing is left behind."""
        if self._ticker:
            self._ticker.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticker
        if self._runner is None or self._session is None:
            return
        self.workspace.on_change.remove(self._on_change)
        self.workspace.on_event.remove(self.deliveries.event_soon)
        await self.deliveries.stop()
        await self.sockets.close()
        await self._live.close()
        await self._session.close()
        await self._runner.cleanup()
        self._runner = self._session = None

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """The base_url of a Web API client."""
        return f"{self.url}/api/"

    @property
    def page_url(self) -> str:
        """The page; add `?as=U…` for a person."""
        return f"{self.url}/"

    def deliver_to(self, url: str) -> None:
        """Tell the app by HTTP at this Request URL ("" goes back to Socket Mode)."""
        if self._session is None:
            raise RuntimeError("start the stand-in before it can deliver")
        self.deliveries.use_http(OverHttp(url, self.workspace, self._session) if url else None)

    async def verify_url(self) -> bool:
        """Ask the app to prove that the Request URL is its own, as Slack does before it delivers there."""
        challenge = self.workspace.ids.secret()
        delivery = await self.deliveries.send("url_verification", {"type": "url_verification", "challenge": challenge})
        said = delivery.body.get("challenge") if isinstance(delivery.body, dict) else delivery.body
        return delivery.ok and said == challenge

    async def redeliver(self) -> tuple[Delivery, ...]:
        """Send every failed event again now, with its retry number."""
        return await self.deliveries.redeliver()

    async def repeat(self, delivery: Delivery) -> Delivery:
        """Send the very same thing once more, as a network may: same trigger, same event id, no retry number."""
        return await self.deliveries.send(delivery.kind, delivery.payload)

    async def settled(self) -> None:
        """Wait until all events that were emitted have been told to the app."""
        await self.deliveries.settled()

    # looking

    def messages(self, channel: str) -> tuple[Message, ...]:
        """Visible messages of a channel with thread replies, oldest first."""
        return tuple(m for m in self.workspace.messages.all_in(channel) if not m.deleted)

    def ephemerals(self, user: str) -> tuple[Message, ...]:
        """Messages that only this person sees, oldest first."""
        return self.workspace.messages.ephemerals(user)

    def dms(self, user: str) -> tuple[Message, ...]:
        """Messages between the bot and a person."""
        found = [c.id for c in self.workspace.channels.values() if c.im_user == user]
        return self.messages(found[0]) if found else ()

    def views(self, user: str) -> tuple[View, ...]:
        """Open modals of a person, the visible one last."""
        return self.workspace.views.stack(user)

    def home(self, user: str) -> View | None:
        """What the app published on a person's Home tab."""
        return self.workspace.views.home(user)

    def mentions(self, message: Message) -> tuple[mrkdwn.Mention, ...]:
        """Whom a message notifies."""
        return mrkdwn.mentions(message)

    def links(self, message: Message) -> tuple[mrkdwn.Link, ...]:
        """Where the words of a message lead; buttons are not counted."""
        return mrkdwn.links(message)

    @property
    def failures(self) -> tuple[Delivery, ...]:
        """Deliveries that the app did not acknowledge in time and well."""
        return self.deliveries.failures

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one Web API method."""
        return [c for c in self.calls if c.method == method]

    async def wait_for(self, predicate: Callable[[], Found | None], timeout: float = 10.0) -> Found:
        """Wait until the predicate gives something true; looked at whenever anything changes."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                await self._changes.wait()
        return found

    def inject(self, fault: Fault) -> None:
        """Let the next calls of a method go wrong."""
        self.faults.inject(fault)

    def _on_change(self, kind: str, value: Any) -> None:
        waiting, self._changes = self._changes, asyncio.Event()
        waiting.set()
        self._live.tell(kind, value)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.deliveries.redeliver(only_due=True)

    # HTTP

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        token, args = await _read(request)
        channel = str(args.get("channel", ""))
        return await self._faulty(request, name, channel, args, lambda: call(self.workspace, name, token, args))

    async def _response(self, request: web.Request) -> web.StreamResponse:
        try:
            body = json.loads(await request.text())
        except ValueError:
            body = None

        def answer() -> Answer:
            status, said = responses.respond(self.workspace, request.match_info["key"], body)
            return Answer(status, said, {})

        return await self._faulty(request, "response_url", "", body if isinstance(body, dict) else {}, answer)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "multipart/form-data":
            parts = (await request.post()).values()
            data = next((part.file.read() for part in parts if isinstance(part, web.FileField)), b"")
        else:
            data = await request.read()
        taken = files.receive(self.workspace, request.match_info["file"], data)
        return web.Response(status=200 if taken else 400, text=f"OK - {len(data)}" if taken else "refused")

    async def _faulty(
        self, request: web.Request, name: str, channel: str, args: Mapping[str, Any], run: Callable[[], Answer]
    ) -> web.StreamResponse:
        """Run a call, with what goes wrong with it."""
        fault = self.goes_wrong.take(name, channel)
        kind = fault.kind if fault else ""
        answer: Answer | None = None
        if fault and kind == "latency":
            await asyncio.sleep(fault.seconds)
        if fault and kind in INSTEAD:
            answer = INSTEAD[kind](fault)
        elif kind != "drop_before":
            answer = run()
        if fault and kind == "latency_after":
            await asyncio.sleep(fault.seconds)
        if kind == "500_after":
            answer = BROKEN
        self._log(name, args, answer, kind)
        if kind in ("drop_before", "drop_after") or answer is None:
            if request.transport:
                request.transport.close()
            return web.Response(status=500)
        # Clients compare their clock with Slack's by this header, so it follows the workspace's clock.
        date = formatdate(self.workspace.now() / SECOND, usegmt=True)
        return web.json_response(answer.body, status=answer.status, headers={**answer.headers, "Date": date})

    def _log(self, name: str, args: Mapping[str, Any], answer: Answer | None, fault: str) -> None:
        error = "no_answer" if answer is None else answer.body.get("error", "")
        status = 0 if answer is None or fault.startswith("drop") else answer.status
        made = Call(name, args, status, error, self.workspace.now(), fault)
        self.calls.append(made)
        self._on_change("call", made)


BROKEN = Answer(500, {"ok": False, "error": "internal_error"}, {})
INSTEAD: Mapping[str, Callable[[Fault], Answer]] = {
    "429": lambda fault: limited(fault.retry_after),
    "500_before": lambda _: BROKEN,
    "error": lambda fault: Answer(200, {"ok": False, "error": fault.code}, {}),
}


async def _read(request: web.Request) -> tuple[str, Obj]:
    """Token and arguments of a Web API call, from header, query, form or JSON."""
    args: Obj = dict(request.query)
    if request.content_type == "application/json":
        with suppress(ValueError):
            said = json.loads(await request.text())
            args |= said if isinstance(said, dict) else {}
    elif request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    bearer, _, token = request.headers.get("Authorization", "").partition(" ")
    sent = args.pop("token", "")
    return (token if bearer == "Bearer" else str(sent)), args
