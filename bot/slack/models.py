"""Messages about models: a live model in words, what a draft would change, what a publication did."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.language import mark, markn, number, tr, trn
from bot.service.models.draft_views import Edit, Published, PublishedModel, Tried
from bot.service.models.reviews import review_due
from bot.service.models.views import Backtest, FoundLead, Mover, Posted, Side, Version
from bot.slack import ids
from bot.slack.answers import page_of, paging, who_plain_safe
from bot.slack.blocks import Block, Message, actions, button, context, plain_section, plain_text, said, section
from bot.slack.model_words import LETTERS, model_lines, target_lines
from bot.slack.text import moment, mrkdwn, person, plain
from bot.slack.words import field_word, label_word, more, rated, sign, who
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
    title = tr("*{model}*, version {version}", model=name, version=found.version.number) + page_of(page, pages)
    small = context(_by(found.version), *_owned(found))
    blocks = [section([title]), section(target_lines(found.model)), section(shown), small]
    blocks += [_other(one) for one in others[:5]]
    run = ids.Run("hotlead", f"model {plain(found.model.name, 200)}".strip())
    row = paging(run, page, pages)
    if may_change:
        row.append(button(tr("Change …"), ids.MODEL_CHANGE, str(found.version.number)))
        row += revoking(found.version.number, found.before if found.revocable_until is not None else None)
    told = "; ".join(line.removeprefix("• ") for line in (*target_lines(found.model), *shown))
    return Message(f"{title}: {told}.".replace("*", ""), (*blocks, *actions(row)))


def _by(version: Version) -> str:
    note = f": {mrkdwn(version.note, 150)}" if plain(version.note) else ""
    when, author = moment(version.published_at), person(version.author)
    return tr("Published {when} by {author}", when=when, author=author) + note


def _owned(found: PublishedModel) -> list[str]:
    """Who answers for the model, and when they want to look at it again."""
    parts = []
    if found.model.owners:
        owners = ", ".join(mrkdwn(owner, 60) for owner in found.model.owners)
        parts.append(tr("Owners: {owners}", owners=owners))
    due = review_due(found.model, found.version.published_at)
    if due is not None:
        parts.append(tr("Review due {when}", when=moment(due)))
    return [" · ".join(parts)] if parts else []


def _other(one: PublishedModel) -> Block:
    run = ids.Run("hotlead", f"model {plain(one.model.name, 200)}")
    name, version = mrkdwn(one.model.name, 60), one.version.number
    line = tr("Another model: *{model}*, version {version}", model=name, version=version)
    return section([line], button(tr("Show"), ids.RUN, run.as_value()))


def no_model(name: str, models: Sequence[PublishedModel]) -> Message:
    names = ", ".join(mrkdwn(one.model.name, 60) for one in models[:10]) or tr("none")
    return said(tr("No model is called “{name}”. There are: {models}.", name=mrkdwn(name), models=names))


def revoking(number: int, before: int | None) -> list[Block]:
    """The button that takes a publication back, where that is still possible."""
    if before is None:
        return []
    what = tr("What version {version} said goes live again. Nobody is alerted.", version=before)
    ask = _confirm(tr("Roll back?"), what, tr("Roll back"))
    return [{**button(tr("Roll back"), ids.MODEL_ROLLBACK, str(number)), "confirm": ask}]


def _confirm(title: str, text: str, yes: str) -> Block:
    words = {"title": title, "text": text, "confirm": yes, "deny": tr("Cancel")}
    return {name: plain_text(text) for name, text in words.items()}


# ---- what a publication did


def publication_message(found: Published) -> Message:
    """For the admin channel, the window and whoever asks: whom it found, as it stands now, and what can be done."""
    done = found.publication
    version = done.version
    name = mrkdwn(version.model, 60)
    title = tr("*Version {version} of {model} was published*", version=version.number, model=name)
    if version.live:
        title = tr("*Version {version} of {model} is live*", version=version.number, model=name)
    lines = [_by(version), *_progress(version), *_found_lines(version, done.found)]
    row = _posting(version)
    if found.revocable_until is not None:
        row += revoking(version.number, done.before)
        lines.append(tr("Roll back is possible until {when}.", when=moment(found.revocable_until)))
    text = f"{title}. {' '.join(line.removeprefix('• ') for line in lines)}".replace("*", "")
    return Message(text, (section([title]), section(lines), *actions(row)))


def _progress(version: Version) -> list[str]:
    if version.finished_at is None:
        return [
            trn(
                "{done} of {count} lead is rescored; it goes on.",
                "{done} of {count} leads are rescored; it goes on.",
                version.leads,
                done=number(version.rescored),
            )
        ]
    lines = [
        trn(
            "{count} lead was rescored silently: nobody was alerted.",
            "{count} leads were rescored silently: nobody was alerted.",
            version.leads,
        )
    ]
    if version.cooled:
        lines.append(trn("{count} open alert cooled.", "{count} open alerts cooled.", version.cooled))
    return lines


def _found_lines(version: Version, found: Sequence[FoundLead]) -> list[str]:
    if not version.found:
        return [tr("No lead is newly at the hand-over label.")] if version.finished_at is not None else []
    lines = [
        trn(
            "*Newly at the hand-over label: {count} lead*",
            "*Newly at the hand-over label: {count} leads*",
            version.found,
        )
    ]
    lines += [f"• {_found(one)}" for one in found[:NAMED]]
    if version.found > len(found[:NAMED]):
        lines.append(more(version.found - len(found[:NAMED])))
    return lines


_SETTLED: Final = {
    "posted": mark("posted"),
    "held_back": mark("recorded, not alerted"),
    "crossed": mark("crossed by itself since"),
    "cooled": mark("no longer at it"),
    "failed": mark("failed"),
}


def _found(one: FoundLead) -> str:
    lead = one.lead
    was = tr("was {label}", label=label_word(one.was_label)) if one.was_label else tr("was not scored")
    became = f" – {tr(_SETTLED.get(one.settled, '')) or mrkdwn(one.settled, 30)}" if one.settled else ""
    return f"{who_plain_safe(lead)}: {rated(lead.label, one.rating, lead.score)}, {was}{became}"


def _posting(version: Version) -> list[Block]:
    if not version.unposted or not version.live or version.finished_at is None:
        return []
    what = trn(
        "{count} lead crosses and the team is alerted.",
        "{count} leads cross and the team is alerted.",
        version.unposted,
    )
    post = button(tr("Post them"), ids.MODEL_POST, str(version.number), style="primary")
    return [{**post, "confirm": _confirm(tr("Post them?"), what, tr("Post them"))}]


def posted_answer(done: Posted) -> Message:
    """What became of those that were found."""
    told = (
        (done.posted, markn("{count} alerted", "{count} alerted")),
        (done.held_back, markn("{count} recorded without an alert", "{count} recorded without an alert")),
        (done.crossed, markn("{count} had crossed by itself", "{count} had crossed by themselves")),
        (done.cooled, markn("{count} no longer at the label", "{count} no longer at the label")),
        (done.failed, markn("{count} failed; the log says why", "{count} failed; the log says why")),
    )
    parts = ", ".join(trn(*forms, count) for count, forms in told if count)
    if not parts:
        return said(tr("Nobody was left."))
    return said(tr("Posted those that version {version} found: {counts}.", version=done.version, counts=parts))


# ---- what a draft would change


def tried_blocks(found: Tried, edits: Sequence[Edit] = ()) -> list[Block]:
    """The change in words, its back-test, and the lines of the file that change."""
    test, draft = found.backtest, found.draft
    words = [f"• {_edit_words(draft.model, path, value)}" for path, value in edits]
    blocks: list[Block] = [
        section([tr("*If {model} had been so*", model=mrkdwn(draft.model.name, 60)), *words]),
        section(_figures(test)),
    ]
    if test.becoming_count:
        title = trn(
            "*Would be ready for a call now: {count} lead*",
            "*Would be ready for a call now: {count} leads*",
            test.becoming_count,
        )
        blocks.append(section([title, *_movers(test.becoming, test.becoming_count)]))
    if test.leaving_count:
        title = trn(
            "*Would not be any more: {count} lead*", "*Would not be any more: {count} leads*", test.leaving_count
        )
        blocks.append(section([title, *_movers(test.leaving, test.leaving_count)]))
    if draft.restated:
        names = "; ".join(mrkdwn(name, 100) for name in draft.restated[:6])
        blocks.append(section([tr("*Examples of the model that expect something else then*: {names}", names=names)]))
    blocks.append(section([tr("*The change*")]))
    blocks.append(plain_section("\n".join(_diff_lines(draft.diff)) or tr("Nothing changes.")))
    return blocks


def _edit_words(model: Model, path: Path, value: Scalar | None) -> str:
    """`Case page: points 25`; of the target, `Fit: A from 80`."""
    key = mrkdwn(field_word(str(path[-1])), 40)
    shown = tr("none") if value is None else number(value) if isinstance(value, Decimal) else mrkdwn(str(value), 40)
    match path:
        case ("engagement", int(category), "rule", int(place), _):
            return f"{mrkdwn(model.engagement[category].rules[place].name, 60) or tr('unnamed rule')}: {key} {shown}"
        case ("fit", int(category), "rule", int(place), _):
            return f"{mrkdwn(model.fit[category].rules[place].name, 60) or tr('unnamed rule')}: {key} {shown}"
        case ("rating", _) if key in LETTERS:
            return tr("Fit: {letter} from {score}", letter=key, score=shown)
        case ("rating", _):
            return tr("Engagement: {digit} from {score}", digit=key, score=shown)
        case _:
            return tr("{name} from {score}", name=label_word(key), score=shown)


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
    weekly = _change(number(before.alerts_per_week), number(after.alerts_per_week))
    lines = [
        tr("Alerts a week: {change}", change=weekly),
        tr("Leads ready for a call now: {change}", change=_change(number(before.at_label), number(after.at_label))),
    ]
    if test.customers:
        change = _change(_caught(before, test), _caught(after, test))
        lines.append(tr("Customers alerted before they bought: {change}", change=change))
    if before.days_earlier is not None or after.days_earlier is not None:
        lines.append(tr("Days before the purchase: {change}", change=_change(_days(before), _days(after))))
    over = tr(
        "Over {leads} and {events} since {when}, against version {version}",
        leads=trn("{count} lead", "{count} leads", test.leads),
        events=trn("{count} event", "{count} events", test.events),
        when=moment(test.since),
        version=test.published,
    )
    return [*lines, over]


def _change(was: str, becomes: str) -> str:
    return f"{was} → {becomes}"


def _caught(side: Side, test: Backtest) -> str:
    return tr("{count} of {total}", count=number(side.customers_alerted), total=number(test.customers))


def _days(side: Side) -> str:
    return "–" if side.days_earlier is None else number(side.days_earlier)


def _movers(movers: Sequence[Mover], count: int) -> list[str]:
    lines = [f"• {_mover(one)}" for one in movers[:5]]
    return [*lines, more(count - 5)] if count > 5 else lines


def _mover(one: Mover) -> str:
    was = tr("not scored") if one.before.score is None else number(one.before.score)
    becomes = rated(one.after.label, one.after.rating, one.after.score)
    return f"{sign(one.after.label)}{who(one.lead)} ({one.lead.key}): {was} → {becomes}"
