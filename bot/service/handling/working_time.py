"""Working time: business hours and public holidays, and lengths of time counted in them. Pure, and right over DST.

Without hours, time is elapsed time. With hours, a length in `h` or `m` is working time and one in `d` whole working
days; time starts at the next opening and is over at its earliest instant: four hours from Friday noon are over on
Friday at 16:00, where that is closing time, not on Monday at the opening.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from scoring.instants import DAY, Days, Duration, Instant, from_datetime, to_datetime

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PART: Final = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d\d?):(\d\d)-(\d\d?):(\d\d)\Z")
_CLOCK: Final = re.compile(r"(\d\d?):(\d\d)\Z")
_LOOKED_AT: Final = 3 * 366
"""Days that are looked at for the next opening: a calendar that is closed for years is none."""

Minutes = tuple[int, int]
"""From and to, in minutes of the day; `to` before `from` ends on the next day."""


class UnreadableHours(ValueError):
    """A text is no hours, no time zone, no country of holidays or no period."""


def read_zone(name: str) -> ZoneInfo:
    """The time zone of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnreadableHours(f"{name!r} is no time zone; allowed: such as Europe/Copenhagen") from None


def read_hours(text: str) -> tuple[tuple[Minutes, ...], ...]:
    """The opening times of each weekday, from a text such as `Mon-Thu 08:00-16:00, Fri 08:00-15:00`."""
    found: list[list[Minutes]] = [[] for _ in DAYS]
    for part in text.split(","):
        matched = _PART.match(part.strip().casefold())
        if matched is None or matched[1] not in DAYS or (matched[2] or matched[1]) not in DAYS:
            raise UnreadableHours(f"{part.strip()!r} is no hours; allowed: such as Mon-Fri 09:00-17:00")
        first, last = DAYS.index(matched[1]), DAYS.index(matched[2] or matched[1])
        opened = (_minute(matched[3], matched[4]), _minute(matched[5], matched[6]))
        if opened[0] >= opened[1]:
            raise UnreadableHours(f"{part.strip()!r} ends before it begins; allowed: such as Mon-Fri 09:00-17:00")
        for day in range(first, last + 1 if last >= first else last + 8):
            found[day % 7].append(opened)
    return tuple(tuple(sorted(day)) for day in found)


def read_clock(text: str) -> int:
    """The minute of the day of a text such as 08:30."""
    matched = _CLOCK.match(text.strip())
    if matched is None:
        raise UnreadableHours(f"{text!r} is no time of day; allowed: such as 08:30")
    return _minute(matched[1], matched[2])


def read_quiet(text: str) -> Minutes:
    """From and to, from a text such as 20:00-07:00."""
    start, dash, end = text.partition("-")
    if not dash:
        raise UnreadableHours(f"{text!r} is no period of a day; allowed: such as 20:00-07:00")
    return read_clock(start), read_clock(end)


def _minute(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > 24 * 60:
        raise UnreadableHours(f"{hour}:{minute} is no time of day; allowed: 00:00 to 24:00")
    return found


def read_period(text: str) -> tuple[date, date]:
    """First and last day, from `2026-07-06..2026-07-24` or one day."""
    first, _, last = text.strip().partition("..")
    try:
        found = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise UnreadableHours(f"{text!r} is no period; allowed: such as 2026-07-06..2026-07-24") from None
    if found[0] > found[1]:
        raise UnreadableHours(f"{text!r} ends before it begins; allowed: such as 2026-07-06..2026-07-24")
    return found


class PublicHolidays:
    """The public holidays of a country (`DK`) or a part of it (`DE-BY`), and further days that are closed."""

    def __init__(self, country: str = "", further: Iterable[date] = ()) -> None:
        self._further = frozenset(further)
        self._known: Mapping[date, str] = {}
        if country:
            name, _, part = country.partition("-")
            try:
                self._known = holidays.country_holidays(name, subdiv=part or None)
            except (NotImplementedError, KeyError):  # how the library says that it does not know the country
                raise UnreadableHours(f"{country!r} has no known holidays; allowed: such as DK or DE-BY") from None

    def __contains__(self, day: date) -> bool:
        return day in self._further or day in self._known


@dataclass(frozen=True, eq=False)
class Calendar:
    """When people work. `hours` empty: always, and lengths are elapsed time."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    hours: tuple[tuple[Minutes, ...], ...] = ()
    closed: PublicHolidays = field(default_factory=PublicHolidays)
    quiet: Minutes | None = None
    """Quiet hours count as outside."""

    @property
    def works(self) -> bool:
        """Whether there are business hours at all."""
        return bool(self.hours)

    # ---- a day

    def at(self, day: date, minute: int) -> Instant:
        """The instant of a minute of a local day; one that a change of the clock leaves out is the next that is."""
        day, minute = day + timedelta(days=minute // 1440), minute % 1440
        local = datetime.combine(day, time(minute // 60, minute % 60), self.zone)
        return from_datetime(local)

    def day_of(self, at: Instant) -> date:
        """The local day of an instant."""
        return to_datetime(at).astimezone(self.zone).date()

    def opened(self, day: date) -> tuple[tuple[Instant, Instant], ...]:
        """When this day is open, as instants."""
        return _opened(self, day)

    def is_open(self, at: Instant) -> bool:
        """Whether people work at an instant."""
        return not self.works or any(start <= at < end for start, end in self.opened(self.day_of(at)))

    def next_open(self, at: Instant) -> Instant:
        """The instant itself if people work then, else the next opening."""
        if not self.works:
            return at
        for start, end in self._from(at):
            if at < end:
                return max(at, start)
        raise UnreadableHours("the calendar is never open")

    def is_working_day(self, day: date) -> bool:
        return not self.works or bool(self.opened(day))

    def next_time(self, at: Instant, minute: int, *, working: bool = True) -> Instant:
        """The next instant after `at` that is this minute of a (working) local day."""
        day = self.day_of(at)
        for _ in range(_LOOKED_AT):
            found = self.at(day, minute)
            if found > at and (not working or self.is_working_day(day)):
                return found
            day += timedelta(days=1)
        raise UnreadableHours("the calendar is never open")

    def _from(self, at: Instant) -> Iterator[tuple[Instant, Instant]]:
        day = self.day_of(at)
        for _ in range(_LOOKED_AT):
            yield from self.opened(day)
            day += timedelta(days=1)

    # ---- lengths

    def add(self, at: Instant, length: Duration) -> Instant:
        """The earliest instant at which so much time has passed since `at`."""
        if not self.works:
            return at + length
        if isinstance(length, Days):
            return self._add_days(at, max(length // DAY, 1))
        left = length
        for start, end in self._from(at):
            begins = max(start, at)
            if begins < end:
                if left <= end - begins:
                    return begins + left
                left -= end - begins
        raise UnreadableHours("the calendar is never open")

    def _add_days(self, at: Instant, days: int) -> Instant:
        start = self.next_open(at)
        day = self.day_of(start)
        whole = start == self.opened(day)[0][0]
        later = self._working_day(day, days - 1 if whole else days)
        spans = self.opened(later)
        if whole:
            return spans[-1][1]
        local = to_datetime(start).astimezone(self.zone)
        same = self.at(later, local.hour * 60 + local.minute) + start % 60_000_000
        return min(max(same, spans[0][0]), spans[-1][1])

    def _working_day(self, day: date, later: int) -> date:
        while later:
            day += timedelta(days=1)
            later -= self.is_working_day(day)
        return day

    def between(self, since: Instant, until: Instant) -> Duration:
        """How much time passes between two instants, in the calendar's units."""
        if until <= since or not self.works:
            return max(until - since, 0)
        passed = 0
        for start, end in self._from(since):
            if start >= until:
                break
            passed += max(min(end, until) - max(start, since), 0)
        return passed

    def part(self, since: Instant, until: Instant, percent: int) -> Instant:
        """The instant at which so many percent of the time between two instants have passed."""
        whole = self.between(since, until)
        return min(self.add(since, whole * percent // 100), until) if whole else until

    def working_day(self, at: Instant) -> Instant:
        """A working day after `at`: a day without business hours."""
        return self.add(at, Days(DAY))


@lru_cache(maxsize=4096)
def _opened(calendar: Calendar, day: date) -> tuple[tuple[Instant, Instant], ...]:
    if day in calendar.closed:
        return ()
    spans = [(calendar.at(day, start), calendar.at(day, end)) for start, end in calendar.hours[day.weekday()]]
    for quiet in _quiet_of(calendar, day):
        spans = [piece for span in spans for piece in _without(span, quiet)]
    return tuple(spans)


def _quiet_of(calendar: Calendar, day: date) -> list[tuple[Instant, Instant]]:
    """The quiet hours that touch a day, those that began the evening before among them."""
    if calendar.quiet is None:
        return []
    start, end = calendar.quiet
    length = end if end > start else end + 1440
    return [(calendar.at(one, start), calendar.at(one, length)) for one in (day - timedelta(days=1), day)]


def _without(span: tuple[Instant, Instant], quiet: tuple[Instant, Instant]) -> list[tuple[Instant, Instant]]:
    pieces = [(span[0], min(span[1], quiet[0])), (max(span[0], quiet[1]), span[1])]
    return [piece for piece in pieces if piece[0] < piece[1]]


def quiet_until(zone: ZoneInfo, quiet: Minutes | None, at: Instant) -> Instant | None:
    """When the quiet hours that hold at an instant end; None where none hold."""
    if quiet is None:
        return None
    calendar = Calendar(zone=zone, quiet=quiet)
    for start, end in _quiet_of(calendar, calendar.day_of(at)):
        if start <= at < end:
            return end
    return None
