"""Our own events: a change of status is an event `lead.status_changed`, stored and scored like any other."""

from __future__ import annotations

import json

from bot.service.histories import Histories
from bot.storage import audit, events, identities, leads, scores
from bot.storage.store import Tx
from scoring.instants import Instant


class Journal:
    """Writes what happened to a lead into the log and the audit trail."""

    def __init__(self, histories: Histories) -> None:
        self._histories = histories

    def set_status(self, tx: Tx, lead_id: int, status: str, by: str, now: Instant, reason: str | None = None) -> None:
        """Set a lead's status, with its audit row and its event; the lead is due for evaluation at once."""
        before = leads.get(tx, lead_id)["status"]
        if before == status or not leads.set_status(tx, lead_id, before=before, after=status, by=by, now=now):
            return
        trail = audit.record(
            tx, at=now, actor=by, action="status", lead_id=lead_id, before=before, after=status, note=reason
        )
        self._log(tx, lead_id, before, status, by, now, trail)

    def say_status(self, tx: Tx, lead_id: int, status: str, by: str, now: Instant) -> None:
        """Two leads of unlike status became one: its log says which holds."""
        before = leads.get(tx, lead_id)["status"]
        trail = audit.record(tx, at=now, actor=by, action="status", lead_id=lead_id, before=before, after=status)
        self._log(tx, lead_id, before, status, by, now, trail)

    def _log(self, tx: Tx, lead_id: int, before: str, after: str, by: str, now: Instant, trail: int) -> None:
        known = identities.of_lead(tx, lead_id)
        events.add(
            tx,
            [
                {
                    "seq": events.next_seq(tx),
                    "source": events.OURS,
                    "id": f"status-{trail}",
                    "type": "lead.status_changed",
                    "occurred_at": now,
                    "received_at": now,
                    "subject_id": known[0]["id"] if known else None,
                    "company_key_id": None,
                    "company_facts": 0,
                    "company_weak": 0,
                    "history": 0,
                    "properties": json.dumps({"to": after, "from": before, "by": by}),
                    "traits": "{}",
                    "identifiers": json.dumps([known[0]["id"]] if known else []),
                    "alias_of": None,
                    "flags": None,
                    "means": None,
                    "mail": None,
                    "quarantined": None,
                    "raw": None,
                }
            ],
        )
        self._histories.forget(lead_id)
        scores.make_due(tx, [lead_id], now, "event")
