"""What the app is told: signed HTTP requests or Socket Mode envelopes, each timed and kept."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.standin.values import SECOND, Obj
from bot.standin.workspace import Workspace

ACK_SECONDS = 3.0
# When a failed event is sent again, in seconds after the delivery before it. docs.slack.dev/apis/events-api/#retries
RETRY_AFTER = (1, 60, 300)
KEPT = 100_000


@dataclass(frozen=True)
class Delivery:
    """One thing told to the app. `ok` means acknowledged with success within three seconds; `body` is what it said."""

    kind: str  # slash_commands, interactive or events_api: the words of Socket Mode
    payload: Obj
    ok: bool = False
    seconds: float = 0.0
    status: int = 0
    body: Any = None
    error: str = ""
    retry: int = 0
    retry_reason: str = ""
    may_retry: bool = True
    view_errors: dict[str, str] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The kind in the words of the payload: a command, `block_actions`, `view_submission`, an event type."""
        return str(self.payload.get("command") or self.payload.get("event", self.payload).get("type"))


class NotSentError(Exception):
    """The app could not be reached, or hung up."""


@dataclass(frozen=True)
class Acked:
    """The app's first answer."""

    status: int
    body: Any
    may_retry: bool = True


class Channel(Protocol):
    """A way to the app."""

    async def tell(self, kind: str, payload: Obj, retry: int, reason: str, /) -> Acked:
        """Send, and wait for the acknowledgement; NotSentError when there is none to be had."""
        ...


class Deliveries:
    """Sends to the app and remembers how it went; failed events wait for their next try."""

    def __init__(self, workspace: Workspace, over_socket: Channel, changed: Callable[[str, Any], None]) -> None:
        self._workspace = workspace
        self._socket = over_socket
        self._http: Channel | None = None
        self._changed = changed
        self.ack_seconds = ACK_SECONDS
        self.done: list[Delivery] = []
        self.waiting: list[tuple[int, Delivery]] = []
        self.tasks: set[asyncio.Task[Any]] = set()

    def use_http(self, channel: Channel | None) -> None:
        """Deliver over HTTP from now on (None: Socket Mode again)."""
        self._http = channel

    @property
    def failures(self) -> tuple[Delivery, ...]:
        """Deliveries that were not acknowledged in time, or with an error."""
        return tuple(d for d in self.done if not d.ok)

    async def send(self, kind: str, payload: Obj, retry: int = 0, reason: str = "") -> Delivery:
        """Tell the app and wait until it acknowledged, or three seconds have passed."""
        began, began_now = asyncio.get_running_loop().time(), self._workspace.now()
        delivery = Delivery(kind, payload, retry=retry, retry_reason=reason)
        try:
            async with asyncio.timeout(self.ack_seconds):
                acked = await (self._http or self._socket).tell(kind, payload, retry, reason)
            delivery = replace(delivery, status=acked.status, body=acked.body, may_retry=acked.may_retry)
            error = "" if 200 <= acked.status < 300 else "http_error"
        except TimeoutError:
            error = "operation_timeout"
        except NotSentError as problem:
            error = str(problem)
        # A test may let the workspace's clock run while the app works: both clocks must be content.
        ran = (self._workspace.now() - began_now) / SECOND
        seconds = max(asyncio.get_running_loop().time() - began, ran)
        if not error and seconds > self.ack_seconds:
            error = "operation_timeout"
        return self._keep(replace(delivery, ok=not error, error=error, seconds=seconds))

    def amend(self, delivery: Delivery, error: str) -> Delivery:
        """The app acknowledged in time, but with an answer that Slack does not take."""
        new = replace(delivery, ok=False, error=error)
        at = next(at for at in reversed(range(len(self.done))) if self.done[at] is delivery)
        self.done[at] = new
        self._changed("delivery", new)
        return new

    async def event(self, event: Obj) -> Delivery:
        """Wrap an event and tell the app."""
        workspace = self._workspace
        callback = {
            "token": "verification-token-is-not-used",
            "team_id": workspace.team_id,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.ids.new("Ev"),
            "event_time": workspace.now() // SECOND,
            "authorizations": [
                {"team_id": workspace.team_id, "user_id": workspace.bot_user, "is_bot": True, "enterprise_id": None}
            ],
            "is_ext_shared_channel": False,
        }
        return await self.send("events_api", callback)

    def event_soon(self, event: Obj) -> None:
        """Tell the app in the background; `settled` waits for it."""
        task = asyncio.get_running_loop().create_task(self.event(event))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self.tasks:
            await asyncio.wait(set(self.tasks))

    async def stop(self) -> None:
        """Forget what is under way."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def redeliver(self, *, only_due: bool = False) -> tuple[Delivery, ...]:
        """Send failed events again: all of them, or those whose time has come."""
        now = self._workspace.now()
        due = [(at, d) for at, d in self.waiting if at <= now or not only_due]
        self.waiting = [entry for entry in self.waiting if entry not in due]
        again = [await self.send(d.kind, d.payload, d.retry + 1, _reason(d)) for _, d in due]
        return tuple(again)

    def _keep(self, delivery: Delivery) -> Delivery:
        self.done.append(delivery)
        del self.done[:-KEPT]
        repeats = delivery.kind == "events_api" and delivery.may_retry and not delivery.ok
        if repeats and delivery.retry < len(RETRY_AFTER):
            at = self._workspace.now() + RETRY_AFTER[delivery.retry] * SECOND
            self.waiting.append((at, delivery))
        self._changed("delivery", delivery)
        return delivery


def _reason(delivery: Delivery) -> str:
    return {"operation_timeout": "http_timeout", "http_error": "http_error"}.get(delivery.error, "connection_failed")


class OverHttp:
    """The app's Request URL: every request is signed, as in docs.slack.dev/authentication/verifying-requests."""

    def __init__(self, url: str, workspace: Workspace, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._workspace = workspace
        self._session = session

    async def tell(self, kind: str, payload: Obj, retry: int, reason: str) -> Acked:
        """POST as Slack does and read the answer."""
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, **signed(self._workspace, body)}
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason}
        try:
            async with self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as response:
                said = await response.text()
                stop = response.headers.get("x-slack-no-retry") == "1"
                return Acked(response.status, _decoded(said), may_retry=not stop)
        except (aiohttp.ClientError, OSError) as problem:
            raise NotSentError("connection_failed") from problem


def signed(workspace: Workspace, body: bytes) -> dict[str, str]:
    """The headers that prove a body comes from this workspace."""
    timestamp = str(workspace.now() // SECOND)
    base = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(workspace.signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def _encoded(kind: str, payload: Obj) -> tuple[bytes, str]:
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    said = json.dumps(payload)
    if kind == "interactive":
        return urlencode({"payload": said}).encode(), "application/x-www-form-urlencoded"
    return said.encode(), "application/json"


def _decoded(said: str) -> Any:
    if not said.startswith("{"):
        return said
    try:
        return json.loads(said)
    except ValueError:
        return said
