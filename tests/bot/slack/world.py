"""Everything between a person's tap and the desk: the stand-in, a real client, a real AsyncApp, a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.errors import HotleadError
from bot.senders.base import Owed, Result, Sent
from bot.senders.calling import Calls
from bot.senders.pace import Pace
from bot.senders.pictures import Pictures
from bot.senders.saying import Saying
from bot.senders.slack import SlackSender
from bot.service.views import HealthLine
from bot.slack.app import handle, make_app, warm_up
from bot.slack.calls import make_client
from bot.slack.homes import Homes
from bot.slack.languages import Languages
from bot.slack.parts import Parts
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.slack.tasks import TaskSet
from bot.standin import Delivery, DemoWorkspace, Message, StandIn, View
from scoring.instants import MINUTE
from tests.bot.slack.fake_adds import FakeAdds
from tests.bot.slack.fake_desk import Case, FakeDesk, Now
from tests.bot.slack.fake_erases import FakeErases
from tests.bot.slack.fake_explains import FakeExplains
from tests.bot.slack.fake_handles import FakeHandles
from tests.bot.slack.fake_models import FakeModels


@dataclass
class FakeSeen:
    """Remembers keys in memory."""

    keys: set[str] = field(default_factory=set)

    async def first_time(self, key: str) -> bool:
        if key in self.keys:
            return False
        self.keys.add(key)
        return True


@dataclass
class FakeWorkspace:
    """Remembers what was asked of the composition root; admins are told once per key."""

    told: dict[str, str] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)
    trouble: str | None = None

    async def tell_admins(self, text: str, key: str) -> None:
        self.told.setdefault(key, text)

    async def channel_moved(self, old: str, new: str) -> None:
        self.moved.append((old, new))

    def installed(self, reason: str | None) -> None:
        self.trouble = reason


@dataclass
class World:
    """What a test may look at and steer."""

    now: Now
    slack: StandIn
    shop: DemoWorkspace
    desk: FakeDesk
    parts: Parts
    sender: SlackSender
    url: str
    health: list[HealthLine]
    models: FakeModels
    handles: FakeHandles
    workspace: FakeWorkspace
    adds: FakeAdds

    @property
    def rep(self) -> str:
        return self.shop.reps[0]

    @property
    def other(self) -> str:
        return self.shop.reps[1]

    async def done(self) -> None:
        """Wait until the app has nothing left to do."""
        assert await self.parts.tasks.drain(5) == 0

    async def alert(self, case: Case) -> Message:
        """Post the alert as the outbox does, and show it."""
        self.now.forward(MINUTE)
        sent = await self.send(Owed(1, "alert", case.key, self.shop.sales, {}))
        assert isinstance(sent, Sent)
        return self.shop.messages.get(sent.channel, sent.ts)

    async def send(self, owed: Owed) -> Result:
        return await self.sender.send(owed)

    async def type(self, text: str, command: str = "/lead", user: str | None = None) -> list[Message]:
        """Type a command; the answers that came only to this person, newest last."""
        user = user or self.rep
        before = len(self.slack.ephemerals(user))
        delivery = await self.slack.run_command(user, self.shop.sales, command, text)
        assert delivery.ok, delivery.error
        await self.done()
        return list(self.slack.ephemerals(user))[before:]

    async def ask(self, text: str, command: str = "/lead", user: str | None = None) -> Message:
        """Type a command that has one answer."""
        (answer,) = await self.type(text, command, user)
        return answer

    async def press(
        self,
        target: Message | View,
        action_id: str,
        value: Any = None,
        user: str | None = None,
        block: str | None = None,
    ) -> Delivery:
        delivery = await self.slack.press(user or self.rep, target, action_id, value, block_id=block)
        await self.done()
        return delivery

    def heard(self, user: str | None = None) -> list[str]:
        """What this person alone was told in channels, oldest first."""
        return [message.text for message in self.slack.ephemerals(user or self.rep)]

    def modal(self, user: str | None = None) -> View:
        return self.slack.views(user or self.rep)[-1]


async def no_export(_number: int) -> Mapping[str, Any]:
    """Nothing is held about anybody."""
    raise HotleadError("There is no such lead.")


@asynccontextmanager
async def open_world(
    *,
    admins: Callable[[DemoWorkspace], Iterable[str]] = lambda _: (),
    configured: Callable[[DemoWorkspace], dict[str, Any]] = lambda _: {},
    **more: Any,
) -> AsyncIterator[World]:
    """Start everything; nothing is left behind."""
    now = Now()
    shop = DemoWorkspace(now=now)
    slack = StandIn(shop)
    await slack.start()
    client = make_client(shop.bot_token, base_url=slack.api_url)
    identity = await warm_up(client)
    settings = SlackSettings(
        identity.team_id,
        **{"managers": frozenset({shop.manager}), **configured(shop)},
        admins=frozenset(admins(shop)),
        crm_hosts=frozenset({"crm.example"}),
        alert_channel=shop.sales,
        **more,
    )
    desk, health = FakeDesk(now), [HealthLine("store", True, "writes take 3 ms")]

    async def ask_health() -> Sequence[HealthLine]:
        return health

    people, explains = People(client, settings, now), FakeExplains(desk)
    models, handles, workspace = FakeModels(), FakeHandles(desk), FakeWorkspace()
    adds = FakeAdds(desk)
    languages = Languages(people, handles.language, settings)
    homes, places = Homes(client, handles, people, languages, now), Places(client, settings, now)
    parts = Parts(
        client, desk, people, settings, now, TaskSet(), FakeSeen(), ask_health, explains, explains, models, handles,
        adds, FakeErases(desk), homes, places, workspace, languages, identity.bot_user_id,
    )  # fmt: skip
    app = make_app(parts, identity)

    async def slack_request(request: web.Request) -> web.Response:
        return await handle(app, request.headers, await request.read(), [shop.signing_secret], now)

    routes = web.Application()
    routes.router.add_post("/slack/events", slack_request)
    runner = web.AppRunner(routes, access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.deliver_to(url)
    sending = make_client(shop.bot_token, base_url=slack.api_url, repeats_limited=False)
    calls = Calls(sending, Pace(now, settings.post_interval), places)
    saying = Saying(desk, models, people, Pictures(sending, now), settings)
    sender = SlackSender(calls, saying, languages, no_export, now)
    yield World(now, slack, shop, desk, parts, sender, url, health, models, handles, workspace, adds)
    await parts.tasks.drain(1)
    await slack.close()
    await runner.cleanup()
