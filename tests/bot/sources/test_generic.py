"""The generic source and Standard Webhooks: what anybody's JSON means, as it is or as it is mapped."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from bot.sources import open_source
from bot.sources.base import Accepted, FieldMap, Identifier, Received, Refused, SourceConfig, SourcedEvent
from scoring.instants import MINUTE, format_instant, parse_instant
from tests.bot.sources.signing import NOW, Case, standard

ARRIVAL = parse_instant("2026-03-02T09:00:00Z")
URL = "https://x.example/hooks/zapier"


def read(
    body: object, arrival: int = ARRIVAL, headers: dict[str, str] | None = None, **config: Any
) -> Accepted | Refused:
    endpoint = open_source(
        SourceConfig("zapier", config.pop("kind", "generic"), (b"s" * 32,), header="X-Key", **config)
    )
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return endpoint.read(Received("POST", URL, "/hooks/zapier", {"x-key": "s" * 32} | (headers or {}), raw, arrival))


def one(body: object, arrival: int = ARRIVAL, **config: Any) -> SourcedEvent:
    answer = read(body, arrival, **config)
    assert isinstance(answer, Accepted), answer
    (event,) = answer.events
    return event


def test_of_a_flat_record_the_fields_that_nothing_else_uses_are_properties() -> None:
    event = one(
        {
            "id": "zap-1", "event": "form_submitted", "occurred_at": "2026-03-02T08:00:00+01:00", "form": "Demo",
            "n": 1, "email": "Lead@ACME.example", "phone": "+45 20 30 40 50", "firstName": "Åse",
            "company": "ACME A/S", "user_id": 12, "anonymous_id": "a-1", "group_id": "g",
        }
    )  # fmt: skip
    assert (event.id, event.type, event.properties) == ("zap-1", "form_submitted", {"form": "Demo", "n": 1})
    assert format_instant(event.occurred_at) == "2026-03-02T07:00:00Z"
    assert event.identifiers == (
        Identifier("email", "lead@acme.example"),
        Identifier("user_id", "zapier:12"),
        Identifier("phone", "+4520304050"),
        Identifier("anonymous_id", "a-1"),
    )
    assert event.traits == {
        "email": "lead@acme.example", "phone": "+45 20 30 40 50", "first_name": "Åse", "company": "ACME A/S",
        "group_id": "g",
    }  # fmt: skip


def test_a_record_that_says_which_are_properties_and_traits_is_believed() -> None:
    record = {
        "type": "x",
        "email": "a@acme.example",
        "traits": {"title": "CEO"},
        "properties": {"url": "/"},
        "other": 1,
    }
    event = one(record)
    assert (event.properties, event.traits) == ({"url": "/"}, {"title": "CEO", "email": "a@acme.example"})
    assert json.loads(event.raw) == record


def test_everything_can_stand_elsewhere() -> None:
    mapping = FieldMap(
        records="payload.items",
        id=("meta.uid",),
        type=("kind",),
        time=("meta.when",),
        email=("who.mails.0",),
        user_id=("who.id",),
        properties=("what",),
        traits=("who.attributes",),
        trait_fields={"title": ("who.job",), "company.name": ("who.firm",)},
        types={"Webinar Attended": "webinar_attended"},
        default_type="info_requested",
    )
    who = {"mails": ["a@acme.example"], "id": "u", "attributes": {"city": "Odense"}, "job": "CEO", "firm": "ACME"}
    item = {"kind": "Webinar Attended", "meta": {"uid": 5, "when": 1772438400}, "who": who, "what": {"n": 1}}
    answer = read({"payload": {"items": [item, {"who": who}]}}, mapping=mapping)
    assert isinstance(answer, Accepted)
    first, second = answer.events
    assert (first.id, first.type, first.properties) == ("5", "webinar_attended", {"n": 1})
    assert first.traits == {"city": "Odense", "title": "CEO", "company.name": "ACME", "email": "a@acme.example"}
    assert second.type == "info_requested"
    assert json.loads(first.raw) == item


@pytest.mark.parametrize("body", [b'"text"', b"7", b"null", b"true"])
def test_a_body_without_records_is_refused(body: bytes) -> None:
    answer = read(body)
    assert isinstance(answer, Refused)
    assert (answer.status, answer.code) == (400, "no_events")


def test_a_type_of_ours_cannot_be_sent() -> None:
    assert one({"type": "lead.status_changed", "email": "a@acme.example"}).type == "generic.lead.status_changed"
    for body in ({"email": "a@x.dk"}, {"type": " "}, {"type": 7}, {"type": ["x"]}, {"type": "x" * 201}):
        assert isinstance(read(body), Refused)


def test_sources_share_user_ids_only_where_they_name_one_space() -> None:
    assert one({"type": "x", "user_id": "7"}).identifiers == (Identifier("user_id", "zapier:7"),)
    assert one({"type": "x", "user_id": "7"}, user_space="shop").identifiers == (Identifier("user_id", "shop:7"),)


def test_without_an_id_the_same_event_has_the_same_and_another_has_another() -> None:
    record = {"type": "x", "email": "a@acme.example", "time": 1772438400, "n": 1}
    derived = one(record).id
    assert one(dict(reversed(record.items())), ARRIVAL + 5 * MINUTE).id == derived
    assert one({**record, "sent_at": "2026-03-02T09:00:00Z"}).id == derived
    others = [{**record, "time": 1772438401}, {**record, "n": 2}, {**record, "type": "y"}]
    assert len({derived, *(one(other).id for other in others)}) == 4


def test_without_id_and_time_it_is_the_same_event_within_the_minute() -> None:
    record = {"type": "x", "email": "a@acme.example"}
    assert one(record).id == one(record, ARRIVAL + MINUTE - 1).id
    assert one(record).id != one(record, ARRIVAL + MINUTE).id


def test_a_very_long_id_is_shortened_and_stays_unlike_others() -> None:
    ids = [one({"type": "x", "id": "i" * 5000 + end}).id for end in "ab"]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 200


def test_an_address_that_is_none_is_no_attribute_either() -> None:
    event = one({"type": "x", "user_id": "u", "traits": {"email": "n/a", "title": "CEO"}})
    assert event.traits == {"title": "CEO"}


def test_standard_webhooks_carry_the_person_in_data_and_the_id_in_a_header() -> None:
    body = {
        "type": "trial.started",
        "timestamp": "2026-03-02T08:59:00Z",
        "data": {"email": "ann@acme.example", "user_id": "u", "plan": "pro", "first_name": "Ann", "company": "ACME"},
    }
    secrets = ("whsec_" + "YWFh" * 8, "whsec_" + "YmJi" * 8)
    case = Case("standard", "", standard, json.dumps(body).encode(), (), secrets=secrets)
    answer = open_source(SourceConfig("own", "standard", (secrets[0].encode(),))).read(case.request(at=NOW))
    assert isinstance(answer, Accepted)
    (event,) = answer.events
    assert (event.id, event.type, event.properties["plan"]) == ("msg_1", "trial.started", "pro")
    assert event.identifiers == (Identifier("email", "ann@acme.example"), Identifier("user_id", "own:u"))
    assert event.traits == {"first_name": "Ann", "company": "ACME", "email": "ann@acme.example"}


def test_the_header_of_an_unsigned_request_is_no_id() -> None:
    assert one({"type": "x", "user_id": "u"}).id.startswith("derived-")
    answer = read({"type": "x", "user_id": "u"}, headers={"webhook-id": "msg_1"})
    assert isinstance(answer, Accepted)
    assert answer.events[0].id.startswith("derived-")


def test_events_of_one_signed_array_have_ids_of_their_own() -> None:
    body = json.dumps([{"type": "x", "email": "a@acme.example"}] * 2).encode()
    secrets = ("whsec_" + "YWFh" * 8, "")
    case = Case("generic", "standard", standard, body, (), secrets=secrets)
    answer = open_source(SourceConfig("own", "generic", (secrets[0].encode(),))).read(case.request())
    assert isinstance(answer, Accepted)
    assert [event.id for event in answer.events] == ["msg_1:0", "msg_1:1"]


def test_cloudevents_data_that_came_as_base64_is_read_and_what_is_none_refuses_that_event_alone() -> None:
    envelope = {"specversion": "1.0", "source": "crm", "type": "form_submitted", "time": "2026-03-02T08:00:00Z"}
    data = b64encode(json.dumps({"email": "a@b.example", "form_id": "Demo"}).encode()).decode()
    picture = b64encode(b"\x89PNG").decode()
    sent = [
        {**envelope, "id": "1", "data_base64": data},
        {**envelope, "id": "2", "data_base64": "%%%"},
        {**envelope, "id": "3", "data_base64": picture, "subject": "c@d.example"},
    ]
    answer = read(sent, kind="cloudevents", headers={"authorization": f"Bearer {'s' * 32}"})
    assert isinstance(answer, Accepted), answer
    assert [event.identifiers for event in answer.events] == [
        (Identifier("email", "a@b.example"),),
        (Identifier("email", "c@d.example"),),
    ]
    assert answer.events[0].properties["form_id"] == "Demo"
    assert [(one.position, one.code) for one in answer.refusals] == [(1, "bad_base64")]
