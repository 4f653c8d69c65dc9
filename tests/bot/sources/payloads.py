"""The vendors' own payloads (tests/payloads), each with the configuration that reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.sources import open_source
from bot.sources.base import Accepted, FieldMap, Received, Refused, SourceConfig
from scoring.instants import format_instant, parse_instant

FOLDER = Path(__file__).parents[2] / "payloads"
ARRIVAL = parse_instant("2026-11-01T12:00:00Z")

MAILJET = FieldMap(
    id=(),
    time=("time",),
    types={
        "sent": "email_sent",
        "open": "email_opened",
        "click": "email_clicked",
        "bounce": "email_bounced",
        "blocked": "email_bounced",
        "spam": "email_complained",
        "unsub": "email_unsubscribed",
    },
)
MAILERSEND = FieldMap(
    id=("data.id",),
    time=("data.created_at",),
    email=("data.email.recipient.email",),
    properties=("data.morph",),
    types={
        "activity.sent": "email_sent",
        "activity.opened": "email_opened",
        "activity.clicked": "email_clicked",
        "activity.hard_bounced": "email_bounced",
        "activity.spam_complaint": "email_complained",
        "activity.unsubscribed": "email_unsubscribed",
    },
)
SPARKPOST = FieldMap(
    id=("msys.message_event.event_id", "msys.track_event.event_id", "msys.unsubscribe_event.event_id"),
    type=("msys.message_event.type", "msys.track_event.type", "msys.unsubscribe_event.type", "msys.gen_event.type"),
    time=("msys.message_event.timestamp", "msys.track_event.timestamp", "msys.unsubscribe_event.timestamp"),
    email=("msys.message_event.rcpt_to", "msys.track_event.rcpt_to", "msys.track_event.raw_rcpt_to"),
    properties=("msys.track_event",),
    types={"injection": "email_sent", "open": "email_opened", "initial_open": "email_opened", "click": "email_clicked"},
)
RESEND = FieldMap(
    id=(),
    email=("data.to.0",),
    time=("data.click.timestamp", "created_at"),
    properties=("data.click", "data"),
    types={
        "email.sent": "email_sent",
        "email.opened": "email_opened",
        "email.clicked": "email_clicked",
        "email.bounced": "email_bounced",
        "email.complained": "email_complained",
    },
)
MARKETO = FieldMap(
    types={"Webinar Attended": "webinar_attended"},
    trait_fields={"first_name": ("firstName",)},
)


@dataclass(frozen=True)
class Folder:
    """How the payloads of one folder are read."""

    kind: str
    mapping: FieldMap = field(default_factory=FieldMap)


FOLDERS = {
    "activecampaign": Folder("activecampaign"),
    "brevo": Folder("brevo"),
    "calendly": Folder("calendly"),
    "cloudevents": Folder("cloudevents"),
    "hubspot-webhooks-v3": Folder("hubspot"),
    "hubspot-workflow": Folder("hubspot_workflow"),
    "intercom": Folder("intercom"),
    "mailchimp": Folder("mailchimp"),
    "mailersend": Folder("generic", MAILERSEND),
    "mailgun": Folder("mailgun"),
    "mailjet": Folder("generic", MAILJET),
    "mandrill": Folder("mandrill"),
    "marketo": Folder("generic", MARKETO),
    "mautic": Folder("mautic"),
    "postmark": Folder("postmark"),
    "resend": Folder("standard", RESEND),
    "segment-http-api": Folder("segment"),
    "segment-semantic-events": Folder("segment"),
    "segment-webhook-destination": Folder("segment"),
    "sendgrid": Folder("sendgrid"),
    "sendgrid-docs": Folder("sendgrid"),
    "sparkpost": Folder("generic", SPARKPOST),
    "stripe-style": Folder("generic", FieldMap(type=("object",))),
    "typeform": Folder("typeform"),
    "zapier-make": Folder("generic"),
}


def payloads() -> list[str]:
    """All payloads, as folder/file."""
    return [f"{folder}/{path.name}" for folder in sorted(FOLDERS) for path in sorted((FOLDER / folder).iterdir())]


def request(payload: str) -> Received:
    """The request that brings a payload."""
    folder, name = payload.split("/")
    body, headers = (FOLDER / payload).read_bytes(), {"content-type": "application/json"}
    if folder == "mandrill":
        body = urlencode({"mandrill_events": body.decode()}).encode()
    if folder == "cloudevents":
        stated = json.loads(body)
        headers, body = (
            {key.lower(): value for key, value in stated["headers"].items()},
            json.dumps(stated["body"]).encode(),
        )
    path = f"/v1/{name[3:].removesuffix('.json')}" if folder == "segment-http-api" else f"/hooks/{folder}"
    return Received("POST", f"https://hooks.vendor.example{path}", path, headers, body, ARRIVAL)


def read(payload: str) -> Accepted | Refused:
    """What a payload says."""
    folder = FOLDERS[payload.split("/")[0]]
    config = SourceConfig("src", folder.kind, insecure=True, mapping=folder.mapping)
    return open_source(config).read(request(payload))


def told(answer: Accepted | Refused) -> dict[str, Any]:
    """An answer as it is written down in tests/payloads/expected: without what is empty, and without the raw text."""
    refusals = [f"{one.position} {one.code}" for one in answer.refusals]
    if isinstance(answer, Refused):
        return {"status": answer.status, "code": answer.code, "refusals": refusals}
    events = [
        {
            "id": event.id,
            "type": event.type,
            "at": format_instant(event.occurred_at),
            "who": [f"{one.kind}={one.value}" for one in event.identifiers],
            "properties": event.properties,
            "traits": event.traits,
            "alias_of": [f"{one.kind}={one.value}" for one in event.alias_of],
            "flags": list(event.flags),
            "quarantine": event.quarantine,
        }
        for event in answer.events
    ]
    full = {"events": [{key: value for key, value in event.items() if value} for event in events]}
    return full | {key: value for key, value in (("refusals", refusals), ("ignored", answer.ignored)) if value}
