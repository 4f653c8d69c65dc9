"""Invariant 10: nothing unauthenticated has an effect, no input gives a 5xx, memory stays flat.

`HOSTILE_SEED=123 pytest -m full tests/reliability/test_hostile_requests.py` plays the corpus of a seed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.hostile import Connection, Hostile, requests
from tests.reliability.process import Service, configure, serve, slack

SEED = int(os.environ.get("HOSTILE_SEED", "7"))
SECRET = b"thirty-two bytes of a good secret"
MORE = """
        [source.sign]
        kind = "standard"
        secrets = ["SIGN_KEY"]
        [source.seg]
        kind = "segment"
        secrets = ["FORMS_KEY"]
        [source.form2]
        kind = "typeform"
        secrets = ["FORMS_KEY"]
        [source.mail]
        kind = "mailgun"
        secrets = ["FORMS_KEY"]
        [source.hub]
        kind = "hubspot"
        secrets = ["FORMS_KEY"]
        keep_refused = false
        [source.cloud]
        kind = "cloudevents"
        header = "x-key"
        secrets = ["FORMS_KEY"]
"""
_TELL = frozenset({"source_counts", "source_troubles", "meta", "audit", "outbox", "steps", "sqlite_sequence"})
"""What the service notes of itself: that requests were refused, and that admins were told."""


@asynccontextmanager
async def front_door(folder: Path) -> AsyncIterator[Service]:
    """The real server with a source of each way to prove oneself."""
    async with slack() as (standin, workspace):
        environment = configure(folder, standin, workspace)
        environment["SIGN_KEY"] = "whsec_" + base64.b64encode(SECRET).decode()
        with (folder / "hotlead.toml").open("a", encoding="utf-8") as file:
            file.write(MORE)
        async with serve(folder, environment) as service:
            await service.ready()
            yield service


def effects(folder: Path) -> dict[str, int]:
    """How many rows each table has, those aside in which the service writes about itself."""
    db = sqlite3.connect(f"file:{folder / 'hotlead-data' / 'hotlead.db'}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = [name for name in tables if name not in _TELL]
        return {name: db.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in counted}  # noqa: S608
    finally:
        db.close()


def resident(service: Service) -> int:
    """Bytes of memory that the process has."""
    pages = Path(f"/proc/{service.process.pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def say(figures: str) -> None:
    """The figures of a run, shown with `-s`."""
    sys.stdout.write(f"\n{figures}\n")


async def ask_all(service: Service, hostile: Iterable[Hostile], *, at_once: int = 16) -> Counter[int | None]:
    """Send them all over a few connections; how often which status came. None: no answer came."""
    port = int(service.url.rpartition(":")[2])
    waiting = iter(hostile)
    found: Counter[int | None] = Counter()

    async def one_after_another() -> None:
        connection = Connection(port)
        try:
            for one in waiting:
                status = await connection.ask(one)
                assert status is None or status < 500, (status, one.data[:2000])
                found[status] += 1
        finally:
            connection.close()

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return found


@pytest.mark.parametrize("count", [3_000, pytest.param(100_000, marks=pytest.mark.full)])
async def test_no_hostile_request_gives_a_5xx_or_a_row_and_memory_stays_flat(tmp_path: Path, count: int) -> None:
    async with front_door(tmp_path) as service:
        before = await asyncio.to_thread(effects, tmp_path)
        await ask_all(service, requests(SEED + 1, max(count // 10, 1_500)))
        warm = resident(service)
        found = await ask_all(service, requests(SEED, count))
        grown = resident(service) / warm - 1
        say(f"{count} requests: {dict(found)}; memory {warm / 2**20:.0f} MiB, {grown:+.1%}")
        assert sum(found.values()) == count
        assert len(found) >= 6
        assert await asyncio.to_thread(effects, tmp_path) == before
        assert grown < 0.10
        assert "Traceback" not in service.said
        assert await service.terminate() == 0


def signed(at: int, message_id: str = "msg_1") -> bytes:
    """A whole request as the sender's library writes it."""
    body = json.dumps({"type": "form_submitted", "email": "ann@acme.example", "properties": {"form_id": "a"}}).encode()
    mac = hmac.digest(SECRET, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    head = (
        f"POST /hooks/sign HTTP/1.1\r\nHost: x\r\nWebhook-Id: {message_id}\r\nWebhook-Timestamp: {at}\r\n"
        f"Webhook-Signature: v1,{base64.b64encode(mac).decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def stored(folder: Path) -> list[Any]:
    db = sqlite3.connect(f"file:{folder / 'hotlead-data' / 'hotlead.db'}?mode=ro", uri=True)
    try:
        return db.execute("SELECT source, id, type, properties, raw FROM events").fetchall()
    finally:
        db.close()


@pytest.mark.parametrize("others", [[1, 128], pytest.param(range(1, 256), marks=pytest.mark.full)], ids=["some", "all"])
async def test_no_changed_byte_of_a_signed_request_has_an_effect(tmp_path: Path, others: Iterable[int]) -> None:
    request = signed(int(time.clock_gettime(time.CLOCK_REALTIME)))
    async with front_door(tmp_path) as service:
        assert await ask_all(service, [Hostile(request, whole=True)], at_once=1) == {200: 1}
        first, before = await asyncio.to_thread(stored, tmp_path), await asyncio.to_thread(effects, tmp_path)
        changed = (
            Hostile(request[:at] + bytes([request[at] ^ other]) + request[at + 1 :], whole=False)
            for other in others
            for at in range(len(request))
        )
        found = await ask_all(service, changed)
        say(f"{found.total()} changed requests: {dict(found)}")
        assert found[401] > found.total() // 3
        assert await asyncio.to_thread(stored, tmp_path) == first
        assert await asyncio.to_thread(effects, tmp_path) == before
