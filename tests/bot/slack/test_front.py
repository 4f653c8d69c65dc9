"""In front of Bolt: what is not signed, not fresh or not readable has no effect and is never an error of ours."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service.views import HealthLine
from bot.slack.app import Identity, dispatch, make_app
from bot.slack.calls import make_client
from bot.slack.front import DEEPEST, LARGEST_BODY, Refusal, check, receive
from bot.slack.homes import Homes
from bot.slack.languages import Languages
from bot.slack.parts import Parts
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.slack.tasks import TaskSet
from scoring.instants import SECOND
from tests.bot.slack.fake_adds import FakeAdds
from tests.bot.slack.fake_desk import NOON, FakeDesk, Now
from tests.bot.slack.fake_erases import FakeErases
from tests.bot.slack.fake_explains import FakeExplains
from tests.bot.slack.fake_handles import FakeHandles
from tests.bot.slack.fake_models import FakeModels
from tests.bot.slack.world import FakeSeen, FakeWorkspace, World

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
GOOD = urlencode({"command": "/lead", "text": "claim L-1", "user_id": "U1", "trigger_id": "t"}).encode()


def signed(body: bytes, at: int = NOON, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(at // SECOND)
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


def code(body: bytes, headers: dict[str, str], now: int = NOON, secrets: tuple[str, ...] = (SECRET,)) -> str:
    refusal = check(headers, body, secrets, now)
    return refusal.code if refusal is not None else "taken"


def test_slacks_own_example_of_a_signature_is_taken() -> None:
    # docs.slack.dev/authentication/verifying-requests-from-slack
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = {"X-Slack-Request-Timestamp": "1531420618", "X-Slack-Signature": signature}
    assert code(body, headers, 1531420618 * SECOND) == "taken"


def test_a_command_and_an_interaction_are_read() -> None:
    assert receive(signed(GOOD), GOOD, [SECRET], NOON) == {
        "command": "/lead", "text": "claim L-1", "user_id": "U1", "trigger_id": "t",
    }  # fmt: skip
    body = urlencode({"payload": json.dumps({"type": "block_actions"})}).encode()
    assert receive(signed(body), body, [SECRET], NOON) == {"type": "block_actions"}


@pytest.mark.parametrize(("late", "verdict"), [(0, "taken"), (299, "taken"), (300, "taken"), (301, "stale_timestamp")])
def test_a_request_is_good_for_three_hundred_seconds_on_both_sides(late: int, verdict: str) -> None:
    assert code(GOOD, signed(GOOD), NOON + late * SECOND) == verdict
    assert code(GOOD, signed(GOOD), NOON - late * SECOND) == verdict


@pytest.mark.parametrize("timestamp", ["", "now", "1e9", "-5", "１２３", "9" * 13, "1772539200.0", " 1772539200"])
def test_a_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    assert code(GOOD, signed(GOOD) | {"X-Slack-Request-Timestamp": timestamp}) == "bad_timestamp"


@pytest.mark.parametrize("signature", ["", "v0=", "v0=ü", "v1=00", "\ud800", "v0=" + "0" * 64])
def test_any_other_signature_is_refused(signature: str) -> None:
    assert code(GOOD, signed(GOOD) | {"X-Slack-Signature": signature}) == "bad_signature"


def test_missing_headers_are_refused() -> None:
    assert code(GOOD, {}) == "bad_timestamp"


def test_every_one_byte_change_of_a_signed_request_is_refused() -> None:
    headers = signed(GOOD)
    for at in range(len(GOOD)):
        changed = GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :]
        assert code(changed, headers) == "bad_signature"


def test_two_secrets_may_be_live_and_an_empty_one_lets_nobody_in() -> None:
    assert code(GOOD, signed(GOOD), secrets=("new-secret", SECRET)) == "taken"
    assert code(GOOD, signed(GOOD, secret=""), secrets=("",)) == "bad_signature"
    assert code(GOOD, signed(GOOD), secrets=()) == "bad_signature"


DEEP = b'{"a":' * (DEEPEST + 5) + b"1" + b"}" * (DEEPEST + 5)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"", "unreadable"),
        (b"[]", "unreadable"),
        (b"payload=%5B1%5D", "unreadable"),
        (b"payload={", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (b'{"a": NaN}', "unreadable"),
        (b"&".join(b"a%d=1" % n for n in range(200)), "unreadable"),
        (DEEP, "too_deep"),
        (b"payload=" + DEEP, "too_deep"),
        (b'{"a":' * 200_000, "too_deep"),
        (b'{"event": []}', "misshapen"),
        (b'{"event": {"type": 5}}', "misshapen"),
        (b'{"actions": [1]}', "misshapen"),
        (b'{"type": {}}', "misshapen"),
        (b"x" * (LARGEST_BODY + 1), "too_large"),
    ],
)
def test_a_signed_body_of_a_wrong_shape_is_refused(body: bytes, verdict: str) -> None:
    assert code(body, signed(body)) == verdict


def test_nothing_is_parsed_before_the_signature_is_known_to_be_good() -> None:
    assert code(DEEP, {}) == "bad_timestamp"
    assert code(DEEP, signed(DEEP, secret="other")) == "bad_signature"


@given(st.binary(max_size=200), st.text(max_size=30), st.text(max_size=80))
def test_whatever_comes_is_refused_without_an_error(body: bytes, timestamp: str, signature: str) -> None:
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}
    assert isinstance(receive(headers, body, [SECRET], NOON), Refusal)


async def post(world: World, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    kind = "application/json" if body[:1] in b"{[" else "application/x-www-form-urlencoded"
    async with (
        aiohttp.ClientSession() as session,
        session.post(world.url, data=body, headers={"Content-Type": kind, **headers}) as answer,
    ):
        return answer.status, await answer.text()


async def test_a_refusal_is_json_with_a_code_and_a_message(world: World) -> None:
    status, body = await post(world, GOOD, {})
    assert status == 401
    assert set(json.loads(body)) == {"code", "message"}


async def test_slacks_check_of_the_address_is_answered_with_its_challenge(world: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    status, said = await post(world, body, signed(body, secret=world.shop.signing_secret))
    assert (status, json.loads(said)) == (200, {"challenge": "abc"})


async def test_an_odd_charset_is_no_error(world: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    headers = signed(body, secret=world.shop.signing_secret) | {"Content-Type": "application/json; charset=klingon"}
    assert (await post(world, body, headers))[0] == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "type event user team channel view message container actions authorizations enterprise command text payload "
    "action trigger_id response_url response_urls callback_id is_ext_shared_channel event_id state challenge bot_id"
).split()
KINDS = ["event_callback", "block_actions", "view_submission", "view_closed", "shortcut", "message_action", "dialog"]


@given(st.lists(st.tuples(st.sampled_from(FIELDS), JSON), max_size=8), st.sampled_from(KINDS) | JSON)
@settings(deadline=None)
def test_even_signed_nonsense_is_never_an_error_of_ours_and_has_no_effect(
    fields: list[tuple[str, Any]], kind: Any
) -> None:
    payload = {**dict(fields), "type": kind}
    body = json.dumps(payload).encode()

    async def told() -> None:
        parts = lonely_parts()
        found = receive(signed(body), body, [SECRET], NOON)
        if not isinstance(found, Refusal):
            answer = await dispatch(make_app(parts, Identity("T1", "U1", "B1")), found, {})
            assert answer.status < 500
        await parts.tasks.drain(5)
        assert isinstance(parts.desk, FakeDesk)
        assert parts.desk.acts == []

    asyncio.run(told())


def lonely_parts() -> Parts:
    """An app whose Slack is out of reach: what it would say goes nowhere."""
    now = Now()
    client = make_client("xoxb-1", base_url="http://127.0.0.1:9/")
    shop = SlackSettings("T1")

    async def health() -> list[HealthLine]:
        return []

    desk = FakeDesk(now)
    desk.add()
    explains = FakeExplains(desk)
    people, models = People(client, shop, now), FakeModels()
    handles = FakeHandles(desk)
    languages = Languages(people, handles.language, shop)
    homes, places = Homes(client, handles, people, languages, now), Places(client, shop, now)
    return Parts(
        client, desk, people, shop, now, TaskSet(), FakeSeen(), health, explains, explains, models, handles,
        FakeAdds(desk), FakeErases(desk), homes, places, FakeWorkspace(), languages,
    )  # fmt: skip
