"""How each vendor signs: what its signature is over, where it stands, and for how long it is believed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from bot.sources.base import Received
from bot.sources.signatures import (
    Basic,
    Ecdsa,
    Hmac,
    Proof,
    Verdict,
    as_bytes,
    as_it_is,
    milliseconds,
    seconds,
    to_base64,
)
from scoring.instants import HOUR, MINUTE, Duration


@dataclass(frozen=True, slots=True)
class Mailgun:
    """Mailgun signs a time and a token inside the body, and nothing of the body itself.

    https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
    """

    window: Duration = 12 * HOUR
    """Mailgun tries again for eight hours."""
    key: Callable[[bytes], bytes] = as_it_is

    def check(self, _received: Received, _keys: Iterable[bytes], /) -> Verdict:
        return Verdict.IN_BODY

    def check_body(self, received: Received, keys: Iterable[bytes], body: Any) -> Verdict:
        stated = body.get("signature") if isinstance(body, dict) else None
        fields = stated if isinstance(stated, dict) else body if isinstance(body, dict) else {}
        stamp, token, signature = (str(fields.get(name) or "") for name in ("timestamp", "token", "signature"))
        if not (stamp and token and signature):
            return Verdict.MISSING
        proof = Proof((signature,), (as_bytes(stamp + token),), seconds(stamp))
        return Hmac(lambda _: proof, window=self.window).check(received, keys)


def _header(name: str, prefix: str = "") -> Callable[[Received], Proof | None]:
    """A signature over the body alone."""

    def proof(received: Received) -> Proof | None:
        given = received.headers.get(name)
        if not given:
            return None
        return Proof((given.removeprefix(prefix),), (received.body,)) if given.startswith(prefix) else Proof((), ())

    return proof


def _timed_header(name: str) -> Callable[[Received], Proof | None]:
    """`t=1700000000,v1=…`, over the time, a dot and the body; other versions than v1 are not looked at."""

    def proof(received: Received) -> Proof | None:
        given = received.headers.get(name)
        if not given:
            return None
        parts = [part.strip().partition("=") for part in given.split(",")]
        stamp = next((value for key, _, value in parts if key == "t"), "")
        signatures = tuple(value for key, _, value in parts if key == "v1")
        return Proof(signatures, (as_bytes(stamp) + b"." + received.body,), seconds(stamp))

    return proof


def _standard(received: Received) -> Proof | None:
    """https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""
    get = received.headers.get
    name, stamp, given = get("webhook-id"), get("webhook-timestamp"), get("webhook-signature")
    if not (name and stamp and given):
        return None
    signatures = [one[3:] for one in given.split(" ") if one.startswith("v1,")]
    return Proof(signatures, (as_bytes(f"{name}.{stamp}.") + received.body,), seconds(stamp))


def _standard_key(secret: bytes) -> bytes:
    text = secret.removeprefix(b"whsec_")
    key = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    if not key:
        raise ValueError("the secret is empty")
    return key


_HUBSPOT_DECODED: Final = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")",
    "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip


def _hubspot_url(url: str) -> str:
    """HubSpot signs the URL with these characters decoded (its page on validating requests, v3)."""
    return re.sub(
        r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", lambda it: _HUBSPOT_DECODED[it[0].upper()], url, flags=re.I
    )


def _hubspot_v3(received: Received) -> Proof | None:
    """https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests"""
    given, stamp = received.headers.get("x-hubspot-signature-v3"), received.headers.get("x-hubspot-request-timestamp")
    if not (given and stamp):
        return None
    urls = dict.fromkeys((received.public_url, _hubspot_url(received.public_url)))
    end = received.body + as_bytes(stamp)
    return Proof((given,), tuple(as_bytes(received.method + url) + end for url in urls), milliseconds(stamp))


def _hubspot_v2(received: Received) -> Proof | None:
    given = received.headers.get("x-hubspot-signature")
    return Proof((given,), (as_bytes(received.method + received.public_url) + received.body,)) if given else None


def _sendgrid(received: Received) -> Proof | None:
    given = received.headers.get("x-twilio-email-event-webhook-signature")
    stamp = received.headers.get("x-twilio-email-event-webhook-timestamp")
    return Proof((given,), (as_bytes(stamp) + received.body,), seconds(stamp)) if given and stamp else None


def _mandrill(received: Received) -> Proof | None:
    """https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests"""
    given = received.headers.get("x-mandrill-signature")
    if not given:
        return None
    try:
        pairs = sorted(parse_qsl(received.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return Proof((), ())
    return Proof((given,), (as_bytes(received.public_url + "".join(name + value for name, value in pairs)),))


STANDARD: Final = Hmac(_standard, encode=to_base64, window=5 * MINUTE, key=_standard_key)
WRITE_KEY: Final = Basic(suffix=b":", body_field="writeKey")
SEGMENT_WEBHOOK: Final = Hmac(_header("x-signature"), digest="sha1")
HUBSPOT_V1: Final = Hmac(_header("x-hubspot-signature"), plain_hash=True)
HUBSPOT_V2: Final = Hmac(_hubspot_v2, plain_hash=True)
HUBSPOT_V3: Final = Hmac(_hubspot_v3, encode=to_base64, window=5 * MINUTE)
SENDGRID: Final = Ecdsa(_sendgrid, window=24 * HOUR)  # SendGrid tries again for so long
CALENDLY: Final = Hmac(_timed_header("calendly-webhook-signature"), window=5 * MINUTE)
STRIPE: Final = Hmac(_timed_header("stripe-signature"), window=5 * MINUTE)
MAILCHIMP: Final = Hmac(_timed_header("x-mailchimp-signature"), window=5 * MINUTE)
TYPEFORM: Final = Hmac(_header("typeform-signature", prefix="sha256="), encode=to_base64)
INTERCOM: Final = Hmac(_header("x-hub-signature", prefix="sha1="), digest="sha1")
MAUTIC: Final = Hmac(_header("webhook-signature"), encode=to_base64)
MANDRILL: Final = Hmac(_mandrill, digest="sha1", encode=to_base64)
MAILGUN: Final = Mailgun()
