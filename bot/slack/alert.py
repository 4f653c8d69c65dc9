"""The alert: one message per crossing, a pure function of the crossing (frozen) and the handling (current)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.language import mark, number, tr, trn
from bot.service.views import AlertFacts, AlertView, Reason, State
from bot.slack import ids
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    header,
    option,
    overflow,
    plain_section,
    section,
)
from bot.slack.handling_words import handling_line, handling_sentence
from bot.slack.settings import SlackSettings
from bot.slack.text import mrkdwn
from bot.slack.words import (
    activity_line,
    colleague_line,
    facts_line,
    label_word,
    rated,
    reach_lines,
    reach_sentence,
    reason_line,
    sign,
    who,
    who_plain,
)

TOP_REASONS: Final = 4
LAST_ACTIVITIES: Final = 3
URL_LIMIT: Final = 3000

# state -> the buttons of the row, then those of the overflow, which has room for five
_FREE: Final = (ids.CLAIM, ids.SET_STATUS, ids.DETAILS)
BUTTONS: Final[Mapping[State, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    State.OPEN: (
        (ids.CLAIM, ids.SNOOZE, ids.NOT_FIT, ids.DETAILS),
        (ids.LOG, ids.SET_STATUS, ids.NOT_NOW, ids.CRM),
    ),
    State.OFFERED: (
        (ids.CLAIM, ids.SNOOZE, ids.NOT_FIT, ids.DETAILS),
        (ids.RELEASE, ids.LOG, ids.SET_STATUS, ids.NOT_NOW, ids.CRM),
    ),
    State.CLAIMED: (
        (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS),
        (ids.REASSIGN, ids.QUALIFY, ids.NOTE, ids.SNOOZE, ids.CRM),
    ),
    State.SNOOZED: (
        (ids.LOG, ids.SET_STATUS, ids.RELEASE, ids.DETAILS),
        (ids.REASSIGN, ids.QUALIFY, ids.NOTE, ids.WAKE, ids.CRM),
    ),
    State.RECYCLED: (_FREE, (ids.CRM,)),
    State.QUIET: (_FREE, (ids.CRM,)),
    State.CLOSED: ((ids.SET_STATUS, ids.DETAILS), (ids.CRM,)),
}
TITLES: Final[Mapping[str, str]] = {
    ids.CLAIM: mark("Claim"),
    ids.SNOOZE: mark("Snooze"),
    ids.AGAIN: mark("Try again at …"),
    ids.WAKE: mark("Wake it"),
    ids.REASSIGN: mark("Reassign"),
    ids.NOT_NOW: mark("Not now"),
    ids.NOT_FIT: mark("Not a fit"),
    ids.LOG: mark("Log contact"),
    ids.NOTE: mark("Add note"),
    ids.QUALIFY: mark("Qualify"),
    ids.STILL: mark("Yes"),
    ids.DETAILS: mark("Details"),
    ids.RELEASE: mark("Release"),
    ids.SET_STATUS: mark("Set status"),
    ids.CRM: mark("Open in CRM"),
    ids.WHY: mark("Why"),
    ids.HISTORY: mark("History"),
    ids.WHY_NOT: mark("What is missing"),
    ids.FORECAST: mark("Forecast"),
}


def alert_message(view: AlertView, settings: SlackSettings) -> Message:
    """The whole message; `text` says it all in a few plain sentences."""
    facts = view.facts
    blocks = [
        *_shadow_note(view),
        header(who_plain(facts.lead)),
        section(_headline(facts)),
        section((tr("*Why now*"), *why_now(facts))),
        plain_section("\n".join(reach_lines(view.contact))),
        *_background(view, settings),
        divider(),
        section(_current(view, settings)),
        *alert_buttons(view, settings),
    ]
    return Message(_spoken(view), tuple(blocks))


def _shadow_note(view: AlertView) -> tuple[Block, ...]:
    if not view.shadow:
        return ()
    return (context(tr("*Shadow mode* – a rehearsal: this is what the team would have been told")),)


def _headline(facts: AlertFacts) -> tuple[str, ...]:
    title = mrkdwn(facts.title, 100)
    split = tr("fit {fit}, engagement {engagement}", fit=number(facts.fit), engagement=number(facts.engagement))
    return (
        f"{sign(facts.label)}*{rated(facts.label, facts.rating, facts.score)}*",
        " · ".join(part for part in (title, split, facts.lead.key) if part),
    )


def top_reasons(facts: AlertFacts) -> tuple[Reason, ...]:
    """What speaks for calling now: what they did before what they are, the most points first."""
    lifting = [reason for reason in facts.reasons if reason.points > 0]
    return tuple(sorted(lifting, key=lambda one: (one.kind == "fit", -one.points))[:TOP_REASONS])


def why_now(facts: AlertFacts) -> tuple[str, ...]:
    """The top lines of the ledger in words, with ages; never an empty paragraph."""
    top = top_reasons(facts)
    lines = [f"• {reason_line(reason)}" for reason in top]
    if len(facts.reasons) > len(top) and lines:
        rest = len(facts.reasons) - len(top)
        lines.append(trn("… and {count} more in Details", "… and {count} more in Details", rest))
    return tuple(lines) or ("• " + tr("The score reached {score}", score=number(facts.score)),)


def _background(view: AlertView, settings: SlackSettings) -> tuple[Block, ...]:
    facts = view.facts
    lines = []
    if fit := facts_line(facts.fit_facts):
        lines.append(f"{tr('*Fit*')} {fit}")
    if facts.activities:
        last = " · ".join(activity_line(one) for one in facts.activities[:LAST_ACTIVITIES])
        lines.append(f"{tr('*Last*')} {last}")
    if colleagues := colleague_line(view.colleagues):
        lines.append(f"{tr('*Colleagues*')} {colleagues}")
    if view.previous is not None:
        earlier = _link(view.previous, settings, tr("an earlier alert"))
        lines.append(f"{tr('*Before*')} {earlier or tr('it was alerted earlier too')}")
    return (context(*lines),) if lines else ()


def _link(message: tuple[str, str] | None, settings: SlackSettings, words: str) -> str | None:
    """A link to another alert's message, made of our own ids alone; None where there is none to make."""
    if message is None:
        return None
    channel, ts = message
    known = re.fullmatch(r"[CGD][A-Z0-9]+", channel) and re.fullmatch(r"\d+\.\d+", ts) and settings.workspace_url
    if not known:
        return None
    base = (settings.workspace_url or "").rstrip("/")
    return f"<{base}/archives/{channel}/p{ts.replace('.', '')}|{words}>"


def _current(view: AlertView, settings: SlackSettings) -> tuple[str, ...]:
    better = _better(view)
    if view.superseded and better:
        other = _link(view.newer, settings, tr("the other alert")) or tr("the other alert")
        return (f"⬆ {better}", tr("{alert} says where the lead stands", alert=other))
    if view.superseded:
        newer = _link(view.newer, settings, tr("the newer alert")) or tr("the newer alert")
        return (tr("*Alerted again* – {alert} says where the lead stands", alert=newer),)
    return (*((f"⬆ {better}",) if better else ()), handling_line(view.handling))


def _better(view: AlertView) -> str:
    better = view.better
    if better is None or (view.superseded and better.joined is None):
        return ""
    if better.joined is not None:
        return tr("Joined with {lead}", lead=f"L-{better.joined}")
    rating = mrkdwn(better.rating, 10)
    label = label_word(better.label) + (f" ({rating})" if rating else "")
    if better.model is None:
        return tr("Now {label}", label=label)
    return tr("Also {label} by {model}", label=label, model=mrkdwn(better.model, 60))


def crm_link(url: str | None, settings: SlackSettings) -> str | None:
    """The CRM's address of a lead if it is https on a host that the configuration allows, else None."""
    if not url or len(url) > URL_LIMIT or not url.isascii() or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    allowed = parts.scheme == "https" and host in settings.crm_hosts and port in (None, 443)
    return url if allowed and parts.username is None and parts.password is None else None


def alert_buttons(view: AlertView, settings: SlackSettings) -> tuple[Block, ...]:
    """The row of buttons for the state that the lead is in."""
    target = ids.Target(view.facts.lead.number, view.key)
    if view.superseded:
        return actions([lead_button(ids.DETAILS, target)])
    return state_buttons(view.handling.state, target, view.crm_url, settings)


def state_buttons(state: State, target: ids.Target, crm_url: str | None, settings: SlackSettings) -> tuple[Block, ...]:
    """What can be done with a lead in this state."""
    row, menu = BUTTONS[state]
    link = crm_link(crm_url, settings)
    options = [_more_option(act, target, link) for act in menu if act != ids.CRM or link]
    shown = [lead_button(act, target) for act in row]
    return actions([*shown, *((overflow(ids.MORE, options),) if options else ())])


def lead_button(act: str, target: ids.Target) -> Block:
    """A button that does one thing about one lead."""
    return button(tr(TITLES[act]), act, target.as_value(), style="primary" if act == ids.CLAIM else None)


def _more_option(act: str, target: ids.Target, link: str | None) -> Block:
    value = ids.Target(target.number, target.key, act).as_option_value()
    return option(tr(TITLES[act]), value, link if act == ids.CRM else None)


def _introduced(facts: AlertFacts) -> str:
    parts = [who(facts.lead).replace("*", ""), mrkdwn(facts.title, 100)]
    named = ", ".join(part for part in parts if part)
    return f"{named} ({facts.lead.key}), {rated(facts.label, facts.rating, facts.score)}"


def _spoken(view: AlertView) -> str:
    facts = view.facts
    why = "; ".join(reason_line(reason) for reason in top_reasons(facts))
    parts = [
        tr("Shadow mode, a rehearsal.") if view.shadow else "",
        tr("{label} lead: {who}.", label=label_word(facts.label), who=_introduced(facts)),
        tr("Why now: {reasons}.", reasons=why) if why else "",
        reach_sentence(view.contact),
        tr("Already claimed colleagues: {colleagues}.", colleagues=colleague_line(view.colleagues))
        if view.colleagues
        else "",
        f"{_better(view)}." if _better(view) else "",
        _stands(view),
    ]
    return " ".join(part for part in parts if part)


def _stands(view: AlertView) -> str:
    if view.superseded and _better(view):
        return tr("The other alert says where the lead stands.")
    if view.superseded:
        return tr("Alerted again: the newer alert says where the lead stands.")
    return handling_sentence(view.handling)
