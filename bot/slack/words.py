"""The phrases that alerts, answers and modals share: views in, mrkdwn or plain words out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.service.model_views import Course, CoursePoint
from bot.service.views import Activity, Colleague, Contact, Handling, LeadRef, Reason, ScoreView, State
from bot.slack.happened import happened, noted
from bot.slack.text import ago, moment, mrkdwn, person, plain, utc
from scoring.instants import Instant

SIGNS: Final = {"hot": "🔥", "warm": "☀️", "cold": "❄️"}  # beside the word, never instead of it
STATES: Final = {
    State.CLOSED: "Closed",
    State.RECYCLED: "Not now",
    State.SNOOZED: "Snoozed",
    State.CLAIMED: "Claimed",
    State.OFFERED: "Offered",
    State.OPEN: "Open",
    State.QUIET: "Quiet",
}
DO_NOT_MAIL: Final = {"unsubscribed": "unsubscribed", "complained": "complained", "bounced": "bounced"}


def number(value: Decimal) -> str:
    """As short as it is exact, with a real minus: 87, 12.5, −10."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if text != "-0" else "0"


def signed(value: Decimal) -> str:
    """Points with their sign: +30, −10."""
    return number(value) if value < 0 else f"+{number(value)}"


def points(value: Decimal) -> str:
    return f"{number(value)} point{'' if value == 1 else 's'}"


def name_of(lead: LeadRef) -> str:
    """Who it is, as plain text: the name, else the address, else the number."""
    return plain(lead.name) or plain(lead.email) or lead.key


def who(lead: LeadRef) -> str:
    """Name and company in mrkdwn."""
    company = mrkdwn(lead.company)
    return f"*{mrkdwn(name_of(lead))}*" + (f", {company}" if company else "")


def who_plain(lead: LeadRef) -> str:
    """Name and company without markup."""
    company = plain(lead.company)
    return name_of(lead) + (f", {company}" if company else "")


def field_word(field: str) -> str:
    """A field or a kind of behaviour as people read it: `company.employees` is "company employees"."""
    return plain(field.replace(".", " ").replace("_", " "), 60) or "something"


def complete_line(known: Iterable[str], missing: Iterable[str]) -> str:
    """How complete the picture is: of what the model asks for, what is known and what is not."""
    here, gone = list(known), list(missing)
    if not here and not gone:
        return ""
    line = f"Known: {len(here)} of {len(here) + len(gone)} that the model asks for"
    named = ", ".join(mrkdwn(field_word(one), 30) for one in gone[:6])
    return f"{line}; missing: {named}{' …' if len(gone) > 6 else ''}" if gone else line


_BARS: Final = "▁▂▃▄▅▆▇█"
_BARS_WIDE: Final = 30


def course_line(course: Course) -> str:
    """A score over time as a line of bars, and the same in words; empty where it never was scored."""
    scored = [point for point in course.points if point.score is not None]
    if not scored:
        return ""
    begin = course.points[0].at
    length = max(course.now - begin, 1)
    shown = [_score_at(course.points, begin + length * place // (_BARS_WIDE - 1)) for place in range(_BARS_WIDE)]
    top = max(*(score for score in shown if score is not None), Decimal(1), Decimal(1))
    bars = "".join(" " if score is None else _BARS[int(7 * max(score, Decimal(0)) / top)] for score in shown)
    best = max(scored, key=lambda point: point.score or Decimal(0))
    now = shown[-1]
    parts = [
        f"score {number(scored[0].score or Decimal(0))} on {moment(scored[0].at)}",
        f"{'not scored' if now is None else number(now)} now",
        f"highest {number(best.score or Decimal(0))} on {moment(best.at)}",
    ]
    return f"{bars.strip()}  {', '.join(parts)}".strip()


def _score_at(points: Sequence[CoursePoint], at: Instant) -> Decimal | None:
    """The score from the last point at or before an instant."""
    place = bisect_right(points, at, key=lambda point: point.at)
    return points[place - 1].score if place else None


def label_word(label: str | None) -> str:
    """hot is "Hot"; a lead without a label is said to have none."""
    return mrkdwn(label, 30).capitalize() or "No label"


def sign(label: str | None) -> str:
    """The label's emoji and a space, or nothing."""
    found = SIGNS.get(label or "")
    return f"{found} " if found else ""


def rated(label: str | None, rating: str | None, score: Decimal | None) -> str:
    """`Hot · A1 · 87 points` without markup beyond escaping."""
    parts = [label_word(label)]
    if rating:
        parts.append(mrkdwn(rating, 10))
    parts.append("not scored" if score is None else points(score))
    return " · ".join(parts)


def score_line(view: ScoreView) -> str:
    """One model's score now, with both dimensions shown apart."""
    line = f"{sign(view.label)}*{rated(view.label, view.rating, view.score)}*"
    return f"{line} (fit {number(view.fit)}, engagement {number(view.engagement)}) · model {mrkdwn(view.model, 40)}"


def reason_line(reason: Reason) -> str:
    """`Case page × 7, latest 2 hours ago (+70)`."""
    line = mrkdwn(reason.rule, 80) or "unnamed rule"
    if reason.count > 1:
        line += f" × {reason.count}"
    if reason.matched:
        line += f": {mrkdwn(reason.matched)}"
    if reason.latest_at is not None:
        line += f", {'latest ' if reason.count > 1 else ''}{ago(reason.latest_at)}"
    return f"{line} ({signed(reason.points)})"


QUARANTINED: Final[Mapping[str, str]] = {
    "burst": "three or more links within 2 seconds, as mail filters do",
    "unopened": "nobody opened the mail",
    "hand": "a colleague took it out",
    "sg_machine_open": "the mail program opened it by itself",
    "proxy_open": "the mail program opened it by itself",
    "address": "it came from a data centre",
}


def quarantine_words(code: str) -> str:
    """Why an event is worth nothing."""
    kind, _, found = code.partition(":")
    if kind == "agent":
        return f"it was {mrkdwn(found, 60) or 'a program'}, not a person"
    return QUARANTINED.get(kind) or mrkdwn(code, 80)


def activity_line(activity: Activity, *, source: bool = False) -> str:
    """One event of the timeline, with its source if asked; what is worth nothing, or was set right, says why."""
    line = f"{happened(activity.type, activity.what)}, {ago(activity.at)}"
    if source and activity.source:
        line += f", from {mrkdwn(activity.source, 40)}"
    if activity.points is not None:
        line += f" ({signed(activity.points)})"
    if activity.quarantined:
        line += f" – not counted: {quarantine_words(activity.quarantined)}"
    if activity.flags:
        line += f" – {noted(activity.flags)}"
    return line


def mail_warning(contact: Contact) -> str:
    """The sentence that stands before an address that must not be used, else nothing."""
    if contact.do_not_mail is None:
        return ""
    why = DO_NOT_MAIL.get(contact.do_not_mail, plain(contact.do_not_mail, 40) or "blocked")
    return f"Do not contact by e-mail: {why}."


def _reach(contact: Contact) -> list[tuple[str, str, str]]:
    """(sign, word, value) of what is known; the warning stands before the address."""
    found = (
        ("⛔", "", mail_warning(contact)),
        ("✉", "E-mail ", plain(contact.email, 254)),
        ("☎", "Phone ", plain(contact.phone, 40)),
    )
    return [one for one in found if one[2]] or [("", "", "No e-mail address or phone number known yet.")]


def reach_lines(contact: Contact) -> tuple[str, ...]:
    """How to reach them, as plain text that can be copied; what is missing is left out."""
    return tuple(f"{sign} {value}".strip() for sign, _, value in _reach(contact))


def reach_sentence(contact: Contact) -> str:
    """The same for the ear, escaped: words in place of the signs."""
    said = (f"{word}{mrkdwn(value, 300)}" for _, word, value in _reach(contact))
    return " ".join(one if one.endswith(".") else f"{one}." for one in said)


def facts_line(facts: Iterable[tuple[str, str]]) -> str:
    """`Industry: Software · Country: DK`."""
    shown = [(mrkdwn(key, 30), mrkdwn(value, 50)) for key, value in facts]
    return " · ".join(f"{key}: {value}" for key, value in shown if key and value)


def colleague_line(colleagues: Iterable[Colleague]) -> str:
    """Who of the same company is already claimed, and by whom."""
    found = [f"{mrkdwn(name_of(one.lead))} ({one.lead.key}) with {person(one.owner)}" for one in colleagues]
    return "; ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")


def deadline_line(handling: Handling) -> str:
    """The clock: running, stopped by a first contact, or none."""
    if handling.contacted_at is not None:
        return f"First contact {moment(handling.contacted_at)}"
    if handling.deadline is None:
        return ""
    line = f"Follow up by {moment(handling.deadline)}"
    if handling.escalated_at is not None:
        line += ", *overdue*"
    return f"{line} (missed before: {moment(handling.missed)})" if handling.missed is not None else line


def status_line(handling: Handling) -> str:
    parts = [f"Status: {mrkdwn(handling.status.label, 40)}"]
    if handling.amount is not None:
        parts.append(f"amount {handling.amount:,}")
    if close_on := plain(handling.close_on, 20):
        parts.append(f"expected to close {mrkdwn(close_on)}")
    return ", ".join(parts)


CONTACT_WORDS: Final[Mapping[str, str]] = {
    "call": "Call",
    "email": "E-mail",
    "meeting": "Meeting",
    "message": "Message",
    "reached": "Reached",
    "left_message": "Left a message",
    "no_answer": "No answer",
    "wrong_contact": "Wrong contact",
}


def contact_word(key: str) -> str:
    """A kind of contact, or what came of it, as plain text."""
    return CONTACT_WORDS.get(key) or plain(key.replace("_", " "), 40).capitalize() or "Other"


def _owned(word: str, handling: Handling) -> str:
    line = f"*{word} by {person(handling.owner)}*" if handling.owner else f"*{word}*"
    return f"{line} since {moment(handling.owner_since)}" if handling.owner and handling.owner_since else line


def _ended(word: str, handling: Handling) -> str:
    line = f"*{word}: {mrkdwn(handling.status.label, 40)}*"
    if handling.since is not None:
        line += f" since {moment(handling.since)}"
    if reason := mrkdwn(handling.reason, 100):
        line += f" · {reason}"
    if handling.back_at is not None:
        line += f" · back {moment(handling.back_at)}"
    return f"{line} · owner {person(handling.owner)}" if handling.owner else line


def _offered(handling: Handling) -> str:
    to = handling.offered_to or handling.owner
    line = f"*Offered to {person(to)}*" if to else "*Offered*"
    return f"{line} until {moment(handling.offered_until)}" if handling.offered_until is not None else line


def _snoozed(handling: Handling) -> str:
    line = f"*Snoozed by {person(handling.owner)}*" if handling.owner else "*Snoozed*"
    return f"{line} until {moment(handling.snoozed_until)}" if handling.snoozed_until is not None else line


def _free(handling: Handling) -> str:
    return "*Cooled* – no longer hot, still free to claim" if handling.cooled else "*Free* – nobody needs to act now"


_HANDLED: Final = {
    State.OPEN: lambda _: "*Open* – the first to press Claim has it",
    State.OFFERED: _offered,
    State.CLAIMED: lambda handling: _owned("Claimed", handling),
    State.SNOOZED: _snoozed,
    State.RECYCLED: lambda handling: _ended("Not now", handling),
    State.CLOSED: lambda handling: _ended("Closed", handling),
    State.QUIET: _free,
}


def handling_line(handling: Handling) -> str:
    """Where the lead stands: owner, status and clock as they are now."""
    parts = [_HANDLED[handling.state](handling)]
    if handling.state not in (State.CLOSED, State.RECYCLED):
        parts.append(status_line(handling))
        parts.append(deadline_line(handling))
    return " · ".join(part for part in parts if part)


def handling_sentence(handling: Handling) -> str:
    """The same for the ear: no markup but names and times."""
    sentence = _HANDLED[handling.state](handling).replace("*", "").replace(" – ", ": ")
    deadline = deadline_line(handling)
    return f"{sentence}." + (f" {deadline}." if deadline and handling.state is not State.CLOSED else "")


def as_of(at: int) -> str:
    """The moment something was looked at, in plain words."""
    return f"as of {utc(at)}"
