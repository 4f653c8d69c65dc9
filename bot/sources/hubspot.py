"""HubSpot's webhooks API: what happened to CRM objects, by their ids, without an address.

https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide. A contact's events wait under its HubSpot
id until something names that id together with a person. The test button always sends eventId 100, so an event's id is
put together.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.sources.fields import a_list, picked, text_id
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import HUBSPOT_V1, HUBSPOT_V2, HUBSPOT_V3
from bot.sources.words import our_word

_TYPES: Final[dict[str, str]] = {}
"""None of HubSpot's kinds means a word of ours by itself; a changed property may."""
_STAGE: Final = "lifecyclestage"
_CONTACT: Final = "0-1"
"""https://developers.hubspot.com/docs/guides/crm/understanding-the-crm#object-type-ids"""
_TRAITS: Final = {"firstname": "first_name", "lastname": "last_name", "jobtitle": "title", _STAGE: "lifecycle"}
_PROPERTIES: Final = {
    "property": "propertyName", "value": "propertyValue", "change_source": "changeSource", "object_id": "objectId",
}  # fmt: skip
_ID: Final = ("portalId", "subscriptionId", "eventId", "occurredAt", "objectId")


def _find(record: dict[str, Any], request: Request) -> Found:
    kind = record.get("subscriptionType")
    of_contact = record.get("objectTypeId") == _CONTACT or (isinstance(kind, str) and kind.startswith("contact."))
    name, value = record.get("propertyName"), record.get("propertyValue")
    changed = {name: value} if of_contact and isinstance(name, str) else {}
    word = our_word(kind, _TYPES, request.prefix)
    return Found(
        type="crm_stage_changed" if _STAGE in changed else word,
        people=_people(record, changed) if of_contact else (),
        id=text_id(*(record.get(part) for part in _ID)),
        time=record.get("occurredAt"),
        properties=picked(record, _PROPERTIES),
        traits={_TRAITS.get(name, name): value for name, value in changed.items()},
    )


def _people(record: dict[str, Any], changed: dict[str, Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    contact = f"hubspot:{record.get('portalId')}:contact"
    merged = (record.get("primaryObjectId"), *a_list(record.get("mergedObjectIds")))
    return (
        (EMAIL, (changed.get("email"),)),
        (PHONE, (changed.get("phone"),)),
        (contact, (record.get("objectId"),)),
        *((contact, (one,)) for one in merged),
    )


SOURCE: Final = Source(
    kind="hubspot",
    prefix="hubspot",
    schemes={"v3": HUBSPOT_V3, "v2": HUBSPOT_V2, "v1": HUBSPOT_V1},
    find=_find,
)
