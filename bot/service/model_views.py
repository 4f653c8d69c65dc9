"""What people are shown of models: versions, publications, back-tests, past scores. Frozen values, no word of Slack."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.service.views import LeadRef
from scoring.instants import Instant


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model. `leads` are those to be evaluated after its publication, `rescored` those that were."""

    number: int
    model: str
    hash: str
    author: str
    note: str | None
    published_at: Instant
    live: bool
    leads: int = 0
    rescored: int = 0
    finished_at: Instant | None = None
    found: int = 0
    """Leads that the publication found newly at the hand-over label."""
    unposted: int = 0
    """Those of them that nobody has posted."""
    cooled: int = 0
    """Leads whose open alert ended with the publication."""


@dataclass(frozen=True, slots=True)
class FoundLead:
    """A lead that a publication found newly at the hand-over label. `settled` is what became of it since.

    settled: posted, held_back (by never_alert or alert = false), crossed (by itself), cooled; None: nobody posted it.
    """

    lead: LeadRef
    rating: str | None
    was_label: str | None
    was_score: Decimal | None
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication did. `unchanged`: what is live is the same to the letter, nothing was published."""

    version: Version
    before: int | None = None
    """The version that was live before."""
    unchanged: bool = False
    found: tuple[FoundLead, ...] = ()
    """The best of those found."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the leads that a publication had found."""

    version: int
    posted: int = 0
    held_back: int = 0
    crossed: int = 0
    cooled: int = 0
    failed: int = 0
