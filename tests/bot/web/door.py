"""One running service for the tests of a file; each test has ids of its own, and sees only what is stored of them."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.rig import KEY, Rig, rig

FORMS = {"x-hotlead-key": KEY}
EVENT = {"type": "form_submitted", "occurred_at": "2026-03-02T08:59:00Z"}
_numbers = count(1)


@dataclass
class Door:
    """A test's view of the running service."""

    rig: Rig
    mark: str

    @property
    def email(self) -> str:
        return f"{self.mark}@acme.example"

    def events(self, *ids: str, **more: Any) -> bytes:
        """A body of events with ids of this test."""
        return json.dumps([{**EVENT, "email": self.email, "id": self.id(one), **more} for one in ids]).encode()

    def id(self, name: str) -> str:
        return f"{self.mark}-{name}"

    async def post(self, path: str, body: bytes | str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        data = io.BytesIO(body.encode() if isinstance(body, str) else body)
        async with self.rig.http.post(f"{self.rig.hotlead.url}{path}", data=data, headers=headers) as response:
            return response.status, json.loads(await response.read())

    async def stored(self) -> list[str]:
        """The ids of this test's events in the log, in order."""
        rows = await self.rig.rows("SELECT id FROM events WHERE id LIKE :mark ORDER BY seq", mark=f"{self.mark}-%")
        return [row["id"].removeprefix(f"{self.mark}-") for row in rows]


@asynccontextmanager
async def serving(folder: Path, **more: Any) -> AsyncIterator[Rig]:
    """A service for all tests of a file."""
    async with rig(folder, **more) as running:
        yield running


def door(running: Rig) -> Door:
    """A new view, with ids that no other test has."""
    return Door(running, f"t{next(_numbers)}")
