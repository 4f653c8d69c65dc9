"""Whose an anonymous visit is (docs/identity.md): a function of when its anonymous id was identified."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.storage import meta
from bot.storage.store import Tx
from scoring.instants import DAY, MINUTE, Duration, Instant


class Reach(NamedTuple):
    """How far an identification reaches back: over the visits just before it, and over those of nobody else."""

    session: Duration = 30 * MINUTE
    window: Duration = 180 * DAY


USUAL: Final = Reach()


_KEPT: Final = "identity_reach"


def keep_reach(tx: Tx, reach: Reach) -> None:
    """Note by which reach the store is derived: whoever reads its visits, in whatever process, goes by it."""
    meta.put(tx, _KEPT, json.dumps(reach))


def reach_of(tx: Tx) -> Reach:
    """The reach by which the store is derived."""
    kept = meta.get(tx, _KEPT)
    return Reach(*json.loads(kept)) if kept is not None else USUAL


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


def whose(occurred_at: Instant, counting: Sequence[Identification], reach: Reach = USUAL) -> int | None:
    """The lead of a visit, None while it waits. `counting` is in order of time.

    The first identified within the session after it, else the last one at or before it, else the first
    after it.
    """
    after = bisect_left(counting, (occurred_at,))
    following = counting[after] if after < len(counting) else None
    at_or_before = bisect_right(counting, occurred_at, key=lambda one: one.occurred_at) - 1
    return of_neighbours(occurred_at, counting[at_or_before] if at_or_before >= 0 else None, following, reach)


def of_neighbours(
    occurred_at: Instant, before: Identification | None, following: Identification | None, reach: Reach = USUAL
) -> int | None:
    """The same from the last identification at or before a visit and the first at or after it."""
    if following is not None and following.occurred_at - occurred_at <= reach.session:
        return following.lead_id
    if before is not None:
        return before.lead_id
    if following is not None and following.occurred_at - occurred_at <= reach.window:
        return following.lead_id
    return None
