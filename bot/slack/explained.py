"""Answers that explain a score: what is missing, what comes, and what it would be worth to know."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language import number, tr, trn
from bot.service.explain_views import CoolingPage, CoolingRow, Forecast, MissingFields, NearMiss, Shift, Step, Unlock
from bot.slack import ids
from bot.slack.alert import lead_button
from bot.slack.answers import claimable, outside, page_of, paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, context, said, section
from bot.slack.handling_words import STATES
from bot.slack.text import moment, mrkdwn
from bot.slack.words import field_word, label_word, more, points, rated, score_line, sign, signed, who
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
    return [*lines[:most], more(len(lines) - most)] if len(lines) > most else list(lines)


# ---- what is missing


def why_not_answer(found: NearMiss) -> Message:
    """`/lead why-not`: what is missing to the next label."""
    target = ids.Target(found.lead.number)
    row = [lead_button(act, target) for act in (ids.WHY, ids.DETAILS)]
    name, missing = who_plain_safe(found.lead), found.missing
    if missing is None:
        return _answer(tr("{lead} is not scored", lead=name), [outside(found.score.model)], (), row)
    title = tr("{lead} has the best label there is", lead=name)
    if missing.label:
        title = tr("What {lead} is short of {label}", lead=name, label=label_word(missing.label))
    elif missing.failed_gates or missing.waiting_on:  # by its points alone it would have the best
        title = tr("What holds {lead} back", lead=name)
    lines = [*_held_up(missing), *_short(missing), *_unmet_lines(missing), *_known_lines(missing)]
    return _answer(title, lines or [tr("Nothing is missing.")], [score_line(found.score)], row)


def _held_up(missing: WhyNot) -> list[str]:
    lines = []
    if missing.failed_gates:
        gates = ", ".join(mrkdwn(one, 60) for one in missing.failed_gates[:MOST_LINES])
        lines.append("• " + tr("Requirement not met: {requirements}", requirements=gates))
    if missing.waiting_on:
        fields = ", ".join(mrkdwn(field_word(one), 40) for one in missing.waiting_on[:MOST_LINES])
        lines.append("• " + tr("Waiting to know: {what}", what=fields))
    return lines


def _short(missing: WhyNot) -> list[str]:
    if missing.label is None:
        return []
    wanted = label_word(missing.label)
    if missing.score_short is not None:
        short = tr("{points} short of {label}", points=points(missing.score_short), label=wanted)
        return [f"• {short}"] if missing.score_short > 0 else []
    return [f"• {_ways(missing, wanted)}"]


def _ways(missing: WhyNot, wanted: str) -> str:
    """What of fit or of engagement would do."""
    fit = engagement = ""
    if missing.fit_short:
        fit = trn(
            "{count} more point of fit (who they are)",
            "{count} more points of fit (who they are)",
            missing.fit_short,
        )
    if missing.engagement_short:
        engagement = trn(
            "{count} more point of engagement (what they do)",
            "{count} more points of engagement (what they do)",
            missing.engagement_short,
        )
    if fit and engagement:
        return tr("{label} takes {fit}, or {engagement}", label=wanted, fit=fit, engagement=engagement)
    if not fit and not engagement:
        return tr("Neither fit nor engagement alone leads to {label}: it takes more of both", label=wanted)
    return tr("{label} takes {points}", label=wanted, points=fit or engagement)


def _unmet_lines(missing: WhyNot) -> list[str]:
    best: dict[tuple[str, str], Unmet] = {}  # of a category's tiers the best; the others would only add less
    for one in missing.unmet:
        best.setdefault((one.category, "" if one.rule.startswith("tier ") else one.rule), one)
    return _cut([f"• {_unmet(one)}" for one in best.values()])


def _unmet(one: Unmet) -> str:
    why = tr("what is known says no")
    if one.missing:
        why = tr("not known: {fields}", fields=", ".join(mrkdwn(field_word(field), 40) for field in one.missing[:3]))
    category, count = mrkdwn(one.category, 60), number(one.more)
    if one.rule.startswith("tier "):
        return tr("{rule} at its best would add {points} to fit ({why})", rule=category, points=count, why=why)
    rule = f"{category}, {_name(one.rule)}"
    return tr("{rule} would add {points} to fit ({why})", rule=rule, points=count, why=why)


def _name(rule: str) -> str:
    return mrkdwn(rule, 60) or tr("unnamed rule")


def _known_lines(missing: WhyNot) -> list[str]:
    return _cut([f"• {_would_be(one)}" for one in missing.if_known], 4)


def _would_be(one: IfKnown) -> str:
    best, field = rated(one.label, one.rating, one.score), mrkdwn(field_word(one.field), 40)
    return tr("At best {score} if we knew: {field}", score=best, field=field)


# ---- what comes


def forecast_answer(found: Forecast) -> Message:
    """`/lead forecast`: when the label changes if nothing happens, and what changes before."""
    name, target = who_plain_safe(found.lead), ids.Target(found.lead.number)
    row = [lead_button(act, target) for act in (ids.WHY, ids.DETAILS)]
    now = [tr("Now {score}", score=score_line(found.score))]
    if not found.steps:
        return _answer(tr("{lead} stays as it is", lead=name), [tr("Nothing changes if nothing happens.")], now, row)
    turn = next((step for step in found.steps if step.label_changes), None)
    label = label_word(found.score.label)
    if turn is None:
        title = tr("If nothing happens, {lead} stays {label} as far as can be seen", lead=name, label=label)
    else:
        said = {"lead": name, "label": label, "when": moment(turn.at)}
        title = tr("If nothing happens, {lead} is {label} until {when}", **said)
    return _answer(title, [f"• {_step(step)}" for step in found.steps], now, row)


def _step(step: Step) -> str:
    shown = rated(step.label, step.rating, step.score)
    line = f"{moment(step.at)}: {sign(step.label)}{f'*{shown}*' if step.label_changes else shown}"
    rest = len(step.shifts) - 2
    because = "; ".join([*(_shift(one) for one in step.shifts[:2]), *([more(rest)] if rest > 0 else [])])
    return f"{line} – {because}" if because else line


def _shift(one: Shift) -> str:
    change = signed(one.after - one.before)
    return f"{_name(one.rule)} {number(one.before)} → {number(one.after)} ({change})"


def cooling_answer(found: CoolingPage, command: str = "cooling") -> Message:
    """`/leads cooling`: who leaves the label soon, the soonest first."""
    if not found.rows:
        return said(
            trn(
                "No lead leaves its label within {count} day, if nothing happens.",
                "No lead leaves its label within {count} days, if nothing happens.",
                found.days,
            )
        )
    total = tr("{count} or more", count=number(found.total)) if found.more else number(found.total)
    within = trn(
        "About to cool – {leads} within {count} day",
        "About to cool – {leads} within {count} days",
        found.days,
        leads=total,
    )
    title = f"{within}{page_of(found.page, found.pages)}"
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
        tr("{label} from {when}", label=label_word(row.becomes), when=moment(row.leaves_at)),
        tr(STATES[row.handling.state]),
    ]
    return f"{who(lead)} · {lead.key}", " · ".join(below)


# ---- what it would be worth to know


def missing_answer(found: MissingFields) -> Message:
    """`/leads missing`: the fields whose knowledge would bring most leads to the hand-over label."""
    label = label_word(found.label)
    small = [
        tr(
            "Looked at: the {count} most active of {total} below {label} · model {model}",
            count=number(found.looked_at),
            total=number(found.below),
            label=label,
            model=mrkdwn(found.model, 40),
        )
    ]
    if not found.below:
        return said(tr("Nobody is below {label}.", label=label))
    worth = [row for row in found.rows if row.leads or row.waiting]
    if not worth:
        return said(tr("No missing field alone keeps a lead from {label}.", label=label), context(*small))
    title = tr("What it would be worth to know, to make leads {label}", label=label)
    return _answer(title, _cut([f"• {_unlock(row)}" for row in worth], 10), small, ())


def _unlock(row: Unlock) -> str:
    parts = []
    if row.leads:
        parts.append(
            trn(
                "{count} lead would be ready, were it as good as can be",
                "{count} leads would be ready, were it as good as can be",
                row.leads,
            )
        )
    if row.waiting:
        parts.append(trn("{count} waits for it", "{count} wait for it", row.waiting))
    names = ", ".join(who_plain_safe(lead) for lead in row.best)
    such = f" – {tr('such as {leads}', leads=names)}" if names else ""
    return f"*{mrkdwn(field_word(row.field), 40)}*: {', '.join(parts)}{such}"
