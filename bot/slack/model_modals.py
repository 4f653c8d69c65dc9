"""Windows in which an admin changes a model: choose what, change it, look at the back-test, publish. Pure.

A window remembers the live version and the place that is changed, never a draft: `Kept` in its private metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.language import mark, tr
from bot.service.models.draft_views import Edit, Published, PublishedModel, Tried
from bot.slack import ids
from bot.slack.blocks import OPTION_LIMIT, Block, context, option, plain_section, plain_text, section
from bot.slack.modals import METADATA_LIMIT, View, modal
from bot.slack.model_words import DIGITS, LETTERS, rule_words, target_lines
from bot.slack.models import publication_message, tried_blocks
from bot.slack.text import cut, mrkdwn, plain
from bot.slack.words import label_word, signed
from scoring.instants import UnreadableInstant, format_duration, parse_duration
from scoring.model import FitRule, FrequencyRule, InactivityRule, Model, PointsRule, Scalar
from scoring.numbers import to_decimal
from scoring.reading import Path

WHAT: Final = "what"
NOTE: Final = "note"
TARGET: Final = "target"
GROUP_OPTIONS: Final = 100
GROUPS: Final = 100
_PLACE: Final = re.compile(r"(e|f) (\d{1,4}) (\d{1,4})\Z")
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,2})?\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a window remembers: the live version, what of it is changed (`target`, `e 0 2`, `f 1 0`), and the edits."""

    version: int
    place: str = ""
    edits: tuple[Edit, ...] = ()

    def as_metadata(self) -> str:
        edits = [[list(path), None if value is None else str(value), _kind(value)] for path, value in self.edits]
        return json.dumps({"v": self.version, "p": self.place, "e": edits})[:METADATA_LIMIT]


def _kind(value: Scalar | None) -> str:
    return "n" if isinstance(value, (Decimal, int)) else "t"


def read_kept(metadata: str) -> Kept | None:
    """What `as_metadata` wrote, None for what it did not write."""
    try:
        found = json.loads(metadata)
        edits = tuple((tuple(path), _read_value(value, kind)) for path, value, kind in found["e"])
        return Kept(int(found["v"]), str(found["p"]), edits)
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return None


def _read_value(value: str | None, kind: str) -> Scalar | None:
    return Decimal(value) if value is not None and kind == "n" else value


# ---- choosing


def waiting_view(sentence: str) -> View:
    """What stands there while something is looked up or worked out."""
    return modal(tr("Model"), [section([sentence])], callback_id=ids.MODEL_DONE_MODAL)


def choose_view(found: PublishedModel) -> View:
    """The target, and every rule whose points can be changed, by category."""
    groups = [_group(tr("Target"), [option(tr("From where a lead is handed over"), TARGET)])]
    for title, rules in _rules(found.model):
        groups += [_group(title, rules[start : start + GROUP_OPTIONS]) for start in range(0, len(rules), GROUP_OPTIONS)]
    select: Block = {"type": "static_select", "action_id": WHAT, "option_groups": groups[:GROUPS]}
    ask: Block = {
        "type": "input",
        "block_id": WHAT,
        "label": plain_text(tr("What do you want to change?")),
        "element": select,
    }
    about = tr(
        "*{model}*, version {version}. Nothing changes before you publish.",
        model=mrkdwn(found.model.name, 60),
        version=found.version.number,
    )
    small = tr("Rows of a frequency, tiers and requirements are changed in the model's file: `hotlead model show`.")
    return modal(
        tr("Change the model"),
        [section([about]), ask, context(small)],
        callback_id=ids.MODEL_CHOOSE_MODAL,
        submit=plain_text(tr("Next")),
        private_metadata=Kept(found.version.number).as_metadata(),
    )


def _group(title: str, options: Sequence[Block]) -> Block:
    return {"label": plain_text(plain(title, 70) or tr("Rules")), "options": list(options)}


def _rules(model: Model) -> Iterable[tuple[str, list[Block]]]:
    for number_, category in enumerate(model.engagement):
        rules = [
            _rule_option(rule.name, rule.points, f"e {number_} {place}")
            for place, rule in enumerate(category.rules)
            if not isinstance(rule, FrequencyRule)
        ]
        if rules:
            yield tr("Engagement: {category}", category=category.name), rules
    for number_, fit in enumerate(model.fit):
        rules = [_rule_option(rule.name, rule.points, f"f {number_} {place}") for place, rule in enumerate(fit.rules)]
        if rules:
            yield tr("Fit: {category}", category=fit.name), rules


def _rule_option(name: str, cents: int, value: str) -> Block:
    points = signed(to_decimal(cents))
    return option(f"{plain(name, OPTION_LIMIT - len(points) - 4) or tr('unnamed')} ({points})", value)


def chosen(state: Mapping[str, Any]) -> str | None:
    """What was chosen."""
    found = _element(state, WHAT).get("selected_option")
    value = found.get("value") if isinstance(found, Mapping) else None
    return value if isinstance(value, str) else None


def _element(state: Mapping[str, Any], block: str) -> Mapping[str, Any]:
    inner = state.get(block)
    element = inner.get(block) if isinstance(inner, Mapping) else None
    return element if isinstance(element, Mapping) else {}


# ---- changing


@dataclass(frozen=True, slots=True)
class Field:
    """One value that can be changed: its block, its place in the file, what it is now."""

    block: str
    path: Path
    label: str
    now: Scalar | None
    hint: str = ""
    optional: bool = False
    duration: bool = False


def fields_of(model: Model, place: str) -> tuple[Field, ...]:
    """The values that can be changed at a place; none where the model has no such place."""
    if place == TARGET:
        return tuple(_target_fields(model))
    found = _PLACE.match(place)
    if found is None:
        return ()
    side, category, index = found[1], int(found[2]), int(found[3])
    rule = _rule_at(model, side, category, index)
    table: Path = ("engagement" if side == "e" else "fit", category, "rule", index)
    points = tr("With at most two decimals, such as 10 or -7.5.")
    span, gives = tr("Such as 90d, 12h or 2w. Empty: never."), tr("Points")
    match rule:
        case PointsRule():
            expiry = format_duration(rule.expires_after) if rule.expires_after is not None else None
            return (
                Field("points", (*table, "points"), gives, to_decimal(rule.points), points),
                Field("expires_after", (*table, "expires_after"), tr("Expires after"), expiry, span, True, True),
            )
        case InactivityRule():
            return (
                Field("points", (*table, "points"), gives, to_decimal(rule.points), points),
                Field("after", (*table, "after"), tr("After so long"), format_duration(rule.after), span, False, True),
            )
        case FitRule():
            return (Field("points", (*table, "points"), gives, to_decimal(rule.points), points),)
        case _:
            return ()


def _rule_at(model: Model, side: str, category: int, index: int) -> object:
    try:
        return model.engagement[category].rules[index] if side == "e" else model.fit[category].rules[index]
    except IndexError:
        return None


def _target_fields(model: Model) -> Iterable[Field]:
    """The bounds of the labels; in a model with a matrix those of letters and digits."""
    if model.labels is not None:
        for name in ("hot", "warm", "cold"):
            cents = getattr(model.labels, name)
            if cents is not None:
                yield Field(
                    f"l_{name}", ("labels", name), tr("{label} from", label=label_word(name)), to_decimal(cents)
                )
        return
    sides = (
        (mark("Fit: letter {name} from"), LETTERS, model.rating.letters),
        (mark("Engagement: digit {name} from"), DIGITS, model.rating.digits),
    )
    for words, names, bounds in sides:
        for name, cents in zip(names, bounds, strict=False):
            yield Field(f"r_{name}", ("rating", name), tr(words, name=name), to_decimal(cents))


def change_view(found: PublishedModel, place: str) -> View:
    """The values of one rule, or of the target."""
    fields = fields_of(found.model, place)
    if not fields:
        return waiting_view(tr("The model has no such rule any more. Look at it with `/hotlead model`."))
    blocks = [section(_about(found.model, place)), *(_input(one) for one in fields)]
    return modal(
        tr("Change the model"),
        blocks,
        callback_id=ids.MODEL_CHANGE_MODAL,
        submit=plain_text(tr("Try it")),
        private_metadata=Kept(found.version.number, place).as_metadata(),
    )


def _about(model: Model, place: str) -> list[str]:
    if place == TARGET:
        return target_lines(model)
    found = _PLACE.match(place)
    rule = _rule_at(model, found[1], int(found[2]), int(found[3])) if found else None
    match rule:
        case PointsRule() | InactivityRule():
            return [rule_words(rule)]
        case FitRule():
            return [f"{mrkdwn(rule.name, 60)}: {signed(to_decimal(rule.points))}"]
        case _:
            return [tr("This rule")]


def _input(one: Field) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": one.block, "max_length": 20}
    if one.now is not None:
        element["initial_value"] = str(one.now) if not isinstance(one.now, Decimal) else f"{one.now.normalize():f}"
    block: Block = {"type": "input", "block_id": one.block, "label": plain_text(one.label), "element": element}
    if one.optional:
        block["optional"] = True
    if one.hint:
        block["hint"] = plain_text(one.hint)
    return block


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in: the values that are others now; `errors` by block, as Slack shows them."""

    edits: tuple[Edit, ...]
    errors: Mapping[str, str]


def read_change(state: Mapping[str, Any], fields: Sequence[Field]) -> Filled:
    """The values as they were typed; a comma is understood as a decimal point."""
    edits: list[Edit] = []
    errors: dict[str, str] = {}
    for one in fields:
        typed = _element(state, one.block).get("value")
        text = typed.strip().replace("−", "-") if isinstance(typed, str) else ""
        try:
            value = _value(text, one)
        except ValueError as bad:
            errors[one.block] = str(bad)
            continue
        if value != one.now:
            edits.append((one.path, value))
    if not edits and not errors and fields:
        errors[fields[0].block] = tr("This is as it is now. Change something, or close the window.")
    return Filled(tuple(edits), errors)


def _value(text: str, one: Field) -> Scalar | None:
    if not text:
        if one.optional:
            return None
        raise ValueError(tr("Something has to stand here."))
    if one.duration:
        try:
            return format_duration(parse_duration(text.replace(" ", "")))
        except UnreadableInstant:
            raise ValueError(tr("Type a whole number and s, m, h, d or w, such as 90d.")) from None
    if not _NUMBER.match(text):
        raise ValueError(tr("Type a number with at most two decimals, such as 12 or -7.5."))
    return Decimal(text.replace(",", "."))


# ---- what came of it


def refused_errors(place: Sequence[Field], sentences: Sequence[str]) -> dict[str, str]:
    """Why the changed model is refused, at the first field."""
    return {place[0].block: cut(" ".join(sentences), 1500)} if place else {}


def tried_view(kept: Kept, found: Tried) -> View:
    """The back-test, and the button that publishes."""
    note: Block = {
        "type": "input",
        "block_id": NOTE,
        "optional": True,
        "label": plain_text(tr("Why? (for whoever reads the history)")),
        "element": {"type": "plain_text_input", "action_id": NOTE, "max_length": 300},
    }
    small = tr(
        "Publishing rescores every lead silently. Who is newly ready is listed; nobody is alerted before you post them."
    )
    return modal(
        tr("What it would change"),
        [*tried_blocks(found, kept.edits), note, context(small)],
        callback_id=ids.MODEL_PUBLISH_MODAL,
        submit=plain_text(tr("Publish")),
        private_metadata=kept.as_metadata(),
    )


def read_note(state: Mapping[str, Any]) -> str | None:
    """Why it is published."""
    typed = _element(state, NOTE).get("value")
    return (typed.strip() or None) if isinstance(typed, str) else None


def published_view(found: Published) -> View:
    """What the publication did, with the same buttons as in the admin channel."""
    return modal(tr("Published"), publication_message(found).blocks, callback_id=ids.MODEL_DONE_MODAL)


def failed_view(sentences: Sequence[str]) -> View:
    """Why nothing was changed."""
    return modal(
        tr("Not changed"),
        [plain_section("\n".join(plain(one, 600) for one in sentences[:8]))],
        callback_id=ids.MODEL_DONE_MODAL,
    )
