"""Typeform: a form that was filled in.

https://www.typeform.com/developers/webhooks/example-payload/. The person is in the answer of type e-mail and in the
hidden fields, which the form's own page sets.
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import ANONYMOUS_ID, EMAIL, PHONE, USER_ID
from bot.sources.fields import a_list, a_map, get, picked
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import TYPEFORM
from bot.sources.words import our_word

_TYPES: Final = {"form_response": "form_submitted"}
_PROPERTIES: Final = {"form_id": "form_id", "title": "definition.title", "score": "calculated.score"}
_UTM: Final = "utm_"


def _find(record: dict[str, Any], request: Request) -> Found:
    form = a_map(record.get("form_response"))
    hidden = a_map(form.get("hidden"))
    answers = [one for one in a_list(form.get("answers")) if isinstance(one, dict)]
    phone = _of_type(answers, "phone_number") or hidden.get("phone")
    properties = picked(form, _PROPERTIES)
    utm = {name.removeprefix(_UTM): value for name, value in hidden.items() if name.startswith(_UTM) and value}
    told = {name: _value(one) for one in answers if isinstance(name := get(one, "field.ref"), str)}
    return Found(
        type=our_word(record.get("event_type"), _TYPES, request.prefix),
        people=(
            (EMAIL, (_of_type(answers, "email"), hidden.get("email"))),
            (USER_ID, (hidden.get("user_id"),)),
            (PHONE, (phone,)),
            (ANONYMOUS_ID, (hidden.get("anonymous_id"),)),
        ),
        id=record.get("event_id"),
        time=form.get("submitted_at"),
        properties=properties | {name: some for name, some in (("utm", utm), ("answers", told)) if some},
        traits={"phone": phone} if phone else {},
    )


def _of_type(answers: list[dict[str, Any]], kind: str) -> Any:
    return next((one.get(kind) for one in answers if one.get("type") == kind), None)


def _value(answer: dict[str, Any]) -> Any:
    kind = answer.get("type")
    value = answer.get(kind) if isinstance(kind, str) else None
    return get(value, "label") or get(value, "labels") if isinstance(value, dict) else value


SOURCE: Final = Source(
    kind="typeform",
    prefix="typeform",
    schemes={"signed": TYPEFORM},
    find=_find,
)
