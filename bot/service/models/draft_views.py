"""What people are shown of a model and of a draft of it: frozen values, no word of Slack."""

from __future__ import annotations

from dataclasses import dataclass

from bot.service.models.views import Backtest, Publication, Version
from scoring.instants import Instant
from scoring.model import Model, Scalar
from scoring.reading import Path

Edit = tuple[Path, Scalar | None]
"""A place of a model's file and its new value; None takes the key out."""


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A live model. `revocable_until`: until then the version before it can be brought back by a press."""

    version: Version
    model: Model
    before: int | None = None
    revocable_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A changed model that could be published. `restated`: examples that expect other values because of the change."""

    base: int
    text: str
    model: Model
    diff: str
    restated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft and its back-test over the stored history."""

    draft: Draft
    backtest: Backtest


@dataclass(frozen=True, slots=True)
class Published:
    """A publication as it stands: whom it found and what became of them, and whether it can be taken back."""

    publication: Publication
    revocable_until: Instant | None = None
