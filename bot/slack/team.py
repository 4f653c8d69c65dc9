"""Reps, the team, routing and figures in words: views in, messages out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.charts.results import result_words
from bot.language import code_of, mark, name_of, number, tr, trn
from bot.service.handling.views import Considered, Numbers, RepView, ResultRow, RouteView, StatsView, TeamView
from bot.service.views import Handling, LeadRef
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import bullet_answer, row_lines, who_plain_safe
from bot.slack.blocks import Block, Message, actions, button, context, divider, section
from bot.slack.handling_words import day_words, handling_line
from bot.slack.text import duration, moment, mrkdwn, person
from bot.slack.words import who
from scoring.instants import Instant

MOST: Final = 20
ROUTED: Final[Mapping[str, str]] = {
    "out_of_hours": mark("out of hours"),
    "away": mark("away"),
    "full": mark("capacity reached"),
    "gone": mark("no longer here"),
    "had_it": mark("had it before"),
    "not_their_turn": mark("not their turn"),
    "not_theirs": mark("not their territory or language"),
    "too_late": mark("too late to offer it"),
    "taken": mark("it went to them"),
}
FIRST: Final[Mapping[str, str]] = {
    "last_owner": mark("its last owner comes first"),
    "colleague": mark("a colleague of the same company is already being talked to"),
    "rule": mark("no one has it from before, so the rules decide"),
}
HOW: Final[Mapping[str, str]] = {
    "pool": mark("whoever claims it first"),
    "round_robin": mark("one after the other"),
    "owner": mark("the owner that the lead names"),
}
# what alerts are grouped by in the figures
GROUPS: Final[Mapping[str, str]] = {
    "cell": mark("*By cell*"),
    "rule": mark("*By rule*"),
    "model": mark("*By model*"),
    "channel": mark("*By channel*"),
    "rep": mark("*By rep*"),
}


def _one_of(table: Mapping[str, str], key: str) -> str:
    """The words of a key; one of a newer version is shown as it is."""
    return tr(table[key]) if key in table else mrkdwn(key, 40)


def _named(lead: LeadRef) -> str:
    return f"{who(lead)} ({lead.key})"


def me_answer(me: RepView, example: str = "") -> Message:
    """`/lead me`: how routing sees a rep, and what they can set; `example` shows how what was not read is typed."""
    lines = [
        tr("time zone: {zone}", zone=mrkdwn(me.time_zone, 60) or tr("as in Slack")),
        tr("hours: {hours}", hours=mrkdwn(me.hours, 200) or tr("always")),
        tr("away: {periods}", periods=_away(me) or tr("no")),
        f"{tr('capacity: {limit}', limit=tr('no limit') if me.capacity is None else me.capacity)}, {_load(me)}",
        tr("languages: {languages}", languages=_listed(me.languages) or tr("any")),
        tr("territories: {territories}", territories=_listed(me.territories) or tr("any")),
        tr("language: {language}", language=_language(me.language) or tr("as in Slack")),
    ]
    if me.passed_over:
        lines.append(tr("*leads pass you by now: {why}*", why=_one_of(ROUTED, me.passed_over)))
    if me.due_while_away:
        due = "; ".join(_named(lead) for lead in me.due_while_away[:MOST])
        lines.append(tr("due while you are away: {leads}", leads=due))
    if me.unknown:
        unread = tr("*not set, because it cannot be read: {what}*", what=_listed(me.unknown))
        shown = tr("An example: `{command}`", command=mrkdwn(example, 90)) if example else ""
        lines.append(f"{unread}. {shown}" if shown else unread)
    return bullet_answer(tr("*You as routing sees you*, {person}", person=person(me.user_id)), lines)


def _language(chosen: str | None) -> str:
    code = code_of(chosen)
    return name_of(code) if code is not None else mrkdwn(chosen, 40)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(mrkdwn(word, 40) for word in words)


def _away(me: RepView) -> str:
    return ", ".join(
        tr("{first} to {last}", first=day_words(first), last=day_words(last)) for first, last in me.away[:MOST]
    )


def _load(me: RepView) -> str:
    parts = [_claimed(me.claimed), trn("{count} snoozed", "{count} snoozed", me.snoozed)]
    if me.overdue:
        parts.append(f"*{_overdue(me.overdue)}*")
    return ", ".join(parts)


def _claimed(count: int) -> str:
    return trn("{count} claimed", "{count} claimed", count)


def _overdue(count: int) -> str:
    return trn("{count} overdue", "{count} overdue", count)


def route_answer(found: RouteView, handling: Handling | None = None) -> Message:
    """`/lead route`: why a lead goes, or went, where it does; and where it stands now."""
    lines = [tr("now: {stands}", stands=handling_line(handling))] if handling is not None else []
    lines += [
        f"{_result(found)} · {_channel(found.channel)}",
        _one_of(FIRST, found.first),
        tr("no rule takes it: it goes to the fallback channel") if found.fallback else _rule(found),
        *(_holds(name, holds=holds) for name, holds in found.rules[:MOST]),
        *(_considered(one) for one in found.considered[:MOST]),
    ]
    message = bullet_answer(
        tr("*Where {lead} goes*", lead=who_plain_safe(found.lead)), [line for line in lines if line]
    )
    return Message(message.text, (*message.blocks, *actions([lead_button(ids.DETAILS, ids.Target(found.lead.number))])))


def _result(found: RouteView) -> str:
    to, until = person(found.to), moment(found.until or 0)
    match found.result, found.to is not None, found.until is not None:
        case "offered", True, True:
            return tr("offered to {owner} until {when}", owner=to, when=until)
        case "offered", True, False:
            return tr("offered to {owner}", owner=to)
        case "offered", False, _:
            return tr("offered")
        case "assigned", True, _:
            return tr("assigned to {owner}", owner=to)
        case "assigned", False, _:
            return tr("assigned")
        case "open", _, _:
            return tr("open to the channel")
        case _:
            return mrkdwn(found.result, 40)


def _holds(name: str, *, holds: bool) -> str:
    rule = mrkdwn(name, 80)
    return tr("rule {rule}: holds", rule=rule) if holds else tr("rule {rule}: does not hold", rule=rule)


def _channel(channel: str) -> str:
    known = channel[:1] in ("C", "G") and channel.isascii() and channel.isalnum()
    return f"<#{channel}>" if known else mrkdwn(channel, 40)


def _rule(found: RouteView) -> str:
    if found.rule is None:
        return ""
    return tr("rule {rule} takes it: {how}", rule=mrkdwn(found.rule, 80), how=_one_of(HOW, found.how))


def _considered(one: Considered) -> str:
    return f"{person(one.user_id)}: {_one_of(ROUTED, one.why)}"


def team_answer(team: TeamView) -> Message:
    """`/hotlead team`: what nobody has, what is late, and how every rep stands."""
    blocks = team_blocks(team)
    reps = "; ".join(_rep(rep).replace("*", "") for rep in team.reps[:MOST])
    return Message(" ".join([tr("Team: {counts}.", counts=_counts(team)), *([f"{reps}."] if reps else [])]), blocks)


def team_blocks(team: TeamView) -> tuple[Block, ...]:
    lists = [
        ("unclaimed", mark("Unclaimed")),
        ("overdue", mark("Overdue")),
        ("stale", mark("Waiting for an answer")),
    ]
    row = [button(tr(title), f"{ids.RUN}_{name}", ids.Run("leads", name).as_value()) for name, title in lists]
    reps = [f"• {_rep(rep)}" for rep in team.reps[:MOST]] or [tr("No rep is known yet.")]
    return (
        section([tr("*Team*: {counts}", counts=_counts(team))]),
        *actions(row),
        section(reps),
        *_leads(tr("Contacted once, without an owner now"), team.needs_owner),
        *_longest(team),
    )


def _counts(team: TeamView) -> str:
    unclaimed = trn("{count} unclaimed", "{count} unclaimed", team.unclaimed)
    offered = trn("{count} offered", "{count} offered", team.offered)
    return f"{unclaimed}, {_overdue(team.overdue)}, {offered}"


def _rep(rep: RepView) -> str:
    claimed = _claimed(rep.claimed)
    if rep.capacity is not None:
        claimed = tr("{count} of {limit} claimed", count=rep.claimed, limit=rep.capacity)
    parts = [claimed, trn("{count} snoozed", "{count} snoozed", rep.snoozed)]
    if rep.overdue:
        parts.append(f"*{_overdue(rep.overdue)}*")
    over = f" – {_one_of(ROUTED, rep.passed_over)}" if rep.passed_over else ""
    return f"{person(rep.user_id)}: {', '.join(parts)}{over}"


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
    return [divider(), section([tr("*Open for longest*")]), *rows]


def numbers_line(numbers: Numbers) -> str:
    """The figures of a rep or of all, in one line."""
    counts = [
        _claimed(numbers.claimed),
        trn("{count} contacted", "{count} contacted", numbers.contacted),
        trn("{count} won", "{count} won", numbers.won),
        trn("{count} lost", "{count} lost", numbers.lost),
        *_rate(numbers.acceptance),
    ]
    times = [
        tr("claimed after {time}", time=duration(numbers.time_to_claim)) if numbers.time_to_claim is not None else "",
        tr("contacted after {time}", time=duration(numbers.time_to_contact))
        if numbers.time_to_contact is not None
        else "",
    ]
    half = ", ".join(one for one in times if one)
    return ", ".join(counts) + (f" · {tr('{times} (half of them sooner)', times=half)}" if half else "")


def _rate(acceptance: Decimal | None) -> list[str]:
    return [] if acceptance is None else [tr("acceptance {percent} %", percent=number(acceptance))]


def stats_answer(found: StatsView) -> Message:
    """`/hotlead stats`: what was passed on, and what became of it."""
    title = f"*{period_words(found.since, found.until)}*"
    lines = [result_line(found.total, tr("all")), numbers_line(found.numbers)]
    if found.held_back:
        lines.append(trn("{count} crossing alerted nobody", "{count} crossings alerted nobody", found.held_back))
    told = (
        (mark("Not a fit: {reasons}"), found.rejected_why),
        (mark("Not now: {reasons}"), found.recycled_why),
        (mark("Lost: {reasons}"), found.lost_why),
    )
    lines += [tr(words, reasons=reasons_counted(why)) for words, why in told if why]
    message = bullet_answer(title, lines)
    groups = [block for name, rows in found.by.items() for block in _group(name, rows)]
    return Message(message.text, (*message.blocks, *groups[:40]))


def period_words(since: Instant, until: Instant) -> str:
    return tr("From {since} to {until}", since=moment(since), until=moment(until))


def reasons_counted(why: Sequence[tuple[str, int]]) -> str:
    """`Competitor 2, Price 1`."""
    return ", ".join(f"{mrkdwn(reason, 60)} {number(count)}" for reason, count in why[:5])


def result_line(row: ResultRow, name: str | None = None) -> str:
    """What became of the alerts of a group; the parts sum to what was passed."""
    parts = [f"{number(count)} {words}" for words, count, _ in result_words(row)]
    shown = person(row.group) if name is None else name
    passed = trn("{who}: {count} passed", "{who}: {count} passed", row.passed, who=shown)
    return passed + (f" ({', '.join([*parts, *_rate(row.acceptance)])})" if parts else "")


def _group(name: str, rows: Sequence[ResultRow]) -> list[Block]:
    if not rows:
        return []
    shown = [_one_of(GROUPS, name), *(result_line(row, _group_name(name, row)) for row in rows[:8])]
    return [context(*shown)]


def _group_name(name: str, row: ResultRow) -> str:
    if name == "rep":
        return person(row.group)
    return _channel(row.group) if name == "channel" else mrkdwn(row.group, 60) or tr("none")
