"""Answers that explain a score: what is missing, what comes, and what it would be worth to know."""

from __future__ import annotations

from collections.abc import Sequence

from bot.service.explain_views import CoolingPage, CoolingRow, Forecast, MissingFields, NearMiss, Shift, Step, Unlock
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import claimable, paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, context, said, section
from bot.slack.text import moment, mrkdwn
from bot.slack.words import STATES, field_word, label_word, number, points, rated, score_line, sign, signed, who
from scoring.explain import IfKnown, Unmet, WhyNot

MOST_LINES = 6
"""Lines of one kind: an answer is read on a phone."""


def _answer(title: str, lines: Sequence[str], small: Sequence[str], row: Sequence[Block]) -> Message:
    """A title, what there is to say, small print and buttons; the text says it all in one line."""
    told = "; ".join(line.removeprefix("• ").removesuffix(".") for line in lines)
    text = f"{title}: {told}. {' '.join(small)}".replace("*", "").strip()
    blocks = [section([f"*{title}*"]), section(lines)]
    return Message(text, (*blocks, *((context(*small),) if small else ()), *actions(row)))


def _cut(lines: Sequence[str], most: int = MOST_LINES) -> list[str]:
    return [*lines[:most], f"… and {len(lines) - most} more"] if len(lines) > most else list(lines)


# ---- what is missing


def why_not_answer(found: NearMiss) -> Message:
    """`/lead why-not`: what is missing to the next label."""
    target = ids.Target(found.lead.number)
    row = [lead_button(act, target) for act in (ids.WHY, ids.DETAILS)]
    name, missing = who_plain_safe(found.lead), found.missing
    if missing is None:
        return _answer(f"{name} is not scored", [_outside(found)], (), row)
    wanted = label_word(missing.label) if missing.label else ""
    title = f"What {name} is short of {wanted}" if wanted else f"{name} has the best label there is"
    lines = [*_held_up(missing), *_short(missing), *_unmet_lines(missing), *_known_lines(missing)]
    return _answer(title, lines or ["Nothing is missing."], [score_line(found.score)], row)


def _outside(found: NearMiss) -> str:
    return f"The model {mrkdwn(found.score.model, 40)} does not score leads like this one."


def _held_up(missing: WhyNot) -> list[str]:
    lines = []
    if missing.failed_gates:
        gates = ", ".join(mrkdwn(one, 60) for one in missing.failed_gates[:MOST_LINES])
        lines.append(f"• Requirement not met: {gates}")
    if missing.waiting_on:
        fields = ", ".join(mrkdwn(field_word(one), 40) for one in missing.waiting_on[:MOST_LINES])
        lines.append(f"• Waiting to know: {fields}")
    return lines


def _short(missing: WhyNot) -> list[str]:
    if missing.label is None:
        return []
    wanted = label_word(missing.label)
    if missing.score_short is not None:
        return [f"• {points(missing.score_short)} short of {wanted}"] if missing.score_short > 0 else []
    sides = ((missing.fit_short, "fit (who they are)"), (missing.engagement_short, "engagement (what they do)"))
    ways = [f"{number(short)} more {'point' if short == 1 else 'points'} of {side}" for short, side in sides if short]
    if not ways:
        return [f"• Neither fit nor engagement alone leads to {wanted}: it takes more of both"]
    return [f"• {wanted} takes {', or '.join(ways)}"]


def _unmet_lines(missing: WhyNot) -> list[str]:
    best: dict[tuple[str, str], Unmet] = {}  # of a category's tiers the best; the others would only add less
    for one in missing.unmet:
        best.setdefault((one.category, "" if one.rule.startswith("tier ") else one.rule), one)
    return _cut([f"• {_unmet(one)}" for one in best.values()])


def _unmet(one: Unmet) -> str:
    rule = (
        mrkdwn(one.category, 60) if one.rule.startswith("tier ") else f"{mrkdwn(one.category, 60)}, {_name(one.rule)}"
    )
    if one.missing:
        why = "not known: " + ", ".join(mrkdwn(field_word(field), 40) for field in one.missing[:3])
    else:
        why = "what is known says no"
    best = " at its best" if one.rule.startswith("tier ") else ""
    return f"{rule}{best} would add {number(one.more)} to fit ({why})"


def _name(rule: str) -> str:
    return mrkdwn(rule, 60) or "unnamed rule"


def _known_lines(missing: WhyNot) -> list[str]:
    return _cut([f"• {_would_be(one)}" for one in missing.if_known], 4)


def _would_be(one: IfKnown) -> str:
    return f"At best {rated(one.label, one.rating, one.score)} if we knew: {mrkdwn(field_word(one.field), 40)}"


# ---- what comes


def forecast_answer(found: Forecast) -> Message:
    """`/lead forecast`: when the label changes if nothing happens, and what changes before."""
    name, target = who_plain_safe(found.lead), ids.Target(found.lead.number)
    row = [lead_button(act, target) for act in (ids.WHY, ids.DETAILS)]
    now = [f"Now {score_line(found.score)}"]
    if not found.steps:
        return _answer(f"{name} stays as it is", ["Nothing changes if nothing happens."], now, row)
    turn = next((step for step in found.steps if step.label_changes), None)
    label = label_word(found.score.label)
    if turn is None:
        title = f"{name} stays {label} as far as can be seen"
    else:
        title = f"{name} is {label} until {moment(turn.at)}"
    return _answer(f"If nothing happens, {title}", [f"• {_step(step)}" for step in found.steps], now, row)


def _step(step: Step) -> str:
    shown = rated(step.label, step.rating, step.score)
    line = f"{moment(step.at)}: {sign(step.label)}{f'*{shown}*' if step.label_changes else shown}"
    because = "; ".join(_shift(one) for one in step.shifts[:2])
    more = f" and {len(step.shifts) - 2} more" if len(step.shifts) > 2 else ""
    return f"{line} – {because}{more}" if because else line


def _shift(one: Shift) -> str:
    change = signed(one.after - one.before)
    return f"{mrkdwn(one.rule, 60) or 'unnamed rule'} {number(one.before)} → {number(one.after)} ({change})"


def cooling_answer(found: CoolingPage, command: str = "cooling") -> Message:
    """`/leads cooling`: who leaves the label soon, the soonest first."""
    if not found.rows:
        return said(f"No lead leaves its label within {found.days} days, if nothing happens.")
    page = f" · page {found.page} of {found.pages}" if found.pages > 1 else ""
    title = f"About to cool – {found.total}{' or more' if found.more else ''} within {found.days} days{page}"
    blocks = [section([f"*{title}*"])]
    for row in found.rows:
        act = ids.CLAIM if claimable(row.handling) else ids.DETAILS
        first, second = _cooling_lines(row)
        blocks.append(
            section((f"{sign(row.lead.label)}{first}", second), lead_button(act, ids.Target(row.lead.number)))
        )
    spoken = "; ".join(" ".join(_cooling_lines(row)).replace("*", "") for row in found.rows)
    return Message(
        f"{title}: {spoken}.", (*blocks, *actions(paging(ids.Run("leads", command), found.page, found.pages)))
    )


def _cooling_lines(row: CoolingRow) -> tuple[str, str]:
    lead = row.lead
    below = [
        rated(lead.label, row.rating, lead.score),
        f"{label_word(row.becomes)} from {moment(row.leaves_at)}",
        STATES[row.handling.state],
    ]
    return f"{who(lead)} · {lead.key}", " · ".join(below)


# ---- what it would be worth to know


def missing_answer(found: MissingFields) -> Message:
    """`/leads missing`: the fields whose knowledge would bring most leads to the hand-over label."""
    label = label_word(found.label)
    small = [f"The {found.looked_at} who do most, of {found.below} below {label} · model {mrkdwn(found.model, 40)}"]
    worth = [row for row in found.rows if row.leads or row.waiting]
    if not worth:
        return said(f"No missing field alone keeps a lead from {label}.", context(*small))
    title = f"What it would be worth to know, to make leads {label}"
    return _answer(title, _cut([f"• {_unlock(row)}" for row in worth], 10), small, ())


def _unlock(row: Unlock) -> str:
    parts = []
    if row.leads:
        parts.append(f"{row.leads} {'leads' if row.leads != 1 else 'lead'} would be ready, were it as good as can be")
    if row.waiting:
        parts.append(f"{row.waiting} {'wait' if row.waiting != 1 else 'waits'} for it")
    names = ", ".join(who_plain_safe(lead) for lead in row.best)
    return f"*{mrkdwn(field_word(row.field), 40)}*: {', '.join(parts)}" + (f" – such as {names}" if names else "")
