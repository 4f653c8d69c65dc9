"""SendGrid's event webhook: what became of each mail.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from __future__ import annotations

from typing import Any, Final

from bot.service.identity.identifiers import EMAIL
from bot.sources.fields import renamed
from bot.sources.reading import Found, Request, Source
from bot.sources.schemes import SENDGRID
from bot.sources.words import our_word

_TYPES: Final = {
    "processed": "email_sent",
    "open": "email_opened",
    "click": "email_clicked",
    "bounce": "email_bounced",
    "spamreport": "email_complained",
    "unsubscribe": "email_unsubscribed",
    "group_unsubscribe": "email_unsubscribed",
}
_NAMES: Final = {"useragent": "user_agent", "marketing_campaign_name": "campaign", "type": "bounce_type"}
_NOT_PROPERTIES: Final = ("email", "event", "timestamp", "sg_event_id", "ip")


def _find(record: dict[str, Any], request: Request) -> Found:
    word = record.get("event")
    if word == "bounce" and record.get("type") == "blocked":  # for now, while a bounce is for good
        word = "blocked"
    return Found(
        type=our_word(word, _TYPES, request.prefix),
        people=((EMAIL, (record.get("email"),)),),
        id=record.get("sg_event_id"),
        time=record.get("timestamp"),
        properties=renamed(record, _NAMES, _NOT_PROPERTIES),
        quarantine="sg_machine_open" if record.get("sg_machine_open") is True else None,
    )


SOURCE: Final = Source(
    kind="sendgrid",
    prefix="sendgrid",
    schemes={"signed": SENDGRID},
    find=_find,
)
