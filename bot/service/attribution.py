"""Whose an anonymous visit is (IDENTITY.md, An event belongs): a function of when its anonymous id was identified."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from scoring.instants import DAY, MINUTE, Instant

SESSION: Final = 30 * MINUTE
WINDOW: Final = 180 * DAY
"""So far an identified person reaches back."""


class Identification(NamedTuple):
    """Somebody (`lead_id`) was identified with an anonymous id, by a mail's click or otherwise."""

    occurred_at: Instant
    lead_id: int | None
    by_mail: bool = False


def that_count(identifications: Sequence[Identification]) -> list[Identification]:
    """Mail is forwarded: what identified somebody by a mail counts only while nothing else identified anybody.

    A vendor's id that belongs to nobody yet identifies nobody.
    """
    known = [one for one in identifications if one.lead_id is not None]
    return [one for one in known if not one.by_mail] or known


def whose(occurred_at: Instant, counting: Sequence[Identification]) -> int | None:
    """The lead of a visit, None while it waits. `counting` is in order of time.

    The first identified within 30 minutes after it (the session), else the last one at or before it, else the first
    after it.
    """
    after = bisect_left(counting, (occurred_at,))
    following = counting[after] if after < len(counting) else None
    at_or_before = bisect_right(counting, occurred_at, key=lambda one: one.occurred_at) - 1
    return of_neighbours(occurred_at, counting[at_or_before] if at_or_before >= 0 else None, following)


def of_neighbours(occurred_at: Instant, before: Identification | None, following: Identification | None) -> int | None:
    """The same from the last identification at or before a visit and the first at or after it."""
    if following is not None and following.occurred_at - occurred_at <= SESSION:
        return following.lead_id
    if before is not None:
        return before.lead_id
    if following is not None and following.occurred_at - occurred_at <= WINDOW:
        return following.lead_id
    return None
