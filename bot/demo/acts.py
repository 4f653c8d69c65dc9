"""What people do, act by act: each yields the requests that it causes, with the seconds between them.

Scripts name acts by the words of `ACTS`; what follows the word in a script is handed to the act as it stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.demo.messages import (
    form_event,
    group_call,
    identify_call,
    mail_event,
    page_call,
    path_of,
    track_call,
)
from bot.demo.names import TITLES
from bot.demo.people import Person
from bot.demo.requests import BATCH_PATHS, FORMS, MAIL, WEBSITE, Message
from bot.demo.site import FORMS as FORM_NAMES
from bot.demo.site import GUIDES, PAGES, SUBJECTS, WEBINARS, Page


@dataclass(slots=True)
class Actor:
    """A person in the story, with what has happened to them so far."""

    person: Person
    rng: random.Random
    known: bool = False
    """The website knows who they are."""
    cases: list[str] = field(default_factory=list)
    """Customer cases that they have read."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One request that an act causes, so many seconds after the one before."""

    source: str
    path: str
    messages: tuple[Message, ...]
    gap: float = 0.0


Act = Callable[[Actor, str], Iterator[Deed]]


def website(message: Message, gap: float = 0.0) -> Deed:
    """One call of the browser."""
    return Deed(WEBSITE, path_of(message), (message,), gap)


def mailing(*messages: Message, gap: float = 0.0) -> Deed:
    """What a mailing tool reports in one request."""
    return Deed(MAIL, BATCH_PATHS[MAIL], messages, gap)


def filled_in(message: Message, gap: float = 0.0) -> Deed:
    """What a form tool reports."""
    return Deed(FORMS, BATCH_PATHS[FORMS], (message,), gap)


def visit(actor: Actor, words: str) -> Iterator[Deed]:
    """Reads a page of each kind named."""
    for number, kind in enumerate(words.split()):
        page = _choose(actor, kind)
        yield website(page_call(actor.person, page, known=actor.known), actor.rng.uniform(15, 110) if number else 0)


def _choose(actor: Actor, kind: str) -> Page:
    """A page of a kind; of cases one that they have not read, as long as there is one."""
    pages = PAGES[kind][actor.person.language]
    unread = [page for page in pages if page.url not in actor.cases]
    page = actor.rng.choice(unread or pages)
    if kind == "case":
        actor.cases.append(page.url)
    return page


def from_mail(actor: Actor, words: str) -> Iterator[Deed]:
    """Opens a mail, clicks, and reads what it leads to."""
    subject = actor.rng.choice(SUBJECTS[actor.person.language])
    page = _choose(actor, words)
    yield mailing(mail_event(actor.person, "opened", subject))
    yield mailing(mail_event(actor.person, "clicked", subject, url=page.url), gap=20)
    yield website(page_call(actor.person, page, known=actor.known, campaign=subject), 3)


def _form(kind: str, form: str) -> Act:
    def fill_in(actor: Actor, words: str) -> Iterator[Deed]:
        """Fills in a form (`full`: one that asks for title and company); the website knows them from then on."""
        person = actor.person
        name = FORM_NAMES[form][person.language]
        yield filled_in(form_event(person, kind, full="full" in words, form_id=name))
        yield from _recognised(actor)

    return fill_in


def _recognised(actor: Actor) -> Iterator[Deed]:
    if not actor.known:
        actor.known = True
        yield website(identify_call(actor.person), 1)


def guide(actor: Actor, words: str) -> Iterator[Deed]:
    """Gives an address for a guide and downloads it."""
    asset = actor.rng.choice(GUIDES[actor.person.language])
    yield from _form("form_submitted", "guide")(actor, words)
    yield website(track_call(actor.person, "content_downloaded", known=True, asset=asset, content_type="guide"), 8)


def say_title(actor: Actor, words: str) -> Iterator[Deed]:
    """The website learns a title: that of the person, or one of a level."""
    actor.known = True
    titles = TITLES[words][actor.person.language] if words else (actor.person.title,)
    yield website(identify_call(actor.person, title=actor.rng.choice(titles)))


def lifecycle(actor: Actor, words: str) -> Iterator[Deed]:
    """The CRM tells the website what somebody is to us."""
    actor.known = True
    title = {"title": actor.person.title} if actor.person.title else {}
    yield website(identify_call(actor.person, lifecycle=words, **title))


def company(actor: Actor, _words: str) -> Iterator[Deed]:
    """The website learns about the person's company."""
    actor.known = True
    yield website(group_call(actor.person), 2)


def webinar(actor: Actor, words: str) -> Iterator[Deed]:
    """Registers for a webinar and comes to it."""
    name = _webinar(actor)
    full = "full" in words
    yield filled_in(form_event(actor.person, "webinar_registered", full=full, webinar=name))
    yield from _recognised(actor)
    yield filled_in(form_event(actor.person, "webinar_attended", webinar=name, duration_s=_stays(actor, words)), 3600)


def attend(actor: Actor, words: str) -> Iterator[Deed]:
    """Comes to a webinar that is over now."""
    seconds, full = _stays(actor, words), "full" in words
    yield filled_in(
        form_event(actor.person, "webinar_attended", full=full, webinar=_webinar(actor), duration_s=seconds)
    )
    yield from _recognised(actor)


def _webinar(actor: Actor) -> str:
    return actor.rng.choice(WEBINARS[actor.person.language])


def _stays(actor: Actor, words: str) -> int:
    """Seconds: under a quarter of an hour when it is `short`."""
    return actor.rng.randint(240, 800) if "short" in words else actor.rng.randint(1200, 3300)


def _filled(kind: str, **fields: Any) -> Act:
    def act(actor: Actor, words: str) -> Iterator[Deed]:
        yield filled_in(form_event(actor.person, kind, full="full" in words, **fields))

    return act


def _mail(kind: str, **more: Any) -> Act:
    def act(actor: Actor, _words: str) -> Iterator[Deed]:
        subject = actor.rng.choice(SUBJECTS[actor.person.language])
        yield mailing(mail_event(actor.person, kind, subject, **more))

    return act


def _track(event: str, **properties: Any) -> Act:
    def act(actor: Actor, _words: str) -> Iterator[Deed]:
        yield website(track_call(actor.person, event, known=actor.known, **properties))

    return act


def scanner(actor: Actor, _words: str) -> Iterator[Deed]:
    """A mail filter opens a mail and follows three links at once: nobody did that."""
    subject = actor.rng.choice(SUBJECTS[actor.person.language])
    pages = [PAGES[kind][actor.person.language][0] for kind in ("home", "price", "blog")]
    clicks = [mail_event(actor.person, "clicked", subject, url=page.url) for page in pages]
    yield mailing(mail_event(actor.person, "opened", subject), *clicks)


ACTS: Final[Mapping[str, Act]] = {
    "visit": visit,
    "from_mail": from_mail,
    "demo": _form("form_submitted", "demo"),
    "contact": _form("form_submitted", "contact"),
    "apply": _form("form_submitted", "application"),
    "sign_up": _form("newsletter_subscribed", "newsletter"),
    "guide": guide,
    "say_title": say_title,
    "lifecycle": lifecycle,
    "company": company,
    "webinar": webinar,
    "attend": attend,
    "meeting": _filled("meeting_booked", name="Intro call, 30 min"),
    "cancel": _filled("meeting_canceled", name="Intro call, 30 min"),
    "chat": _filled("chat_started", channel="website"),
    "support": _filled("support_contacted", channel="mail"),
    "feedback": _filled("feedback_given", rating=9),
    "video": _track("video_watched", title="Product tour", duration_s=210),
    "use": _track("product_used", name="pipeline"),
    "ad": _track("ad_clicked", campaign="crm-b2b"),
    "open": _mail("opened"),
    "forward": _mail("forwarded"),
    "reply": _mail("replied"),
    "unsubscribe": _mail("unsubscribed"),
    "bounce": _mail("bounced", reason="mailbox full"),
    "complain": _mail("complained"),
    "scanner": scanner,
}
