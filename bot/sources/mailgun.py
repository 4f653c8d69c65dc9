"""Mailgun: what became of each mail, in its JSON of today and its form of before 2018.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL
from bot.sources.base import Limits, Received
from bot.sources.bodies import Body, read_form, read_json
from bot.sources.fields import a_map, get, picked
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import MAILGUN
from bot.sources.words import our_word

_TYPES: Final = {
    "accepted": "email_sent",
    "opened": "email_opened",
    "clicked": "email_clicked",
    "bounced": "email_bounced",
    "failed permanent": "email_bounced",
    "unsubscribed": "email_unsubscribed",
    "complained": "email_complained",
}
_PROPERTIES: Final = {
    "url": "url",
    "title": "message.headers.subject",
    "message_id": "message.headers.message-id",
    "user_agent": "client-info.user-agent",
    "tags": "tags",
    "reason": "reason",
    "code": "code",
    "variables": "user-variables",
}


def _parse(body: bytes, _received: Received, limits: Limits) -> Body:
    return read_json(body, limits) if body.lstrip()[:1] in (b"{", b"[") else read_form(body)


def _find(record: dict[str, Any], request: Request) -> Found:
    event = a_map(record.get("event-data")) or record
    word = event.get("event")
    if word == "failed" and event.get("severity") == "permanent":
        word = "failed permanent"
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=((EMAIL, (event.get("recipient"), get(event, "message.headers.to"))),),
        id=event.get("id"),
        time=event.get("timestamp"),
        properties=picked(event, _PROPERTIES),
        record=event,
    )


SOURCE: Final = Source(
    kind="mailgun",
    prefix="mailgun",
    schemes={"signed": MAILGUN},
    find=_find,
    parse=_parse,
)
