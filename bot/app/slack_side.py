"""The Slack side, put together: who we are, the sender, the listeners, and the way in (Socket Mode or HTTP)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.app.core import Core
from bot.app.workspace import WorkspaceChanges
from bot.clock import Clock
from bot.errors import BadConfiguration, Finding, HotleadError
from bot.language import LANGUAGES, language, tr, trn
from bot.senders.calling import Calls
from bot.senders.pace import Pace
from bot.senders.pictures import Pictures
from bot.senders.saying import Saying
from bot.senders.slack import SlackSender
from bot.service.views import HealthLine
from bot.settings import Settings, SlackSecrets
from bot.slack.app import Identity, SlackUnreachable, SocketMode, handle, make_app, warm_up
from bot.slack.calls import Connections, make_client, make_session
from bot.slack.doctor import examine
from bot.slack.front import LARGEST_BODY
from bot.slack.homes import Homes
from bot.slack.languages import Languages
from bot.slack.manifest import EVENTS_PATH
from bot.slack.parts import Parts
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.slack.tasks import TaskSet
from bot.storage import meta, outbox
from bot.storage.store import Tx
from bot.web.receiving import Bodies

log = structlog.get_logger(__name__)

_DRAIN_SECONDS: Final = 3.0
_AGAIN_SECONDS: Final = 5.0
_IDENTITY: Final = "slack_identity"


class SlackSide:
    """What of the service talks with Slack."""

    def __init__(self, settings: Settings, secrets: SlackSecrets, core: Core, machine_clock: Clock) -> None:
        self._settings = settings
        self._machine_clock = machine_clock
        self._secrets = secrets
        self._core = core
        self._tasks = TaskSet()
        self._bodies = Bodies(LARGEST_BODY)
        self._app: AsyncApp | None = None
        self._session: Connections | None = None
        self._socket: SocketMode | None = None
        self._listening: asyncio.Task[None] | None = None
        self._workspace: WorkspaceChanges
        self.sender: SlackSender
        self.homes: Homes

    async def connect(self) -> None:
        """Ask Slack who we are and prepare sender and listeners. Raises BadSlackCredentials, BadConfiguration."""
        token = self._bot_token()
        url = self._settings.slack.api_url
        session = self._session = make_session()
        client = make_client(token, base_url=url, called=self._called, session=session)
        identity = await self._identity(client)
        desk = self._core.desk
        slack = slack_settings(self._settings, identity.team_id, identity.url)
        clock = self._core.clock
        quiet = make_client(token, base_url=url, repeats_limited=False, called=self._called, session=session)
        places = Places(client, slack, clock)
        chosen = self._core.handling.language
        asked = People(quiet, slack, clock)  # with the client that waits out no rate limit: the sender may not wait
        self.sender = SlackSender(
            Calls(quiet, Pace(clock, slack.post_interval), places),
            Saying(desk, self._core.modelling, asked, Pictures(quiet, clock), slack),
            Languages(asked, chosen, slack),
            self._core.erasing.export,
            clock,
        )
        people = self._people = People(client, slack, clock)
        languages = Languages(people, chosen, slack)
        self.homes = Homes(client, self._core.handling, people, languages, clock)
        self._workspace = WorkspaceChanges(self._core, places)
        await self._workspace.open()
        parts = Parts(
            client,
            desk,
            people,
            slack,
            clock,
            self._tasks,
            seen=desk,
            health=self.health,
            explains=self._core.explaining,
            events=self._core.quarantine,
            models=self._core.modelling,
            handles=self._core.handling,
            adds=self._core.adding,
            erases=self._core.erasing,
            homes=self.homes,
            places=places,
            workspace=self._workspace,
            languages=languages,
            bot_user=identity.bot_user_id,
            sources=self._core.source_health.overview,
        )
        self._app = make_app(parts, identity, self._core.metrics.ack_seconds.observe)
        self._client = client
        self._slack = slack

    async def listen(self) -> None:
        """Open Socket Mode where an app token is set, and look whether the channels take our messages."""
        token = self._secrets.slack_app_token
        if token is not None and self._app is not None:
            self._socket = SocketMode(self._app, self._client, token.get_secret_value())
            try:
                await self._socket.start()
            except SlackUnreachable as away:  # events are taken in meanwhile, and alerts wait
                log.warning("slack_unreachable", advice=str(away))
                self._listening = asyncio.create_task(self._listen_later(self._socket), name="listen later")
        self._tasks.spawn(self._load_groups(), "user groups")
        self._tasks.spawn(_learn_languages(), "languages")
        self._tasks.spawn(self._look_around(), "look around")

    async def _load_groups(self) -> None:
        await self._people.load_groups()
        await self._core.handling.groups_are(self._people.groups())
        await self._core.handling.managers_are(await self._people.managers())

    def _called(self, method: str, outcome: str, seconds: float) -> None:
        self._core.metrics.slack_calls.labels(method, outcome).inc()
        self._core.metrics.slack_seconds.observe(seconds)

    async def close(self) -> None:
        """Finish what was begun, and let go of the connection."""
        if self._listening is not None:
            self._listening.cancel()
        if self._socket is not None:
            await self._socket.close()
        await self._tasks.drain(_DRAIN_SECONDS)
        if self._session is not None:
            await self._session.close()

    async def _listen_later(self, socket: SocketMode) -> None:
        while True:
            await asyncio.sleep(_AGAIN_SECONDS)
            try:
                await socket.start()
            except HotleadError as trouble:
                log.warning("slack_unreachable", advice=str(trouble))
            else:
                return

    @property
    def way_in(self) -> str:
        """How Slack is listened to, in words."""
        return "Socket Mode" if self._secrets.slack_app_token is not None else f"HTTP at {EVENTS_PATH}"

    async def trouble(self) -> str | None:
        """Why Slack cannot be heard, for readiness; once the token is good again, it is so no longer."""
        if self._workspace.trouble is not None and not await self._installed_again():
            return self._workspace.trouble
        if self._socket is None or await self._socket.connected():
            return None
        return "Slack cannot be heard: Socket Mode is not connected. It is tried again until it is."

    async def _installed_again(self) -> bool:
        try:
            await warm_up(self._client)
        except HotleadError:
            return False
        self._workspace.installed(None)
        return True

    async def idle(self) -> None:
        """Wait until what Slack has told us so far has been dealt with."""
        await self._tasks.drain(_DRAIN_SECONDS)

    def add_routes(self, app: web.Application) -> None:
        """Over HTTP, Slack comes to one address."""
        if self._secrets.slack_signing_secret is not None:
            app.router.add_post(EVENTS_PATH, self._http)

    async def _http(self, request: web.Request) -> web.Response:
        secret = self._secrets.slack_signing_secret
        if secret is None or self._app is None:
            raise web.HTTPNotFound
        app, secrets = self._app, (secret.get_secret_value(),)
        return await self._bodies.give(
            request, lambda it, body: handle(app, it.headers, body, secrets, self._machine_clock)
        )

    def _bot_token(self) -> str:
        findings = []
        if self._secrets.slack_bot_token is None:
            findings.append(
                Finding("SLACK_BOT_TOKEN", "the environment has none", "Set it to the bot token (xoxb-…) of the app.")
            )
        if self._secrets.slack_app_token is None and self._secrets.slack_signing_secret is None:
            findings.append(
                Finding(
                    "SLACK_APP_TOKEN",
                    "the environment has neither this nor SLACK_SIGNING_SECRET",
                    "Set the app-level token (xapp-…) for Socket Mode, or the signing secret for HTTP.",
                )
            )
        if findings or self._secrets.slack_bot_token is None:
            raise BadConfiguration(tuple(findings))
        return self._secrets.slack_bot_token.get_secret_value()

    async def _identity(self, client: object) -> Identity:
        """Who we are; while Slack is away, what it said the last time, so that intake goes on."""
        store = self._core.store
        try:
            identity = await warm_up(client)  # type: ignore[arg-type]
        except SlackUnreachable as away:
            known = await store.read(lambda tx: meta.get(tx, _IDENTITY))
            if known is None:
                raise
            log.warning("slack_unreachable", advice=str(away))
            values = json.loads(known)
            return Identity(**{**values, "scopes": frozenset(values["scopes"])})
        text = json.dumps({**asdict(identity), "scopes": sorted(identity.scopes)})
        await store.write(lambda tx: meta.put(tx, _IDENTITY, text))
        return identity

    async def _look_around(self) -> None:
        """What is not set up right, such as a channel that is not there, is said at once: in the log and to admins."""
        now = self._core.clock()
        found = [check for check in await examine(self._client, self._slack, self._core.clock) if not check.ok]
        for check in found:
            log.error("slack_setup", what=check.what, advice=check.advice)

        def work(tx: Tx) -> None:
            for check in found:
                text = f"{check.what}. {check.advice}"
                self._core.book.tell_admins(tx, text, f"start:{now}:{check.what}", now)

        if found:
            await self._core.store.write(work)

    async def health(self) -> Sequence[HealthLine]:
        """How the service is, for `/hotlead health`."""
        trouble = await self.trouble()
        waiting = await self._core.store.read(outbox.waiting)
        owed = sum(count for state, count in waiting.items() if state != "refused")
        refused = waiting.get("refused", 0)
        return (
            HealthLine("Slack", trouble is None, trouble or tr("is heard and told.")),
            HealthLine(
                tr("Outbox"),
                owed < 100,
                trn("{count} message waits to be sent.", "{count} messages wait to be sent.", owed),
            ),
            HealthLine(
                tr("Undelivered"),
                refused == 0,
                trn("{count} message was refused for good.", "{count} messages were refused for good.", refused),
            ),
            *(HealthLine("Backup", False, one) for one in self._core.night.warnings()),
        )


async def _learn_languages() -> None:
    """Read the catalogues before somebody waits for a word of them."""
    for code in LANGUAGES:
        await asyncio.to_thread(language, code)


def slack_settings(settings: Settings, team_id: str, workspace_url: str = "") -> SlackSettings:
    """What the Slack side is told of the configuration."""
    alerts, slack = settings.alerts, settings.slack
    host = urlsplit(alerts.crm_url).hostname if alerts.crm_url else None
    return SlackSettings(
        team_id=team_id,
        workspace_url=workspace_url,
        lead_command=slack.lead_command,
        leads_command=slack.leads_command,
        hotlead_command=slack.hotlead_command,
        admins=frozenset(slack.admins),
        managers=frozenset(slack.managers),
        crm_hosts=frozenset({host} if host else ()),
        alert_channel=alerts.channel,
        fallback_channel=alerts.fallback_channel,
        admin_channel=alerts.admin_channel,
        admins_group=slack.admins_group,
        managers_group=slack.managers_group,
        shared_channels=frozenset(alerts.shared_channels),
        routed=frozenset([*settings.channel, *(route.channel for route in settings.route)]),
        default_language=slack.default_language,
        channel_languages={name: one.language for name, one in settings.channel.items() if one.language is not None},
        post_interval=int(alerts.seconds_between_posts * 1_000_000),
    )
