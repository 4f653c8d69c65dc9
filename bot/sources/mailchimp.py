"""Mailchimp audiences: who subscribed and left. No opens and no clicks: those come from Mandrill and others.

https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/. A form; its times are UTC without a zone.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.sources.base import Limits, Received
from bot.sources.bodies import Body, read_form
from bot.sources.fields import a_map, picked
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import MAILCHIMP
from bot.sources.signatures import UrlKey
from bot.sources.words import our_word

_TYPES: Final = {
    "subscribe": "newsletter_subscribed",
    "unsubscribe": "email_unsubscribed",
    "cleaned hard": "email_bounced",
    "cleaned abuse": "email_complained",
}
_TRAITS: Final = {"FNAME": "first_name", "LNAME": "last_name", "PHONE": "phone", "COMPANY": "company"}
_PROPERTIES: Final = {
    "list": "list_id", "campaign": "campaign_id", "reason": "reason", "title": "subject", "status": "status",
}  # fmt: skip
_OF_NOBODY: Final = "campaign"


def _parse(body: bytes, _received: Received, _limits: Limits) -> Body:
    return read_form(body)


def _find(record: dict[str, Any], request: Request) -> Found:
    word, data = record.get("type"), a_map(record.get("data"))
    if word == "cleaned":
        word = f"cleaned {data.get('reason')}" if f"cleaned {data.get('reason')}" in _TYPES else word
    merges = {name: value for name, value in a_map(data.get("merges")).items() if name != "EMAIL"}
    member = f"mailchimp:{data.get('list_id')}:member"
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=()
        if word == _OF_NOBODY
        else (
            (EMAIL, (data.get("email"), data.get("new_email"))),
            (EMAIL, (data.get("old_email"),)),
            (PHONE, (merges.get("PHONE"),)),
            (member, (data.get("id"), data.get("new_id"))),
        ),
        time=record.get("fired_at"),
        properties=picked(data, _PROPERTIES),
        traits={_TRAITS.get(name, name): value for name, value in merges.items()},
    )


SOURCE: Final = Source(
    kind="mailchimp",
    prefix="mailchimp",
    schemes={"url": UrlKey(), "signed": MAILCHIMP},
    find=_find,
    parse=_parse,
)
