"""People who come and go (docs/handling.md): the leads of an owner who was deactivated, or is a guest now, move on."""

from __future__ import annotations

from typing import Any

from bot.service.handling.team import Team
from bot.service.views import State
from bot.storage import audit, handling
from bot.storage import reps as stored
from bot.storage.store import Tx
from scoring.instants import Instant


class Members:
    """Told by Slack who has left."""

    def __init__(self, team: Team) -> None:
        self._team = team

    def changed(self, tx: Tx, user_id: str, *, active: bool, now: Instant) -> int:
        """Somebody has left, or is back; how many leads that moved. Saying it again moves nothing."""
        if active != stored.is_gone(tx, user_id):
            return 0  # nothing changed
        stored.gone(tx, user_id, None if active else now)
        if active:
            return 0
        audit.record(tx, at=now, actor=audit.SYSTEM, action="member_left", before=user_id)
        moved = handling.of_owner(tx, user_id) + handling.offered_to(tx, user_id)
        for lead in moved:
            self._leaves(tx, lead, now)
        return len(moved)

    def _leaves(self, tx: Tx, lead: Any, now: Instant) -> None:
        match self._team.state(lead):
            case State.OFFERED:
                self._team.next_in_line(tx, lead["id"], "gone", now)
            case State.CLAIMED:
                self._team.let_go(tx, lead, audit.SYSTEM, now)
                self._team.to_team(tx, lead, now)
            case _:  # snoozed: the time is kept; closed: cleared, and kept in the record
                self._team.let_go(tx, lead, audit.SYSTEM, now)
                self._team.settle(tx, lead["id"], now)
