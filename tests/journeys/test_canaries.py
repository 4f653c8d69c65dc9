"""A whole day with planted secrets and people: no log line, in any format, tells one of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot.app import Hotlead
from bot.app.running import Secrets
from bot.logs import set_up_logs
from bot.service.models.live import shipped
from bot.settings import SlackSecrets
from bot.standin import DemoWorkspace, Fault, StandIn
from scoring.instants import SECOND
from tests.bot.sources.signing import standard
from tests.rig import DIRECTOR, HOUR, MINUTE, Rig, SetClock, rig_settings

FORMS = "canary-forms-key-0123456789"
WEBSITE = "canary-website-key-0123456789"
SIGNS = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnk="
CRM = "canary-crm-secret-0123456789"
PEOPLE = (
    ("Canaria Vogel", "canaria.vogel@zangvogel.example", "+31205550199"),
    ("Kanarie Piet", "kanarie@pietje.example", "+31205550188"),
)
PLANTED = (
    FORMS, WEBSITE, SIGNS, SIGNS.removeprefix("whsec_"), CRM, "Canaria", "Vogel", "canaria.vogel", "zangvogel",
    "Kanarie", "pietje", "5550199", "5550188", "Zangvogel BV", "canary-note", "canary-body", "canary-query",
)  # fmt: skip
SOURCES = {
    "forms": {"kind": "generic", "header": "x-hotlead-key", "secrets": ["A"], "allow_history": True},
    "website": {"kind": "segment", "secrets": ["B"]},
    "sign": {"kind": "standard", "secrets": ["C"]},
    "crm": {"kind": "hubspot", "scheme": "v1", "secrets": ["D"]},
}
SECRETS = {
    "forms": (FORMS.encode(),),
    "website": (WEBSITE.encode(),),
    "sign": (SIGNS.encode(),),
    "crm": (CRM.encode(),),
}


@pytest.fixture
def logs(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    before = logging.getLogger().handlers[:]
    yield capfd
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_a_whole_day_tells_the_log_no_secret_and_nobody_s_data(
    tmp_path: Path, logs: pytest.CaptureFixture[str], log_format: Any
) -> None:
    set_up_logs(log_format)
    clock = SetClock()
    standin = StandIn(workspace := DemoWorkspace(now=clock))
    await standin.start()
    service = {"log_requests": True, "public_url": "https://leads.zangvogel.example"}
    settings = rig_settings(workspace, standin, tmp_path, source=SOURCES, service=service, digest={"enabled": True})
    slack = SlackSecrets(
        slack_bot_token=SecretStr(workspace.bot_token), slack_signing_secret=SecretStr(workspace.signing_secret)
    )
    hotlead = Hotlead(settings, Secrets(slack, SECRETS), first_model=lambda: shipped("b2b"), clock=clock)
    await hotlead.start()
    it = Rig(hotlead, standin, workspace, clock)
    standin.deliver_to(f"{hotlead.url}/slack/events")
    try:
        await the_day(it)
    finally:
        await it.http.close()
        await hotlead.stop()
        await standin.close()
    said = logs.readouterr()
    told = said.out + said.err
    for stage in ("started", "crossed", "delivery", "request_refused", "source_fails_signatures", "/hooks/forms"):
        assert stage in told
    for canary in (*PLANTED, workspace.bot_token, workspace.signing_secret):
        assert canary.casefold() not in told.casefold(), canary


async def the_day(it: Rig) -> None:
    """Events by every door, right and wrong; people at work; Slack ill; the night."""
    for number, (name, email, phone) in enumerate(PEOPLE):
        traits = {**DIRECTOR, "name": name, "phone": phone, "company": {**DIRECTOR["company"], "name": "Zangvogel BV"}}
        it.standin.inject(Fault("500_after", "chat.postMessage"))
        events = [
            {"type": "page_viewed", "email": email, "traits": traits, "properties": {"url": "https://x.nl/prijzen"}},
            {"type": "meeting_booked", "email": email, "properties": {"note": "canary-body"}},
        ]
        whole = json.dumps([{"id": f"{number}-{n}", **event} for n, event in enumerate(events)])
        assert (await it.post(f"/hooks/forms?who={email}", whole, {"x-hotlead-key": FORMS}))[0] == 200
        await it.post("/hooks/forms", whole.replace("page_viewed", "video_watched"), {"x-hotlead-key": FORMS})
        await it.settle(200)
    await wrong_requests(it)
    await at_work(it)
    it.clock.pass_(MINUTE)
    await it.hotlead.core.source_health.work()
    for fault in ("invalid_blocks", "channel_not_found", "internal_error"):
        it.standin.inject(Fault("error", "chat.postMessage", code=fault))
        await it.standin.run_command(it.workspace.reps[0], it.workspace.sales, "/lead", "claim L-2")
    await it.later(24 * HOUR)


async def wrong_requests(it: Rig) -> None:
    """Refused for their proof, their bytes, their place; and those that a sender has to mend."""
    person = json.dumps({"type": "x", "email": PEOPLE[0][1], "id": "canary-body"})
    made = standard(SIGNS, person.encode(), it.clock() // SECOND)
    assert (await it.post("/hooks/sign", made.body, made.headers))[0] == 200
    assert (await it.post("/hooks/sign", made.body + b" ", made.headers))[0] == 401
    track = {"type": "track", "event": "x", "userId": PEOPLE[0][1], "messageId": "1"}
    assert (await it.post("/v1/track", json.dumps({**track, "writeKey": WEBSITE})))[0] == 200
    assert (await it.post("/v1/track", json.dumps({**track, "writeKey": f"{WEBSITE}x"})))[0] == 401
    for body in (person[:-1], f"[{person},{person}", person.replace('"x"', "NaN"), "[" * 200 + person):
        await it.post("/hooks/forms?key=canary-query", body, {"x-hotlead-key": FORMS})
        await it.post("/hooks/forms", body, {"x-hotlead-key": f"{FORMS}-wrong", "authorization": f"Bearer {FORMS}"})
    await it.post(f"/hooks/{PEOPLE[0][1]}", person, {"x-hotlead-key": FORMS})
    await it.post(f"/{PEOPLE[0][1]}/canary-query", person)
    for _ in range(3):
        signature = hashlib.sha256(CRM.encode() + b"other").hexdigest()
        await it.post("/hooks/crm", person, {"x-hubspot-signature": signature})
    base = f"v0:{it.clock() // SECOND}:text={PEOPLE[0][1]}"
    mac = hmac.new(it.workspace.signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": str(it.clock() // SECOND), "x-slack-signature": f"v0={mac}"}
    await it.http.post(f"{it.hotlead.url}/slack/events", data=f"text={PEOPLE[0][1]}", headers=headers)
    await it.http.post(f"{it.hotlead.url}/slack/events", data=f"text={PEOPLE[0][1]}&", headers=headers)


async def at_work(it: Rig) -> None:
    """What reps, managers and admins type, with names and addresses in it."""
    rep, manager = it.workspace.reps[0], it.workspace.manager
    for user, command, text in (
        (rep, "/lead", f"claim {PEOPLE[0][1]}"),
        (rep, "/lead", 'note L-1 "canary-note: call Canaria"'),
        (rep, "/lead", "log L-1 call reached"),
        (rep, "/lead", "why Canaria"),
        (rep, "/lead", "why-not kanarie@pietje.example"),
        (rep, "/lead", f"add {PEOPLE[1][1]} Kanarie Piet, Zangvogel BV"),
        (rep, "/lead", "won L-1 canary-note"),
        (rep, "/leads", "mine"),
        (manager, "/hotlead", "health"),
        (manager, "/hotlead", "sources"),
        (manager, "/hotlead", "team"),
        (manager, "/lead", "export L-1"),
        (manager, "/lead", "erase L-2"),
        (rep, "/lead", "nonsense Canaria Vogel"),
    ):
        await it.standin.run_command(user, it.workspace.sales, command, text)
        await it.settle(200)
