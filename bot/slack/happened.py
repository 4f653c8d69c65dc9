"""What a lead did, in words: types of events, and what was noted about their time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.slack.text import mrkdwn

HAPPENED: Final[Mapping[str, str]] = {
    "page_viewed": "Viewed a page",
    "email_sent": "Was sent a mail",
    "email_opened": "Opened a mail",
    "email_clicked": "Clicked in a mail",
    "email_replied": "Replied to a mail",
    "email_forwarded": "Forwarded a mail",
    "email_bounced": "Mail bounced",
    "email_unsubscribed": "Unsubscribed",
    "email_complained": "Marked a mail as spam",
    "form_submitted": "Filled in a form",
    "content_downloaded": "Downloaded",
    "video_watched": "Watched a video",
    "webinar_registered": "Registered for a webinar",
    "webinar_attended": "Attended a webinar",
    "event_attended": "Attended an event",
    "meeting_booked": "Booked a meeting",
    "meeting_canceled": "Canceled a meeting",
    "ad_clicked": "Clicked an ad",
    "social_engaged": "Engaged on social media",
    "chat_started": "Started a chat",
    "cart_added": "Put into the cart",
    "product_used": "Used the product",
    "signed_up": "Signed up",
    "newsletter_subscribed": "Subscribed to a newsletter",
    "info_requested": "Asked for information",
    "support_contacted": "Contacted support",
    "list_imported": "Came with an imported list",
    "identified": "Said who they are",
    "crm_stage_changed": "Moved to another stage in the CRM",
    "deal_created": "Deal begun",
    "deal_won": "Deal won",
    "deal_lost": "Deal lost",
    "feedback_given": "Gave feedback",
    "segment.group": "Was assigned to a company",
    "segment.screen": "Saw a screen of the app",
    "segment.alias": "Turned out to be somebody known",
}
"""Our words for behaviour; a type that is the sender's own keeps its name."""

NOTED: Final[Mapping[str, str]] = {
    "clamped": "time was ahead, set to arrival",
    "skew": "sender's clock was wrong, set right",
    "no_zone": "time without a zone, taken as UTC",
    "no_time": "no time was sent, set to arrival",
}
"""What the front door noted about an event's time."""


def happened(type_: str, what: str | None) -> str:
    """`Viewed a page: www.example.nl/cases`."""
    words = HAPPENED.get(type_) or mrkdwn(type_, 60) or "Something"
    about = mrkdwn(what, 80)
    return f"{words}: {about}" if about else words


def noted(flags: Iterable[str]) -> str:
    """`time was ahead, set to arrival`, or nothing."""
    return "; ".join(NOTED.get(flag) or mrkdwn(flag, 40) for flag in flags)
