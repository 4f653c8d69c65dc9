"""The Bolt app, configured right, and the two ways in: HTTP (`handle`) and Socket Mode.

- Nothing is authorised by a call inside a request: `warm_up` asks Slack once at the start who we are, and says clearly
  when the token is not good.
- Bolt awaits our listeners, which ack first and leave the work to tasks of our own (`process_before_response`).
- Verification happens in front (front.py); Bolt's own logs request bodies, so it is off and its logger is quiet.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import HotleadError
from bot.logs import current_request, dealing_with, new_request_id
from bot.slack.calls import CALL_ERRORS, explain
from bot.slack.faults import Weight
from bot.slack.front import Refusal, receive
from bot.slack.listeners import register
from bot.slack.parts import Parts

log = logging.getLogger(__name__)

_BOLT_LOG: Final = "bot.slack.bolt"
_RETRY_HEADERS: Final = ("x-slack-retry-num", "x-slack-retry-reason")


class BadSlackCredentials(HotleadError):
    """Slack does not take the token."""


class SlackUnreachable(HotleadError):
    """Slack did not answer, so it is not known whether the token is good."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, as auth.test says. `scopes` are those the token has."""

    team_id: str
    bot_user_id: str
    bot_id: str
    team: str = ""
    url: str = ""
    enterprise_id: str | None = None
    scopes: frozenset[str] = frozenset()


async def warm_up(client: AsyncWebClient) -> Identity:
    """Ask Slack who we are, before the first request needs it."""
    try:
        answer = await client.auth_test()
    except CALL_ERRORS as error:
        failure = explain(error)
        if failure.fault.weight is Weight.FINAL:
            raise BadSlackCredentials(
                f"Slack refused the bot token (SLACK_BOT_TOKEN): {failure.code}. {failure.fault.advice}"
            ) from None
        raise SlackUnreachable(f"Slack cannot be asked who we are: {failure.code}. {failure.fault.advice}") from None
    return Identity(
        team_id=str(answer.get("team_id") or ""),
        bot_user_id=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        team=str(answer.get("team") or ""),
        url=str(answer.get("url") or ""),
        enterprise_id=answer.get("enterprise_id"),
        scopes=scopes_of(answer.headers),
    )


def scopes_of(headers: Mapping[str, Any]) -> frozenset[str]:
    """What the token may do, from the header that every answer of Slack has."""
    found = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    text = found[0] if isinstance(found, list) and found else str(found)
    return frozenset(scope.strip() for scope in text.split(",") if scope.strip())


def make_app(parts: Parts, identity: Identity, acknowledged: Callable[[float], None] = lambda _: None) -> AsyncApp:
    """The app with every listener registered. `acknowledged` is told how many seconds each request of Slack's took."""
    quiet = logging.getLogger(_BOLT_LOG)
    quiet.setLevel(logging.ERROR)  # below that Bolt logs request bodies, which have names and addresses in them

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
            bot_token=parts.client.token,
        )

    app = AsyncApp(
        name="hotlead",
        logger=quiet,
        client=parts.client,
        authorize=authorize,
        signing_secret="verified in front",  # noqa: S106 - Bolt wants one; its verification is off
        request_verification_enabled=False,
        process_before_response=True,
    )

    @app.middleware
    async def identified(next_: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with dealing_with(current_request() or new_request_id()):  # over Socket Mode it has none yet
            response = await next_()
        acknowledged(loop.time() - began)
        return response

    @app.error
    async def on_error(error: Exception) -> BoltResponse:
        log.error("a request of Slack's could not be handled: %s", type(error).__name__, exc_info=error)
        return BoltResponse(status=400, body="")

    register(app, parts)
    return app


async def handle(
    app: AsyncApp, headers: Mapping[str, str], body: bytes, secrets: Sequence[str | bytes], clock: Clock
) -> web.Response:
    """Answer one HTTP request of Slack's; its body was read within bounds of size and time."""
    found = receive(headers, body, secrets, clock())
    if isinstance(found, Refusal):
        return web.json_response({"code": found.code, "message": found.message}, status=found.status)
    return await to_aiohttp_response(await dispatch(app, found, headers))


async def dispatch(app: AsyncApp, payload: Mapping[str, Any], headers: Mapping[str, str]) -> BoltResponse:
    """Give Bolt a payload that was verified and read; what it cannot take apart is answered 400."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() in _RETRY_HEADERS}
    try:
        request = AsyncBoltRequest(
            body=json.dumps(payload), query="", headers={**kept, "content-type": "application/json"}
        )
        return await app.async_dispatch(request)
    except Exception:  # Bolt does not check the shape of a payload, so it may raise anything
        log.exception("a payload of Slack's could not be taken apart")
        return BoltResponse(status=400, body="")


class SocketMode:
    """Socket Mode: Slack is listened to over a connection of ours, so no public address is needed."""

    def __init__(self, app: AsyncApp, client: AsyncWebClient, app_token: str) -> None:
        self._client = client  # brings the base URL; the app-level token (xapp-…) opens the connection
        self._app_token = app_token
        self._handler = AsyncSocketModeHandler(app, app_token, logger=logging.getLogger(_BOLT_LOG), web_client=client)

    async def start(self) -> None:
        """Connect; afterwards it reconnects by itself."""
        # the SDK tries a bad token again for ever, so the first address is asked for here
        try:
            answer = await self._client.apps_connections_open(app_token=self._app_token)
        except CALL_ERRORS as error:
            failure = explain(error)
            if failure.fault.weight is Weight.FINAL:
                raise BadSlackCredentials(
                    f"Slack refused the app-level token (SLACK_APP_TOKEN): {failure.code}. "
                    "It begins with xapp- and needs the scope connections:write."
                ) from None
            raise SlackUnreachable(f"Socket Mode cannot be opened: {failure.code}. {failure.fault.advice}") from None
        self._handler.client.wss_uri = str(answer["url"])
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types there

    async def connected(self) -> bool:
        """Whether Slack can be heard now, for readiness."""
        return bool(await self._handler.client.is_connected())

    async def close(self) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # the SDK has no types there
