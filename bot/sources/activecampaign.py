"""ActiveCampaign: forms, one event each; nothing is signed, so the secret stands in the URL.

https://developers.activecampaign.com/page/webhooks. An automation's own "webhook" action sends the contact alone,
without type and time.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.sources.base import Limits, Received
from bot.sources.bodies import Body, read_form
from bot.sources.fields import a_map, picked
from bot.sources.reading import Found, Request, Source
from bot.sources.signatures import UrlKey
from bot.sources.words import our_word

_TYPES: Final = {
    "open": "email_opened",
    "click": "email_clicked",
    "sent": "email_sent",
    "reply": "email_replied",
    "forward": "email_forwarded",
    "bounce": "email_bounced",
    "unsubscribe": "email_unsubscribed",
    "subscribe": "newsletter_subscribed",
    "deal_add": "deal_created",
}
_TRAITS: Final = {"first_name": "first_name", "last_name": "last_name", "phone": "phone", "tags": "tags"}
_PROPERTIES: Final = {
    "url": "link.url",
    "campaign": "campaign.name",
    "title": "campaign.message.subject",
    "form_id": "form.id",
    "list": "list",
    "automation": "seriesid",
    "user_agent": "User-Agent",
}


def _parse(body: bytes, _received: Received, _limits: Limits) -> Body:
    return read_form(body)


def _find(record: dict[str, Any], request: Request) -> Found:
    contact = a_map(record.get("contact"))
    company = contact.get("customer_acct_name") or contact.get("orgname")
    word = record.get("type") or ("automation" if "seriesid" in record else None)
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=(
            (EMAIL, (contact.get("email"),)),
            (PHONE, (contact.get("phone"),)),
            (f"activecampaign:{request.config.name}:contact", (contact.get("id"),)),
        ),
        time=record.get("date_time"),
        properties=picked(record, _PROPERTIES),
        traits=a_map(contact.get("fields")) | picked(contact, _TRAITS) | ({"company": company} if company else {}),
    )


SOURCE: Final = Source(
    kind="activecampaign",
    prefix="activecampaign",
    schemes={"url": UrlKey()},
    find=_find,
    parse=_parse,
)
