"""What a lead did, in words: types of events, and what was noted about their time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.language import mark, tr
from bot.slack.text import mrkdwn

HAPPENED: Final[Mapping[str, str]] = {
    "page_viewed": mark("Viewed a page"),
    "email_sent": mark("Was sent a mail"),
    "email_opened": mark("Opened a mail"),
    "email_clicked": mark("Clicked in a mail"),
    "email_replied": mark("Replied to a mail"),
    "email_forwarded": mark("Forwarded a mail"),
    "email_bounced": mark("Mail bounced"),
    "email_unsubscribed": mark("Unsubscribed"),
    "email_complained": mark("Marked a mail as spam"),
    "form_submitted": mark("Filled in a form"),
    "content_downloaded": mark("Downloaded"),
    "video_watched": mark("Watched a video"),
    "webinar_registered": mark("Registered for a webinar"),
    "webinar_attended": mark("Attended a webinar"),
    "event_attended": mark("Attended an event"),
    "meeting_booked": mark("Booked a meeting"),
    "meeting_canceled": mark("Canceled a meeting"),
    "ad_clicked": mark("Clicked an ad"),
    "social_engaged": mark("Engaged on social media"),
    "chat_started": mark("Started a chat"),
    "cart_added": mark("Put into the cart"),
    "product_used": mark("Used the product"),
    "signed_up": mark("Signed up"),
    "newsletter_subscribed": mark("Subscribed to a newsletter"),
    "info_requested": mark("Asked for information"),
    "support_contacted": mark("Contacted support"),
    "list_imported": mark("Came with an imported list"),
    "identified": mark("Said who they are"),
    "crm_stage_changed": mark("Moved to another stage in the CRM"),
    "deal_created": mark("Deal begun"),
    "deal_won": mark("Deal won"),
    "deal_lost": mark("Deal lost"),
    "feedback_given": mark("Gave feedback"),
    "segment.group": mark("Was assigned to a company"),
    "segment.screen": mark("Saw a screen of the app"),
    "segment.alias": mark("Turned out to be somebody known"),
}
"""Our words for behaviour; a type that is the sender's own keeps its name."""

NOTED: Final[Mapping[str, str]] = {
    "clamped": mark("time was ahead, set to arrival"),
    "skew": mark("sender's clock was wrong, set right"),
    "no_zone": mark("time without a zone, taken as UTC"),
    "no_time": mark("no time was sent, set to arrival"),
}
"""What the front door noted about an event's time."""


def happened(type_: str, what: str | None) -> str:
    """`Viewed a page: www.example.nl/cases`."""
    words = tr(HAPPENED.get(type_, "")) or mrkdwn(type_, 60) or tr("Something")
    about = mrkdwn(what, 80)
    return f"{words}: {about}" if about else words


def noted(flags: Iterable[str]) -> str:
    """`time was ahead, set to arrival`, or nothing."""
    return "; ".join(tr(NOTED.get(flag, "")) or mrkdwn(flag, 40) for flag in flags)
