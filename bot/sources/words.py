"""Names of types: our vocabulary for behaviour, and how a sender's words become it (SOURCES, "Our words")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.sources.problems import BadEvent
from bot.storage.events import OUR_TYPES

OUR_WORDS: Final = frozenset(
    "page_viewed email_sent email_opened email_clicked email_replied email_forwarded email_bounced email_unsubscribed"
    " email_complained form_submitted content_downloaded video_watched webinar_registered webinar_attended"
    " event_attended meeting_booked meeting_canceled ad_clicked social_engaged chat_started cart_added product_used"
    " signed_up newsletter_subscribed info_requested support_contacted list_imported identified crm_stage_changed"
    " deal_created deal_won deal_lost feedback_given".split()
)

_LONGEST: Final = 200


def own_word(word: object, prefix: str, where: Sequence[str] = ()) -> str:
    """The sender's own name for a type. BadEvent where there is none, which says `where` it was looked for."""
    if not isinstance(word, str) or not (word := word.strip()):
        looked = f": no text stands under {' or '.join(where)}" if where else ""
        raise BadEvent("no_type", f"the event names no type{looked}")
    if len(word) > _LONGEST:
        raise BadEvent("bad_type", f"the event's type has over {_LONGEST} characters")
    return f"{prefix}.{word}" if word.startswith(OUR_TYPES) else word


def our_word(word: object, table: Mapping[str, str], prefix: str) -> str:
    """Our word for a vendor's; one that the table does not know stays as it is, after the vendor's name."""
    name = own_word(word, prefix)
    return table.get(name) or (name if name.startswith(f"{prefix}.") else f"{prefix}.{name}")
