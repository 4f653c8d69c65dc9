"""Brevo: what became of each mail. Nothing is signed: the secret is in a header that Brevo is told to send.

https://developers.brevo.com/docs/transactional-webhooks. Its `id` is the webhook's, so an event's id is derived: the
first open, told as opened and as unique_opened, is one event.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL
from bot.sources.fields import first, picked, places, text_id
from bot.sources.reading import Found, Request, Source
from bot.sources.signatures import StaticHeader
from bot.sources.words import our_word

_TYPES: Final = {
    "request": "email_sent",
    "opened": "email_opened",
    "unique_opened": "email_opened",
    "proxy_open": "email_opened",
    "unique_proxy_open": "email_opened",
    "click": "email_clicked",
    "hard_bounce": "email_bounced",
    "invalid_email": "email_bounced",
    "spam": "email_complained",
    "complaint": "email_complained",
    "unsubscribe": "email_unsubscribed",
    "unsubscribed": "email_unsubscribed",
}
_BY_PROXY: Final = ("proxy_open", "unique_proxy_open")
"""A mail program fetched the pictures on its own (Apple's does), whether or not anybody looked."""
_TIME: Final = places(("ts_epoch", "ts_event", "s_epoch", "ts", "date"))
_PROPERTIES: Final = {
    "url": "link",
    "title": "subject",
    "campaign": "campaign name",
    "tags": "tags",
    "reason": "reason",
    "template_id": "template_id",
    "message_id": "message-id",
    "user_agent": "user_agent",
}


def _find(record: dict[str, Any], request: Request) -> Found:
    word = record.get("event")
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=((EMAIL, (record.get("email"),)),),
        time=first(record, _TIME),
        properties=picked(record, _PROPERTIES),
        about=text_id(record.get("message-id"), record.get("email"), record.get("link") or "-"),
        quarantine="proxy_open" if word in _BY_PROXY else None,
    )


SOURCE: Final = Source(
    kind="brevo",
    prefix="brevo",
    schemes={"header": StaticHeader("authorization")},
    find=_find,
)
