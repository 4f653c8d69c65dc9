"""The order of leads: whom to contact first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from scoring.engine import Score
from scoring.grade import CELLS
from scoring.instants import Instant

SortKey: TypeAlias = tuple[int, int, Instant, str]

_RATING: Final = {cell: place for place, cell in enumerate(CELLS)}


def sort_key(score: Score, latest_event_at: Instant, lead_id: str) -> SortKey:
    """Sorts ascending into: score, highest first; rating, A before D, 1 before 4, none last; latest event; lead id.

    Leads outside the population are in no list: leave them out by `score.in_population`.
    """
    return (-(score.score_cents or 0), _RATING.get(score.rating or "", len(CELLS)), -latest_event_at, lead_id)


PRIORITIES: Final = ("Very high", "High", "Medium", "Low")
"""Quarters of a list of leads by score, best first."""


def priorities(scores: Mapping[str, Score]) -> dict[str, str]:
    """The quarter of each lead by score; leads with the same score are in the same quarter, the better one."""
    ranked = sorted((score.score_cents or 0 for score in scores.values()), reverse=True)
    first = {cents: place for place, cents in reversed(list(enumerate(ranked)))}
    return {lead_id: PRIORITIES[4 * first[score.score_cents or 0] // len(ranked)] for lead_id, score in scores.items()}
