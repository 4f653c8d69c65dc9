"""Reps, the team, routing and figures in words: views in, messages out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.service.handling_views import Considered, Numbers, RepView, ResultRow, RouteView, StatsView, TeamView
from bot.service.views import LeadRef
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import bullet_answer, row_lines
from bot.slack.blocks import Block, Message, actions, button, context, divider, section
from bot.slack.text import duration, moment, mrkdwn, person
from bot.slack.words import who

MOST: Final = 20
ROUTED: Final[Mapping[str, str]] = {
    "out_of_hours": "out of hours",
    "away": "away",
    "full": "has as many as they take",
    "gone": "no longer here",
    "had_it": "had it before",
    "not_their_turn": "not their turn",
    "taken": "it went to them",
}
FIRST: Final[Mapping[str, str]] = {
    "last_owner": "its last owner comes first",
    "colleague": "a colleague of the same company is already being talked to",
    "rule": "no one has it from before, so the rules decide",
}
HOW: Final[Mapping[str, str]] = {
    "pool": "whoever claims it first",
    "round_robin": "one after the other",
    "owner": "the owner that the lead names",
}


def _named(lead: LeadRef) -> str:
    return f"{who(lead)} ({lead.key})"


def me_answer(me: RepView) -> Message:
    """`/lead me`: how routing sees a rep, and what they can set."""
    lines = [
        f"time zone: {mrkdwn(me.time_zone, 60) or 'as in Slack'}",
        f"hours: {mrkdwn(me.hours, 200) or 'always'}",
        f"away: {_away(me) or 'no'}",
        f"capacity: {me.capacity if me.capacity is not None else 'no limit'}, {_load(me)}",
        f"languages: {_listed(me.languages) or 'any'}",
        f"territories: {_listed(me.territories) or 'any'}",
        f"language: {mrkdwn(me.language, 40) or 'as in Slack'}",
    ]
    if me.passed_over:
        lines.append(f"*leads pass you by now: {ROUTED.get(me.passed_over, mrkdwn(me.passed_over))}*")
    if me.due_while_away:
        lines.append(f"due while you are away: {'; '.join(_named(lead) for lead in me.due_while_away[:MOST])}")
    if me.unknown:
        lines.append(f"*not set, because it cannot be read: {_listed(me.unknown)}*")
    return bullet_answer(f"*You as routing sees you*, {person(me.user_id)}", lines)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(mrkdwn(word, 40) for word in words)


def _away(me: RepView) -> str:
    return ", ".join(f"{mrkdwn(first, 20)} to {mrkdwn(last, 20)}" for first, last in me.away[:MOST])


def _load(me: RepView) -> str:
    late = f", *{me.overdue} overdue*" if me.overdue else ""
    return f"{me.claimed} claimed, {me.snoozed} snoozed{late}"


def route_answer(found: RouteView) -> Message:
    """`/lead route`: why a lead goes where it goes."""
    result = {"open": "It is open to the channel", "offered": "It is offered", "assigned": "It is assigned"}
    to = f" to {person(found.to)}" if found.to else ""
    until = f" until {moment(found.until)}" if found.until is not None else ""
    lines = [
        f"{result.get(found.result, mrkdwn(found.result, 40))}{to}{until}, in {_channel(found.channel)}",
        FIRST.get(found.first, mrkdwn(found.first, 40)),
        "no rule takes it: it goes to the fallback channel" if found.fallback else _rule(found),
        *(f"rule {mrkdwn(name, 80)}: {'holds' if holds else 'does not hold'}" for name, holds in found.rules[:MOST]),
        *(_considered(one) for one in found.considered[:MOST]),
    ]
    message = bullet_answer(f"*Where {_named(found.lead)} goes*", [line for line in lines if line])
    return Message(message.text, (*message.blocks, *actions([lead_button(ids.DETAILS, ids.Target(found.lead.number))])))


def _channel(channel: str) -> str:
    known = channel[:1] in ("C", "G") and channel.isascii() and channel.isalnum()
    return f"<#{channel}>" if known else mrkdwn(channel, 40)


def _rule(found: RouteView) -> str:
    if found.rule is None:
        return ""
    return f"rule {mrkdwn(found.rule, 80)} takes it: {HOW.get(found.how, mrkdwn(found.how, 40))}"


def _considered(one: Considered) -> str:
    return f"{person(one.user_id)}: {ROUTED.get(one.why, mrkdwn(one.why, 40))}"


def team_answer(team: TeamView) -> Message:
    """`/hotlead team`: what nobody has, what is late, and how every rep stands."""
    blocks = team_blocks(team)
    reps = "; ".join(_rep(rep).replace("*", "") for rep in team.reps[:MOST])
    return Message(f"Team: {_counts(team)}. {reps}.", blocks)


def team_blocks(team: TeamView) -> tuple[Block, ...]:
    lists = [("unclaimed", "Unclaimed"), ("overdue", "Overdue"), ("stale", "Waiting for an answer")]
    row = [button(title, f"{ids.RUN}_{name}", ids.Run("leads", name).as_value()) for name, title in lists]
    reps = [f"• {_rep(rep)}" for rep in team.reps[:MOST]] or ["No rep is known yet."]
    return (
        section([f"*Team*: {_counts(team)}"]),
        *actions(row),
        section(reps),
        *_leads("Contacted once, without an owner now", team.needs_owner),
        *_longest(team),
    )


def _counts(team: TeamView) -> str:
    return f"{team.unclaimed} unclaimed, {team.overdue} overdue, {team.offered} offered"


def _rep(rep: RepView) -> str:
    limit = f" of {rep.capacity}" if rep.capacity is not None else ""
    late = f", *{rep.overdue} overdue*" if rep.overdue else ""
    over = f" – {ROUTED.get(rep.passed_over, mrkdwn(rep.passed_over))}" if rep.passed_over else ""
    return f"{person(rep.user_id)}: {rep.claimed}{limit} claimed, {rep.snoozed} snoozed{late}{over}"


def _leads(title: str, leads: Sequence[LeadRef]) -> list[Block]:
    if not leads:
        return []
    rows = [section([_named(lead)], lead_button(ids.REASSIGN, ids.Target(lead.number))) for lead in leads[:10]]
    return [divider(), section([f"*{title}*"]), *rows]


def _longest(team: TeamView) -> list[Block]:
    if not team.longest_open:
        return []
    rows = [
        section(row_lines(row), lead_button(ids.REASSIGN, ids.Target(row.lead.number)))
        for row in team.longest_open[:10]
    ]
    return [divider(), section(["*Open for longest*"]), *rows]


def numbers_line(numbers: Numbers) -> str:
    """The figures of a rep or of all, in one line."""
    rate = f", acceptance {numbers.acceptance} %" if numbers.acceptance is not None else ""
    known = (("claimed", numbers.time_to_claim), ("contacted", numbers.time_to_contact))
    times = ", ".join(f"{word} after {duration(length)}" for word, length in known if length is not None)
    counts = f"{numbers.claimed} claimed, {numbers.contacted} contacted, {numbers.won} won, {numbers.lost} lost{rate}"
    return f"{counts} · {times} (half of them sooner)" if times else counts


def stats_answer(found: StatsView) -> Message:
    """`/hotlead stats`: what was passed on, and what became of it."""
    title = f"*From {moment(found.since)} to {moment(found.until)}*"
    lines = [result_line(found.total, "all"), numbers_line(found.numbers)]
    if found.held_back:
        lines.append(f"{found.held_back} crossings alerted nobody")
    for words, why in (("Not a fit", found.rejected_why), ("Not now", found.recycled_why), ("Lost", found.lost_why)):
        if why:
            lines.append(f"{words}: " + ", ".join(f"{mrkdwn(reason, 60)} {count}" for reason, count in why[:5]))
    message = bullet_answer(title, lines)
    groups = [block for name, rows in found.by.items() for block in _group(name, rows)]
    return Message(message.text, (*message.blocks, *groups[:40]))


def result_line(row: ResultRow, name: str | None = None) -> str:
    """What became of the alerts of a group; the parts sum to what was passed."""
    kept = {
        "accepted": row.accepted,
        "not a fit": row.rejected,
        "not now": row.recycled,
        "pending": row.pending,
        "unanswered": row.unanswered,
        "joined": row.joined,
        "superseded": row.superseded,
    }
    parts = ", ".join(f"{count} {word}" for word, count in kept.items() if count)
    rate = f", acceptance {row.acceptance} %" if row.acceptance is not None else ""
    shown = person(row.group) if name is None else name
    return f"{shown}: {row.passed} passed" + (f" ({parts}{rate})" if parts else "")


def _group(name: str, rows: Sequence[ResultRow]) -> list[Block]:
    if not rows:
        return []
    shown = [f"*By {mrkdwn(name, 30)}*", *(result_line(row, _group_name(name, row)) for row in rows[:8])]
    return [context(*shown)]


def _group_name(name: str, row: ResultRow) -> str:
    if name == "rep":
        return person(row.group)
    return _channel(row.group) if name == "channel" else mrkdwn(row.group, 60) or "none"
