"""Invariant 11: the same signed request again has no second effect, is refused when it is old, also after a restart."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.standin import DemoWorkspace, StandIn
from scoring.instants import SECOND
from tests.bot.sources.signing import standard
from tests.rig import Rig, SetClock, running

SECRET = "whsec_" + "c2l4dGVlbiBieXRlcyBvciBtb3Jl"
SOURCE = {"sign": {"kind": "standard", "secrets": ["X"]}}
SECRETS = {"sign": (SECRET.encode(),)}
BODY = json.dumps({"type": "form_submitted", "email": "ann@acme.example"}).encode()


async def webhook(it: Rig, at: int) -> tuple[int, int, int]:
    """Send the request that was signed at T0; its status, and events accepted and known before."""
    made = standard(SECRET, BODY, at // SECOND)
    status, told = await it.post("/hooks/sign", made.body, made.headers)
    return status, told.get("accepted", 0), told.get("duplicates", 0)


async def slash(it: Rig, number: int, at: int) -> int:
    """Send a slash command that was signed at T0, as whoever recorded it would."""
    fields = {"command": "/lead", "text": f"claim L-{number}", "user_id": it.workspace.reps[0], "trigger_id": "1.2.3"}
    body = urlencode({**fields, "team_id": it.workspace.team_id, "channel_id": it.workspace.sales}).encode()
    stamp = str(at // SECOND)
    mac = hmac.new(it.workspace.signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    async with it.http.post(f"{it.hotlead.url}/slack/events", data=body, headers=headers) as response:
        await it.settle()
        return response.status


async def claims(it: Rig) -> int:
    (row,) = await it.rows("SELECT COUNT(*) AS n FROM audit WHERE action = 'claimed'")
    return int(row["n"])


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_signed_request_that_is_sent_again_has_one_effect(tmp_path: Path, *, restarted: bool) -> None:
    clock = SetClock()
    standin = StandIn(workspace := DemoWorkspace(now=clock))
    await standin.start()
    try:
        at = clock()
        async with running(tmp_path, standin, workspace, clock, source=SOURCE, secrets=SECRETS) as it:
            assert await webhook(it, at) == (200, 1, 0)
            clock.pass_(299 * SECOND)
            if not restarted:
                assert await webhook(it, at) == (200, 0, 1)
                clock.pass_(2 * SECOND)
                assert await webhook(it, at) == (401, 0, 0)
        if restarted:
            async with running(tmp_path, standin, workspace, clock, source=SOURCE, secrets=SECRETS) as it:
                assert await webhook(it, at) == (200, 0, 1)
                clock.pass_(2 * SECOND)
                assert await webhook(it, at) == (401, 0, 0)
                assert len(await it.rows("SELECT id FROM events WHERE source = 'sign'")) == 1
    finally:
        await standin.close()


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_recorded_command_does_not_take_a_lead_again(tmp_path: Path, *, restarted: bool) -> None:
    clock = SetClock()
    standin = StandIn(workspace := DemoWorkspace(now=clock))
    await standin.start()
    try:
        async with running(tmp_path, standin, workspace, clock) as it:
            number = await it.make_hot()
            at = clock()
            assert await slash(it, number, at) == 200
            assert await claims(it) == 1
            await it.standin.run_command(workspace.reps[0], workspace.sales, "/lead", f"release L-{number}")
            await it.settle()
            if not restarted:
                await replayed(it, number, at)
        if restarted:
            async with running(tmp_path, standin, workspace, clock) as it:
                await replayed(it, number, at)
    finally:
        await standin.close()


async def replayed(it: Rig, number: int, at: int) -> None:
    """It is taken until it is 300 seconds old, has no effect, and then is refused."""
    it.clock.now = at + 299 * SECOND
    assert await slash(it, number, at) == 200
    it.clock.now = at + 301 * SECOND
    assert await slash(it, number, at) == 401
    assert await claims(it) == 1
