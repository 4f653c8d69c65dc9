"""The vendors' published signature vectors, and those that their own libraries accept."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bot.sources import schemes
from bot.sources.base import Received
from bot.sources.signatures import InBody, Scheme, Verdict
from scoring.instants import SECOND
from tests.bot.sources.payloads import FOLDER

VECTORS = json.loads((FOLDER / "signature_vectors.json").read_text())

DERIVED: dict[str, tuple[Scheme, ...]] = {
    "segment-webhook-destination": (schemes.SEGMENT_WEBHOOK,),
    "calendly": (schemes.CALENDLY,),
    "typeform": (schemes.TYPEFORM,),
    "intercom": (schemes.INTERCOM,),
    "mautic": (schemes.MAUTIC,),
    "stripe-style": (schemes.STRIPE,),
    "hubspot-webhooks-v3": (schemes.HUBSPOT_V3, schemes.HUBSPOT_V1),
    "hubspot-workflow": (schemes.HUBSPOT_V2,),
    "mandrill": (schemes.MANDRILL,),
    "mailgun": (schemes.MAILGUN,),
    "mailchimp-signed": (schemes.MAILCHIMP,),
    "sendgrid": (schemes.SENDGRID,),
}

PUBLISHED: dict[str, tuple[Scheme, dict[str, str]]] = {
    "hubspot-v1": (schemes.HUBSPOT_V1, {"x-hubspot-signature": "expect"}),
    "hubspot-v2": (schemes.HUBSPOT_V2, {"x-hubspot-signature": "expect"}),
    "hubspot-v3": (
        schemes.HUBSPOT_V3,
        {"x-hubspot-signature-v3": "expect", "x-hubspot-request-timestamp": "timestamp"},
    ),
    "standardwebhooks": (
        schemes.STANDARD,
        {"webhook-id": "id", "webhook-timestamp": "timestamp", "webhook-signature": "expect"},
    ),
    "sendgrid": (
        schemes.SENDGRID,
        {
            "x-twilio-email-event-webhook-signature": "signature",
            "x-twilio-email-event-webhook-timestamp": "timestamp",
        },
    ),
    "segment-basic": (schemes.WRITE_KEY, {"authorization": "expect"}),
}


def verdict(scheme: Scheme, secret: str, received: Received) -> Verdict:
    keys = [scheme.key(secret.encode())]
    said = scheme.check(received, keys)
    if said is Verdict.IN_BODY and isinstance(scheme, InBody):
        return scheme.check_body(received, keys, json.loads(received.body))
    return said


@pytest.mark.parametrize("vector", VECTORS["derived"], ids=lambda vector: vector["source"])
def test_what_the_vendors_libraries_accept_is_good_and_a_changed_body_is_not(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    body = base64.b64decode(vector["body_b64"])
    received = Received(vector["method"], vector["url"], "/", headers, body, vector["now"] * SECOND)
    secret = vector.get("public_key") or vector["secret"]
    for scheme in DERIVED[vector["source"]]:
        assert verdict(scheme, secret, received) is Verdict.GOOD
        other = Received("POST", f"{vector['url']}&x", "/", headers, b'{"x": 1}', vector["now"] * SECOND)
        assert verdict(scheme, secret, other) in (Verdict.WRONG, Verdict.MISSING)


@pytest.mark.parametrize("vector", VECTORS["published"], ids=lambda vector: vector["scheme"])
def test_the_published_vectors_are_good(vector: dict[str, Any]) -> None:
    scheme, names = PUBLISHED[vector["scheme"]]
    stamp = int(vector.get("timestamp", 0))
    arrival = stamp * (1000 if stamp > 10**11 else SECOND)
    headers = {header: vector[name] for header, name in names.items()}
    body = vector.get("body", "").encode()
    received = Received(vector.get("method", "POST"), vector.get("url", ""), "/", headers, body, arrival)
    secret = vector.get("secret") or vector.get("public_key") or vector["write_key"]
    assert verdict(scheme, secret, received) is Verdict.GOOD


def test_one_of_several_signatures_is_enough_but_not_one_of_a_crowd() -> None:
    vector = next(vector for vector in VECTORS["published"] if vector["scheme"] == "standardwebhooks")
    stamp, good = vector["timestamp"], vector["expect"]
    for crowd, expected in ((3, Verdict.GOOD), (100, Verdict.WRONG)):
        signatures = " ".join(["v1a,AAAA", *["v1,AAAA"] * crowd, good])
        headers = {"webhook-id": vector["id"], "webhook-timestamp": stamp, "webhook-signature": signatures}
        received = Received("POST", "", "/", headers, vector["body"].encode(), int(stamp) * SECOND)
        assert verdict(schemes.STANDARD, vector["secret"], received) is expected


def test_hubspot_may_sign_the_url_with_its_characters_decoded() -> None:
    import hmac

    url, decoded = "https://x.example/hooks/h?to=a%40b%3Ac", "https://x.example/hooks/h?to=a@b:c"
    for signed in (url, decoded):
        digest = hmac.digest(b"secret", f"POST{signed}{{}}1772442000000".encode(), "sha256")
        headers = {
            "x-hubspot-signature-v3": base64.b64encode(digest).decode(),
            "x-hubspot-request-timestamp": "1772442000000",
        }
        received = Received("POST", url, "/hooks/h", headers, b"{}", 1_772_442_000 * SECOND)
        assert verdict(schemes.HUBSPOT_V3, "secret", received) is Verdict.GOOD
