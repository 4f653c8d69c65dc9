"""Alerts: made once for a crossing, shown as the crossing was and as the handling is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.service.handling.policy import Policy
from bot.service.handling.routing import route_from_json, route_to_json
from bot.service.handling.state import Statuses, contact, ref
from bot.service.handling.views import RouteView
from bot.service.handling.working_time import Calendar, quiet_until
from bot.service.views import AlertFacts, AlertView, Better, Colleague, Notice
from bot.service.views_json import better_from_json, facts_from_json, facts_to_json, notice_to_json
from bot.storage import alerts, handling, leads, outbox, steps
from bot.storage.store import Tx
from scoring.instants import MINUTE, Instant

SLACK: Final = "slack"
TOLD: Final = 2
"""Of alerts.held: a digest told it. 1: it waits for one; 0: it has a message of its own."""
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

    def lane(self, channel: str) -> str:
        """Where what is meant for a channel goes."""
        return self.admin if self.shadow else channel


class AlertBook:
    """Makes alerts and owes what tells people of them; every method runs inside its caller's transaction."""

    def __init__(self, channels: Channels, statuses: Statuses, policy: Policy | None = None) -> None:
        self.channels = channels
        self.policy = policy or Policy()
        self.managers = channels.managers
        """Who is told what nobody does: those who are configured, and those who are in the managers' user group."""
        self._statuses = statuses
        self.late: Callable[[Tx, int, Instant, Instant], None] = lambda _tx, _lead_id, _made_at, _now: None
        """Called when an alert was told late: the lead's clock moves."""

    # ---- alerts

    def make(self, tx: Tx, crossing_id: int, facts: AlertFacts, route: RouteView | None, now: Instant) -> int:
        """A crossing becomes one alert, owed to its channel; linked to the lead's alert before it, if any."""
        previous = alerts.latest_of(tx, facts.lead.number)
        channel = route.channel if route is not None else self.channels.alerts
        if route is not None and route.fallback:
            key = f"no_route:{facts.lead.key}:{crossing_id}"
            text = f"No route takes {facts.lead.key}: its alert goes to <#{channel}>. Add a [[route]] that does."
            self.tell_admins(tx, text, key, now)
        return self._post(
            tx, f"{facts.lead.key}-{crossing_id}", crossing_id, facts, previous, channel, now, route=route
        )

    def post_anew(self, tx: Tx, previous: Any, now: Instant) -> int:
        """The same crossing is posted again, linked to its old message and not counted again."""
        key = f"{previous['key']}-{previous['id']}"
        facts = facts_from_json(json.loads(previous["facts"]))
        lane = self._meant_for(previous) if self.rehearsed(previous) else previous["lane"]
        return self._post(tx, key, previous["crossing_id"], facts, previous, lane, now, anew=True)

    def rehearsed(self, alert: Any) -> bool:
        """Whether an alert was told in the admin channel alone, in shadow mode."""
        if alert["lane"] != self.channels.admin:
            return False
        refused = self.channels.fallback == self.channels.admin  # a live alert may have come there as the fallback
        return self.channels.shadow or (not refused and self._meant_for(alert) != self.channels.admin)

    def _meant_for(self, alert: Any) -> str:
        """The channel that a rehearsal stood for."""
        route = route_from_json(alert["route"])
        return route.channel if route is not None else self.channels.alerts

    def _post(
        self,
        tx: Tx,
        key: str,
        crossing_id: int,
        facts: AlertFacts,
        previous: Any,
        channel: str,
        now: Instant,
        *,
        route: RouteView | None = None,
        anew: bool = False,
    ) -> int:
        lane = self.channels.lane(channel)
        alert_id = alerts.add(
            tx,
            key=key,
            lead_id=facts.lead.number,
            crossing_id=crossing_id,
            facts=facts_to_json(facts),
            lane=lane,
            now=now,
            label=facts.label,
            rating=facts.rating,
            previous_id=previous["id"] if previous else None,
            anew=anew,
            route=route_to_json(route) if route is not None else previous["route"] if anew else None,
        )
        if previous:
            alerts.end(tx, previous["id"], why="superseded", now=now)
            self._owe_update(tx, previous, now)
        leads.carry_alert(tx, facts.lead.number, alert_id)
        self._show(tx, alert_id, key, lane, now)
        return alert_id

    def _show(self, tx: Tx, alert_id: int, key: str, lane: str, now: Instant) -> None:
        """Owe the alert's message, or keep it for a digest: in quiet hours, and beyond the channel's ceiling."""
        until = self._held_until(tx, lane, alert_id, now)
        alerts.hold(tx, alert_id, held=until is not None)
        if until is not None:
            steps.plan_first(tx, "held", until, whom=lane)
        else:
            self._owe_alert(tx, alert_id, key, lane, now)

    @staticmethod
    def _owe_alert(tx: Tx, alert_id: int, key: str, lane: str, now: Instant) -> None:
        outbox.owe(tx, sender=SLACK, kind="alert", key=key, lane=lane, payload={}, now=now, alert_id=alert_id)

    def _held_until(self, tx: Tx, lane: str, alert_id: int, now: Instant) -> Instant | None:
        zone, channel = self.policy.calendar.zone, self.policy.channel(lane)
        quiet = quiet_until(zone, channel.quiet, now)
        if quiet is not None or not channel.ceiling:
            return quiet
        day = Calendar(zone=zone)
        since = day.at(day.day_of(now), 0)
        if alerts.count_shown(tx, lane, since=since, before=alert_id) < channel.ceiling:
            return None
        return day.next_time(now, channel.digest_at, working=False)

    def refresh(self, tx: Tx, lead_id: int, now: Instant) -> None:
        """The handling of a lead changed: its newest message is owed its newest state."""
        latest = alerts.latest_of(tx, lead_id)
        if latest is not None:
            self._owe_update(tx, latest, now)

    def update(self, tx: Tx, alert_id: int, now: Instant) -> None:
        """An alert's message is owed its newest state, also where it is not its lead's newest."""
        self._owe_update(tx, alerts.get(tx, alert_id), now)

    def _owe_update(self, tx: Tx, alert: Any, now: Instant) -> None:
        if alert["held"]:
            return  # it waits for a digest and has no message to update
        if alert["ts"] is None and outbox.is_unsent(tx, alert["key"]):
            return  # not posted yet: the post will show the state of then
        lane = f"update:{alert['lane']}"
        outbox.owe_newest(
            tx, sender=SLACK, kind="update", key=f"update:{alert['key']}", lane=lane, now=now, alert_id=alert["id"]
        )

    def thread(self, tx: Tx, alert: Any, notice: Notice, key: str, now: Instant) -> None:
        """Owe a line to an alert's thread.

        An alert that a digest told has none: what the channel must hear shows it on its own.
        """
        if alert["held"]:
            if alert["held"] == TOLD and notice.broadcast:
                self._show(tx, alert["id"], alert["key"], alert["lane"], now)
            return
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
        """Owe a direct message to somebody; in a rehearsal nobody gets one."""
        if self.channels.shadow:
            return
        if notice.lead is not None:
            handling.change(tx, notice.lead.number, dm_at=now)
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
        """The alert's message is there: what changed meanwhile is owed, and a late post moves the deadline.

        The message of the alert before it links to it from now on.
        """
        if not alerts.posted(tx, key, channel=channel, ts=ts, now=now):
            return
        alert = alerts.by_key(tx, key)
        self._was_told(tx, alert, now)
        before = alerts.get(tx, alert["previous_id"]) if alert["previous_id"] else None
        if before is not None and before["ts"]:
            self._owe_update(tx, before, now)

    def told_in_digest(self, tx: Tx, alert_ids: Sequence[int], now: Instant) -> None:
        """A digest told of these alerts: the channel knows of them."""
        for alert_id in alert_ids:
            if alerts.told_in_digest(tx, alert_id, now=now):
                self._was_told(tx, alerts.get(tx, alert_id), now)

    def show_alone(self, tx: Tx, alert_ids: Sequence[int], now: Instant) -> None:
        """A digest did not arrive: each of its alerts gets a message of its own, which goes elsewhere if it must."""
        for alert_id in alert_ids:
            alert = alerts.get(tx, alert_id)
            if alert is not None and alert["held"] == 1:
                alerts.hold(tx, alert_id, held=False)
                self._owe_alert(tx, alert_id, alert["key"], alert["lane"], now)

    def _was_told(self, tx: Tx, alert: Any, now: Instant) -> None:
        if now - alert["made_at"] > _LATE:
            self.late(tx, alert["lead_id"], alert["made_at"], now)
            self._owe_update(tx, alert, now)

    def view(self, tx: Tx, key: str) -> AlertView | None:
        """What the alert's message shows now."""
        alert = alerts.by_key(tx, key)
        lead = leads.get(tx, alert["lead_id"]) if alert else None
        if lead is None:
            return None
        others = leads.colleagues(tx, lead["id"], lead["company_id"])
        before = alerts.get(tx, alert["previous_id"]) if alert["previous_id"] else None
        newest = alerts.latest_of(tx, lead["id"])
        superseded = newest is not None and newest["id"] != alert["id"]
        return AlertView(
            alert_id=alert["id"],
            key=key,
            facts=facts_from_json(json.loads(alert["facts"])),
            contact=contact(lead),
            handling=self._statuses.handling(lead),
            colleagues=tuple(Colleague(ref(other), other["owner"]) for other in others),
            better=Better(joined=lead["id"]) if alert["joined_id"] is not None else _better(alert["better"]),
            shadow=self.rehearsed(alert),
            previous=_message_of(before),
            superseded=superseded,
            newer=_message_of(newest) if superseded else None,
            crm_url=self.channels.crm_url,
        )


def _message_of(alert: Any) -> tuple[str, str] | None:
    """Channel and ts of an alert's message, where it has one."""
    return (alert["channel"], alert["ts"]) if alert is not None and alert["ts"] else None


def _better(stored: str | None) -> Better | None:
    return None if stored is None else better_from_json(stored)
