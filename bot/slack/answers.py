"""What is answered to commands and buttons: views in, ephemeral messages out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.language import mark, number, tr, trn
from bot.service.views import Explanation, Handling, HistoryPage, LeadRef, LeadView, ListPage, ListRow, State
from bot.slack import ids
from bot.slack.act_words import act_line
from bot.slack.alert import BUTTONS, TITLES, lead_button, state_buttons
from bot.slack.blocks import Block, Message, actions, button, context, plain_section, said, section
from bot.slack.handling_words import STATES, handling_line, handling_sentence
from bot.slack.settings import SlackSettings
from bot.slack.text import ago, moment, mrkdwn, person, plain
from bot.slack.words import (
    activity_line,
    complete_line,
    facts_line,
    rated,
    reach_lines,
    reach_sentence,
    reason_line,
    score_line,
    sign,
    subtotals_lines,
    who,
    who_plain,
)

LEDGER_PAGE: Final = 12
MOST_MODELS: Final = 5
LIST_TITLES: Final[Mapping[str, str]] = {
    "hot": mark("Hot leads"),
    "warm": mark("Warm leads"),
    "mine": mark("My leads"),
    "team": mark("The team's leads"),
    "unclaimed": mark("Unclaimed leads"),
    "offered": mark("Leads offered to you"),
    "overdue": mark("Overdue leads"),
    "snoozed": mark("Snoozed leads"),
    "stale": mark("Leads that wait for an answer"),
    "recent": mark("Recent leads"),
    "all": mark("All leads"),
}
LIST_EMPTY: Final[Mapping[str, str]] = {
    "hot": mark("No lead is hot right now. /leads unclaimed shows what is free."),
    "mine": mark("You have no leads. /leads unclaimed shows what is free."),
    "unclaimed": mark("Nothing is waiting: every hot lead has an owner."),
    "recent": mark("No leads yet."),
}


def claimable(handling: Handling) -> bool:
    """Whether a Claim button may stand beside the lead."""
    return ids.CLAIM in BUTTONS[handling.state][0]


def score_answer(view: LeadView, settings: SlackSettings) -> Message:
    """`/lead score`: every model's score, reach, fit and handling, compact."""
    lines = [f"{who(view.lead)} · {view.lead.key}"]
    if title := mrkdwn(view.title, 100):
        lines.append(title)
    lines += [score_line(score) for score in view.scores] or [tr("Not scored yet.")]
    blocks = [section(lines), plain_section("\n".join(reach_lines(view.contact)))]
    if small := _small_print(view):
        blocks.append(context(*small))
    blocks.append(section([handling_line(view.handling)]))
    spoken = [who_plain_safe(view.lead), *(rated(one.label, one.rating, one.score) for one in view.scores)]
    text = f"{', '.join(spoken)}. {reach_sentence(view.contact)} {handling_sentence(view.handling)}"
    return Message(text, (*blocks, *_score_buttons(view, settings)))


def who_plain_safe(lead: LeadRef) -> str:
    """Name, company and number for a top-level text."""
    return f"{mrkdwn(who_plain(lead), 130)} ({lead.key})"


def _small_print(view: LeadView) -> list[str]:
    lines = [facts_line(view.fit_facts)]
    lines.append(complete_line(view.known_fields, view.missing_fields))
    for score in view.scores:
        lines += _caveats(score.failed_gates, score.waiting_on, score.never_alert)
        if score.forecast is not None and score.label:
            said = {"label": mrkdwn(score.label, 30), "when": moment(score.forecast)}
            lines.append(tr("If nothing happens it stops being {label} {when}", **said))
    return [line for line in lines if line]


def _caveats(failed: Sequence[str], waiting: Sequence[str], never: Sequence[str]) -> list[str]:
    told = (
        (mark("Not eligible: {what}"), failed),
        (mark("Waiting to know: {what}"), waiting),
        (mark("Never alerts: {what}"), never),
    )
    return [tr(words, what=", ".join(mrkdwn(one, 60) for one in found[:6])) for words, found in told if found]


def _score_buttons(view: LeadView, settings: SlackSettings) -> tuple[Block, ...]:
    target = ids.Target(view.lead.number)
    reading = actions([lead_button(act, target) for act in (ids.WHY, ids.HISTORY)])
    return (*state_buttons(view.handling.state, target, view.crm_url, settings), *reading)


def why_answer(found: Explanation, page: int) -> Message:
    """`/lead why`: the ledger, line by line; the lines add up to the score."""
    pages = max(1, -(-len(found.lines) // LEDGER_PAGE))
    page = min(max(page, 1), pages)
    lines = [f"• {reason_line(line)}" for line in found.lines[(page - 1) * LEDGER_PAGE : page * LEDGER_PAGE]]
    score = found.score.score
    title = tr("*Why {lead} is not scored*", lead=who_plain_safe(found.lead))
    nothing, small = outside(found.score.model), []
    if score is not None:
        title = tr("*Why {lead} has {score}*", lead=who_plain_safe(found.lead), score=number(score))
        nothing = tr("Nothing has given points yet.")
        small = [context(*subtotals_lines(found.lines), f"{_added_up(found, score)}{page_of(page, pages)}")]
    row = [*paging(_why_run(found), page, pages)]
    row += [lead_button(act, ids.Target(found.lead.number)) for act in (ids.DETAILS, ids.WHY_NOT, ids.FORECAST)]
    body = lines or [nothing]
    text = f"{title.replace('*', '')}: {'; '.join(line.removeprefix('• ') for line in body).removesuffix('.')}."
    return Message(
        text,
        (
            section([title]),
            section(body),
            *small,
            *_other_models(found),
            *actions(row),
        ),
    )


def _added_up(found: Explanation, score: Decimal) -> str:
    return trn(
        "{count} line, together {score} (fit {fit}, engagement {engagement}) · model {model}",
        "{count} lines, together {score} (fit {fit}, engagement {engagement}) · model {model}",
        len(found.lines),
        score=number(score),
        fit=number(found.score.fit),
        engagement=number(found.score.engagement),
        model=mrkdwn(found.score.model, 40),
    )


def outside(model: str) -> str:
    """Why a model gives a lead no score."""
    return tr("The model {model} does not score leads like this one.", model=mrkdwn(model, 40))


def _other_models(found: Explanation) -> list[Block]:
    """What the other models say, each with a button to its ledger."""
    runs = [ids.Run("lead", f"why {found.lead.key} by {plain(other.model, 200)}") for other in found.others]
    return [
        section([score_line(other)], button(tr("Why"), ids.RUN, run.as_value()))
        for other, run in list(zip(found.others, runs, strict=True))[:MOST_MODELS]
    ]


def _why_run(found: Explanation) -> ids.Run:
    by = f" by {plain(found.score.model, 200)}" if found.others else ""
    return ids.Run("lead", f"why {found.lead.key}{by}")


def page_of(page: int, pages: int) -> str:
    return " · " + tr("page {page} of {pages}", page=page, pages=pages) if pages > 1 else ""


def paging(run: ids.Run, page: int, pages: int) -> list[Block]:
    """Buttons to the pages beside this one; none where there is only one."""
    back = ids.Run(run.family, run.text, page - 1)
    forward = ids.Run(run.family, run.text, page + 1)
    row = [button(tr("‹ Back"), ids.RUN_BACK, back.as_value())] if page > 1 else []
    return [*row, button(tr("More ›"), ids.RUN_ON, forward.as_value())] if page < pages else row


def act_lines(found: HistoryPage) -> list[str]:
    """What was done about the lead, newest first."""
    return [act_line(act) for act in found.acts]


def timeline_lines(found: HistoryPage) -> list[str]:
    """What the lead did, newest first."""
    return [f"• {activity_line(one, source=True)}" for one in found.activities]


def history_answer(found: HistoryPage) -> Message:
    """`/lead history`: what was done about the lead, and what it did."""
    title = tr("*History of {lead}*", lead=who_plain_safe(found.lead))
    acts, events = act_lines(found), timeline_lines(found)
    blocks = [section([f"{title}{page_of(found.page, found.pages)}"])]
    if acts:
        blocks.append(section((tr("*Handling*"), *acts)))
    if events:
        blocks.append(section((tr("*Activity*"), *events)))
    if not acts and not events:
        blocks.append(section([tr("Nothing has happened yet.")]))
    row = paging(ids.Run("lead", f"history {found.lead.key}"), found.page, found.pages)
    row.append(lead_button(ids.DETAILS, ids.Target(found.lead.number)))
    text = " ".join([f"{title.replace('*', '')}:", *(line.removeprefix("• ") + ";" for line in (*acts, *events))])
    return Message(text, (*blocks, *actions(row)))


def row_lines(row: ListRow) -> tuple[str, str]:
    """One lead of a list in two short lines."""
    lead = row.lead
    below = [rated(lead.label, row.rating, lead.score), state_words(row.handling)]
    if row.held_back:
        below.append(tr("not alerted: {what}", what=mrkdwn(row.held_back, 60)))
    if ends := _ends(row.handling):
        below.append(ends)
    if row.latest_at is not None:
        below.append(tr("active {age}", age=ago(row.latest_at)))
    if row.handling.deadline is not None:
        when, late = moment(row.handling.deadline), row.handling.escalated_at is not None
        below.append(tr("*was due* {when}", when=when) if late else tr("follow up by {when}", when=when))
    return f"{sign(lead.label)}{who(lead)} · {lead.key}", " · ".join(below)


_BY: Final = {State.CLAIMED: mark("Claimed by {owner}"), State.SNOOZED: mark("Snoozed by {owner}")}


def _ends(handling: Handling) -> str:
    """When a state that ends by itself does, else nothing."""
    until = {State.SNOOZED: handling.snoozed_until, State.OFFERED: handling.offered_until}.get(handling.state)
    if until is not None:
        return tr("until {when}", when=moment(until))
    if handling.state is State.RECYCLED and handling.back_at is not None:
        return tr("back {when}", when=moment(handling.back_at))
    return ""


def state_words(handling: Handling) -> str:
    """The state in a word or two, with the owner where it is somebody's."""
    if handling.owner and handling.state in _BY:
        return tr(_BY[handling.state], owner=person(handling.owner))
    return tr(STATES[handling.state])


def list_answer(found: ListPage, run: ids.Run | None = None) -> Message:
    """`/leads …`: one row a lead, each with the one thing most likely wanted."""
    title = tr(LIST_TITLES.get(found.name, mark("Leads")))
    narrowed = run is not None and run.text != found.name
    if not found.rows:
        return said(tr("No lead matches.") if narrowed else tr(LIST_EMPTY.get(found.name, mark("No leads."))))
    if run is not None and narrowed:
        title = f"{title} ({mrkdwn(run.text.removeprefix(found.name).strip(), 100)})"
    blocks = [section([f"*{title}* – {number(found.total)}{page_of(found.page, found.pages)}"])]
    for row in found.rows:
        act = ids.CLAIM if claimable(row.handling) else ids.DETAILS
        blocks.append(section(row_lines(row), lead_button(act, ids.Target(row.lead.number))))
    row_of_buttons = actions(paging(run or ids.Run("leads", found.name), found.page, found.pages))
    spoken = "; ".join(" ".join(row_lines(row)).replace("*", "") for row in found.rows)
    many = trn("{count} in all", "{count} in all", found.total)
    text = f"{title}, {many}{page_of(found.page, found.pages)}: {spoken}."
    return Message(text, (*blocks, *row_of_buttons))


def choices_answer(title: str, leads: Sequence[LeadRef], verb: str, rest: str, run: ids.Run, size: int) -> Message:
    """Several leads are meant: one row each, whose button runs the command for it."""
    pages = max(1, -(-len(leads) // size))
    page = min(max(run.page, 1), pages)
    shown = leads[(page - 1) * size : page * size]
    blocks = [section([f"{title}{page_of(page, pages)}"])]
    for lead in shown:
        command = ids.Run("lead", f"{verb} {lead.key} {rest}".strip())
        line = (f"{sign(lead.label)}{who(lead)} · {lead.key}", rated(lead.label, None, lead.score))
        blocks.append(section(line, button(_verb_title(verb), ids.RUN, command.as_value())))
    spoken = "; ".join(who_plain_safe(lead) for lead in shown)
    return Message(f"{title.replace('*', '')}: {spoken}.", (*blocks, *actions(paging(run, page, pages))))


# verb -> the button that runs it for one of several leads; the others are named as they are typed
_VERB_TITLES: Final[Mapping[str, str]] = {
    "score": mark("Score"),
    "why": TITLES[ids.WHY],
    "why-not": TITLES[ids.WHY_NOT],
    "forecast": TITLES[ids.FORECAST],
    "history": TITLES[ids.HISTORY],
    "claim": TITLES[ids.CLAIM],
    "release": TITLES[ids.RELEASE],
    "status": TITLES[ids.SET_STATUS],
    "snooze": TITLES[ids.SNOOZE],
    "wake": TITLES[ids.WAKE],
    "log": TITLES[ids.LOG],
    "note": TITLES[ids.NOTE],
    "qualify": TITLES[ids.QUALIFY],
    "reassign": TITLES[ids.REASSIGN],
    "notnow": TITLES[ids.NOT_NOW],
    "notfit": TITLES[ids.NOT_FIT],
    "won": mark("Won"),
    "lost": mark("Lost"),
    "route": mark("Route"),
}


def _verb_title(verb: str) -> str:
    return tr(_VERB_TITLES[verb]) if verb in _VERB_TITLES else verb.capitalize()


def suggestion(sentence: str, typed: str, run: ids.Run) -> Message:
    """'Did you mean …?' with a button that does it."""
    asked = tr("Did you mean `{command}`?", command=mrkdwn(typed, 120))
    return said(f"{sentence} {asked}", *actions([button(tr("Yes"), ids.RUN, run.as_value())]))


def bullet_answer(title: str, lines: Iterable[str]) -> Message:
    """A title and bullet points, such as help."""
    listed = [f"• {line}" for line in lines]
    text = f"{title.replace('*', '')}: {'; '.join(line.removeprefix('• ') for line in listed)}"
    return Message(text.replace("`", "").replace("*", ""), (section([title, *listed]),))
