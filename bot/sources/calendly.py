"""Calendly: meetings booked and canceled. A rescheduled meeting is one canceled and one booked.

https://developer.calendly.com/api-docs/c1ddc06ce1f1b-webhook-payload
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL, PHONE
from bot.sources.fields import a_list, a_map, get, picked, text_id
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import CALENDLY
from bot.sources.words import our_word

_TYPES: Final = {
    "invitee.created": "meeting_booked",
    "invitee.canceled": "meeting_canceled",
    "routing_form_submission.created": "form_submitted",
}
_TRAITS: Final = {"name": "name", "first_name": "first_name", "last_name": "last_name", "timezone": "timezone"}
_PROPERTIES: Final = {
    "title": "scheduled_event.name",
    "start_time": "scheduled_event.start_time",
    "end_time": "scheduled_event.end_time",
    "url": "scheduled_event.uri",
    "rescheduled": "rescheduled",
    "reason": "cancellation.reason",
    "canceler": "cancellation.canceler_type",
}
_UTM: Final = "utm_"


def _find(record: dict[str, Any], request: Request) -> Found:
    payload = a_map(record.get("payload"))
    properties = picked(payload, _PROPERTIES)
    tracking = a_map(payload.get("tracking"))
    utm = {name.removeprefix(_UTM): value for name, value in tracking.items() if name.startswith(_UTM) and value}
    told = a_list(payload.get("questions_and_answers"))
    answers = {asked: get(one, "answer") for one in told if isinstance(asked := get(one, "question"), str)}
    return Found(
        type=our_word(record.get("event"), _TYPES, request.prefix),
        people=((EMAIL, (payload.get("email"),)), (PHONE, (payload.get("text_reminder_number"),))),
        id=text_id(payload.get("uri"), record.get("event")),
        time=record.get("created_at"),
        properties=properties | ({"utm": utm} if utm else {}) | ({"answers": answers} if answers else {}),
        traits=picked(payload, _TRAITS) | picked(payload, {"phone": "text_reminder_number"}),
    )


SOURCE: Final = Source(
    kind="calendly",
    prefix="calendly",
    schemes={"signed": CALENDLY},
    find=_find,
)
