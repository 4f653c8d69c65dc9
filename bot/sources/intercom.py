"""Intercom: contacts, conversations and custom events.

https://developers.intercom.com/docs/references/webhooks/webhook-models
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE, USER_ID
from bot.sources.fields import a_map, first, get, picked, places
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import INTERCOM
from bot.sources.words import our_word

_TYPES: Final = {
    "conversation.user.created": "chat_started",
    "conversation.rating.added": "feedback_given",
    "contact.signed_up": "signed_up",
    "contact.lead.signed_up": "signed_up",
    "contact.unsubscribed": "email_unsubscribed",
}
_TRAITS: Final = {
    "name": "name",
    "phone": "phone",
    "role": "role",
    "country": "location.country",
    "city": "location.city",
}
_PROPERTIES: Final = {"event": "event_name", "metadata": "metadata", "url": "source.url", "title": "source.subject"}
_UTM: Final = {"source": "utm_source", "medium": "utm_medium", "campaign": "utm_campaign"}
_USER: Final = places(("external_id", "user_id"))
_EMAIL: Final = places(("email", "source.author.email", "user.email"))
_CONTACT_ID: Final = {"contact": "id", "event": "intercom_user_id", "conversation": "source.author.id"}
_PEOPLE: Final = ("lead", "user", "contact")


def _find(record: dict[str, Any], request: Request) -> Found | None:
    topic, item = record.get("topic"), a_map(get(record, "data.item"))
    if topic == "ping":
        return None
    kind = item.get("type")
    author = get(item, "source.author.type")
    by_us = kind == "conversation" and author is not None and author not in _PEOPLE
    utm = picked(item, _UTM)
    return Found(
        type=our_word(item.get("event_name") if topic == "event.created" else topic, _TYPES, request.prefix),
        people=() if by_us else _people(item, f"intercom:{record.get('app_id')}:contact"),
        id=record.get("id"),
        time=item.get("created_at") if kind == "event" else record.get("created_at"),
        properties=picked(item, _PROPERTIES) | ({"utm": utm} if utm else {}),
        traits=a_map(item.get("custom_attributes")) | picked(item, _TRAITS),
    )


def _people(item: dict[str, Any], contact: str) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    where = _CONTACT_ID.get(str(item.get("type")))
    return (
        (EMAIL, (first(item, _EMAIL),)),
        (USER_ID, (first(item, _USER),)),
        (PHONE, (item.get("phone"),)),
        (contact, (get(item, where) if where else None,)),
    )


SOURCE: Final = Source(
    kind="intercom",
    prefix="intercom",
    schemes={"signed": INTERCOM},
    find=_find,
)
