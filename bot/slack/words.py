"""The phrases that alerts, answers and modals share: views in, mrkdwn or plain words out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.language import mark, number, tr, trn
from bot.service.models.views import Course, CoursePoint
from bot.service.views import Activity, Colleague, Contact, LeadRef, Reason, ScoreView
from bot.slack.event_words import happened, noted
from bot.slack.text import ago, moment, mrkdwn, plain
from scoring.instants import Instant
from scoring.ledger import by_category

MOST_SUBTOTALS: Final = 12
SIGNS: Final = {"hot": "🔥", "warm": "☀️", "cold": "❄️"}  # beside the word, never instead of it
DO_NOT_MAIL: Final = {
    "unsubscribed": mark("Do not contact by e-mail: unsubscribed."),
    "complained": mark("Do not contact by e-mail: complained."),
    "bounced": mark("Do not contact by e-mail: bounced."),
}


def signed(value: Decimal) -> str:
    """Points with their sign: +30, −10."""
    return number(value) if value < 0 else f"+{number(value)}"


def points(value: Decimal) -> str:
    return trn("{count} point", "{count} points", value)


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
    return plain(field.replace(".", " ").replace("_", " "), 60) or tr("something")


def complete_line(known: Iterable[str], missing: Iterable[str]) -> str:
    """How complete the picture is: of what the model asks for, what is known and what is not."""
    here, gone = list(known), list(missing)
    if not here and not gone:
        return ""
    count, total = number(len(here)), number(len(here) + len(gone))
    if not gone:
        return tr("Known: {count} of {total} that the model asks for", count=count, total=total)
    named = ", ".join(mrkdwn(field_word(one), 30) for one in gone[:6]) + (" …" if len(gone) > 6 else "")
    return tr(
        "Known: {count} of {total} that the model asks for; missing: {fields}", count=count, total=total, fields=named
    )


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
        tr("score {score} ({when})", score=number(scored[0].score or Decimal(0)), when=moment(scored[0].at)),
        tr("not scored now") if now is None else tr("{score} now", score=number(now)),
        tr("highest {score} ({when})", score=number(best.score or Decimal(0)), when=moment(best.at)),
    ]
    return f"{bars.strip()}  {', '.join(parts)}".strip()


def _score_at(points: Sequence[CoursePoint], at: Instant) -> Decimal | None:
    """The score from the last point at or before an instant."""
    place = bisect_right(points, at, key=lambda point: point.at)
    return points[place - 1].score if place else None


def label_word(label: str | None) -> str:
    """hot is "Hot"; a lead without a label is said to have none."""
    return ("" if label == "none" else mrkdwn(label, 30).capitalize()) or tr("No label")


def sign(label: str | None) -> str:
    """The label's emoji and a space, or nothing."""
    found = SIGNS.get(label or "")
    return f"{found} " if found else ""


def rated(label: str | None, rating: str | None, score: Decimal | None) -> str:
    """`Hot · A1 · 87 points` without markup beyond escaping."""
    parts = [label_word(label)]
    if rating:
        parts.append(mrkdwn(rating, 10))
    parts.append(tr("not scored") if score is None else points(score))
    return " · ".join(parts)


def score_line(view: ScoreView) -> str:
    """One model's score now, with both dimensions shown apart."""
    line = f"{sign(view.label)}*{rated(view.label, view.rating, view.score)}*"
    return tr(
        "{score} (fit {fit}, engagement {engagement}) · model {model}",
        score=line,
        fit=number(view.fit),
        engagement=number(view.engagement),
        model=mrkdwn(view.model, 40),
    )


# what the model itself does to a sum -> its words; rules have names of their own
ADJUSTMENTS: Final[Mapping[str, str]] = {
    "forgotten": mark("forgotten"),
    "weight": mark("weight"),
    "floor": mark("floor"),
    "cap": mark("cap"),
    "engagement_floor": mark("floor of engagement"),
    "share": mark("share"),
    "limits": mark("limits"),
    "rounding": mark("rounding"),
    "gate": mark("requirement not met"),
}
SIDES: Final[Mapping[str, str]] = {"fit": mark("fit"), "engagement": mark("engagement")}


def _in_our_words(reason: Reason) -> tuple[str, str]:
    """The rule and what matched; of an adjustment both are ours to say."""
    rule, matched = mrkdwn(reason.rule, 80), mrkdwn(reason.matched)
    if reason.kind == "adjustment":
        return tr(ADJUSTMENTS.get(reason.rule, "")) or rule, tr(SIDES.get(reason.matched or "", "")) or matched
    return rule, matched


def reason_line(reason: Reason) -> str:
    """`Case page × 7, latest 2 hours ago (+70)`."""
    rule, matched = _in_our_words(reason)
    line = rule or tr("unnamed rule")
    if reason.count > 1:
        line += f" × {number(reason.count)}"
    if matched:
        line += f": {matched}"
    if reason.latest_at is not None:
        age = ago(reason.latest_at)
        line += ", " + (tr("latest {age}", age=age) if reason.count > 1 else age)
    return f"{line} ({signed(reason.points)})"


QUARANTINED: Final[Mapping[str, str]] = {
    "burst": mark("three or more links within 2 seconds, as mail filters do"),
    "unopened": mark("nobody opened the mail"),
    "hand": mark("a colleague took it out"),
    "sg_machine_open": mark("the mail program opened it by itself"),
    "proxy_open": mark("the mail program opened it by itself"),
    "address": mark("it came from a data centre"),
}


def quarantine_words(code: str) -> str:
    """Why an event is worth nothing."""
    kind, _, found = code.partition(":")
    if kind == "agent":
        return tr("it was {program}, not a person", program=mrkdwn(found, 60) or tr("a program"))
    return tr(QUARANTINED.get(kind, "")) or mrkdwn(code, 80)


def activity_line(activity: Activity, *, source: bool = False) -> str:
    """One event of the timeline, with its source if asked; what is worth nothing, or was set right, says why."""
    line = f"{happened(activity.type, activity.what)}, {ago(activity.at)}"
    if source and activity.source:
        line += ", " + tr("from {source}", source=mrkdwn(activity.source, 40))
    if activity.points is not None:
        line += f" ({signed(activity.points)})"
    if activity.quarantined:
        line += " – " + tr("not counted: {why}", why=quarantine_words(activity.quarantined))
    if activity.flags:
        line += f" – {noted(activity.flags)}"
    return line


def mail_warning(contact: Contact) -> str:
    """The sentence that stands before an address that must not be used, else nothing."""
    if contact.do_not_mail is None:
        return ""
    known = DO_NOT_MAIL.get(contact.do_not_mail)
    why = plain(contact.do_not_mail, 40) or tr("blocked")
    return tr(known) if known else tr("Do not contact by e-mail: {why}.", why=why)


def reach_lines(contact: Contact) -> tuple[str, ...]:
    """How to reach them, as plain text that can be copied; what is missing is left out."""
    signed = (("⛔", mail_warning(contact)), ("✉", plain(contact.email, 254)), ("☎", plain(contact.phone, 40)))
    return tuple(f"{sign} {value}" for sign, value in signed if value) or (_unreachable(),)


def reach_sentence(contact: Contact) -> str:
    """The same for the ear, escaped: words in place of the signs."""
    email, phone = mrkdwn(contact.email, 254), mrkdwn(contact.phone, 40)
    said = (
        mrkdwn(mail_warning(contact), 300),
        tr("E-mail {address}.", address=email) if email else "",
        tr("Phone {number}.", number=phone) if phone else "",
    )
    return " ".join(one for one in said if one) or _unreachable()


def _unreachable() -> str:
    return tr("No e-mail address or phone number known yet.")


# a fact of who they are -> what people call it
FACTS: Final[Mapping[str, str]] = {
    "title": mark("Title"),
    "employees": mark("Employees"),
    "industry": mark("Industry"),
    "country": mark("Country"),
    "department": mark("Department"),
}


def facts_line(facts: Iterable[tuple[str, str]]) -> str:
    """`Industry: Software · Country: DK`."""
    shown = [(tr(FACTS[key]) if key in FACTS else mrkdwn(key, 30), mrkdwn(value, 50)) for key, value in facts]
    return " · ".join(f"{key}: {value}" for key, value in shown if key and value)


def colleague_line(colleagues: Iterable[Colleague]) -> str:
    """Who of the same company is already claimed, and by whom."""
    found = [
        tr(
            "{lead} with {owner}",
            lead=f"{mrkdwn(name_of(one.lead))} ({one.lead.key})",
            owner=mrkdwn(one.name) or tr("a colleague"),
        )
        for one in colleagues
    ]
    return "; ".join([*found[:5], *([more(len(found) - 5)] if len(found) > 5 else [])])


def subtotals_lines(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """`By category: Website 22 · E-mail 4`; nothing where the lines themselves say as much."""
    totals = list(by_category(reasons).items())
    if sum(one.category is not None for one in reasons) <= len(totals):
        return ()
    told = [f"{mrkdwn(name, 40)} {number(value)}" for name, value in totals[:MOST_SUBTOTALS]]
    if len(totals) > MOST_SUBTOTALS:
        told.append(more(len(totals) - MOST_SUBTOTALS))
    return (tr("By category: {subtotals}", subtotals=" · ".join(told)),)


def more(count: int) -> str:
    """How many of a list are not shown."""
    return trn("… and {count} more", "… and {count} more", count)


def as_of(at: int) -> str:
    """The moment something was looked at, in the zone of whoever reads it."""
    return tr("as of {when}", when=moment(at))
