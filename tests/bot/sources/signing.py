"""How each vendor signs, written again from its documentation: requests for the tests that all sources share."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook

from bot.sources.base import Received

NOW = 1_772_442_000
"""2026-03-02T09:00:00Z, in seconds."""

URL = "https://hooks.vendor.example/hooks/src"

Sign = Callable[[str, bytes, int], Received]


def post(body: bytes, headers: dict[str, str], url: str = URL) -> Received:
    """A request that arrives at NOW."""
    return Received("POST", url, "/hooks/src", headers, body, NOW * 1_000_000)


def _mac(secret: str, message: bytes, digest: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), message, digest).digest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def standard(secret: str, body: bytes, at: int) -> Received:
    """By the standardwebhooks library itself."""
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    signature = Webhook(secret).sign("msg_1", when, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": signature}
    return post(body, headers)


def over_body(header: str, digest: str, encode: Callable[[bytes], str], prefix: str = "") -> Sign:
    """A keyed hash of the body in a header."""
    return lambda secret, body, _: post(body, {header: prefix + encode(_mac(secret, body, digest))})


def timed(header: str) -> Sign:
    """`t=…,v1=…`, as Stripe invented it."""

    def sign(secret: str, body: bytes, at: int) -> Received:
        return post(body, {header: f"t={at},v1={_mac(secret, f'{at}.'.encode() + body).hex()}"})

    return sign


def hubspot_v1(secret: str, body: bytes, _at: int) -> Received:
    """SHA-256 of secret and body."""
    return post(body, {"x-hubspot-signature": hashlib.sha256(secret.encode() + body).hexdigest()})


def hubspot_v2(secret: str, body: bytes, _at: int) -> Received:
    """SHA-256 of secret, method, URL and body."""
    return post(body, {"x-hubspot-signature": hashlib.sha256(f"{secret}POST{URL}".encode() + body).hexdigest()})


def hubspot_v3(secret: str, body: bytes, at: int) -> Received:
    """HMAC of method, URL, body and milliseconds."""
    stamp = str(at * 1000)
    signature = _b64(_mac(secret, f"POST{URL}".encode() + body + stamp.encode()))
    return post(body, {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp})


_KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("one", "other")}


def sendgrid_secret(name: str) -> str:
    """The public key, as SendGrid shows it."""
    key = _KEYS[name].public_key()
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return _b64(key.public_bytes(encoding, form))


def sendgrid(secret: str, body: bytes, at: int) -> Received:
    """ECDSA of seconds and body, by the private key that belongs to the public one."""
    key = next(_KEYS[name] for name in _KEYS if sendgrid_secret(name) == secret)
    signature = _b64(key.sign(str(at).encode() + body, ec.ECDSA(hashes.SHA256())))
    name = "x-twilio-email-event-webhook"
    return post(body, {f"{name}-signature": signature, f"{name}-timestamp": str(at)})


def mandrill(secret: str, body: bytes, _at: int) -> Received:
    """HMAC-SHA1 of the URL and the form's fields."""
    field = body.decode()
    signature = _b64(_mac(secret, f"{URL}mandrill_events{field}".encode(), "sha1"))
    return post(urlencode({"mandrill_events": field}).encode(), {"x-mandrill-signature": signature})


def mailgun(secret: str, body: bytes, at: int) -> Received:
    """HMAC of seconds and token, inside the body."""
    signature = {"timestamp": str(at), "token": "t" * 50, "signature": _mac(secret, f"{at}{'t' * 50}".encode()).hex()}
    return post(json.dumps({"signature": signature, "event-data": json.loads(body)}).encode(), {})


def basic(suffix: str = "") -> Sign:
    """A name and a password."""
    return lambda secret, body, _: post(body, {"authorization": f"Basic {_b64((secret + suffix).encode())}"})


def bearer(secret: str, body: bytes, _at: int) -> Received:
    """The secret in the Authorization header."""
    return post(body, {"authorization": f"Bearer {secret}"})


def in_url(secret: str, body: bytes, _at: int) -> Received:
    """The secret in the URL."""
    return post(body, {}, f"{URL}?{urlencode({'key': secret})}")


def in_body(secret: str, body: bytes, _at: int) -> Received:
    """The write key of a browser."""
    return post(json.dumps({**json.loads(body), "writeKey": secret}).encode(), {"content-type": "text/plain"})


@dataclass(frozen=True)
class Case:
    """One scheme of one kind of source."""

    kind: str
    scheme: str
    sign: Sign
    body: bytes
    proof: tuple[str, ...]
    """The headers without which there is no proof."""
    window: int = 0
    """For how many seconds a proof is believed; 0: its time is not signed."""
    signs_body: bool = True
    secrets: tuple[str, str] = ("first-secret-of-a-test", "second-secret-of-a-test")

    def __str__(self) -> str:
        return f"{self.kind}-{self.scheme}-{self.sign.__name__}"

    def request(self, secret: str | None = None, at: int = NOW) -> Received:
        """A request that was signed at some second and arrives at NOW."""
        return self.sign(secret or self.secrets[0], self.body, at)


def without(received: Received, header: str) -> Received:
    """The same request without a header."""
    return with_header(received, header, None)


def with_header(received: Received, header: str, value: str | None) -> Received:
    """The same request with another value of a header."""
    rest = {name: stated for name, stated in received.headers.items() if name != header}
    return replace(received, headers=rest if value is None else rest | {header: value})


_EMAIL = b'{"event": "open", "email": "ann@acme.example", "timestamp": 1772441990, "sg_event_id": "e1"}'
_HUBSPOT = (
    b'[{"eventId": 1, "subscriptionId": 2, "portalId": 3, "objectId": 4, "occurredAt": 1772441990000,'
    b' "subscriptionType": "contact.creation"}]'
)
_CONTACT = (
    b'{"vid": 7, "portal-id": 3, "properties": {"email": {"value": "ann@acme.example"},'
    b' "lastmodifieddate": {"value": "1772441990000"}}}'
)
_TRACK = b'{"type": "track", "event": "x", "userId": "u", "messageId": "m", "timestamp": "2026-03-02T08:59:00Z"}'
_GENERIC = b'{"id": "e1", "type": "form_submitted", "email": "ann@acme.example", "time": 1772441990}'
_CLOUD = (
    b'{"specversion": "1.0", "id": "1", "source": "/shop", "type": "order", "subject": "ann@acme.example",'
    b' "time": "2026-03-02T08:59:00Z"}'
)
_FORM = b"type=subscribe&date_time=2026-03-02T08:59:00Z&fired_at=2026-03-02+08:59:00&contact[email]=ann@acme.example"
_WHSEC = ("whsec_" + _b64(b"a" * 24), "whsec_" + _b64(b"b" * 24))
_STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")
_V3 = ("x-hubspot-signature-v3", "x-hubspot-request-timestamp")
_SENDGRID = ("x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp")
_TYPEFORM_HEADER = "typeform-signature"
_CALENDLY = (
    b'{"event": "invitee.created", "created_at": "2026-03-02T08:59:00Z",'
    b' "payload": {"uri": "u", "email": "ann@acme.example"}}'
)
_TYPEFORM = b'{"event_id": "e", "event_type": "form_response", "form_response": {"submitted_at": "2026-03-02T08:59Z"}}'
_MAUTIC = b'{"mautic.page_on_hit": [{"hit": {"id": 1, "dateHit": "2026-03-02T08:59:00Z", "lead": {"id": 4}}}]}'
_MANDRILL = b'[{"event": "open", "_id": "a", "ts": 1772441990, "msg": {"email": "ann@acme.example"}}]'
_MAILGUN = b'{"event": "opened", "id": "e1", "timestamp": 1772441990.5, "recipient": "ann@acme.example"}'
_POSTMARK = b'{"RecordType": "Open", "MessageID": "m", "Recipient": "a@x.example", "ReceivedAt": "2026-03-02T08:59Z"}'
_BREVO = b'{"event": "opened", "email": "ann@acme.example", "ts_epoch": 1772441990000, "message-id": "m"}'
_INTERCOM = b'{"id": "n1", "topic": "contact.created", "created_at": 1772441990, "data": {"item": {"type": "contact"}}}'

CASES = (
    Case("generic", "standard", standard, _GENERIC, _STANDARD, 300, secrets=_WHSEC),
    Case("generic", "stripe", timed("stripe-signature"), _GENERIC, ("stripe-signature",), 300),
    Case("generic", "header", bearer, _GENERIC, ("authorization",), signs_body=False),
    Case("generic", "basic", basic(), _GENERIC, ("authorization",), signs_body=False),
    Case("generic", "url", in_url, _GENERIC, (), signs_body=False),
    Case("standard", "", standard, _GENERIC, _STANDARD, 300, secrets=_WHSEC),
    Case("segment", "", basic(":"), _TRACK, ("authorization",), signs_body=False),
    Case("segment", "", in_body, _TRACK, (), signs_body=False),
    Case("segment", "webhook", over_body("x-signature", "sha1", bytes.hex), _TRACK, ("x-signature",)),
    Case("hubspot", "", hubspot_v3, _HUBSPOT, _V3, 300),
    Case("hubspot", "v1", hubspot_v1, _HUBSPOT, ("x-hubspot-signature",)),
    Case("hubspot_workflow", "", hubspot_v2, _CONTACT, ("x-hubspot-signature",)),
    Case(
        "sendgrid", "", sendgrid, b"[" + _EMAIL + b"]", _SENDGRID, 86_400,
        secrets=(sendgrid_secret("one"), sendgrid_secret("other")),
    ),
    Case("calendly", "", timed("calendly-webhook-signature"), _CALENDLY, ("calendly-webhook-signature",), 300),
    Case("typeform", "", over_body(_TYPEFORM_HEADER, "sha256", _b64, "sha256="), _TYPEFORM, (_TYPEFORM_HEADER,)),
    Case("activecampaign", "", in_url, _FORM, (), signs_body=False),
    Case("mautic", "", over_body("webhook-signature", "sha256", _b64), _MAUTIC, ("webhook-signature",)),
    Case("mailgun", "", mailgun, _MAILGUN, (), 43_200, signs_body=False),
    Case("postmark", "", basic(), _POSTMARK, ("authorization",), signs_body=False),
    Case("mandrill", "", mandrill, _MANDRILL, ("x-mandrill-signature",)),
    Case("mailchimp", "signed", timed("x-mailchimp-signature"), _FORM, ("x-mailchimp-signature",), 300),
    Case("mailchimp", "", in_url, _FORM, (), signs_body=False),
    Case("brevo", "", bearer, _BREVO, ("authorization",), signs_body=False),
    Case("intercom", "", over_body("x-hub-signature", "sha1", bytes.hex, "sha1="), _INTERCOM, ("x-hub-signature",)),
    Case("cloudevents", "", bearer, _CLOUD, ("authorization",), signs_body=False),
)  # fmt: skip
