"""What was told of somebody who is erased is taken back: messages say so instead, lists are told without them.

Each message is a row of the outbox of its own (`erase`, `redo`), so that it survives a restart and Slack's refusal is
known. What may be arriving just now (`unsay`) is looked for first, and taken back if it is there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.storage import forgetting, outbox
from bot.storage.forgetting import WORD
from bot.storage.outbox import SETTLE, Place
from bot.storage.personal import Scope
from bot.storage.store import Tx
from scoring.instants import Instant

ERASE, REDO, UNSAY = "erase", "redo", "unsay"
"""Kinds of owed rows: say that it was erased, say it again without somebody, find out whether it was said."""
_UPDATES: Final = "update"
_UNDER_WAY: Final = frozenset({"sending", "unknown"})
_OF_ALERT: Final = frozenset({"alert", "update", "thread"})


@dataclass(frozen=True, slots=True)
class Gone:
    """Who is not to be named any more: numbers of leads, their alerts, publications that found them, spellings."""

    leads: frozenset[int]
    alerts: frozenset[int]
    publications: frozenset[int]
    spellings: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str] | None:
        return re.compile("|".join(map(re.escape, self.spellings)), re.IGNORECASE) if self.spellings else None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a message: nothing (`payload` is None), the same, or less."""

    concerned: bool
    payload: Mapping[str, Any] | None


def taken_out(row: Any, gone: Gone) -> Left:
    """A row's payload without somebody."""
    payload: dict[str, Any] = json.loads(row["payload"])
    if row["kind"] in _OF_ALERT and row["alert_id"] in gone.alerts:
        return Left(True, None)
    if row["kind"] == "publication":
        return Left(payload.get("version") in gone.publications, payload)
    if payload.get("lead") in gone.leads and not isinstance(payload.get("lead"), bool):  # a file about the lead
        return Left(True, None)
    left = {**payload}
    if isinstance(payload.get("notice"), dict):
        notice = _notice(payload["notice"], gone)
        if notice is None:
            return Left(True, None)
        left["notice"] = notice
    if isinstance(payload.get("digest"), dict):
        left["digest"] = _digest(payload["digest"], gone)
        left["alerts"] = [one for one in payload.get("alerts", ()) if one not in gone.alerts]
    left = _without_values(left, gone)
    return Left(left != payload, left)


def _notice(notice: dict[str, Any], gone: Gone) -> dict[str, Any] | None:
    about = [_number(notice.get(name)) for name in ("lead", "other")]
    if any(one in gone.leads for one in about):
        return None
    leads = notice.get("leads") or []
    kept = [one for one in leads if _number(one) not in gone.leads]
    if leads and not kept:
        return None
    return {**notice, "leads": kept} if len(kept) < len(leads) else notice


def _digest(digest: dict[str, Any], gone: Gone) -> dict[str, Any]:
    rows = {
        name: [row for row in some if _number(row.get("lead")) not in gone.leads]
        for name, some in (digest.get("rows") or {}).items()
    }
    counts = {**(digest.get("counts") or {})}
    for name, some in (digest.get("rows") or {}).items():
        if name in counts:
            counts[name] -= len(some) - len(rows[name])
    return {**digest, "rows": {name: some for name, some in rows.items() if some}, "counts": counts}


def _number(ref: Any) -> Any:
    return ref.get("number") if isinstance(ref, dict) else None


def _without_values(payload: dict[str, Any], gone: Gone) -> dict[str, Any]:
    pattern = gone.pattern
    if pattern is None:
        return payload
    text = json.dumps(payload, ensure_ascii=False)
    new = pattern.sub(WORD, text)
    changed: dict[str, Any] = json.loads(new) if new != text else payload
    return changed


# ---- in the transaction of an erasure


class Unsaying:
    """Takes back what one erasure concerns."""

    def __init__(self, tx: Tx, gone: Gone, token: str, now: Instant) -> None:
        self._tx = tx
        self._gone = gone
        self._token = token
        self._now = now
        self.counts: Counter[str] = Counter()
        self._busy: set[int | None] = set()
        """Alerts whose message is being changed just now."""

    def all(self, scope: Scope) -> None:
        """Every message about the person, and every list that names them."""
        rows = forgetting.messages_of(self._tx, scope.messages)
        concerned = [(row, taken_out(row, self._gone)) for row in rows]
        self._busy = {row["alert_id"] for row, _ in concerned if _is_update(row) and row["state"] in _UNDER_WAY}
        alerts = {row["id"]: row for row in forgetting.alerts_of(self._tx, scope.leads)}
        for alert in alerts.values():
            if alert["ts"]:
                self._erase(Place(alert["channel"], alert["ts"]), busy=alert["id"] in self._busy)
        for row, left in concerned:
            if left.payload is None:
                self._single(row, alerts.get(row["alert_id"]))
            else:
                self._one_of_several(row, left.payload)

    def _single(self, row: Any, alert: Any) -> None:
        """A message that is about nobody else."""
        under_way = row["state"] in _UNDER_WAY
        if under_way and not _is_update(row):
            at = {"channel": alert["channel"], "thread_ts": alert["ts"]} if row["kind"] == "thread" and alert else {}
            payload = {"was": row["kind"], "key": row["key"], **at}
            key = f"erase:{self._token}:{UNSAY}:{row['id']}"
            outbox.doubt_whether_said(self._tx, row["id"], key, payload, self._now + SETTLE)
            self.counts["in doubt"] += 1
            return
        if row["state"] == "done" and not _is_update(row):
            place = Place(row["channel"], row["ts"], row["file"])
            if place.ts or place.file:
                self._erase(place)
        outbox.drop(self._tx, row["id"])

    def _one_of_several(self, row: Any, payload: Mapping[str, Any]) -> None:
        """A list or summary that names others too."""
        outbox.say_less(self._tx, row["id"], payload)
        if row["state"] in ("owed", "refused"):
            return
        what = {"kind": row["kind"], "payload": dict(payload)}
        added = outbox.owe_change(
            self._tx,
            kind=REDO,
            key=f"erase:{self._token}:{REDO}:{row['id']}",
            lane=f"{_UPDATES}:{row['lane']}",
            payload=what,
            now=self._now,
            not_before=self._now,
            about_id=row["id"],
        )
        self.counts["told anew"] += added

    def _erase(self, place: Place, *, busy: bool = False) -> None:
        self.counts["erased"] += owe_erase(self._tx, self._token, place, self._now, self._now + SETTLE * busy)


def owe_erase(tx: Tx, token: str, place: Place, now: Instant, not_before: Instant) -> int:
    """Owe that a message, or a file, says nothing any more; once for each."""
    return outbox.owe_change(
        tx,
        kind=ERASE,
        key=f"erase:{token}:{place.file or ''}:{place.channel}:{place.ts}",
        lane=f"{_UPDATES}:{place.channel}",
        place=place,
        now=now,
        not_before=not_before,
    )


def show_colleagues_anew(tx: Tx, leads: Iterable[int], now: Instant) -> None:
    """Alerts of others name the colleagues whom somebody has: they are shown as they are now."""
    for alert in forgetting.alerts_of(tx, leads):
        if alert["ts"] and not alert["held"]:
            outbox.owe_newest(
                tx,
                sender="slack",
                kind=_UPDATES,
                key=f"{_UPDATES}:{alert['key']}",
                lane=f"{_UPDATES}:{alert['lane']}",
                now=now,
                alert_id=alert["id"],
            )


def _is_update(row: Any) -> bool:
    return bool(row["kind"] == _UPDATES)
