"""Alerts: made once for a crossing, shown as the crossing was and as the handling is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling import Statuses, contact, ref
from bot.service.views import AlertFacts, AlertView, Colleague, Notice
from bot.service.views_json import facts_from_json, facts_to_json, notice_to_json
from bot.storage import alerts, leads, outbox
from bot.storage.store import Tx
from scoring.instants import MINUTE, Instant

SLACK: Final = "slack"
_LATE: Final = MINUTE
"""A post that took longer than this moves the deadline: nobody could act on what nobody saw."""


@dataclass(frozen=True, slots=True)
class Channels:
    """Where alerts go. In shadow mode all go to the admin channel, marked."""

    alerts: str
    fallback: str
    admin: str
    shadow: bool = False
    managers: tuple[str, ...] = ()
    crm_url: str | None = None

    @property
    def lane(self) -> str:
        return self.admin if self.shadow else self.alerts


class AlertBook:
    """Makes alerts and owes what tells people of them; every method runs inside its caller's transaction."""

    def __init__(self, channels: Channels, statuses: Statuses) -> None:
        self.channels = channels
        self._statuses = statuses

    def make(self, tx: Tx, crossing_id: int, facts: AlertFacts, now: Instant) -> int:
        """A crossing becomes one alert, owed to its channel; linked to the lead's alert before it, if any."""
        previous = alerts.latest_of(tx, facts.lead.number)
        return self._post(tx, f"{facts.lead.key}-{crossing_id}", crossing_id, facts, previous, now, anew=False)

    def post_anew(self, tx: Tx, previous: Any, now: Instant) -> int:
        """The same crossing is posted again, linked to its old message and not counted again."""
        key = f"{previous['key']}-{previous['id']}"
        facts = facts_from_json(json.loads(previous["facts"]))
        return self._post(tx, key, previous["crossing_id"], facts, previous, now, anew=True)

    def _post(
        self, tx: Tx, key: str, crossing_id: int, facts: AlertFacts, previous: Any, now: Instant, *, anew: bool
    ) -> int:
        alert_id = alerts.add(
            tx,
            key=key,
            lead_id=facts.lead.number,
            crossing_id=crossing_id,
            facts=facts_to_json(facts),
            lane=self.channels.lane,
            now=now,
            label=facts.label,
            rating=facts.rating,
            previous_id=previous["id"] if previous else None,
            anew=anew,
        )
        if previous:
            alerts.end(tx, previous["id"], why="superseded", now=now)
            self._owe_update(tx, previous, now)
        leads.carry_alert(tx, facts.lead.number, alert_id)
        outbox.owe(
            tx, sender=SLACK, kind="alert", key=key, lane=self.channels.lane, payload={}, now=now, alert_id=alert_id
        )
        return alert_id

    def refresh(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """The handling of a lead changed: its newest message is owed its newest state."""
        latest = alerts.latest_of(tx, lead_id)
        if latest is not None:
            self._owe_update(tx, latest, now)

    def update(self, tx: Tx, alert_id: int, now: Instant) -> None:
        """An alert's message is owed its newest state, also where it is not its lead's newest."""
        self._owe_update(tx, alerts.get(tx, alert_id), now)

    def _owe_update(self, tx: Tx, alert: Any, now: Instant) -> None:
        lane = f"update:{alert['lane']}"
        outbox.owe_newest(
            tx, sender=SLACK, kind="update", key=f"update:{alert['key']}", lane=lane, now=now, alert_id=alert["id"]
        )

    def thread(self, tx: Tx, alert: Any, notice: Notice, key: str, now: Instant) -> None:
        """Owe a line to an alert's thread."""
        outbox.owe(
            tx,
            sender=SLACK,
            kind="thread",
            key=key,
            lane=alert["lane"],
            payload={"notice": notice_to_json(notice)},
            now=now,
            alert_id=alert["id"],
        )

    def direct(self, tx: Tx, user_id: str, notice: Notice, key: str, now: Instant) -> None:
        """Owe a direct message to somebody."""
        payload = {"notice": notice_to_json(notice)}
        outbox.owe(tx, sender=SLACK, kind="direct", key=key, lane=user_id, payload=payload, now=now)

    def tell_admins(self, tx: Tx, text: str, key: str, now: Instant) -> None:
        """Owe a line to the admin channel, once per key."""
        payload = {"notice": notice_to_json(Notice("health", text=text, at=now))}
        outbox.owe(tx, sender=SLACK, kind="channel", key=key, lane=self.channels.admin, payload=payload, now=now)

    def tell_of_publication(self, tx: Tx, version: int, now: Instant) -> None:
        """Owe the admin channel the summary of a publication, once."""
        lane, payload = self.channels.admin, {"version": version}
        key = f"publication:{version}"
        outbox.owe(tx, sender=SLACK, kind="publication", key=key, lane=lane, payload=payload, now=now)

    def posted(self, tx: Tx, key: str, channel: str, ts: str, now: Instant) -> None:
        """The alert's message is there: what changed meanwhile is owed, and a late post moves the deadline."""
        if not alerts.posted(tx, key, channel=channel, ts=ts, now=now):
            return
        alert = alerts.by_key(tx, key)
        delay = now - alert["made_at"]
        if delay > _LATE:
            leads.move_deadline(tx, alert["lead_id"], delay)
            self._owe_update(tx, alert, now)

    def view(self, tx: Tx, key: str) -> AlertView | None:
        """What the alert's message shows now."""
        alert = alerts.by_key(tx, key)
        lead = leads.get(tx, alert["lead_id"]) if alert else None
        if lead is None:
            return None
        others = leads.colleagues(tx, lead["id"], lead["company_id"])
        before = alerts.get(tx, alert["previous_id"]) if alert["previous_id"] else None
        return AlertView(
            alert_id=alert["id"],
            key=key,
            facts=facts_from_json(json.loads(alert["facts"])),
            contact=contact(lead),
            handling=self._statuses.handling(lead),
            colleagues=tuple(Colleague(ref(other), other["owner"]) for other in others),
            better=alert["better"] if alert["joined_id"] is None else f"joined with L-{lead['id']}",
            shadow=self.channels.shadow,
            previous=(before["channel"], before["ts"]) if before is not None and before["ts"] else None,
            crm_url=self.channels.crm_url,
        )
