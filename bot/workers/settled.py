"""What follows from a delivery: where an alert's message is, and where it goes when its channel refuses it."""

from __future__ import annotations

import json
from typing import Any

from bot.metrics import Metrics
from bot.senders.base import Refused, Sent
from bot.service.handling.alerts import AlertBook
from bot.service.handling.state import Statuses
from bot.service.unsaying import UNSAY, owe_erase
from bot.service.views import State
from bot.storage import alerts, audit, leads, outbox
from bot.storage.store import Tx
from scoring.instants import SECOND, Instant


class Settled:
    """Told of every row that arrived or never will; each method runs in the transaction that settles the row."""

    def __init__(self, book: AlertBook, statuses: Statuses, metrics: Metrics) -> None:
        self._book = book
        self._statuses = statuses
        self._metrics = metrics

    def delivered(self, tx: Tx, row: Any, sent: Sent, now: Instant) -> None:
        """An alert's message is there."""
        if row["kind"] == "alert":
            self._metrics.alert_seconds.observe((now - row["made_at"]) / SECOND)
            self._book.posted(tx, row["key"], sent.channel, sent.ts, now)
        elif row["kind"] == "digest":
            self._book.told_in_digest(tx, json.loads(row["payload"]).get("alerts", ()), now)
        elif row["kind"] == UNSAY:
            _unsay(tx, row["key"], sent, now)

    def overtaken(self, tx: Tx, row: Any, sent: Sent, now: Instant) -> None:
        """Somebody was erased while a message about them was on its way: it is there now, and is taken back."""
        doubted = outbox.in_doubt(tx, row["id"])
        if doubted is not None:
            outbox.found_out(tx, row["id"], now)
            _unsay(tx, doubted["key"], sent, now)

    def undeliverable(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> str | None:
        """The lane to try instead; the same lane: try again later; None: it is given up, and the row says why."""
        match row["kind"]:
            case "alert":
                return self._alert(tx, row, refused, now)
            case "update":
                self._update(tx, row, refused, now)
                return None
            case "digest":
                self._book.show_alone(tx, json.loads(row["payload"]).get("alerts", ()), now)
                return None
            case "erase" | "redo" | "unsay":
                self._not_taken_back(tx, row, refused, now)
                return None
            case "channel" | "publication":
                return str(row["lane"])  # the admin channel: nowhere else to say it, so it stays owed and visible
            case _:
                audit.record(
                    tx, at=now, actor=audit.SYSTEM, action="undelivered", before=row["kind"], after=refused.code
                )
                return None

    def _alert(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> str:
        """An alert is never dropped: the fallback channel, then the admin channel, then it waits for a person."""
        channels = self._book.channels
        lane = str(row["lane"])
        further = [channels.fallback, channels.admin]
        after = further[further.index(lane) + 1 :] if lane in further else further
        other = next((one for one in after if one != lane), lane)
        what = f"Alerts to <#{lane}> do not arrive ({refused.code}). {refused.advice}"
        if refused.scope == "lane" and other != lane:
            self._book.tell_admins(tx, f"{what} They go to <#{other}> meanwhile.", f"lane:{lane}:{refused.code}", now)
            alerts.move(tx, row["key"], other)
            return other
        self._book.tell_admins(tx, f"{what} The alert {row['key']} waits.", f"waits:{row['key']}:{refused.code}", now)
        return lane

    def _not_taken_back(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> None:
        """Slack keeps a message about somebody who was erased: a person has to take it away."""
        where = row["channel"] or row["lane"].removeprefix("update:")
        at = f", message {row['ts']}" if row["ts"] else ""
        text = (
            f"A message about somebody who was erased could not be taken back ({refused.code}). {refused.advice} "
            f"It is in <#{where}>{at}: delete it by hand."
        )
        self._book.tell_admins(tx, text, f"kept:{row['key']}", now)

    def _update(self, tx: Tx, row: Any, refused: Refused, now: Instant) -> None:
        """The message is gone: an unclaimed lead's alert is posted anew, once."""
        alert = alerts.by_key(tx, row["key"].removeprefix("update:"))
        if alert is None or refused.code != "message_not_found":
            return
        lead = leads.get(tx, alert["lead_id"])
        audit.record(
            tx, at=now, actor=audit.SYSTEM, action="message_gone", lead_id=alert["lead_id"], before=alert["key"]
        )
        live = lead is not None and lead["alert_id"] == alert["id"]
        if live and self._statuses.state(lead) is State.OPEN and not alert["anew"]:
            self._book.post_anew(tx, alert, now)


def _unsay(tx: Tx, key: str, sent: Sent, now: Instant) -> None:
    """What was in doubt is there, or (without a place) is not."""
    if sent.ts or sent.file:
        place = outbox.Place(sent.channel, sent.ts or None, sent.file or None)
        owe_erase(tx, key.split(":")[1], place, now, now)
