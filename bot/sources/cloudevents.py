"""CloudEvents 1.0 over HTTP: binary (attributes in headers), structured and batched.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md. The mode is told by what
is there, not by the content type. An event is identified by its source and id; its subject is a person only where that
is an e-mail address, or where `mapping.user_id` names it.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Final
from urllib.parse import unquote

from bot.service.identity.identifiers import EMAIL
from bot.sources.base import Limits, Received, SourceConfig
from bot.sources.bodies import Body, read_json, write_json
from bot.sources.fields import a_map, text_id
from bot.sources.mapped import Plan, find_mapped, plan_of
from bot.sources.problems import BadBody, BadEvent
from bot.sources.reading import Found, Request, Source
from bot.sources.signatures import StaticHeader
from bot.sources.words import OUR_WORDS, our_word

_ATTRIBUTES: Final = ("id", "source", "type", "time", "subject", "specversion", "dataschema")
_OURS: Final = {word: word for word in OUR_WORDS}


def _parse(body: bytes, received: Received, limits: Limits) -> Body:
    if "ce-type" not in received.headers:
        return read_json(body, limits)
    data = read_json(body, limits) if body.strip() else Body(None, "")
    headers = {name: received.headers.get(f"ce-{name}") for name in _ATTRIBUTES}
    event = {name: unquote(value) for name, value in headers.items() if value is not None} | {"data": data.value}
    return Body(event, "" if data.overflows else write_json(event), data.overflows)


def _data(record: dict[str, Any]) -> Any:
    """What the event carries; JSON that came as base64 (`data_base64`, as some brokers send it) is read as well."""
    packed = record.get("data_base64")
    if packed is None:
        return record.get("data")
    try:
        body = b64decode(str(packed), validate=True)
    except ValueError:
        raise BadEvent("bad_base64", "data_base64 is no base64") from None
    try:
        return read_json(body, Limits()).value
    except BadBody:
        return None  # a picture, say: nothing of it is ours to read


def _prepare(config: SourceConfig) -> Plan:
    return plan_of(config.mapping)


def _find(record: dict[str, Any], request: Request) -> Found:
    data, subject = a_map(_data(record)), record.get("subject")
    word = request.plan.types.get(str(record.get("type")))
    found = find_mapped({"type": "-", "subject": subject, **data}, request)
    by_subject = ((EMAIL, (subject,)),) if isinstance(subject, str) and "@" in subject else ()
    return found._replace(
        type=word or our_word(record.get("type"), _OURS, request.prefix),
        people=(*found.people, *by_subject),
        id=text_id(record.get("source"), record.get("id")),
        time=record.get("time") or found.time,
        properties={name: value for name, value in found.properties.items() if name != "subject"},
    )


SOURCE: Final = Source(
    kind="cloudevents",
    prefix="cloudevents",
    schemes={"header": StaticHeader("authorization")},
    find=_find,
    parse=_parse,
    prepare=_prepare,
)
