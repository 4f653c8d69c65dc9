"""Mautic: one body holds happenings of several kinds, each a list or (sent at once) a single object.

https://docs.mautic.org/en/latest/webhooks/. Signing: app/bundles/WebhookBundle/Http/Client.php of mautic/mautic.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, PHONE
from bot.sources.base import SourceConfig
from bot.sources.bodies import Body
from bot.sources.fields import Places, a_map, every, first, get, picked, places, text_id
from bot.sources.problems import BadBody
from bot.sources.reading import Batch, Found, Request, Source
from bot.sources.schemes import MAUTIC
from bot.sources.words import our_word

_TYPES: Final = {
    "mautic.page_on_hit": "page_viewed",
    "mautic.form_on_submit": "form_submitted",
    "mautic.email_on_send": "email_sent",
    "mautic.email_on_open": "email_opened",
    "mautic.asset_on_load": "content_downloaded",
}
_TRAITS: Final = {"firstname": "first_name", "lastname": "last_name", "position": "title"}
_PROPERTIES: Final = {
    "url": "url",
    "title": "urlTitle",
    "referrer": "referer",
    "user_agent": "userAgent",
    "campaign": "email.name",
    "form_id": "form.id",
    "form": "form.name",
    "results": "results",
}
_SHAPES: Final = ("submission", "hit", "stat", "download")
_CONTACT: Final = places(("lead", "contact"))
_EMAIL: Final[Places] = places(("fields.core.email.value", "email"))
_PHONE: Final[Places] = places(("fields.core.phone.value", "fields.core.mobile.value", "phone"))
_TIME: Final = places(("dateHit", "dateSubmitted", "dateRead", "dateSent", "dateDownload"))


def _split(body: Body, _config: SourceConfig) -> Batch:
    if not isinstance(body.value, dict):
        raise BadBody("no_events", "the body is no JSON object of Mautic's triggers")
    sent = body.value.get("timestamp")
    records: list[Any] = []
    for trigger, happened in body.value.items():
        several = happened if isinstance(happened, list) else [happened] if isinstance(happened, dict) else []
        records += [{"timestamp": sent, **a_map(one), "trigger": trigger} for one in several]
    return Batch(records)


def _find(record: dict[str, Any], request: Request) -> Found:
    trigger = record["trigger"]
    shape = next((a_map(record[name]) for name in _SHAPES if name in record), record)
    contact = a_map(first(shape, _CONTACT) or first(record, _CONTACT))
    known_by_form = get(shape, "results.email")
    return Found(
        type=our_word(trigger, _TYPES, request.prefix),
        people=(
            (EMAIL, (*every(contact, _EMAIL), shape.get("emailAddress"), known_by_form)),
            (PHONE, every(contact, _PHONE)),
            (f"mautic:{request.config.name}:contact", (contact.get("id"),)),
            (ANONYMOUS_ID, (shape.get("trackingId"),)),
        ),
        id=text_id(trigger, shape.get("id")) if shape is not record else None,
        time=first(shape, _TIME) or record.get("timestamp"),
        properties=picked(shape, _PROPERTIES),
        traits=_traits(contact),
    )


def _traits(contact: dict[str, Any]) -> dict[str, Any]:
    """A contact's fields come in groups (core, social, …), each a map of fields, or an empty list."""
    groups = a_map(contact.get("fields")).values()
    fields = {name: get(stated, "value") for group in groups for name, stated in a_map(group).items()}
    return {_TRAITS.get(name, name): value for name, value in fields.items() if value is not None}


SOURCE: Final = Source(
    kind="mautic",
    prefix="mautic",
    schemes={"signed": MAUTIC},
    split=_split,
    find=_find,
)
