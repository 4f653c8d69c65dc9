"""A small lead app on the real slack_bolt that drives the stand-in: alerts with Claim, a modal, a Home tab, `/lead`."""

import asyncio
import logging
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import StandIn

Obj = dict[str, Any]


def plain(text: str) -> Obj:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Obj:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Obj:
    return {"type": "section", "text": mrkdwn(text)}


def button(action_id: str, text: str, **more: Any) -> Obj:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "L-1", **more}


def actions(*elements: Obj) -> Obj:
    return {"type": "actions", "block_id": "acts", "elements": list(elements)}


def alert(owner: str = "") -> list[Obj]:
    """The blocks of an alert, claimed or not."""
    head = {"type": "header", "text": plain("Anna Ærø · Fjord & Søn — hot")}
    why = section("*Why now*\n• asked for a price, 4 minutes ago\n• opened the _offer_ twice")
    if owner:
        return [head, why, {"type": "context", "elements": [mrkdwn(f"Claimed by <@{owner}>")]}]
    return [head, why, actions(button("claim", "Claim", style="primary"), button("details", "Details"))]


def note_modal() -> Obj:
    """A modal with one text and one choice."""
    element: Obj = {"type": "plain_text_input", "action_id": "text", "multiline": True, "min_length": 3}
    options = [{"text": plain(word), "value": word.lower()} for word in ("Won", "Lost")]
    return {
        "type": "modal",
        "callback_id": "note",
        "title": plain("Add note"),
        "submit": plain("Save"),
        "notify_on_close": True,
        "blocks": [
            {"type": "input", "block_id": "note", "label": plain("Note"), "element": element},
            {
                "type": "input",
                "block_id": "status",
                "optional": True,
                "label": plain("Status"),
                "element": {"type": "static_select", "action_id": "status", "options": options},
            },
        ],
    }


class StandInClock(Clock):
    """The signature check looks at the workspace's clock, as the product's own does."""

    def __init__(self, standin: StandIn) -> None:
        self.now = lambda: standin.workspace.now() / 1e6  # type: ignore[method-assign]


class LeadApp:
    """The app and what it heard."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self.heard: list[Obj] = []
        self._heard_more = asyncio.Condition()
        self.owner = ""
        self.closed: list[Obj] = []
        quiet = logging.getLogger("standin-tests")
        quiet.setLevel(logging.CRITICAL)
        workspace = standin.workspace
        self.client = AsyncWebClient(token=workspace.bot_token, base_url=standin.api_url, retry_handlers=[])
        self.bolt = AsyncApp(client=self.client, logger=quiet, request_verification_enabled=False)
        self._listen()
        self._verifier = SignatureVerifier(workspace.signing_secret, clock=StandInClock(standin))
        self._runner: web.AppRunner | None = None

    def _listen(self) -> None:
        app = self.bolt
        app.command("/lead")(self.lead)
        app.action("claim")(self.claim)
        app.action("details")(self.details)
        app.view("note")(self.note)
        app.view_closed("note")(self.note_closed)
        app.event("app_home_opened")(self.home)
        for event in ("user_change", "channel_archive", "member_left_channel", "tokens_revoked", "app_uninstalled"):
            app.event(event)(self.event)

    async def serve(self) -> str:
        """Listen on HTTP; the Request URL."""
        web_app = web.Application()
        web_app.router.add_post("/slack/events", self._request)
        self._runner = web.AppRunner(web_app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def post_alert(self, channel: str) -> str:
        """Post an alert; its ts."""
        posted = await self.client.chat_postMessage(channel=channel, text="Anna Ærø is hot", blocks=alert())
        return str(posted["ts"])

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.text()
        if not self._verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        return await to_aiohttp_response(await self.bolt.async_dispatch(await to_bolt_request(request)))

    async def lead(self, ack: Any, command: Obj) -> None:
        self.heard.append(command)
        if command["text"] == "note":
            await ack()
            await self.client.views_open(trigger_id=command["trigger_id"], view=note_modal())
        elif command["text"] == "blocks":
            await ack(blocks=[section("*82* points")], text="82 points")
        else:
            await ack(f"You asked: {command['text']}")

    async def claim(self, ack: Any, body: Obj, respond: Any) -> None:
        await ack()
        self.heard.append(body)
        user = body["user"]["id"]
        if self.owner:
            await respond(f"<@{self.owner}> has it already.", replace_original=False)
            return
        self.owner = user
        where = {"channel": body["container"]["channel_id"], "ts": body["container"]["message_ts"]}
        await self.client.chat_update(**where, text="Claimed", blocks=alert(user))

    async def details(self, ack: Any, body: Obj) -> None:
        await ack()
        self.heard.append(body)
        await self.client.views_open(trigger_id=body["trigger_id"], view=note_modal())

    async def note(self, ack: Any, view: Obj) -> None:
        text = view["state"]["values"]["note"]["text"]["value"]
        self.heard.append(view)
        if text == "secret":
            await ack(response_action="errors", errors={"note": "That is not for everybody."})
        elif text == "more":
            await ack(response_action="push", view=note_modal() | {"title": plain("Second")})
        elif text == "again":
            await ack(response_action="update", view=note_modal() | {"title": plain("Changed")})
        elif text == "clear":
            await ack(response_action="clear")
        else:
            await ack()

    async def note_closed(self, ack: Any, body: Obj) -> None:
        await ack()
        self.closed.append(body)

    async def home(self, event: Obj) -> None:
        blocks = [
            {"type": "header", "text": plain("My leads")},
            section("None yet"),
            actions(button("details", "Note")),
        ]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def event(self, event: Obj) -> None:
        async with self._heard_more:
            self.heard.append(event)
            self._heard_more.notify_all()

    async def heard_events(self, count: int) -> list[Obj]:
        """Wait until so many events came: bolt acknowledges an event before it runs the listener."""
        async with asyncio.timeout(5), self._heard_more:
            await self._heard_more.wait_for(lambda: len(self.heard) >= count)
        return self.heard
