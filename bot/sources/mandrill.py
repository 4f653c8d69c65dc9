"""Mandrill (Mailchimp Transactional): a form whose one field is a JSON array of what became of mails.

https://mailchimp.com/developer/transactional/docs/webhooks/. `_id` is the mail's, so an event's id is derived.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL
from bot.sources.base import Limits, Received
from bot.sources.bodies import Body, read_form, read_json
from bot.sources.fields import first, get, picked, places, text_id
from bot.sources.problems import BadBody
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import MANDRILL
from bot.sources.words import our_word

_TYPES: Final = {
    "send": "email_sent",
    "open": "email_opened",
    "click": "email_clicked",
    "hard_bounce": "email_bounced",
    "spam": "email_complained",
    "unsub": "email_unsubscribed",
}
_WORD: Final = places(("event", "type"))
_PROPERTIES: Final = {
    "url": "url",
    "user_agent": "user_agent",
    "title": "msg.subject",
    "tags": "msg.tags",
    "metadata": "msg.metadata",
    "reason": "msg.bounce_description",
}


def _parse(body: bytes, _received: Received, limits: Limits) -> Body:
    events = read_form(body).value.get("mandrill_events")
    if not isinstance(events, str):
        raise BadBody("no_events", "the form has no field mandrill_events")
    return read_json(events.encode("utf-8"), limits)


def _find(record: dict[str, Any], request: Request) -> Found:
    email = get(record, "msg.email") or get(record, "reject.email")
    return Found(
        type=our_word(first(record, _WORD), _TYPES, request.prefix),
        people=((EMAIL, (email,)),),
        time=record.get("ts"),
        properties=picked(record, _PROPERTIES),
        about=text_id(record.get("_id"), record.get("url") or "-"),
    )


SOURCE: Final = Source(
    kind="mandrill",
    prefix="mandrill",
    schemes={"signed": MANDRILL},
    find=_find,
    parse=_parse,
)
