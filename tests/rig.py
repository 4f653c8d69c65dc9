"""The whole product on this machine: real HTTP, a real database file, real SDKs, a Slack stand-in, a clock that is set.

`async with rig(tmp_path) as it:` then `it.send(...)`, `it.settle()`, and look at `it.standin`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from bot.app import Hotlead
from bot.app.running import Secrets
from bot.service.models.live import shipped
from bot.settings import Settings, SlackSecrets, settings_from
from bot.standin import DemoWorkspace, Message, StandIn
from scoring.instants import DAY, HOUR, MINUTE, SECOND, Duration, Instant, format_instant, parse_instant

T0: Instant = parse_instant("2026-03-02T09:00:00Z")
KEY = "a key of sixteen bytes or more"

HOT: tuple[Mapping[str, Any], ...] = (
    {"type": "page_viewed", "properties": {"url": "https://www.example.nl/prijzen"}},
    {"type": "meeting_booked"},
)
"""What makes a lead with DIRECTOR's facts A1 and hot in the shipped model."""
DIRECTOR: Mapping[str, Any] = {
    "name": "Anneke de Vries",
    "title": "Directeur verkoop",
    "company": {"name": "IJsselmeer BV", "country": "Nederland", "employees": 250, "industry": "Software"},
}


class SetClock:
    """Time as the test says."""

    def __init__(self, now: Instant = T0) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now

    def pass_(self, time: Duration) -> None:
        self.now += time


class Rig:
    """A running service and its workspace."""

    def __init__(self, hotlead: Hotlead, standin: StandIn, workspace: DemoWorkspace, clock: SetClock) -> None:
        self.hotlead = hotlead
        self.standin = standin
        self.workspace = workspace
        self.clock = clock
        self.http = aiohttp.ClientSession()
        self._sent = 0

    async def post(self, path: str, body: bytes | str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """A raw request; status and JSON of its answer."""
        async with self.http.post(f"{self.hotlead.url}{path}", data=body, headers=headers) as response:
            return response.status, json.loads(await response.read())

    async def send(self, *events: Mapping[str, Any], history: bool = False) -> Any:
        """Events to the generic source `forms`; ids and times are filled in."""
        whole = [{"id": self._next(), "occurred_at": format_instant(self.clock()), **event} for event in events]
        headers = {"x-hotlead-key": KEY} | ({"x-hotlead-history": "1"} if history else {})
        status, answer = await self.post("/hooks/forms", json.dumps(whole), headers)
        assert status == 200, answer
        return answer

    async def make_hot(self, email: str = "anneke@ijsselmeer.example", **traits: Any) -> int:
        """A lead that crosses now; its number."""
        first, *rest = HOT
        known = {**DIRECTOR, "phone": f"+3120555{self._sent:04}", **traits}
        await self.send({**first, "email": email, "traits": known}, *({**event, "email": email} for event in rest))
        await self.settle()
        (found,) = await self.hotlead.core.desk.find(email)
        return found.number

    def _next(self) -> str:
        self._sent += 1
        return f"e{self._sent}"

    async def settle(self, seconds: int = 60) -> None:
        """Let time pass, a second at a time, until everything that is owed has been said."""
        for _ in range(seconds):
            await self.hotlead.due.work()
            await self.hotlead.deliverer.work()
            await self.hotlead.deliverer.drain()
            await self.hotlead.slack.idle()
            waiting = await self.hotlead.core.store.read(
                lambda tx: tx.value("SELECT COUNT(*) FROM outbox WHERE state NOT IN ('done', 'refused')")
            )
            if not waiting:
                return
            self.clock.pass_(SECOND)
        raise AssertionError(f"something is still owed after {seconds} s")

    async def later(self, time: Duration) -> None:
        """Let time pass, and everything happen that is due by then."""
        self.clock.pass_(time)
        await self.settle()

    def alerts(self, channel: str | None = None) -> list[Message]:
        """The alerts in a channel: messages of ours that carry an alert's key."""
        found = self.standin.messages(channel or self.workspace.sales)
        return [message for message in found if (message.metadata or {}).get("event_type") == "hotlead_alert"]

    def heard(self, user: str) -> list[str]:
        """What only this person was told, DMs and ephemerals, oldest first."""
        return [message.text for message in (*self.standin.dms(user), *self.standin.ephemerals(user))]

    async def refresh(self, number: int) -> None:
        """Owe a lead's message its newest state."""
        book, now = self.hotlead.core.book, self.clock()
        await self.hotlead.core.store.write(lambda tx: book.refresh(tx, number, now))

    async def rows(self, sql: str, **values: Any) -> Sequence[Any]:
        """Look into the database."""
        rows: Sequence[Any] = await self.hotlead.core.store.read(lambda tx: tx.all(sql, **values))
        return rows


def rig_settings(workspace: DemoWorkspace, standin: StandIn, data: Path, **more: Any) -> Settings:
    """Settings of a service beside a stand-in; `more` replaces or adds keys of sections."""
    table: dict[str, dict[str, Any]] = {
        "service": {"data": data, "port": 0, "metrics_port": 0},
        "slack": {
            "api_url": standin.api_url,
            "admins": [workspace.manager],
            "managers": [workspace.manager],
        },
        "alerts": {
            "channel": workspace.sales,
            "fallback_channel": workspace.channel_id("sales-dk"),
            "admin_channel": workspace.admin,
        },
        "follow_up": {"remind": 0, "escalate": False},  # nobody is told by time alone, unless a test says so
        "stale_after": {},
        "digest": {"enabled": False},
        "backup": {"nightly": False},
        "source": {
            "forms": {"kind": "generic", "header": "x-hotlead-key", "allow_history": True, "insecure": True},
            "website": {"kind": "segment", "insecure": True},
        },
    }
    for section, values in more.items():
        if isinstance(values, dict):
            table[section] = table.get(section, {}) | values
        else:
            table[section] = values
    return settings_from(table)


@asynccontextmanager
async def rig(
    folder: Path, *, socket: bool = False, clock: SetClock | None = None, model: str | None = None, **more: Any
) -> AsyncIterator[Rig]:
    """Start everything on ephemeral ports, and leave nothing behind. `more` may also have `secrets` by source."""
    clock = clock or SetClock()
    workspace = DemoWorkspace(now=clock)
    standin = StandIn(workspace)
    await standin.start()
    try:
        async with running(folder, standin, workspace, clock, socket=socket, model=model, **more) as it:
            yield it
    finally:
        await standin.close()


@asynccontextmanager
async def running(
    folder: Path,
    standin: StandIn,
    workspace: DemoWorkspace,
    clock: SetClock,
    *,
    socket: bool = False,
    away: bool = False,
    model: str | None = None,
    secrets: Mapping[str, tuple[bytes, ...]] | None = None,
    **more: Any,
) -> AsyncIterator[Rig]:
    """Start the service beside a stand-in that is there already, as after a restart."""
    settings = rig_settings(workspace, standin, folder, **more)
    slack = SlackSecrets(
        slack_bot_token=SecretStr(workspace.bot_token),
        slack_app_token=SecretStr(workspace.app_token) if socket else None,
        slack_signing_secret=None if socket else SecretStr(workspace.signing_secret),
    )
    keys = {"forms": (KEY.encode(),), "website": (KEY.encode(),), **(secrets or {})}
    hotlead = Hotlead(settings, Secrets(slack, keys), first_model=lambda: model or shipped("b2b"), clock=clock)
    await hotlead.start()
    it = Rig(hotlead, standin, workspace, clock)
    if not (socket or away):
        standin.deliver_to(f"{hotlead.url}/slack/events")
    try:
        yield it
    finally:
        await it.http.close()
        await hotlead.stop()


__all__ = [
    "DAY",
    "DIRECTOR",
    "HOT",
    "HOUR",
    "KEY",
    "MINUTE",
    "SECOND",
    "T0",
    "Rig",
    "SetClock",
    "rig",
    "rig_settings",
    "running",
]
