"""Whatever a request holds, every source answers with a value; and what it accepts is whole."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.service.identity.identifiers import normalise
from bot.sources import SOURCES, open_source
from bot.sources.base import Accepted, Received, Refused, SourceConfig
from bot.sources.reading import Endpoint
from bot.sources.times import AHEAD
from scoring.instants import parse_instant
from tests.bot.sources.payloads import FOLDERS, payloads, request
from tests.bot.sources.signing import CASES, Case

ARRIVAL = parse_instant("2026-11-01T12:00:00Z")
ENDPOINTS = {kind: open_source(SourceConfig("src", kind, insecure=True)) for kind in SOURCES}
SECURE = [
    open_source(SourceConfig("src", case.kind, tuple(map(str.encode, case.secrets)), scheme=case.scheme))
    for case in CASES
]

HEADERS = st.dictionaries(
    st.sampled_from(
        sorted({header for case in CASES for header in case.proof} | {"ce-type", "ce-id", "content-encoding"})
    ),
    st.text(max_size=30) | st.sampled_from(["gzip", "deflate", "Basic ", "t=1,v1=x", "v1,x", "sha256=", "1772442000"]),
    max_size=4,
)
WORDS = st.sampled_from(
    [
        "type", "event", "data", "payload", "properties", "traits", "context", "email", "userId", "timestamp", "topic",
        "item", "batch", "writeKey", "sentAt", "form_response", "answers", "hidden", "event-data", "signature", "msg",
        "fields", "core", "value", "lead", "hit", "submission", "mautic.page_on_hit", "contact", "RecordType", "vid",
        "subscriptionType", "portalId", "objectId", "merged-vids", "identity-profiles", "identities", "merges",
    ]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
    | st.sampled_from(["track", "open", "lead.x", "a@acme.example", "2026-03-02T09:00:00Z", "null", 1772442000])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)


def whole(answer: Accepted | Refused) -> None:
    if isinstance(answer, Refused):
        assert answer.status in (400, 401, 413)
        assert answer.code
        assert answer.message
        return
    for event in answer.events:
        assert event.id
        assert len(event.id) <= 200
        assert event.type
        assert not event.type.startswith("lead.")
        assert 0 <= event.occurred_at <= ARRIVAL + AHEAD
        assert isinstance(json.loads(event.raw), dict)
        json.dumps([event.properties, event.traits], allow_nan=False)
        for identifier in (*event.identifiers, *event.alias_of):
            value = identifier.value.removeprefix("src:") if identifier.kind == "user_id" else identifier.value
            assert normalise(identifier.kind, value) == value


def received(
    body: bytes, headers: dict[str, str], url: str = "https://x.example/hooks/src", path: str = "/"
) -> Received:
    return Received("POST", url, path, headers, body, ARRIVAL)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), HEADERS, st.text(max_size=30), st.booleans())
def test_arbitrary_bytes_are_refused_or_read_and_never_raise(
    body: bytes, headers: dict[str, str], url: str, zipped: bool
) -> None:
    sent = gzip.compress(body) if zipped else body
    for endpoint in (*ENDPOINTS.values(), *SECURE):
        whole(endpoint.read(received(sent, headers, url, url)))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.sampled_from(["/v1/t", "/v1/g", "/v1/a", "/v1/batch", "/hooks/src"]))
def test_arbitrary_json_is_refused_or_read_whole(value: Any, path: str) -> None:
    body = json.dumps(value).encode()
    for kind, endpoint in ENDPOINTS.items():
        sent = urlencode({"mandrill_events": body.decode(), "type": "open"}).encode() if kind == "mandrill" else body
        whole(endpoint.read(received(sent, {}, path=path)))


def changes(value: Any, put: Any) -> list[Any]:
    """The value with each of its parts, in turn, replaced."""
    if isinstance(value, dict):
        return [put, *({**value, name: other} for name in value for other in changes(value[name], put))]
    if isinstance(value, list):
        return [
            put,
            *([*value[:at], other, *value[at + 1 :]] for at in range(len(value)) for other in changes(value[at], put)),
        ]
    return [put]


@pytest.mark.parametrize("put", [None, True, 7, -1e300, "", "\ufffd", [], {}, [[]], {"": {}}], ids=repr)
def test_a_payload_with_any_part_of_another_type_is_refused_or_read_whole(put: Any) -> None:
    for payload in payloads():
        sent = request(payload)
        folder = payload.split("/")[0]
        if payload.endswith(".form") or folder == "mandrill":
            continue
        endpoint: Endpoint = ENDPOINTS[FOLDERS[folder].kind]
        for changed in changes(json.loads(sent.body), put):
            whole(endpoint.read(received(json.dumps(changed).encode(), dict(sent.headers), sent.public_url, sent.path)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_signed_request_that_is_cut_anywhere_never_raises(case: Case) -> None:
    good = case.request()
    endpoint = open_source(SourceConfig("src", case.kind, (case.secrets[0].encode(),), scheme=case.scheme))
    for end in range(len(good.body)):
        whole(endpoint.read(received(good.body[:end], dict(good.headers), good.public_url)))
