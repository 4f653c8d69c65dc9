"""Postmark: what became of each mail. Nothing is signed: the secret is a Basic name and password, or a header.

https://postmarkapp.com/developer/webhooks/webhooks-overview
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL
from bot.sources.fields import first, picked, places, text_id
from bot.sources.reading import Found, Request, Source
from bot.sources.signatures import Basic
from bot.sources.words import our_word

_TYPES: Final = {
    "Delivery": "email_sent",
    "Open": "email_opened",
    "Click": "email_clicked",
    "SpamComplaint": "email_complained",
    # https://postmarkapp.com/developer/api/bounce-api#bounce-types; the others are temporary, or about nobody's will
    "Bounce HardBounce": "email_bounced",
    "Bounce BadEmailAddress": "email_bounced",
    "Bounce Unsubscribe": "email_unsubscribed",
    # a hard bounce or a complaint is told by itself as well
    "SubscriptionChange ManualSuppression": "email_unsubscribed",
}
_DETAIL: Final = {"Bounce": "Type", "SubscriptionChange": "SuppressionReason"}
_EMAIL: Final = places(("Recipient", "Email"))
_TIME: Final = places(("ReceivedAt", "DeliveredAt", "BouncedAt", "ChangedAt"))
_PROPERTIES: Final = {
    "url": "OriginalLink",
    "title": "Subject",
    "campaign": "Tag",
    "user_agent": "UserAgent",
    "reason": "Description",
    "bounce_type": "Type",
    "message_id": "MessageID",
    "metadata": "Metadata",
}


def _find(record: dict[str, Any], request: Request) -> Found:
    kind, email = record.get("RecordType"), first(record, _EMAIL)
    detail = record.get(_DETAIL.get(kind, "")) if isinstance(kind, str) else None
    word = f"{kind} {detail}" if f"{kind} {detail}" in _TYPES else kind
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=((EMAIL, (email,)),),
        id=text_id(kind, record.get("ID")),
        time=first(record, _TIME),
        properties=picked(record, _PROPERTIES),
        about=text_id(record.get("MessageID"), email, record.get("OriginalLink") or "-"),
    )


SOURCE: Final = Source(
    kind="postmark",
    prefix="postmark",
    schemes={"basic": Basic()},
    find=_find,
)
