"""Whose an anonymous visit is (IDENTITY.md, An event belongs): a function of when its anonymous id was identified."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from scoring.instants import MINUTE, Instant

SESSION: Final = 30 * MINUTE


class Identification(NamedTuple):
    """Somebody (`lead_id`) was identified with an anonymous id, by a mail's click or otherwise."""

    occurred_at: Instant
    lead_id: int | None
    by_mail: bool = False


def that_count(identifications: Sequence[Identification]) -> list[Identification]:
    """Mail is forwarded: what identified somebody by a mail counts only while nothing else identified anybody."""
    others = [one for one in identifications if not one.by_mail]
    return others or list(identifications)


def whose(occurred_at: Instant, counting: Sequence[Identification]) -> int | None:
    """The lead of a visit, None while nobody was identified. `counting` is in order of time.

    The first identified within 30 minutes after it (the session), else the last one at or before it, else the first
    after it.
    """
    if not counting:
        return None
    after = bisect_left(counting, (occurred_at,))
    if after < len(counting) and counting[after].occurred_at - occurred_at <= SESSION:
        return counting[after].lead_id
    at_or_before = bisect_right(counting, occurred_at, key=lambda one: one.occurred_at) - 1
    return counting[max(at_or_before, 0)].lead_id
