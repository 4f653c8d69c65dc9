"""What real clients force on the front door, through a running service: codes, bodies, compression, probes."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.errors import Overloaded
from tests.bot.web.door import FORMS, Door, door, serving
from tests.rig import KEY, Rig

pytestmark = pytest.mark.asyncio(loop_scope="module")

SDK = {"authorization": "Basic " + b64encode(f"{KEY}:".encode()).decode()}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    more = {"typeform": {"kind": "typeform", "insecure": True}}
    async with serving(tmp_path_factory.mktemp("door"), source=more) as rig:
        yield rig


@pytest.fixture
def it(running: Rig) -> Door:
    return door(running)


async def test_what_is_accepted_is_answered_by_200_and_json(it: Door) -> None:
    async with it.rig.http.post(
        f"{it.rig.hotlead.url}/hooks/forms", data=it.events("a", "b"), headers=FORMS
    ) as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        assert await response.json() == {"accepted": 2, "duplicates": 0, "ignored": 0, "refused": []}


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "code"),
    [
        ("/hooks/forms", {}, b"{}", 401, "signature_missing"),
        ("/hooks/forms", {"x-hotlead-key": "wrong"}, b"{}", 401, "signature_wrong"),
        ("/v1/batch", {"authorization": "Basic d3Jvbmc6"}, b"{}", 401, "signature_wrong"),
        ("/hooks/forms", FORMS, b"{", 400, "bad_json"),
        ("/hooks/forms", FORMS, b"[{}]", 400, "no_event_accepted"),
        ("/hooks/forms", FORMS, b"x" * 5_300_000, 413, "too_large"),
        ("/hooks/unknown", FORMS, b"{}", 404, "unknown_source"),
        ("/nowhere", FORMS, b"{}", 404, "not_found"),
    ],
)
async def test_an_error_has_code_and_message_which_sdks_look_for(
    it: Door, path: str, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    answered, told = await it.post(path, body, headers)
    assert (answered, told["code"]) == (status, code)
    assert isinstance(told["message"], str)
    assert await it.stored() == []


@pytest.mark.parametrize(
    ("body", "more", "said"),
    [
        (b"[{}]", {"x-hotlead-key": ""}, "`hotlead sources show NAME` says what to send"),
        (b"", {}, "the body is empty; JSON is wanted"),
        (b"email=a@b.dk", {}, "the body is no JSON: Expecting value (line 1, column 1)"),
        (b"\x8b\x01\x80", {"content-encoding": "BR"}, "a body in br is not read; gzip, deflate or none is"),
        (b"x" * 5_300_000, {}, "request body size 5242880 exceeded"),
        (b'[{"kind": "x"}]', {}, "no type: no text stands under type or event or event_type"),
        (b'[{"type": 7}]', {}, "no type: no text stands under type or event or event_type"),
        (b'[{"type": "x", "time": -5}]', {}, "none of seconds, milliseconds or microseconds since 1970"),
        (b'[{"type": "x", "time": true}]', {}, "such as 2026-03-02T09:00:00Z is"),
    ],
)
async def test_a_refusal_says_what_was_wrong_and_what_is_allowed(
    it: Door, body: bytes, more: dict[str, str], said: str
) -> None:
    _, told = await it.post("/hooks/forms", body, FORMS | more)
    assert said in told["message"]


async def test_a_body_that_is_not_packed_is_read_whatever_its_label_says(it: Door) -> None:
    status, _ = await it.post("/hooks/forms", it.events("a"), FORMS | {"content-encoding": "br"})
    assert status == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/json", "image/png", "nonsense"]
)
async def test_the_content_type_decides_nothing(it: Door, content_type: str) -> None:
    status, told = await it.post("/hooks/forms", it.events("a"), FORMS | {"content-type": content_type})
    assert (status, told["accepted"]) == (200, 1)


async def test_gzip_is_read_whatever_its_label_says(it: Door) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    status, _ = await it.post("/hooks/forms", gzip.compress(it.events("said")), FORMS | {"content-encoding": "gzip"})
    assert status == 200
    status, _ = await it.post("/hooks/forms", gzip.compress(it.events("unsaid")), FORMS | form)
    assert status == 200
    status, _ = await it.post("/hooks/forms", zlib.compress(it.events("zlib")), FORMS | {"content-encoding": "deflate"})
    assert status == 200
    assert await it.stored() == ["said", "unsaid", "zlib"]


async def test_a_body_of_four_megabytes_is_taken_with_and_without_gzip(it: Door) -> None:
    big = it.events("a", properties={"text": "x" * 4_000_000})
    assert (await it.post("/hooks/forms", gzip.compress(big), FORMS))[0] == 200
    big = it.events("b", properties={"text": "x" * 4_000_000})
    assert (await it.post("/hooks/forms", big, FORMS))[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b"[" + b" " * 60_000_000 + b"]", 9), 413),
        (gzip.compress(b"[]")[:-4], 400),
        (gzip.compress(b"[]") + b"more", 400),
    ],
    ids=["bomb", "cut off", "something after the end"],
)
async def test_a_bomb_or_a_damaged_body_is_refused_and_costs_little(it: Door, body: bytes, status: int) -> None:
    answered, told = await it.post("/hooks/forms", body, FORMS | {"content-encoding": "gzip"})
    assert answered == status
    assert told["code"] in ("too_large", "bad_gzip")


async def test_a_chunked_body_without_a_length_is_read(it: Door) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for byte in it.events("a"):
            yield bytes([byte])

    async with it.rig.http.post(f"{it.rig.hotlead.url}/hooks/forms", data=parts(), headers=FORMS) as response:
        assert response.status == 200
    assert await it.stored() == ["a"]


async def test_a_chunked_body_that_never_ends_is_refused_at_the_limit(it: Door) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    async with it.rig.http.post(f"{it.rig.hotlead.url}/hooks/forms", data=parts(), headers=FORMS) as response:
        assert (response.status, (await response.json())["code"]) == (413, "too_large")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/hooks/forms", "/hooks/typeform/", "/v1/batch"])
async def test_who_looks_whether_the_address_is_there_hears_200(it: Door, method: str, path: str) -> None:
    async with it.rig.http.request(method, f"{it.rig.hotlead.url}{path}") as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/hooks/typeform", "/hooks/typeform/", "/hooks/typeform?x=1"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b'{"event_id": 1}'])
async def test_a_configured_hook_never_answers_404_or_410(it: Door, path: str, body: bytes) -> None:
    status, _ = await it.post(path, body)
    assert status in (200, 400)


async def test_overload_is_503_with_retry_after_and_nothing_of_it_is_stored(
    it: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: object, **_more: object) -> None:
        raise Overloaded("too much")

    monkeypatch.setattr(it.rig.hotlead.core.intake, "accept", refuse)
    async with it.rig.http.post(f"{it.rig.hotlead.url}/hooks/forms", data=it.events("a"), headers=FORMS) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0
        assert (await response.json())["code"] == "overloaded"
    assert await it.stored() == []


async def test_a_fault_of_ours_is_503_so_that_the_sender_comes_again(it: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(it.rig.hotlead.core.intake, "accept", fail)
    async with it.rig.http.post(f"{it.rig.hotlead.url}/hooks/forms", data=it.events("a"), headers=FORMS) as response:
        assert (response.status, "fire" in await response.text()) == (503, False)
        assert "Retry-After" in response.headers


async def test_46_copies_of_an_event_have_one_effect(it: Door) -> None:
    answers = await asyncio.gather(*(it.post("/hooks/forms", it.events("a"), FORMS) for _ in range(46)))
    assert sum(told["accepted"] for _, told in answers) == 1
    assert sum(told["duplicates"] for _, told in answers) == 45
    assert await it.stored() == ["a"]


async def test_one_bad_event_is_named_by_its_position_and_never_refuses_its_batch(it: Door) -> None:
    events = json.loads(it.events("good", "no type", "bad time", "also good"))
    events[1]["type"] = ""
    events[2]["occurred_at"] = "yesterday"
    status, told = await it.post("/hooks/forms", json.dumps(events), FORMS)
    assert (status, told["accepted"]) == (200, 2)
    assert [(one["position"], one["code"]) for one in told["refused"]] == [(1, "no_type"), (2, "bad_time")]
    assert await it.stored() == ["good", "also good"]


async def test_when_all_events_are_bad_each_is_named_and_the_answer_is_400(it: Door) -> None:
    status, told = await it.post("/hooks/forms", it.events("a", "b", occurred_at="soon"), FORMS)
    assert (status, told["code"]) == (400, "no_event_accepted")
    assert [one["position"] for one in told["refused"]] == [0, 1]


async def test_an_event_is_durable_and_its_score_current_when_it_is_answered(it: Door) -> None:
    await it.post("/hooks/forms", it.events("a"), FORMS)
    rows = await it.rig.rows("SELECT l.email FROM leads AS l JOIN scores AS s ON s.lead_id = l.id")
    assert it.email in [row["email"] for row in rows]


async def test_a_write_key_is_found_in_the_header_or_in_the_body(it: Door) -> None:
    message = {"type": "track", "event": "x", "userId": "u"}
    for path, headers, more in (("batch", SDK, {}), ("b", {"content-type": "text/plain"}, {"writeKey": KEY})):
        body = {"batch": [{**message, "messageId": it.id(path)}], **more}
        assert (await it.post(f"/v1/{path}", json.dumps(body), headers))[0] == 200
    assert await it.stored() == ["batch", "b"]
