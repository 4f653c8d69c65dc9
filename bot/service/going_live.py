"""From rehearsal to live: who is hot by then is listed for admins, and handed over silently.

In shadow mode alerts went to the admin channel alone, so nobody was asked to do anything. The first start with
`mode = "live"` ends those of leads that nobody took: they alert when they cross again, and can be claimed at once.
"""

from __future__ import annotations

from typing import Any, Final

from bot.language import counted
from bot.service.handling.state import ref
from bot.service.handling.team import Team
from bot.storage import alerts, audit, handling, leads, meta
from bot.storage import reps as turns
from bot.storage.store import Tx
from scoring.instants import Instant

_KEY: Final = "alerts_mode"
_NAMED: Final = 20


def go_live(tx: Tx, team: Team, now: Instant) -> int:
    """At every start: whether the rehearsal is over, and for how many leads it was."""
    before = meta.get(tx, _KEY)
    meta.put(tx, _KEY, "shadow" if team.book.channels.shadow else "live")
    if before != "shadow" or team.book.channels.shadow:
        return 0
    found = [lead for lead in handling.unowned_with_alert(tx) if team.book.rehearsed(alerts.get(tx, lead["alert_id"]))]
    for lead in found:
        _hand_over_silently(tx, team, lead, now)
    audit.record(tx, at=now, actor=audit.SYSTEM, action="went_live", before="shadow", after=counted(len(found), "lead"))
    team.book.tell_admins(tx, _said(found), f"went_live:{now}", now)
    return len(found)


def _hand_over_silently(tx: Tx, team: Team, lead: Any, now: Instant) -> None:
    """Its rehearsal is over; nobody is told, because nobody was."""
    turns.end(tx, lead["id"], "went_live", now)
    handling.change(tx, lead["id"], offered_to=None, offered_until=None)
    alerts.end(tx, lead["alert_id"], why="went_live", now=now)
    leads.carry_alert(tx, lead["id"], None)
    team.clock.end(tx, lead["id"])
    team.settle(tx, lead["id"], now)


def _said(found: list[Any]) -> str:
    live = "hotlead is live: alerts go to the team from now on."
    if not found:
        return f"{live} Nobody is hot and free now."
    named = [f"{one.key} {one.name or one.email or ''}".strip() for one in map(ref, found[:_NAMED])]
    if len(found) > _NAMED:
        named.append(f"and {len(found) - _NAMED} more")
    return (
        f"{live} Hot already, and alerted in the rehearsal only: {', '.join(named)}. Nobody is told of them before "
        "they cross again; `/leads hot owner:none` lists them with Claim."
    )
