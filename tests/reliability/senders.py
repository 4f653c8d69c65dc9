"""Senders that resend what was not answered, to wherever the server listens now."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from tests.bot.service.house import HEAD, TAIL
from tests.reliability.process import send

VISIT: Final = '[[engagement.rule]]\nname = "visit"\nevent = "visit"\npoints = 0.01\nexpires_after = "30d"\n'
MODEL: Final = HEAD + VISIT + TAIL
"""Points that nothing but another event changes for 30 days: an event lost or applied twice shows in the score."""


@dataclass
class Sender:
    """Sends one request after the other, each until it is answered; now and then an earlier one again."""

    name: int
    chance: random.Random
    requests: list[list[dict[str, Any]]] = field(default_factory=list)
    leads: int = 0
    new_leads: int = 0
    """Leads that it may still make hot."""
    mistakes: list[str] = field(default_factory=list)
    _planned: list[list[dict[str, Any]]] = field(default_factory=list)
    _made: int = 0

    def _event(self, lead: int, kind: str) -> dict[str, Any]:
        self._made += 1
        email = f"lead{lead}@nord{self.name}.example"
        return {"id": f"{self.name}-{self._made}", "type": kind, "email": email}

    def next(self) -> list[dict[str, Any]]:
        """The next request: visits, and for each lead that it may make hot what makes it warm and later hot."""
        if self.new_leads and not self._planned:
            self.new_leads -= 1
            self.leads += 1
            number = self.leads
            self._planned = [[self._event(number, kind)] for kind in ("visit", "warm", "visit", "hot")]
        if self._planned:
            return self._planned.pop(0)
        known = max(self.leads, 1)
        return [self._event(self.chance.randint(1, known), "visit") for _ in range(self.chance.randint(1, 3))]

    async def deliver(self, http: aiohttp.ClientSession, where: Where, request: list[dict[str, Any]]) -> Any:
        """Send until the answer is 200; its body."""
        while True:
            url = await where.now()
            try:
                status, answer = await send(http, url, request)
            except (aiohttp.ClientError, ConnectionError, TimeoutError, ValueError):
                await asyncio.sleep(0.02)
                continue
            if status == 200:
                return answer
            if status != 503:
                self.mistakes.append(f"{status} {answer}")
                return answer

    async def send(self, http: aiohttp.ClientSession, where: Where, until: asyncio.Event) -> None:
        """Send until told to stop, and what is planned then."""
        while not until.is_set() or self._planned or self.new_leads:
            request = self.next()
            self.requests.append(request)
            await self.deliver(http, where, request)
            if self.chance.random() < 0.1:
                again = self.chance.choice(self.requests)
                answer = await self.deliver(http, where, again)
                if answer.get("accepted") != 0:
                    self.mistakes.append(f"what was answered before is taken again: {answer}")
            await asyncio.sleep(self.chance.uniform(0.0, 0.2))


class Where:
    """Where the server listens now; whoever asks while it is down waits."""

    def __init__(self) -> None:
        self._url = ""
        self._up = asyncio.Event()

    def up(self, url: str) -> None:
        self._url = url
        self._up.set()

    def down(self) -> None:
        self._up.clear()

    async def now(self) -> str:
        await self._up.wait()
        return self._url
