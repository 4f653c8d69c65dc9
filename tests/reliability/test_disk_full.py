"""The disk is full (invariant 12): never a 200 that is not kept, reads go on, it works again by itself."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.control import Progress, RefusedByService, call
from bot.standin import DemoWorkspace, StandIn
from tests.reliability.process import KEY, Service, configure, serve, slack
from tests.reliability.smalldisk import SmallDisk, small_disk

_MIB = 8
_REFUSED_IN_A_ROW = 5


class Sender:
    """Sends until it is refused, and remembers what was promised."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._sent = 0
        self.promised: set[str] = set()
        self.refused = 0

    def _next(self, size: int) -> dict[str, Any]:
        self._sent += 1
        email = f"lead{self._sent % 40}@nord.example"
        return {"id": f"e{self._sent}", "type": "page_viewed", "email": email, "properties": {"note": "x" * size}}

    async def send(self, url: str, size: int = 4_000) -> int:
        """One request; a refusal says when to come again."""
        events: Sequence[Mapping[str, Any]] = [self._next(size) for _ in range(5)]
        async with self._http.post(f"{url}/hooks/forms", json=events, headers={"x-key": KEY}) as answer:
            if answer.status == 200:
                self.promised |= {event["id"] for event in events}
            else:
                assert answer.status == 503, await answer.text()
                assert int(answer.headers["Retry-After"]) > 0
                assert (await answer.json())["code"] == "disk_full"
                self.refused += 1
            return answer.status

    async def until_refused(self, url: str) -> None:
        """The log's own room is used up first; then every request is refused."""
        in_a_row = 0
        for _ in range(3_000):
            in_a_row = 0 if await self.send(url) == 200 else in_a_row + 1
            if in_a_row == _REFUSED_IN_A_ROW:
                return
        raise AssertionError("the disk is full, and nothing was refused")


async def ready(http: aiohttp.ClientSession, service: Service) -> tuple[int, list[str]]:
    async with http.get(f"{service.operations_url}/readyz") as answer:
        return answer.status, (await answer.json())["trouble"]


async def reads_go_on(standin: StandIn, workspace: DemoWorkspace) -> None:
    for command, text in (("/lead", "lead1@nord.example"), ("/leads", "recent"), ("/hotlead", "health")):
        said = await standin.run_command(workspace.manager, workspace.sales, command, text)
        assert said.ok, said


@pytest.mark.parametrize("cycles", [1, pytest.param(10, marks=pytest.mark.full)], ids=["small", "full"])
async def test_a_full_disk_harms_nothing(tmp_path: Path, cycles: int, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hotlead-data").mkdir()
    async with (
        slack() as (standin, workspace),
        small_disk(tmp_path / "hotlead-data", _MIB) as disk,
        aiohttp.ClientSession() as http,
    ):
        environment = configure(tmp_path, standin, workspace)
        sender = Sender(http)
        for _ in range(cycles):
            async with serve(tmp_path, environment, disk.serve) as service:
                await service.ready()
                standin.deliver_to(f"{service.url}/slack/events")
                await fills_and_is_freed(service, disk, sender, standin, workspace)
                disk.fill()
                assert await service.terminate() == 0, service.said
            disk.fill()  # its end made room
            async with serve(tmp_path, environment, disk.serve) as service:  # started while full
                assert await service.ended() == 1
                assert "The disk is full" in service.said
                assert "Traceback" not in service.said
            disk.free()
            await shrink(disk, sender)
    with capsys.disabled():
        print(f"\n  {cycles} times full: {len(sender.promised):,} events promised and kept, {sender.refused} refused")  # noqa: T201


async def fills_and_is_freed(
    service: Service, disk: SmallDisk, sender: Sender, standin: StandIn, workspace: DemoWorkspace
) -> None:
    assert await sender.send(service.url) == 200
    disk.fill()
    await sender.until_refused(service.url)
    status, trouble = await ready(sender._http, service)
    assert status == 503
    assert "The disk is full" in trouble[0]
    await reads_go_on(standin, workspace)
    with tempfile.TemporaryDirectory() as short:  # the address of a socket must be
        (Path(short) / "data").symlink_to(disk.seen)
        with pytest.raises(RefusedByService, match="disk is full"):
            await call(Path(short) / "data", "backup", {"to": str(disk.folder / "copy.db")}, _untold)
    assert not list(disk.seen.glob("copy.db*"))
    disk.free()
    assert await sender.send(service.url) == 200  # at once, and by itself
    assert await ready(sender._http, service) == (200, [])


def _untold(_step: Progress) -> None:
    """Nobody looks."""


_SHRINK = """
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
print(json.dumps([row[0] for row in db.execute("SELECT id FROM events WHERE source = 'forms'")]))
db.execute("UPDATE events SET properties = '{}', raw = NULL WHERE source = 'forms'")
db.execute("VACUUM")
"""


async def shrink(disk: SmallDisk, sender: Sender) -> None:
    """Everything that was promised is there, whole; then it makes room for the next time."""
    kept = set(json.loads(await disk.run(_SHRINK, str(disk.folder / "hotlead.db"))))
    assert sender.promised <= kept
