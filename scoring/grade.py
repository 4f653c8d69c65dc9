"""From fit and engagement to one number, a letter, a digit, a label and an action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scoring.instants import Duration
from scoring.model import LABEL_RANK, Action, Label, Model
from scoring.numbers import HUNDRED, Cents, clamp, percent_of, round_to

LETTERS: Final = "ABCD"
DIGITS: Final = "1234"
CELLS: Final = tuple(letter + digit for letter in LETTERS for digit in DIGITS)
"""Every rating, best first."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The score on its way: each value is computed from the rounded one before."""

    fit: Cents
    engagement: Cents
    fit_half: Cents
    engagement_half: Cents
    limited: Cents
    rounded: Cents


def combine(model: Model, fit: Cents, engagement: Cents) -> Steps:
    """Fit and engagement as one number: sum or shares, then limits, then rounding."""
    rules = model.score
    fit_half, engagement_half = fit, engagement
    if rules.fit_share is not None and rules.engagement_share is not None:
        fit_half = percent_of(clamp(fit, 0, HUNDRED), rules.fit_share)
        engagement_half = percent_of(clamp(engagement, 0, HUNDRED), rules.engagement_share)
    total = fit_half + engagement_half
    limited = total if rules.limits is None else clamp(total, *rules.limits)
    return Steps(fit, engagement, fit_half, engagement_half, limited, round_to(limited, rules.decimals))


@dataclass(frozen=True, slots=True)
class Grade:
    """What a score means."""

    letter: str | None
    digit: int | None
    label: Label
    action: Action
    follow_up_within: Duration | None


def letter_of(model: Model, fit: Cents) -> str | None:
    """The letter of a fit; None where the model gives none."""
    bounds = model.rating.letters
    return LETTERS[_place(bounds, fit)] if bounds else None


def digit_of(model: Model, engagement: Cents) -> int | None:
    """The digit of an engagement; None where the model gives none."""
    bounds = model.rating.digits
    return _place(bounds, engagement) + 1 if bounds else None


def ratings_of(model: Model) -> tuple[str, ...]:
    """Every rating that a model can give, the best first; none where it gives no letters or no digits."""
    letters, digits = model.rating.letters, model.rating.digits
    if not letters or not digits:
        return ()
    return tuple(f"{letter}{digit}" for letter in LETTERS[: len(letters) + 1] for digit in range(1, len(digits) + 2))


def _place(bounds: tuple[Cents, ...], value: Cents) -> int:
    return next((index for index, bound in enumerate(bounds) if value >= bound), len(bounds))


def grade(model: Model, fit: Cents, engagement: Cents, score: Cents) -> Grade:
    """Letter, digit, label, action and follow-up of a lead whose gates are met."""
    letter, digit = letter_of(model, fit), digit_of(model, engagement)
    if model.matrix is not None:
        cell = model.matrix[f"{letter}{digit}"]
        return Grade(letter, digit, cell.label, cell.action, cell.follow_up_within)
    label = label_of(model, score)
    reached = LABEL_RANK[label] >= LABEL_RANK[model.hand_over.label]
    action: Action = "sales" if reached else "drop" if label == "none" else "nurture"
    within = model.labels.follow_up_within if model.labels and reached else None
    return Grade(letter, digit, label, action, within)


def label_of(model: Model, score: Cents) -> Label:
    """The label of a score by the bounds of `[labels]`."""
    labels = model.labels
    if labels is None or score >= labels.hot:
        return "hot"
    if labels.warm is not None and score >= labels.warm:
        return "warm"
    return "cold" if labels.cold is None or score >= labels.cold else "none"


def reaches(label: str | None, wanted: str) -> bool:
    """Whether a label is as good as another, or better."""
    return label is not None and LABEL_RANK[label] >= LABEL_RANK[wanted]
