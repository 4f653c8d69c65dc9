"""The Segment protocol, with requests made by the real SDK where there is one in Python."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from segment.analytics.client import Client

from bot.sources import open_source
from bot.sources.base import Accepted, Identifier, Received, Refused, SourceConfig, SourcedEvent
from scoring.instants import SECOND, format_instant, parse_instant

ARRIVAL = parse_instant("2026-03-02T09:00:00Z")
KEY = "abc123-write-key"
AUTH = {"authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}


def read(
    path: str, body: object, headers: dict[str, str] | None = None, arrival: int = ARRIVAL, history: bool = False
) -> Accepted | Refused:
    config = SourceConfig("site", "segment", (KEY.encode(),), allow_history=history)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    received = Received("POST", f"https://x.example{path}", path, AUTH if headers is None else headers, raw, arrival)
    return open_source(config).read(received)


def one(path: str, body: object, headers: dict[str, str] | None = None) -> SourcedEvent:
    answer = read(path, body, headers)
    assert isinstance(answer, Accepted), answer
    (event,) = answer.events
    return event


def named(event: SourcedEvent) -> dict[str, str]:
    return {identifier.kind: identifier.value for identifier in event.identifiers}


@contextmanager
def recorder() -> Iterator[tuple[str, list[Received]]]:
    """A server on this machine that writes down what it is sent, and says 200."""
    seen: list[Received] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            now = int(datetime.now(UTC).timestamp() * SECOND)  # noqa: TID251 -- as the SDK's own clock says
            seen.append(Received("POST", f"https://x.example{self.path}", self.path, headers, body, now))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("zipped", [False, True])
def test_what_the_python_sdk_sends_is_read(zipped: bool) -> None:
    when = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with recorder() as (host, seen):
        client = Client(KEY, host=host, gzip=zipped, sync_mode=True)
        client.identify("u1", {"email": "Ann@ACME.example", "title": "CEO"}, timestamp=when)
        client.track("u1", "Demo Requested", {"plan": "pro", "when": when}, anonymous_id="a1", message_id="m-2")
        client.page("u1", "Docs", "Pricing", {"url": "https://www.vendor.example/pricing"})
        client.group("u1", "g1", {"name": "ACME", "domain": "acme.example"})
        client.alias("a1", "u1")
        client.screen("u1", name="Home")
    endpoint = open_source(SourceConfig("site", "segment", (KEY.encode(),)))
    answers = [endpoint.read(received) for received in seen]
    events = [event for answer in answers if isinstance(answer, Accepted) for event in answer.events]
    types = ["identified", "Demo Requested", "page_viewed", "segment.group", "segment.alias", "segment.screen"]
    assert [event.type for event in events] == types
    assert events[0].identifiers == (Identifier("email", "ann@acme.example"), Identifier("user_id", "site:u1"))
    assert format_instant(events[0].occurred_at) == "2026-03-01T12:00:00Z"
    assert (events[1].id, events[1].properties["plan"]) == ("m-2", "pro")
    assert events[2].properties["name"] == "Pricing"
    assert events[3].traits == {"company": {"name": "ACME", "domain": "acme.example"}, "group_id": "g1"}
    assert events[4].alias_of == (Identifier("user_id", "site:a1"), Identifier("anonymous_id", "a1"))
    assert all(KEY not in event.raw and event.flags == () for event in events)


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/hooks/site", "/v1/batch/"])
def test_a_batch_is_known_by_its_body(path: str) -> None:
    body = {"batch": [{"type": "track", "event": "x", "userId": "u"}], "writeKey": KEY}
    assert one(path, body).type == "x"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/track", "x"), ("/v1/t", "x"), ("/v1/page", "page_viewed"), ("/v1/p", "page_viewed"),
        ("/v1/identify", "identified"), ("/v1/i", "identified"), ("/v1/group", "segment.group"),
        ("/v1/g", "segment.group"), ("/v1/alias", "segment.alias"), ("/v1/a", "segment.alias"),
        ("/v1/screen", "segment.screen"), ("/v1/s", "segment.screen"),
    ],
)  # fmt: skip
def test_of_a_single_call_the_path_says_what_it_is(path: str, kind: str) -> None:
    assert one(path, {"event": "x", "userId": "u"}).type == kind


def test_where_the_path_says_nothing_the_message_does() -> None:
    assert one("/hooks/site", {"type": "page", "userId": "u"}).type == "page_viewed"
    assert one("/hooks/site", {"action": "track", "event": "x", "user_id": "u"}).type == "x"
    answer = read("/hooks/site", {"userId": "u"})
    assert isinstance(answer, Refused)
    assert answer.refusals[0].code == "no_type"


def test_a_browser_proves_itself_by_the_key_in_its_body_labelled_as_text() -> None:
    body = {"type": "page", "anonymousId": "a", "writeKey": KEY, "context": {"page": {"path": "/x"}}}
    event = one("/v1/p", body, {"content-type": "text/plain"})
    assert event.identifiers == (Identifier("anonymous_id", "a"),)
    assert KEY not in event.raw
    for wrong in ({**body, "writeKey": "other"}, {**body, "writeKey": None}, [body], "x", 1):
        answer = read("/v1/p", wrong, {})
        assert isinstance(answer, Refused)
        assert answer.status == 401


def test_a_wrong_header_is_not_healed_by_a_right_body() -> None:
    answer = read("/v1/t", {"event": "x", "userId": "u", "writeKey": KEY}, {"authorization": "Basic d3Jvbmc6"})
    assert isinstance(answer, Refused)
    assert answer.code == "signature_wrong"


def test_a_page_tells_where_whence_and_with_what() -> None:
    context = {
        "page": {"url": "https://www.vendor.example/cases/acme?x=1", "path": "/cases/acme", "title": "Case",
                 "referrer": "https://search.example/", "search": "?x=1"},
        "campaign": {"name": "Spring", "source": "newsletter", "medium": "email", "term": "t", "content": "c"},
        "userAgent": "Mozilla/5.0",
    }  # fmt: skip
    event = one("/v1/p", {"anonymousId": "a", "name": "Case", "properties": {"title": "Own"}, "context": context})
    assert event.properties == {
        "url": "https://www.vendor.example/cases/acme?x=1",
        "path": "/cases/acme",
        "title": "Own",
        "referrer": "https://search.example/",
        "search": "?x=1",
        "name": "Case",
        "user_agent": "Mozilla/5.0",
        "utm": {"campaign": "Spring", "source": "newsletter", "medium": "email", "term": "t", "content": "c"},
    }


def test_the_nearest_of_a_kind_wins_and_properties_name_nobody() -> None:
    event = one(
        "/v1/i",
        {
            "userId": 4711,
            "traits": {"email": "near@acme.example", "firstName": "Ann"},
            "context": {"traits": {"email": "far@acme.example", "phone": "+4520304050", "city": "Odense"}},
            "properties": {"email": "other@acme.example"},
        },
    )
    assert named(event) == {"email": "near@acme.example", "user_id": "site:4711", "phone": "+4520304050"}
    assert event.traits["city"] == "Odense"
    assert event.traits["first_name"] == event.traits["firstName"] == "Ann"


def test_an_unreadable_near_address_leaves_the_far_one() -> None:
    body = {"userId": "null", "traits": {"email": "{{email}}"}, "context": {"traits": {"email": "far@acme.example"}}}
    event = one("/v1/i", body)
    assert named(event) == {"email": "far@acme.example"}
    assert event.traits == {"email": "far@acme.example"}


def test_an_id_that_is_an_address_is_that_address() -> None:
    event = one("/v1/a", {"userId": "Ann@acme.example", "previousId": "Old@acme.example"})
    assert event.identifiers == (Identifier("email", "ann@acme.example"),)
    assert event.alias_of == (Identifier("email", "old@acme.example"),)


def test_snake_case_nulls_and_numbers_are_read() -> None:
    body = {"user_id": 7, "anonymous_id": None, "message_id": 12, "event": "x", "sent_at": None, "messageId": None}
    event = one("/v1/t", body)
    assert (event.id, named(event)) == ("12", {"user_id": "site:7"})


def test_in_a_group_call_the_traits_are_the_companys() -> None:
    traits = {"email": "office@acme.example", "name": "ACME", "employees": 420}
    context = {"traits": {"email": "ann@acme.example"}}
    event = one("/v1/g", {"userId": "u", "groupId": 99, "traits": traits, "context": context})
    assert named(event) == {"email": "ann@acme.example", "user_id": "site:u"}
    assert event.traits == {"email": "ann@acme.example", "company": traits, "group_id": "99"}


def test_a_group_id_in_the_context_names_the_company_and_null_does_not() -> None:
    assert one("/v1/t", {"userId": "u", "event": "x", "context": {"groupId": "g"}}).traits == {"group_id": "g"}
    assert one("/v1/t", {"userId": "u", "event": "x", "context": {"groupId": "null"}}).traits == {}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Signed Up", "signed_up"), ("Email Opened", "email_opened"), ("Email Link Clicked", "email_clicked"),
        ("Email Bounced", "email_bounced"), ("Email Marked as Spam", "email_complained"),
        ("Unsubscribed", "email_unsubscribed"), ("Product Added", "cart_added"), ("email opened", "email opened"),
        ("form_submitted", "form_submitted"), ("lead.status_changed", "segment.lead.status_changed"),
        (" lead.x ", "segment.lead.x"), ("Lead.x", "Lead.x"), ("leads", "leads"),
    ],
)  # fmt: skip
def test_a_tracked_event_keeps_its_name_unless_the_spec_means_a_word_of_ours(theirs: str, ours: str) -> None:
    assert one("/v1/t", {"event": theirs, "userId": "u"}).type == ours


def test_a_clock_that_is_wrong_is_set_right_by_sent_at() -> None:
    body = {"userId": "u", "event": "x", "timestamp": "2020-01-01T00:00:00Z", "sentAt": "2020-01-01T00:00:30Z"}
    event = one("/v1/t", body)
    assert (format_instant(event.occurred_at), event.flags) == ("2026-03-02T08:59:30Z", ("skew",))
    batch = {"batch": [{**body, "type": "track", "sentAt": None}], "sentAt": "2020-01-01T00:00:30Z"}
    assert one("/v1/b", batch).occurred_at == event.occurred_at
    own = {**body, "originalTimestamp": "2020-01-01T00:00:10Z", "timestamp": "2026-03-02T08:59:40Z"}
    assert format_instant(one("/v1/t", own).occurred_at) == "2026-03-02T08:59:40Z"


def test_history_and_what_segment_has_corrected_are_not_corrected_again() -> None:
    body = {"userId": "u", "event": "x", "timestamp": "2020-01-01T00:00:00Z", "sentAt": "2020-01-01T00:00:30Z"}
    past = read("/v1/t", body, AUTH | {"x-hotlead-history": "1"}, history=True)
    assert isinstance(past, Accepted)
    assert (past.history, past.events[0].flags) == (True, ())
    news = read("/v1/t", body, AUTH | {"x-hotlead-history": "1"}, history=False)
    assert isinstance(news, Accepted)
    assert (news.history, news.events[0].flags) == (False, ("skew",))
    assert one("/v1/t", {**body, "receivedAt": "2020-01-01T00:00:31Z"}).flags == ()


def test_a_batchs_context_is_each_messages_too() -> None:
    batch = {
        "batch": [{"type": "track", "event": "x", "userId": "u", "context": {"userAgent": "own"}}],
        "context": {"userAgent": "shared", "page": {"path": "/p"}},
    }
    assert one("/v1/b", batch).properties == {"user_agent": "own", "path": "/p"}


def test_one_bad_message_refuses_itself_alone_by_its_position() -> None:
    good = {"type": "track", "event": "x", "userId": "u"}
    batch = [good, 7, {"type": "track", "userId": "u"}, {**good, "timestamp": "soon"}, {}, good]
    answer = read("/v1/b", gzip.compress(json.dumps({"batch": batch}).encode()))
    assert isinstance(answer, Accepted)
    assert len(answer.events) == 2
    codes = [(refusal.position, refusal.code) for refusal in answer.refusals]
    assert codes == [(1, "no_object"), (2, "no_type"), (3, "bad_time"), (4, "no_type")]


def test_a_number_too_large_refuses_its_event_alone() -> None:
    body = b'{"batch": [{"type": "track", "event": "x", "userId": "u", "properties": {"n": 1e999}},'
    answer = read("/v1/b", body + b' {"type": "track", "event": "y", "userId": "u"}]}')
    assert isinstance(answer, Accepted)
    assert ([event.type for event in answer.events], answer.refusals[0].code) == (["y"], "bad_number")


def test_where_all_is_refused_the_request_is_with_each_named() -> None:
    answer = read("/v1/b", {"batch": [{"type": "track"}] * 30})
    assert isinstance(answer, Refused)
    assert (answer.status, len(answer.refusals)) == (400, 30)
    assert "event 0: the event names no type" in answer.message
    assert "and 10 more" in answer.message


def test_an_empty_batch_brings_nothing() -> None:
    assert read("/v1/b", {"batch": []}) == Accepted(())
