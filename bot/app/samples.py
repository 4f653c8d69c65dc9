"""A sample request of every kind of source, signed as its sender signs: it names nobody, so no lead comes of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from bot.sources import schemes
from bot.sources.base import FieldMap, Received
from bot.sources.reading import Endpoint
from bot.sources.signatures import Basic, Hmac, Scheme, StaticHeader, UrlKey
from scoring.instants import SECOND, Instant, format_instant

TYPE: Final = "hotlead.test"


@dataclass(frozen=True, slots=True)
class Sample:
    """A request, ready to be sent."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class CannotSign(Exception):
    """Only the sender itself has the key that such a request is signed by."""


@dataclass(frozen=True, slots=True)
class _Now:
    """What a sample is made of."""

    id: str
    at: Instant
    endpoint: Endpoint

    @property
    def iso(self) -> str:
        return format_instant(self.at)

    @property
    def seconds(self) -> int:
        return self.at // SECOND


def _json(make: Callable[[_Now], Any]) -> Callable[[_Now], bytes]:
    return lambda now: json.dumps(make(now)).encode()


def _mapped(now: _Now) -> Any:
    """Where the configuration looks for type, id and time."""
    mapping = now.endpoint.config.mapping
    record: dict[str, Any] = {}
    for paths, value in ((mapping.type, TYPE), (mapping.id, now.id), (mapping.time, now.iso)):
        if paths:
            _put(record, paths[0].split("."), value)
    if not mapping.records:
        return record
    body: dict[str, Any] = {}
    _put(body, mapping.records.split("."), [record])
    return body


def _standard(now: _Now) -> Any:
    if now.endpoint.config.mapping != FieldMap():
        return _mapped(now)
    return {"type": TYPE, "timestamp": now.iso, "data": {}}


def _put(record: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        record = record.setdefault(step, {})
    record[path[-1]] = value


def _mailgun(now: _Now) -> Any:
    return {"event-data": {"event": TYPE, "id": now.id, "timestamp": now.seconds}}


BODIES: Final[Mapping[str, Callable[[_Now], bytes]]] = {
    "activecampaign": lambda now: urlencode({"type": TYPE, "date_time": now.iso}).encode(),
    "brevo": _json(lambda now: {"event": TYPE, "ts_epoch": now.at // 1000, "message-id": now.id}),
    "calendly": _json(lambda now: {"event": TYPE, "created_at": now.iso, "payload": {"uri": now.id}}),
    "cloudevents": _json(
        lambda now: {"specversion": "1.0", "id": now.id, "source": "/hotlead", "type": TYPE, "time": now.iso}
    ),
    "generic": _json(_mapped),
    "hubspot": _json(
        lambda now: [
            {
                "subscriptionType": TYPE,
                "portalId": 1,
                "subscriptionId": 1,
                "eventId": 100,
                "objectId": now.seconds,
                "occurredAt": now.at // 1000,
            }
        ]
    ),
    "hubspot_workflow": _json(lambda now: {"properties": {"lastmodifieddate": {"value": str(now.at // 1000)}}}),
    "intercom": _json(lambda now: {"id": now.id, "topic": TYPE, "created_at": now.seconds, "data": {"item": {}}}),
    "mailchimp": lambda now: urlencode({"type": TYPE, "fired_at": now.iso}).encode(),
    "mailgun": _json(_mailgun),
    "mandrill": lambda now: urlencode(
        {"mandrill_events": json.dumps([{"event": TYPE, "_id": now.id, "ts": now.seconds}])}
    ).encode(),
    "mautic": _json(lambda now: {"mautic.hotlead_test": [{"hit": {"id": now.id, "dateHit": now.iso}}]}),
    "postmark": _json(lambda now: {"RecordType": TYPE, "MessageID": now.id, "ReceivedAt": now.iso}),
    "segment": _json(
        lambda now: {"batch": [{"type": "track", "event": TYPE, "messageId": now.id, "timestamp": now.iso}]}
    ),
    "sendgrid": _json(lambda now: [{"event": TYPE, "sg_event_id": now.id, "timestamp": now.seconds}]),
    "standard": _json(_standard),
    "typeform": _json(lambda now: {"event_id": now.id, "event_type": TYPE, "form_response": {"submitted_at": now.iso}}),
}


_SIGNED: Final[tuple[tuple[Scheme, Mapping[str, str]], ...]] = (
    (
        schemes.STANDARD,
        {"webhook-id": "{id}", "webhook-timestamp": "{seconds}", "webhook-signature": "v1,{signature}"},
    ),
    (schemes.SEGMENT_WEBHOOK, {"x-signature": "{signature}"}),
    (schemes.HUBSPOT_V1, {"x-hubspot-signature": "{signature}"}),
    (schemes.HUBSPOT_V2, {"x-hubspot-signature": "{signature}"}),
    (
        schemes.HUBSPOT_V3,
        {"x-hubspot-signature-v3": "{signature}", "x-hubspot-request-timestamp": "{milliseconds}"},
    ),
    (schemes.CALENDLY, {"calendly-webhook-signature": "t={seconds},v1={signature}"}),
    (schemes.STRIPE, {"stripe-signature": "t={seconds},v1={signature}"}),
    (schemes.MAILCHIMP, {"x-mailchimp-signature": "t={seconds},v1={signature}"}),
    (schemes.TYPEFORM, {"typeform-signature": "sha256={signature}"}),
    (schemes.INTERCOM, {"x-hub-signature": "sha1={signature}"}),
    (schemes.MAUTIC, {"webhook-signature": "{signature}"}),
    (schemes.MANDRILL, {"x-mandrill-signature": "{signature}"}),
)
"""The headers of each way of signing."""


def sample(endpoint: Endpoint, secret: bytes | None, path: str, public_url: str, now: Instant) -> Sample:
    """A request as the sender would send it at this moment. Raises CannotSign."""
    made = _Now(f"hotlead-test-{now}", now, endpoint)
    plain = Sample(path, {}, BODIES[endpoint.config.kind](made))
    return plain if secret is None else _proved(plain, endpoint, secret, public_url, made)


def _proved(plain: Sample, endpoint: Endpoint, secret: bytes, public_url: str, now: _Now) -> Sample:
    scheme = endpoint.scheme
    if isinstance(scheme, StaticHeader):
        bearer = scheme.header == "authorization"
        return replace(plain, headers={scheme.header: f"{'Bearer ' if bearer else ''}{secret.decode()}"})
    if isinstance(scheme, UrlKey):
        return replace(plain, path=f"{plain.path}?{scheme.parameter}={quote(secret.decode(), safe='')}")
    if isinstance(scheme, Basic):
        token = base64.b64encode(secret + scheme.suffix).decode()
        return replace(plain, headers={"authorization": f"Basic {token}"})
    if isinstance(scheme, schemes.Mailgun):
        return replace(plain, body=_in_body(secret, now))
    headers = next((headers for one, headers in _SIGNED if one is scheme), None)
    if headers is None or not isinstance(scheme, Hmac):
        raise CannotSign
    return replace(plain, headers=_signed(scheme, headers, plain, secret, public_url, now))


def _signed(
    scheme: Hmac, headers: Mapping[str, str], plain: Sample, secret: bytes, public_url: str, now: _Now
) -> dict[str, str]:
    """What is signed is asked of the scheme itself, with a signature that is put in afterwards."""
    words = {"id": now.id, "seconds": str(now.seconds), "milliseconds": str(now.at // 1000)}
    unsigned = {name: value.format(signature="x", **words) for name, value in headers.items()}
    url = f"{public_url.rstrip('/')}{plain.path}"
    proof = scheme.proof(Received("POST", url, urlsplit(plain.path).path, unsigned, plain.body, now.at))
    if proof is None:
        raise CannotSign
    signature = scheme.sign(scheme.key(secret), proof.messages[0])
    return {name: value.format(signature=signature, **words) for name, value in headers.items()}


def _in_body(secret: bytes, now: _Now) -> bytes:
    """Mailgun signs a time and a token, and both stand beside the event."""
    stamp, token = str(now.seconds), f"{now.at:x}".rjust(50, "0")
    signature = Hmac(lambda _: None).sign(secret, (stamp + token).encode())
    proof = {"timestamp": stamp, "token": token, "signature": signature}
    return json.dumps({"signature": proof, **_mailgun(now)}).encode()
