"""How exports are laid out: which column is which field, by the names that vendors give their columns.

`source`: every line as the source itself would read it in a request (a Segment archive, a mail platform's log).
`generic`: columns or fields by the source's mapping; a column named `traits.company.employees` is put there.
`hubspot-contacts`, `hubspot-activities`: HubSpot's exports, by the labels of its English interface or by its internal
names; what a column is called elsewhere can be said (`--map`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.sources.words import OUR_WORDS

_TIME: Final = "occurred_at"
_PLAIN: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Shape:
    """One layout. `columns` are the fields of a record by the vendor's names, folded; `rest` is where others go."""

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    """What a type that has no word of ours is prefixed by."""
    type: str = ""
    """The type of every line, where no column says it."""
    rest: str = ""
    contact_id: str = ""
    """The field with the number of HubSpot's contact."""

    @property
    def is_mapped(self) -> bool:
        """Whether lines are read as records of a generic source."""
        return self.name != "source"


_CONTACT: Final = {
    "record_id": "contact_id",
    "contact_id": "contact_id",
    "vid": "contact_id",
    "hs_object_id": "contact_id",
    "email": "email",
    "email_address": "email",
    "contact_email": "email",
    "first_name": "traits.first_name",
    "firstname": "traits.first_name",
    "last_name": "traits.last_name",
    "lastname": "traits.last_name",
    "phone_number": "phone",
    "phone": "phone",
    "job_title": "traits.title",
    "jobtitle": "traits.title",
    "company_name": "traits.company.name",
    "company": "traits.company.name",
    "industry": "traits.company.industry",
    "number_of_employees": "traits.company.employees",
    "numemployees": "traits.company.employees",
    "country_region": "traits.country",
    "country": "traits.country",
    "lifecycle_stage": "traits.lifecycle",
    "lifecyclestage": "traits.lifecycle",
    "last_modified_date": "occurred_at",
    "lastmodifieddate": "occurred_at",
    "create_date": "created_at",
    "createdate": "created_at",
}
_ACTIVITY: Final = {
    "record_id": "id",
    "activity_id": "id",
    "engagement_id": "id",
    "event_id": "id",
    "contact_id": "contact_id",
    "associated_contact_id": "contact_id",
    "associated_contact_ids": "contact_id",
    "email": "email",
    "contact_email": "email",
    "associated_contact_email": "email",
    "recipient": "email",
    "activity_type": "type",
    "engagement_type": "type",
    "event_type": "type",
    "type": "type",
    "activity_date": "occurred_at",
    "event_date": "occurred_at",
    "timestamp": "occurred_at",
    "date": "occurred_at",
    "create_date": "created_at",
    "subject": "properties.title",
    "title": "properties.title",
    "activity_title": "properties.title",
    "form_name": "properties.form_id",
    "email_name": "properties.campaign",
    "campaign": "properties.campaign",
    "page_url": "properties.url",
    "url": "properties.url",
    "clicked_url": "properties.url",
}
_ACTIVITIES: Final = {
    "page_view": "page_viewed",
    "visited_url": "page_viewed",
    "form_submission": "form_submitted",
    "submitted_form": "form_submitted",
    "sent": "email_sent",
    "delivered": "email_sent",
    "marketing_email_sent": "email_sent",
    "open": "email_opened",
    "opened": "email_opened",
    "email_open": "email_opened",
    "opened_email": "email_opened",
    "marketing_email_opened": "email_opened",
    "click": "email_clicked",
    "clicked": "email_clicked",
    "email_click": "email_clicked",
    "clicked_link_in_email": "email_clicked",
    "marketing_email_clicked": "email_clicked",
    "reply": "email_replied",
    "replied": "email_replied",
    "bounce": "email_bounced",
    "bounced": "email_bounced",
    "unsubscribed": "email_unsubscribed",
    "unsubscribe": "email_unsubscribed",
    "spam_report": "email_complained",
    "meeting": "meeting_booked",
    "meeting_booked": "meeting_booked",
}

SHAPES: Final[Mapping[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape("source"),
        Shape("generic"),
        Shape(
            "hubspot-contacts", _CONTACT, type="identified", prefix="hubspot", rest="traits", contact_id="contact_id"
        ),
        Shape(
            "hubspot-activities", _ACTIVITY, _ACTIVITIES, prefix="hubspot", rest="properties", contact_id="contact_id"
        ),
    )
}


def folded(name: str) -> str:
    """A column's name without case, spaces and marks."""
    return _PLAIN.sub("_", name.casefold()).strip("_")


def type_of(word: str, shape: Shape) -> str:
    """Our word for the vendor's, or the vendor's own after its name."""
    name = folded(word)
    if not shape.prefix or name in OUR_WORDS:
        return word
    return shape.types.get(name) or f"{shape.prefix}.{name}"
