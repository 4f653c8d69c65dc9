"""Load for soaks: senders, people in Slack, engineers with backups and reads, all at once, against a whole service."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.control import Progress, call
from bot.storage.reader import Reader
from tests.rig import DIRECTOR, HOT, KEY, Rig


def traffic(number: int) -> list[Mapping[str, Any]]:
    """What one visitor does: looks around; one in four becomes hot. Each is of a company alone."""
    email = f"lead{number}@nord{number}.example"
    looks: list[Mapping[str, Any]] = [
        {"id": f"{number}-{n}", "type": "page_viewed", "email": email, "properties": {"n": n}} for n in range(3)
    ]
    if number % 4:
        return looks
    known = {**DIRECTOR, "name": f"Lead {number}"}
    return [
        *looks,
        *({**event, "id": f"{number}-hot{n}", "email": email, "traits": known} for n, event in enumerate(HOT)),
    ]


@dataclass
class Soak:
    """Everybody at once. `backups` are those that were made under the load, with how many leads were sure by then."""

    it: Rig
    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    backups: list[tuple[Path, int]] = field(default_factory=list)
    stopping: bool = False

    async def run(self, requests: int) -> None:
        """Until so many requests were answered."""
        others = [
            asyncio.create_task(self._over_and_over(name, work))
            for name, work in (
                ("command", self._command),
                ("backup", self._backup),
                ("checkpoint", self._checkpoint),
                ("read", self._read),
            )
        ]
        try:
            await asyncio.gather(*(self._send(requests // 4) for _ in range(4)))
        finally:
            self.stopping = True
            await asyncio.gather(*others)  # each ends what it is at

    async def _send(self, requests: int) -> None:
        for _ in range(requests):
            number = next(self.numbers)
            events = traffic(number)
            status, answer = await self.it.post("/hooks/forms", json.dumps(events), {"x-hotlead-key": KEY})
            if status == 200 and answer["accepted"] == len(events):
                self.done["accepted"] += 1
            else:
                self.wrong.append(f"{status} {answer}")

    async def _over_and_over(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception as trouble:
                self.wrong.append(f"{name}: {trouble!r}")
                return
            self.done[name] += 1
            if self.stopping:
                return

    async def _command(self) -> None:
        it = self.it
        for command, text in (("/leads", "hot"), ("/lead", "why lead0@nord0.example"), ("/hotlead", "health")):
            delivery = await it.standin.run_command(it.workspace.manager, it.workspace.sales, command, text)
            if delivery.status != 200:
                self.wrong.append(f"{command} {text}: {delivery}")

    async def _backup(self) -> None:
        sure = self.done["accepted"]
        path = self.folder / f"backup{self.done['backup']}.db"
        await call(self.it.hotlead.core.store.path.parent, "backup", {"to": str(path)}, _untold)
        self.backups.append((path, sure))

    async def _checkpoint(self) -> None:
        await self.it.hotlead.core.store.checkpoint()

    async def _read(self) -> None:
        reader = Reader(self.it.hotlead.core.store.path)
        try:
            await reader.read(lambda tx: tx.all("SELECT lead_id, SUM(score) FROM scores GROUP BY lead_id"))
        finally:
            await reader.close()


def _untold(_step: Progress) -> None:
    """Nobody looks."""
