"""The vendors' own libraries against a running service: everything arrives once, nothing is sent again needlessly."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hubspot.utils.signature import Signature
from rudderstack.analytics.client import Client as RudderStack
from segment.analytics.client import Client as Segment
from sendgrid.helpers.eventwebhook import EventWebhook
from standardwebhooks import Webhook

from bot.clock import system_clock
from bot.errors import Overloaded
from bot.service.source_health import ACCEPTED, DUPLICATE, Tally
from tests.rig import KEY, SECOND, Rig, SetClock, rig

PUBLIC = "https://leads.example.com"
CLIENT_SECRET = "the client secret of the app"
SENDGRID = ec.generate_private_key(ec.SECP256R1())
PUBLIC_KEY = base64.b64encode(
    SENDGRID.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
WHSEC = ["whsec_" + base64.b64encode(hashlib.sha256(name).digest()).decode() for name in (b"old", b"new")]

SOURCES: dict[str, dict[str, Any]] = {
    "crm": {"kind": "hubspot"},
    "flows": {"kind": "hubspot_workflow"},
    "mails": {"kind": "sendgrid"},
    "signed": {"kind": "standard"},
    "cloud": {"kind": "cloudevents"},
}
SECRETS = {
    "crm": (CLIENT_SECRET.encode(),),
    "flows": (CLIENT_SECRET.encode(),),
    "mails": (PUBLIC_KEY.encode(),),
    "signed": (WHSEC[1].encode(),),
    "cloud": (b"a bearer token of the cloud",),
}
SDKS = pytest.mark.parametrize("make", [Segment, RudderStack], ids=["segment", "rudderstack"])


@pytest_asyncio.fixture
async def it(tmp_path: Path) -> AsyncIterator[Rig]:
    """A service whose time is that of the libraries, which read the machine's clock."""
    clock = SetClock(system_clock())
    more: dict[str, Any] = {"service": {"public_url": PUBLIC}, "source": SOURCES, "secrets": SECRETS}
    async with rig(tmp_path, clock=clock, **more) as running:
        yield running


def _sdk(make: Callable[..., Any], it: Rig, *, key: str = KEY, **more: Any) -> Any:
    return make(key, host=it.hotlead.url, upload_interval=0.05, upload_size=50, **more)


async def _sent(sdk: Any) -> None:
    """Until the SDK has given everything up for sent, or for lost."""
    await asyncio.to_thread(sdk.flush)
    await asyncio.to_thread(sdk.join)


async def _day(it: Rig, source: str) -> Tally:
    (found,) = [one for one in await it.hotlead.core.source_health.overview() if one.name == source]
    return found.day


async def _types(it: Rig) -> list[str]:
    return [row["type"] for row in await it.rows("SELECT type FROM events ORDER BY seq")]


@SDKS
async def test_an_sdk_sends_120_messages_and_each_arrives_once(it: Rig, make: Callable[..., Any]) -> None:
    sdk = _sdk(make, it, gzip=True)
    for number in range(120):
        sdk.track(f"u{number}", "Pricing Viewed", {"n": number}, {"traits": {"email": f"u{number}@acme.example"}})
    await _sent(sdk)
    day = await _day(it, "website")
    assert (day.of(ACCEPTED), day.of(DUPLICATE), day.refused) == (120, 0, {})
    assert set(await _types(it)) == {"Pricing Viewed"}


@SDKS
async def test_every_call_of_an_sdk_is_understood(it: Rig, make: Callable[..., Any]) -> None:
    sdk = _sdk(make, it)
    now = datetime.fromtimestamp(it.clock() / SECOND, UTC)
    sdk.identify("u1", {"email": "ann@acme.example", "firstName": "Ann"}, timestamp=now - timedelta(minutes=2))
    sdk.group("u1", "acme", {"name": "Acme", "employees": 120}, timestamp=now - timedelta(minutes=1))
    sdk.track("u1", "Trial Started", timestamp=now - timedelta(minutes=3))
    sdk.page("u1", "docs", "Pricing", {"url": "https://www.example.com/pricing"})
    sdk.screen("u1", "app", "Home")
    sdk.alias("anon-1", "u1")
    await _sent(sdk)
    assert (await _day(it, "website")).refused == {}
    ours = ["identified", "segment.group", "Trial Started", "page_viewed", "segment.screen", "segment.alias"]
    assert sorted(await _types(it)) == sorted(ours)
    (lead,) = await it.hotlead.core.desk.find("ann@acme.example")
    assert lead.company == "Acme"


@SDKS
async def test_a_wrong_key_is_an_error_that_an_sdk_understands_and_does_not_repeat(
    it: Rig, make: Callable[..., Any]
) -> None:
    errors: list[Any] = []
    sdk = _sdk(make, it, key="wrong", on_error=lambda error, _batch: errors.append(error))
    sdk.track("u1", "x")
    await _sent(sdk)
    assert [(error.status, error.code) for error in errors] == [(401, "signature_wrong")]
    assert (await _day(it, "website")).refused == {"signature_wrong": 1}


@SDKS
async def test_overload_makes_an_sdk_come_again_and_nothing_is_lost_or_doubled(
    it: Rig, make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = it.hotlead.core.intake
    accept = intake.accept

    async def full_at_first(*args: Any, **more: Any) -> Any:
        monkeypatch.setattr(intake, "accept", accept)
        raise Overloaded("one moment")

    monkeypatch.setattr(intake, "accept", full_at_first)
    sdk = _sdk(make, it)
    sdk.track("u1", "x")
    await _sent(sdk)
    day = await _day(it, "website")
    assert (day.of(ACCEPTED), day.of(DUPLICATE), day.refused) == (1, 0, {"overloaded": 1})


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
async def test_what_hubspot_s_own_library_signs_is_accepted(tmp_path: Path, version: str) -> None:
    source = {"crm": {"kind": "hubspot", "scheme": version}}
    more: dict[str, Any] = {"service": {"public_url": PUBLIC}, "source": source, "secrets": SECRETS}
    async with rig(tmp_path, clock=SetClock(system_clock()), **more) as it:
        event = {"subscriptionType": "contact.creation", "portalId": 1, "subscriptionId": 2, "eventId": 100}
        body = json.dumps([{**event, "objectId": 7, "occurredAt": it.clock() // 1000}])
        stamp = str(it.clock() // 1000)
        signed = Signature.get_signature(CLIENT_SECRET, body, version, f"{PUBLIC}/hooks/crm", "POST", stamp)
        name = "x-hubspot-signature-v3" if version == "v3" else "x-hubspot-signature"
        status, told = await it.post("/hooks/crm", body, {name: signed, "x-hubspot-request-timestamp": stamp})
        assert (status, told.get("accepted")) == (200, 1)
        assert (await it.post("/hooks/crm", body + " ", {name: signed, "x-hubspot-request-timestamp": stamp}))[0] == 401


async def test_sendgrid_s_own_verifier_and_ours_believe_the_same_requests(it: Rig) -> None:
    verifier = EventWebhook(PUBLIC_KEY)
    body = json.dumps([{"event": "open", "email": "ann@acme.example", "timestamp": 1, "sg_event_id": "e1"}])
    stamp = str(it.clock() // SECOND)
    signature = base64.b64encode(SENDGRID.sign((stamp + body).encode(), ec.ECDSA(hashes.SHA256()))).decode()
    name = "x-twilio-email-event-webhook"
    for sent in (body, body + " "):
        status, _ = await it.post("/hooks/mails", sent, {f"{name}-signature": signature, f"{name}-timestamp": stamp})
        assert (status == 200) == verifier.verify_signature(sent, signature, stamp)
    assert await _types(it) == ["email_opened"]


async def test_a_standard_webhook_is_believed_also_while_its_sender_changes_secrets(it: Rig) -> None:
    at = datetime.fromtimestamp(it.clock() / SECOND, UTC)
    body = json.dumps({"type": "form_submitted", "data": {"email": "ann@acme.example"}})
    signatures = " ".join(Webhook(secret).sign("msg_1", at, body) for secret in WHSEC)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signatures}
    for accepted in (1, 0):  # sent again, it is the same event
        status, told = await it.post("/hooks/signed", body, headers)
        assert (status, told["accepted"], told["duplicates"]) == (200, accepted, 1 - accepted)


@pytest.mark.parametrize("encode", [to_binary, to_structured])
async def test_what_the_cloudevents_library_encodes_is_understood(it: Rig, encode: Callable[..., Any]) -> None:
    attributes = {"type": "meeting_booked", "source": "/crm", "subject": "ann@acme.example", "id": "m-1"}
    time = datetime.fromtimestamp(it.clock() // SECOND, UTC)
    event = CloudEvent({**attributes, "time": time, "datacontenttype": "application/json"}, {"title": "Demo"})
    message = encode(event, JSONFormat())
    token = {"authorization": f"Bearer {SECRETS['cloud'][0].decode()}"}
    status, told = await it.post("/hooks/cloud", message.body, {**message.headers, **token})
    assert (status, told["accepted"]) == (200, 1)
    (row,) = await it.rows("SELECT type, occurred_at, flags FROM events")
    assert (row["type"], row["occurred_at"], row["flags"]) == ("meeting_booked", it.clock() // SECOND * SECOND, None)
    (lead,) = await it.hotlead.core.desk.find("ann@acme.example")
    assert lead.email == "ann@acme.example"
