"""Reps as routing sees them: what is configured, what they set for themselves, and whether they can take a lead now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.language import code_of
from bot.service.handling.policy import Policy
from bot.service.handling.state import CLOSED_KINDS, Statuses
from bot.service.handling.views import RepView
from bot.service.handling.working_time import Calendar, UnreadableHours, read_hours, read_period, read_zone
from bot.storage import handling
from bot.storage import reps as stored
from bot.storage.store import Tx
from scoring.instants import Instant

KEYS: Final = ("time_zone", "hours", "away", "capacity", "languages", "territories", "language")
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody to whom leads may be offered. Empty texts mean no limit."""

    user_id: str
    email: str = ""
    time_zone: str = ""
    hours: str = ""
    away: tuple[str, ...] = ()
    capacity: int | None = None
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    language: str = ""
    gone: bool = False

    def calendar(self, policy: Policy) -> Calendar:
        """When they work; without hours of their own, always."""
        zone = read_zone(self.time_zone) if self.time_zone else policy.calendar.zone
        return Calendar(zone=zone, hours=read_hours(self.hours) if self.hours else ())

    def workdays(self, policy: Policy) -> Calendar:
        """The team's working days, in their own zone and hours where they have some."""
        zone = read_zone(self.time_zone) if self.time_zone else policy.calendar.zone
        return replace(
            policy.calendar, zone=zone, hours=read_hours(self.hours) if self.hours else policy.calendar.hours
        )

    def periods(self) -> tuple[tuple[date, date], ...]:
        return tuple(read_period(one) for one in self.away)

    def is_away(self, at: Instant, zone: ZoneInfo) -> bool:
        day = Calendar(zone=zone).day_of(at)
        return any(first <= day <= last for first, last in self.periods())


class Reps:
    """Everybody that is configured or has set something."""

    def __init__(self, configured: Iterable[Rep], policy: Policy, statuses: Statuses) -> None:
        self._configured = {rep.user_id: rep for rep in configured}
        self._policy = policy
        self._closed = statuses.keys((*CLOSED_KINDS, "recycled"))

    @property
    def configured(self) -> tuple[str, ...]:
        """The user ids of every [[rep]], in order."""
        return tuple(self._configured)

    def all(self, tx: Tx) -> dict[str, Rep]:
        """Everybody of whom anything is known."""
        found = dict(self._configured)
        for user_id, (settings, gone_at) in stored.stored(tx).items():
            rep = found.get(user_id, Rep(user_id))
            found[user_id] = replace(rep, **_fields(settings), gone=gone_at is not None)
        return found

    def get(self, tx: Tx, user_id: str) -> Rep:
        return self.all(tx).get(user_id, Rep(user_id))

    def load(self, tx: Tx) -> dict[str, int]:
        """How many leads each has claimed and not snoozed."""
        return handling.load(tx, self._closed)

    def passed_over(self, rep: Rep, at: Instant, load: Mapping[str, int]) -> str | None:
        """Why routing passes somebody over now: gone, away, full, out_of_hours; None: they are available."""
        if rep.gone:
            return "gone"
        calendar = rep.calendar(self._policy)
        if rep.is_away(at, calendar.zone):
            return "away"
        if rep.capacity is not None and load.get(rep.user_id, 0) >= rep.capacity:
            return "full"
        return None if calendar.is_open(at) else "out_of_hours"

    def back_at(self, rep: Rep, at: Instant) -> Instant:
        """When their hours begin next."""
        return rep.calendar(self._policy).next_open(at)

    # ---- what they set themselves

    def chosen(self, tx: Tx, user_id: str) -> str:
        """What somebody set for themselves, for the trail."""
        return json.dumps(stored.stored(tx).get(user_id, ({}, None))[0], sort_keys=True)

    def set(self, tx: Tx, user_id: str, changes: Mapping[str, str | None]) -> tuple[str, ...]:
        """Store what can be read, and say which keys could not be."""
        settings = dict(stored.stored(tx).get(user_id, ({}, None))[0])
        bad = []
        for key, value in changes.items():
            try:
                read = _read(key, value)
            except ValueError:
                bad.append(key)
                continue
            settings.pop(key, None)
            if read is not None:
                settings[key] = read
        stored.save(tx, user_id, settings)
        return tuple(bad)

    def view(self, tx: Tx, user_id: str, now: Instant, unknown: tuple[str, ...] = ()) -> RepView:
        """One rep as they are shown."""
        return self._view(tx, self.get(tx, user_id), now, self.load(tx), unknown)

    def views(self, tx: Tx, now: Instant) -> tuple[RepView, ...]:
        """Everybody configured, who set something, or who owns a lead; those who left and own nothing aside."""
        load, known = self.load(tx), self.all(tx)
        users = list(dict.fromkeys((*known, *load)))
        found = [known.get(user, Rep(user)) for user in users]
        return tuple(self._view(tx, rep, now, load, ()) for rep in found if not rep.gone or load.get(rep.user_id))

    def _view(self, tx: Tx, rep: Rep, now: Instant, load: Mapping[str, int], unknown: tuple[str, ...]) -> RepView:
        own = handling.of_owner(tx, rep.user_id)
        return RepView(
            user_id=rep.user_id,
            time_zone=rep.time_zone or None,
            hours=rep.hours or None,
            away=tuple((first.isoformat(), last.isoformat()) for first, last in rep.periods()),
            capacity=rep.capacity,
            languages=rep.languages,
            territories=rep.territories,
            language=rep.language or None,
            claimed=load.get(rep.user_id, 0),
            snoozed=sum(1 for lead in own if lead["snoozed_until"] is not None),
            overdue=sum(1 for lead in own if lead["deadline"] is not None and lead["deadline"] <= now),
            passed_over=self.passed_over(rep, now, load),
            unknown=unknown,
        )


def _read(key: str, value: str | None) -> Any:
    """What a setting means, checked; None goes back to what is configured. Raises ValueError."""
    if key not in KEYS:
        raise ValueError(f"there is no setting {key}")
    text = (value or "").strip()
    if not text:
        return None
    if len(text) > _LONGEST:
        raise ValueError("too long")
    match key:
        case "time_zone":
            read_zone(text)
        case "hours":
            read_hours(text)
        case "away":
            return _periods(text)
        case "capacity":
            return _whole(text)
        case "language":
            return _spoken(text)
        case "languages" | "territories":
            return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _periods(text: str) -> list[str]:
    periods = [part.strip() for part in text.split(",") if part.strip()]
    for part in periods:
        read_period(part)
    return periods


def _spoken(text: str) -> str:
    code = code_of(text)
    if code is None:
        raise ValueError(f"{text!r} is no language that hotlead speaks")
    return code


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _fields(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Stored settings as fields; lists are tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items() if key in KEYS}


__all__ = ["KEYS", "Rep", "Reps", "UnreadableHours"]
