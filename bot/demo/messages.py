"""The messages of the three sources, as their real senders write them: a browser SDK, a mailing tool, a form tool."""

from __future__ import annotations

from typing import Any, Final

from bot.demo.people import Person
from bot.demo.requests import Message
from bot.demo.site import SELLER, Page

_PATHS: Final = {"page": "/v1/page", "identify": "/v1/identify", "group": "/v1/group", "track": "/v1/track"}


def path_of(message: Message) -> str:
    """Where a browser sends this call."""
    return _PATHS[message["type"]]


def _call(call: str, person: Person, *, known: bool, **more: Any) -> Message:
    """One call of the Segment protocol. Once somebody is known, each call says who, so that no order can matter."""
    context: dict[str, Any] = {"userAgent": person.agent, "locale": person.language, **more.pop("context", {})}
    who = {"userId": person.user_id} if known else {}
    if known:
        context["traits"] = {"email": person.email}
    return {"type": call, "anonymousId": person.anonymous_id, **who, **more, "context": context}


def page_call(person: Person, page: Page, *, known: bool, campaign: str = "", referrer: str = "") -> Message:
    """Somebody reads a page."""
    context = {"campaign": {"name": campaign, "source": "newsletter", "medium": "email"}} if campaign else {}
    properties = {"url": page.url, "title": page.title} | ({"referrer": referrer} if referrer else {})
    return _call("page", person, known=known, name=page.title, properties=properties, context=context)


def identify_call(person: Person, **traits: object) -> Message:
    """The website learns who somebody is, or something more about them."""
    own = {"email": person.email, "firstName": person.given, "lastName": person.family, **traits}
    return _call("identify", person, known=True, traits=own)


def group_call(person: Person) -> Message:
    """The website, or an enrichment service behind it, learns about somebody's company."""
    company = person.company
    if company is None:
        raise ValueError(f"{person.email} has no company to tell of")
    return _call("group", person, known=True, groupId=f"org-{company.slug}", traits=company.traits)


def track_call(person: Person, event: str, *, known: bool, **properties: object) -> Message:
    """Somebody does something else on the website."""
    return _call("track", person, known=known, event=event, properties=properties)


def mail_event(person: Person, kind: str, subject: str, **more: object) -> Message:
    """What a mailing tool reports: email_opened and the like."""
    return {"type": f"email_{kind}", "email": person.email, "campaign": SELLER, "subject": subject, **more}


def form_event(person: Person, kind: str, *, full: bool = False, title: str = "", **fields: object) -> Message:
    """What a form or booking tool reports. A full form asks for title, telephone and company too."""
    message: dict[str, Any] = {
        "type": kind,
        "email": person.email,
        "first_name": person.given,
        "last_name": person.family,
        "anonymous_id": person.anonymous_id,
        **fields,
    }
    if full and person.phone:
        message["phone"] = person.phone
    traits = _form_traits(person, title or person.title) if full else {}
    return {**message, "traits": traits} if traits else message


def _form_traits(person: Person, title: str) -> dict[str, Any]:
    said = {"title": title} if title else {}
    if person.company is None:
        return said | {"company": {"country": person.country}}
    return said | {"company": person.company.traits, "group_id": f"org-{person.company.slug}"}
