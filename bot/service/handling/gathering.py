"""What a claimed lead does later: to its thread and its owner's DM, gathered over a few minutes; and deals that end it.

Told of every group of events that intake stores. A `deal_won` or `deal_lost` closes the lead (docs/handling.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from bot.service.facts import activity_of
from bot.service.handling.ending import Ending, Said
from bot.service.handling.state import ref
from bot.service.handling.team import Team
from bot.service.logbook import events_of
from bot.service.logged import scoring_event
from bot.service.views import Notice, State
from bot.storage import alerts, audit, handling, leads, steps
from bot.storage.store import Tx
from scoring.instants import Instant

DEALS: Final[Mapping[str, str]] = {"deal_won": "won", "deal_lost": "lost"}
_SHOWN: Final = 5
_DEAL: Final = "deal"


class Gathering:
    """Events that concern whoever has a lead."""

    def __init__(self, team: Team, ending: Ending) -> None:
        self._team = team
        self._ending = ending

    def came(self, tx: Tx, added: Mapping[int, Sequence[Mapping[str, Any]]], now: Instant) -> None:
        """Events of these leads were stored and counted."""
        for lead in handling.owned(tx, added):
            rows = [row for row in added[lead["id"]] if _is_told(row)]
            if rows and self._team.state(lead) in (State.CLAIMED, State.SNOOZED):
                self._note(tx, lead, min(row["seq"] for row in rows), now)
        if self._team.policy.closes:
            for lead_id, events in added.items():
                ends = [row for row in events if row["type"] in DEALS and not row["history"]]
                if ends:
                    self._deal(tx, lead_id, ends[-1], now)

    # ---- activity

    def _note(self, tx: Tx, lead: Any, seq: int, now: Instant) -> None:
        if lead["untold_from"] is None:
            handling.change(tx, lead["id"], untold_from=seq)
        steps.plan_first(tx, "activity", now + self._team.policy.gather, lead_id=lead["id"])

    def tell(self, tx: Tx, row: Any, now: Instant) -> None:
        """The few minutes are over: one line to the thread and one to the owner."""
        lead = leads.get(tx, row["lead_id"])
        since = lead["untold_from"]
        handling.change(tx, lead["id"], untold_from=None)
        if since is None or self._team.state(lead) not in (State.CLAIMED, State.SNOOZED) or lead["owner"] is None:
            return
        new = [one for one in events_of(tx, lead["id"]) if one["seq"] >= since and _is_told(one)]
        told = tuple(activity_of(scoring_event(one, None), {}) for one in reversed(new[-_SHOWN:]))
        if not told:
            return
        notice = Notice("activity", lead=ref(lead), at=now, activities=told, text=str(len(new)))
        alert = alerts.latest_of(tx, lead["id"])
        if alert is not None:
            self._team.book.thread(tx, alert, notice, f"activity:{lead['id']}:{since}", now)
        self._team.book.direct(tx, lead["owner"], notice, f"activity:{lead['id']}:{since}:owner", now)

    # ---- deals

    def _deal(self, tx: Tx, lead_id: int, event: Mapping[str, Any], now: Instant) -> None:
        kind = DEALS[event["type"]]
        lead = leads.get(tx, lead_id)
        status = self._team.statuses.of_kind(kind)
        if lead is None or status is None or self._team.state(lead) is State.CLOSED:
            return
        if kind == "lost" and not self._is_deal(lead["status"]):
            return
        properties = event["event"].properties
        self._ending.change(
            tx,
            lead,
            status,
            audit.SYSTEM,
            now,
            Said(reason=_text(properties.get("reason")), amount=_amount(properties)),
        )

    def _is_deal(self, key: str) -> bool:
        return key == _DEAL or self._team.statuses.of(key).asks_qualification


def _is_told(row: Any) -> bool:
    """What somebody did; not what we or a CRM wrote down about them, nor what is held for a machine's."""
    return row["quarantined"] is None and not row["history"] and row["type"].partition(".")[0] not in ("lead", "person")


def _amount(properties: Mapping[str, Any]) -> Decimal | None:
    value = properties.get("amount")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**12 else None


def _text(value: object) -> str | None:
    return value[:75] if isinstance(value, str) and value.strip() else None
