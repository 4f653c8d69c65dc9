"""Messages about models: a live model in words, what a draft would change, what a publication did."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.service.draft_views import Edit, Published, PublishedModel, Tried
from bot.service.model_views import Backtest, FoundLead, Mover, Posted, Side, Version
from bot.slack import ids
from bot.slack.answers import paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, button, context, plain_section, plain_text, said, section
from bot.slack.model_words import LETTERS, model_lines, target_lines
from bot.slack.text import moment, mrkdwn, person, plain
from bot.slack.words import field_word, label_word, number, rated, sign, who
from scoring.model import Model, Scalar
from scoring.reading import Path

MODEL_PAGE: Final = 12
NAMED: Final = 10
DIFF_LIMIT: Final = 2500


# ---- a live model in words


def model_answer(found: PublishedModel, others: Sequence[PublishedModel], page: int, *, may_change: bool) -> Message:
    """`/hotlead model`: its target and its rules."""
    lines = model_lines(found.model)
    pages = max(1, -(-len(lines) // MODEL_PAGE))
    page = min(max(page, 1), pages)
    shown = lines[(page - 1) * MODEL_PAGE : page * MODEL_PAGE]
    name = mrkdwn(found.model.name, 60)
    of = f" · page {page} of {pages}" if pages > 1 else ""
    title = f"*{name}*, version {found.version.number}{of}"
    blocks = [section([title]), section(target_lines(found.model)), section(shown), context(_by(found.version))]
    blocks += [_other(one) for one in others[:5]]
    run = ids.Run("hotlead", f"model {plain(found.model.name, 200)}".strip())
    row = paging(run, page, pages)
    if may_change:
        row.append(button("Change …", ids.MODEL_CHANGE, str(found.version.number)))
        row += revoking(found.version.number, found.before if found.revocable_until is not None else None)
    told = "; ".join(line.removeprefix("• ") for line in (*target_lines(found.model), *shown))
    return Message(f"{title}: {told}.".replace("*", ""), (*blocks, *actions(row)))


def _by(version: Version) -> str:
    note = f": {mrkdwn(version.note, 150)}" if plain(version.note) else ""
    return f"Published {moment(version.published_at)} by {person(version.author)}{note}"


def _other(one: PublishedModel) -> Block:
    run = ids.Run("hotlead", f"model {plain(one.model.name, 200)}")
    line = f"Another model: *{mrkdwn(one.model.name, 60)}*, version {one.version.number}"
    return section([line], button("Show", ids.RUN, run.as_value()))


def no_model(name: str, models: Sequence[PublishedModel]) -> Message:
    names = ", ".join(mrkdwn(one.model.name, 60) for one in models[:10]) or "none"
    return said(f"No model is called “{mrkdwn(name)}”. There are: {names}.")


def revoking(number: int, before: int | None) -> list[Block]:
    """The button that takes a publication back, where that is still possible."""
    if before is None:
        return []
    ask = _confirm("Roll back?", f"What version {before} said goes live again. Nobody is alerted.", "Roll back")
    return [{**button("Roll back", ids.MODEL_ROLLBACK, str(number)), "confirm": ask}]


def _confirm(title: str, text: str, yes: str) -> Block:
    words = {"title": title, "text": text, "confirm": yes, "deny": "Cancel"}
    return {name: plain_text(text) for name, text in words.items()}


# ---- what a publication did


def publication_message(found: Published) -> Message:
    """For the admin channel, the window and whoever asks: whom it found, as it stands now, and what can be done."""
    done = found.publication
    version = done.version
    name = mrkdwn(version.model, 60)
    live = "is live" if version.live else "was published"
    title = f"*Version {version.number} of {name} {live}*"
    lines = [_by(version), *_progress(version), *_found_lines(version, done.found)]
    row = _posting(version)
    if found.revocable_until is not None:
        row += revoking(version.number, done.before)
        lines.append(f"Roll back is possible until {moment(found.revocable_until)}.")
    text = f"{title}. {' '.join(line.removeprefix('• ') for line in lines)}".replace("*", "")
    return Message(text, (section([title]), section(lines), *actions(row)))


def _progress(version: Version) -> list[str]:
    if version.finished_at is None:
        return [f"{version.rescored} of {_leads(version.leads)} are rescored; it goes on."]
    lines = [f"{_leads(version.leads)} were rescored silently: nobody was alerted."]
    if version.cooled:
        lines.append(f"{version.cooled} open {'alerts' if version.cooled != 1 else 'alert'} cooled.")
    return lines


def _leads(count: int) -> str:
    return f"{count} {'leads' if count != 1 else 'lead'}"


def _found_lines(version: Version, found: Sequence[FoundLead]) -> list[str]:
    if not version.found:
        return ["No lead is newly at the hand-over label."] if version.finished_at is not None else []
    lines = [f"*Newly at the hand-over label: {_leads(version.found)}*"]
    lines += [f"• {_found(one)}" for one in found[:NAMED]]
    if version.found > len(found[:NAMED]):
        lines.append(f"… and {version.found - len(found[:NAMED])} more")
    return lines


_SETTLED: Final = {
    "posted": "posted",
    "held_back": "recorded, not alerted",
    "crossed": "crossed by itself since",
    "cooled": "no longer at it",
    "failed": "failed",
}


def _found(one: FoundLead) -> str:
    lead = one.lead
    was = f"was {label_word(one.was_label)}" if one.was_label else "was not scored"
    became = f" – {_SETTLED.get(one.settled, mrkdwn(one.settled, 30))}" if one.settled else ""
    return f"{who_plain_safe(lead)}: {rated(lead.label, one.rating, lead.score)}, {was}{became}"


def _posting(version: Version) -> list[Block]:
    if not version.unposted or not version.live or version.finished_at is None:
        return []
    what = f"{_leads(version.unposted)} {'cross' if version.unposted != 1 else 'crosses'} and the team is alerted."
    post = button("Post them", ids.MODEL_POST, str(version.number), style="primary")
    return [{**post, "confirm": _confirm("Post them?", what, "Post them")}]


def posted_answer(done: Posted) -> Message:
    """What became of those that were found."""
    told = (
        (done.posted, "alerted"),
        (done.held_back, "recorded without an alert"),
        (done.crossed, "had crossed by themselves"),
        (done.cooled, "no longer at the label"),
        (done.failed, "failed; the log says why"),
    )
    parts = [f"{count} {words}" for count, words in told if count]
    return said(f"Posted those that version {done.version} found: {', '.join(parts)}." if parts else "Nobody was left.")


# ---- what a draft would change


def tried_blocks(found: Tried, edits: Sequence[Edit] = ()) -> list[Block]:
    """The change in words, its back-test, and the lines of the file that change."""
    test, draft = found.backtest, found.draft
    words = [f"• {_edit_words(draft.model, path, value)}" for path, value in edits]
    blocks: list[Block] = [
        section([f"*If {mrkdwn(draft.model.name, 60)} had been so*", *words]),
        section(_figures(test)),
    ]
    for title, movers, count in (
        ("Would be ready for a call now", test.becoming, test.becoming_count),
        ("Would not be any more", test.leaving, test.leaving_count),
    ):
        if count:
            blocks.append(section([f"*{title}: {_leads(count)}*", *_movers(movers, count)]))
    if draft.restated:
        names = "; ".join(mrkdwn(name, 100) for name in draft.restated[:6])
        blocks.append(section([f"*Examples of the model that expect something else then*: {names}"]))
    blocks.append(section(["*The change*"]))
    blocks.append(plain_section("\n".join(_diff_lines(draft.diff)) or "Nothing changes."))
    return blocks


def _edit_words(model: Model, path: Path, value: Scalar | None) -> str:
    """`Case page: points 25`; of the target, `Fit: A from 80`."""
    key = mrkdwn(field_word(str(path[-1])), 40)
    shown = "none" if value is None else number(value) if isinstance(value, Decimal) else mrkdwn(str(value), 40)
    match path:
        case ("engagement", int(category), "rule", int(place), _):
            return f"{mrkdwn(model.engagement[category].rules[place].name, 60) or 'unnamed rule'}: {key} {shown}"
        case ("fit", int(category), "rule", int(place), _):
            return f"{mrkdwn(model.fit[category].rules[place].name, 60) or 'unnamed rule'}: {key} {shown}"
        case ("rating", _):
            return f"{'Fit' if key in LETTERS else 'Engagement'}: {key} from {shown}"
        case _:
            return f"{label_word(key)} from {shown}"


def _diff_lines(diff: str) -> list[str]:
    """The lines that change, without the context around them."""
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    lines: list[str] = []
    room = DIFF_LIMIT
    for line in changed:
        shown = plain(line, 200)
        room -= len(shown) + 1
        if room < 0:
            return [*lines, "…"]
        lines.append(shown)
    return lines


def _figures(test: Backtest) -> list[str]:
    before, after = test.before, test.after
    pairs = [
        ("Alerts a week", before.alerts_per_week, after.alerts_per_week),
        ("Leads ready for a call now", Decimal(before.at_label), Decimal(after.at_label)),
    ]
    lines = [f"{name}: {number(was)} → {number(becomes)}" for name, was, becomes in pairs]
    if test.customers:
        lines.append(f"Customers alerted before they bought: {_caught(before, test)} → {_caught(after, test)}")
    if before.days_earlier is not None or after.days_earlier is not None:
        lines.append(f"Days before the purchase: {_days(before)} → {_days(after)}")
    over = f"{_leads(test.leads)} and {test.events} events since {moment(test.since)}"
    lines.append(f"Over {over}, against version {test.published}")
    return lines


def _caught(side: Side, test: Backtest) -> str:
    return f"{side.customers_alerted} of {test.customers}"


def _days(side: Side) -> str:
    return "–" if side.days_earlier is None else number(side.days_earlier)


def _movers(movers: Sequence[Mover], count: int) -> list[str]:
    lines = [f"• {_mover(one)}" for one in movers[:5]]
    return [*lines, f"… and {count - 5} more"] if count > 5 else lines


def _mover(one: Mover) -> str:
    was = "not scored" if one.before.score is None else number(one.before.score)
    becomes = rated(one.after.label, one.after.rating, one.after.score)
    return f"{sign(one.after.label)}{who(one.lead)} ({one.lead.key}): {was} → {becomes}"
