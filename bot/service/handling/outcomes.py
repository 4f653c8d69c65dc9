"""How a lead ended, by its events: the first that it was won, lost or rejected of what still stands (docs/handling.md).

Whoever opens a lead again, or puts it back to nurture, takes its outcome back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from scoring.events import ScoringEvent
from scoring.instants import Instant

StatusKind: TypeAlias = Callable[[str], str]
"""The kind (open, won, lost, rejected, recycled) of a status."""
_STATUS_CHANGED: Final = "lead.status_changed"
_DEALS: Final = {"deal_won": "won", "deal_lost": "lost"}
_ENDS: Final = frozenset({"won", "lost", "rejected"})


class Outcome(NamedTuple):
    """How a lead ended (won, lost, rejected), and when."""

    kind: str
    at: Instant


def outcome_of(events: Iterable[ScoringEvent], kind_of: StatusKind, until: Instant) -> Outcome | None:
    """The outcome that stands at an instant; `events` are in order of time."""
    outcome: Outcome | None = None
    for event in events:
        if event.occurred_at > until:
            break
        if event.type == _STATUS_CHANGED:
            kind = kind_of(str(event.properties.get("to")))
        elif event.type in _DEALS:
            kind = _DEALS[event.type]
        else:
            continue
        if kind not in _ENDS:
            outcome = None
        elif outcome is None or outcome.kind != kind:
            outcome = Outcome(kind, event.occurred_at)
    return outcome
