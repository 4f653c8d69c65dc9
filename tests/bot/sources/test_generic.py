"""The generic source: what anybody's JSON means."""

from __future__ import annotations

from bot.sources import open_source
from bot.sources.base import Accepted, Received, SourceConfig
from scoring.instants import parse_instant

ARRIVAL = parse_instant("2026-03-02T09:00:00Z")


def test_a_flat_record_is_an_event_whose_other_fields_are_its_properties() -> None:
    body = b'{"email": "Lead@ACME-example.com", "event": "form_submitted", "form": "Demo request", "id": "zap-5481"}'
    endpoint = open_source(SourceConfig("zapier", "generic", (b"s" * 32,), header="x-secret"))
    answer = endpoint.read(
        Received("POST", "https://x.example/hooks/zapier", "/hooks/zapier", {"x-secret": "s" * 32}, body, ARRIVAL)
    )
    assert isinstance(answer, Accepted)
    (event,) = answer.events
    assert (event.id, event.type, event.properties) == ("zap-5481", "form_submitted", {"form": "Demo request"})
    assert event.traits == {"email": "lead@acme-example.com"}
