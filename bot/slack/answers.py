"""What is answered to commands and buttons: views in, ephemeral messages out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.service.views import Explanation, Handling, HistoryPage, LeadRef, LeadView, ListPage, ListRow, State
from bot.slack import ids
from bot.slack.alert import BUTTONS, lead_button, state_buttons
from bot.slack.blocks import Block, Message, actions, button, context, plain_section, said, section
from bot.slack.settings import SlackSettings
from bot.slack.text import ago, moment, mrkdwn, person, plain
from bot.slack.words import (
    STATES,
    activity_line,
    complete_line,
    facts_line,
    handling_line,
    handling_sentence,
    number,
    rated,
    reach_lines,
    reach_sentence,
    reason_line,
    score_line,
    sign,
    who,
    who_plain,
)

LEDGER_PAGE: Final = 12
MOST_MODELS: Final = 5
LIST_TITLES: Final[Mapping[str, str]] = {
    "hot": "Hot leads",
    "warm": "Warm leads",
    "mine": "My leads",
    "team": "The team's leads",
    "unclaimed": "Unclaimed leads",
    "offered": "Leads offered to you",
    "overdue": "Overdue leads",
    "snoozed": "Snoozed leads",
    "stale": "Leads that wait for an answer",
    "recent": "Recent leads",
}
LIST_EMPTY: Final[Mapping[str, str]] = {
    "hot": "No lead is hot right now.",
    "mine": "You have no leads. /leads unclaimed shows what is free.",
    "unclaimed": "Nothing is waiting: every hot lead has an owner.",
    "recent": "No leads yet.",
}


def claimable(handling: Handling) -> bool:
    """Whether a Claim button may stand beside the lead."""
    return ids.CLAIM in BUTTONS[handling.state][0]


def score_answer(view: LeadView, settings: SlackSettings) -> Message:
    """`/lead score`: every model's score, reach, fit and handling, compact."""
    lines = [f"{who(view.lead)} · {view.lead.key}"]
    if title := mrkdwn(view.title, 100):
        lines.append(title)
    lines += [score_line(score) for score in view.scores] or ["Not scored yet."]
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
            lines.append(f"If nothing happens it stops being {mrkdwn(score.label, 30)} {moment(score.forecast)}")
    return [line for line in lines if line]


def _caveats(failed: Sequence[str], waiting: Sequence[str], never: Sequence[str]) -> list[str]:
    told = (("Not eligible", failed), ("Waiting to know", waiting), ("Never alerts", never))
    return [f"{words}: {', '.join(mrkdwn(one, 60) for one in found[:6])}" for words, found in told if found]


def _score_buttons(view: LeadView, settings: SlackSettings) -> tuple[Block, ...]:
    target = ids.Target(view.lead.number)
    reading = actions([lead_button(act, target) for act in (ids.WHY, ids.HISTORY)])
    return (*state_buttons(view.handling.state, target, view.crm_url, settings), *reading)


def why_answer(found: Explanation, page: int) -> Message:
    """`/lead why`: the ledger, line by line; the lines add up to the score."""
    pages = max(1, -(-len(found.lines) // LEDGER_PAGE))
    page = min(max(page, 1), pages)
    lines = [f"• {reason_line(line)}" for line in found.lines[(page - 1) * LEDGER_PAGE : page * LEDGER_PAGE]]
    total = "not scored" if found.score.score is None else number(found.score.score)
    title = f"*Why {mrkdwn(who_plain(found.lead), 130)} ({found.lead.key}) has {total}*"
    footer = f"{len(found.lines)} lines, together {total} · model {mrkdwn(found.score.model, 40)}{_of(page, pages)}"
    row = [*paging(_why_run(found), page, pages)]
    row += [lead_button(act, ids.Target(found.lead.number)) for act in (ids.DETAILS, ids.WHY_NOT, ids.FORECAST)]
    body = lines or ["Nothing has given points yet."]
    text = f"{title.replace('*', '')}: {'; '.join(line.removeprefix('• ') for line in body)}."
    return Message(text, (section([title]), section(body), context(footer), *_other_models(found), *actions(row)))


def _other_models(found: Explanation) -> list[Block]:
    """What the other models say, each with a button to its ledger."""
    runs = [ids.Run("lead", f"why {found.lead.key} by {plain(other.model, 200)}") for other in found.others]
    return [
        section([score_line(other)], button("Why", ids.RUN, run.as_value()))
        for other, run in list(zip(found.others, runs, strict=True))[:MOST_MODELS]
    ]


def _why_run(found: Explanation) -> ids.Run:
    by = f" by {plain(found.score.model, 200)}" if found.others else ""
    return ids.Run("lead", f"why {found.lead.key}{by}")


def _of(page: int, pages: int) -> str:
    return f" · page {page} of {pages}" if pages > 1 else ""


def paging(run: ids.Run, page: int, pages: int) -> list[Block]:
    """Buttons to the pages beside this one; none where there is only one."""
    back = ids.Run(run.family, run.text, page - 1)
    forward = ids.Run(run.family, run.text, page + 1)
    row = [button("‹ Back", ids.RUN_BACK, back.as_value())] if page > 1 else []
    return [*row, button("More ›", ids.RUN_ON, forward.as_value())] if page < pages else row


def act_lines(found: HistoryPage) -> list[str]:
    """What was done about the lead, newest first."""
    lines = []
    for act in found.acts:
        change = " → ".join(person(side) for side in (act.before, act.after) if side)
        note = f" – {mrkdwn(act.note, 120)}" if act.note else ""
        actor = person(act.actor) if act.actor != "hotlead" else "hotlead"
        action = mrkdwn(act.action.replace("_", " "), 40)
        lines.append(f"• {moment(act.at)} {actor}: {action}{f' {change}' if change else ''}{note}")
    return lines


def timeline_lines(found: HistoryPage) -> list[str]:
    """What the lead did, newest first."""
    return [f"• {activity_line(one, source=True)}" for one in found.activities]


def history_answer(found: HistoryPage) -> Message:
    """`/lead history`: what was done about the lead, and what it did."""
    title = f"*History of {mrkdwn(who_plain(found.lead), 130)} ({found.lead.key})*"
    acts, events = act_lines(found), timeline_lines(found)
    blocks = [section([f"{title}{_of(found.page, found.pages)}"])]
    if acts:
        blocks.append(section(("*Handling*", *acts)))
    if events:
        blocks.append(section(("*Activity*", *events)))
    if not acts and not events:
        blocks.append(section(["Nothing has happened yet."]))
    row = paging(ids.Run("lead", f"history {found.lead.key}"), found.page, found.pages)
    row.append(lead_button(ids.DETAILS, ids.Target(found.lead.number)))
    text = " ".join([f"{title.replace('*', '')}:", *(line.removeprefix("• ") + ";" for line in (*acts, *events))])
    return Message(text, (*blocks, *actions(row)))


def row_lines(row: ListRow) -> tuple[str, str]:
    """One lead of a list in two short lines."""
    lead = row.lead
    state = STATES[row.handling.state]
    if row.handling.owner and row.handling.state in (State.CLAIMED, State.SNOOZED, State.OFFERED):
        state = f"{state} by {person(row.handling.owner)}" if row.handling.state is not State.OFFERED else state
    below = [rated(lead.label, row.rating, lead.score), state]
    if row.latest_at is not None:
        below.append(f"active {ago(row.latest_at)}")
    if row.handling.deadline is not None and row.handling.contacted_at is None:
        late = row.handling.escalated_at is not None
        below.append(f"{'*was due*' if late else 'follow up by'} {moment(row.handling.deadline)}")
    return f"{sign(lead.label)}{who(lead)} · {lead.key}", " · ".join(below)


def list_answer(found: ListPage, run: ids.Run | None = None) -> Message:
    """`/leads …`: one row a lead, each with the one thing most likely wanted."""
    title = LIST_TITLES.get(found.name, "Leads")
    narrowed = run is not None and run.text != found.name
    if not found.rows:
        return said("No lead matches." if narrowed else LIST_EMPTY.get(found.name, "No leads."))
    if run is not None and narrowed:
        title = f"{title} ({mrkdwn(run.text.removeprefix(found.name).strip(), 100)})"
    blocks = [section([f"*{title}* – {found.total}{_of(found.page, found.pages)}"])]
    for row in found.rows:
        act = ids.CLAIM if claimable(row.handling) else ids.DETAILS
        blocks.append(section(row_lines(row), lead_button(act, ids.Target(row.lead.number))))
    row_of_buttons = actions(paging(run or ids.Run("leads", found.name), found.page, found.pages))
    spoken = "; ".join(" ".join(row_lines(row)).replace("*", "") for row in found.rows)
    text = f"{title}, {found.total} in all{_of(found.page, found.pages)}: {spoken}."
    return Message(text, (*blocks, *row_of_buttons))


def choices_answer(title: str, leads: Sequence[LeadRef], verb: str, rest: str, run: ids.Run, size: int) -> Message:
    """Several leads are meant: one row each, whose button runs the command for it."""
    pages = max(1, -(-len(leads) // size))
    page = min(max(run.page, 1), pages)
    shown = leads[(page - 1) * size : page * size]
    blocks = [section([f"{title}{_of(page, pages)}"])]
    for lead in shown:
        command = ids.Run("lead", f"{verb} {lead.key} {rest}".strip())
        line = (f"{sign(lead.label)}{who(lead)} · {lead.key}", rated(lead.label, None, lead.score))
        blocks.append(section(line, button(verb.capitalize(), ids.RUN, command.as_value())))
    spoken = "; ".join(who_plain_safe(lead) for lead in shown)
    return Message(f"{title.replace('*', '')}: {spoken}.", (*blocks, *actions(paging(run, page, pages))))


def suggestion(sentence: str, typed: str, run: ids.Run) -> Message:
    """'Did you mean …?' with a button that does it."""
    return said(f"{sentence} Did you mean `{mrkdwn(typed, 120)}`?", *actions([button("Yes", ids.RUN, run.as_value())]))


def bullet_answer(title: str, lines: Iterable[str]) -> Message:
    """A title and bullet points, such as help."""
    listed = [f"• {line}" for line in lines]
    text = f"{title.replace('*', '')} {'; '.join(line.removeprefix('• ') for line in listed)}"
    return Message(text.replace("`", ""), (section([title, *listed]),))
