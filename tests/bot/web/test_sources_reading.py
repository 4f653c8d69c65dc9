"""Reading a body, through a running service: what refuses all of it, what refuses one event, what is mended."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from scoring.instants import format_instant
from tests.bot.web.door import FORMS, Door, door, serving
from tests.rig import KEY, T0, Rig

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASIC = {"authorization": "Basic YSBrZXkgb2Ygc2l4dGVlbiBieXRlcyBvciBtb3JlOg=="}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with serving(tmp_path_factory.mktemp("door")) as rig:
        yield rig


@pytest.fixture
def it(running: Rig) -> Door:
    return door(running)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.replace(b"form", b"form\xff"),
        lambda body: body[:-1] + b',{"x": NaN}]',
        lambda body: body[:-1] + b',{"x": -Infinity}]',
        lambda body: body[:-1] + b',{"x": 1, "x": 2}]',
        lambda body: body[:-1] + b"," + b"[" * 65 + b"]" * 65 + b"]",
        lambda body: body + b"[]",
        lambda body: body[:-1],
        lambda _: b"",
    ],
    ids="bad-utf8 nan infinity a-key-twice too-deep after-the-end cut-off empty".split(),
)
async def test_what_is_no_strict_json_is_refused_whole(it: Door, spoil: Any) -> None:
    status, told = await it.post("/hooks/forms", spoil(it.events("a", "b")), FORMS)
    assert status == 400
    assert told["code"] != ""
    assert told["message"] != ""
    assert await it.stored() == []


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("properties", '{"value": 1e999}', "bad_number"),
        ("occurred_at", '"the day before yesterday"', "bad_time"),
        ("occurred_at", "{}", "bad_time"),
        ("type", "null", "no_type"),
        ("type", '"  "', "no_type"),
    ],
)
async def test_what_one_event_gets_wrong_costs_that_event_alone(it: Door, field: str, text: str, code: str) -> None:
    bad, good = it.events("bad")[1:-1].decode(), it.events("good")[1:-1].decode()
    bad = json.dumps({**json.loads(bad), field: "@"}).replace('"@"', text)
    status, told = await it.post("/hooks/forms", f"[{bad},{good}]", FORMS)
    assert (status, told["accepted"]) == (200, 1)
    assert [(one["position"], one["code"]) for one in told["refused"]] == [(0, code)]
    assert await it.stored() == ["good"]


async def test_a_cut_emoji_and_a_nul_become_the_replacement_character(it: Door) -> None:
    body = it.events("a", properties={"title": "@"}).replace(b'"@"', rb'"Hej \ud83d og \u0000 slut"')
    assert (await it.post("/hooks/forms", body, FORMS))[0] == 200
    (row,) = await it.rig.rows("SELECT properties FROM events WHERE id = :id", id=it.id("a"))
    assert json.loads(row["properties"])["title"] == "Hej � og � slut"


async def test_the_raw_event_is_kept_for_each_event_and_not_for_the_request(it: Door) -> None:
    first, second = json.loads(it.events("a", "b"))
    second["email"] = f"other-{it.email}"
    await it.post("/hooks/forms", json.dumps([first, second]), FORMS)
    rows = await it.rig.rows("SELECT raw FROM events WHERE id LIKE :mark ORDER BY seq", mark=f"{it.mark}-%")
    assert [json.loads(row["raw"]) for row in rows] == [first, second]


@pytest.mark.parametrize(
    ("stated", "meant", "flags"),
    [
        ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z", None),
        ("2026-03-02T09:00:00+01:00", "2026-03-02T08:00:00Z", None),
        ("2026-03-02T08:00:00.123Z", "2026-03-02T08:00:00.123000Z", None),
        ("2026-03-02T08:00:00.123456Z", "2026-03-02T08:00:00.123456Z", None),
        ("2026-03-02T08:00:00.1234567Z", "2026-03-02T08:00:00.123456Z", None),
        (1772438400, "2026-03-02T08:00:00Z", None),
        (1772438400.5, "2026-03-02T08:00:00.500000Z", None),
        (1772438400000, "2026-03-02T08:00:00Z", None),
        ("2026-03-02T08:00:00", "2026-03-02T08:00:00Z", "no_zone"),
        ("2026-03-02T09:04:00Z", "2026-03-02T09:04:00Z", None),
        ("2026-03-02T09:06:00Z", "2026-03-02T09:00:00Z", "clamped"),
        (None, "2026-03-02T09:00:00Z", "no_time"),
    ],
)
async def test_all_ways_of_writing_a_time_are_read(it: Door, stated: Any, meant: str, flags: str | None) -> None:
    assert (await it.post("/hooks/forms", it.events("a", occurred_at=stated), FORMS))[0] == 200
    (row,) = await it.rig.rows("SELECT occurred_at, flags FROM events WHERE id = :id", id=it.id("a"))
    assert format_instant(row["occurred_at"]) == meant
    assert row["flags"] == flags


@pytest.mark.parametrize(
    "message",
    [
        {"userId": None, "anonymousId": "anon-@", "messageId": "@"},
        {"userId": 4711, "messageId": "@"},
        {"user_id": "u-@", "message_id": "@", "original_timestamp": "2026-03-02T08:00:00Z"},
        {"userId": "u-@", "messageId": "@", "context": {"traits": {"email": "@@acme.example"}}},
        {"userId": "u-@", "messageId": "@", "originalTimestamp": "2026-03-02T08:00:00Z"},
    ],
    ids=["null id", "numeric id", "snake case", "traits in the context alone", "originalTimestamp"],
)
async def test_what_sdks_write_differently_is_accepted(it: Door, message: dict[str, Any]) -> None:
    text = json.dumps({"batch": [{"type": "track", "event": "x", **message}]}).replace('"@"', f'"{it.id("a")}"')
    status, told = await it.post("/v1/batch", text.replace("@", it.mark), BASIC)
    assert (status, told["accepted"]) == (200, 1)
    assert await it.stored() == ["a"]


async def test_sent_at_tells_how_wrong_the_sender_s_clock_is(it: Door) -> None:
    message = {"type": "track", "event": "x", "userId": "u", "messageId": it.id("a")}
    times = {"timestamp": "2026-03-02T10:59:00Z", "sentAt": "2026-03-02T11:00:00Z"}
    await it.post("/v1/track", json.dumps({**message, **times, "writeKey": KEY}))
    (row,) = await it.rig.rows("SELECT occurred_at, flags FROM events WHERE id = :id", id=it.id("a"))
    assert (T0 - row["occurred_at"]) // 1_000_000 == 60
    assert row["flags"] == "skew"


async def test_hubspot_s_test_button_is_told_apart_although_its_event_id_is_always_100(running: Rig) -> None:
    hubspot = {"eventId": 100, "portalId": 1, "subscriptionId": 2, "subscriptionType": "contact.creation"}
    async with serving(
        running.hotlead.core.store.path.parent / "other", source={"crm": {"kind": "hubspot", "insecure": True}}
    ) as rig:
        for object_id, at in ((7, 1772438400000), (8, 1772438400000), (8, 1772438400001), (8, 1772438400001)):
            await rig.post("/hooks/crm", json.dumps([{**hubspot, "objectId": object_id, "occurredAt": at}]))
        (row,) = await rig.rows("SELECT COUNT(*) AS n FROM events")
        assert row["n"] == 3
