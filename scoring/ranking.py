"""The order of leads: whom to contact first."""

from __future__ import annotations

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
"""Quarters of all leads by score, best first."""


def last_place(priority: str, leads: int) -> int:
    """The last place of a priority, counting from 0, in a list of so many leads by score, highest first.

    Leads with the same score have the same priority, the better one: whoever has the score of that place, or more, and
    is of no better priority.
    """
    return -(-(PRIORITIES.index(priority) + 1) * leads // len(PRIORITIES)) - 1
