"""A day of the calendar as people write it, `14 March`, `14.3.2026`, `2026-03-14`: pure.

A day without a year is the last one of that name, or the next one: as the reader of a past or a coming time wants it.
Months are known in English, Danish, Dutch and Swedish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, TypeAlias

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january januar januari jan",
            "february februar februari feb",
            "march marts maart mars mar mrt",
            "april apr",
            "may maj mei",
            "june juni jun",
            "july juli jul",
            "august augusti augustus aug",
            "september sep sept",
            "october oktober okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?\Z")
_NUMBER: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\Z", re.IGNORECASE)
_YEAR: Final = re.compile(r"\d{4}\Z")

_Parts: TypeAlias = tuple[int | None, int, int]
"""Year (None where none was said), month and day."""


def read_day(words: Sequence[str], today: date, *, past: bool) -> date | None:
    """The day that exactly these words mean; without a year one up to today (`past`), or from today on."""
    parts = _iso(words) or _dotted(words) or _spelt(words)
    if parts is None:
        return None
    year, month, day = parts
    return _date(year, month, day) if year is not None else _of_that_name(month, day, today, past=past)


def _iso(words: Sequence[str]) -> _Parts | None:
    found = _ISO_DAY.match(words[0]) if len(words) == 1 else None
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]))


def _dotted(words: Sequence[str]) -> _Parts | None:
    """`14.3.` and `14.3.2026`, as Danes and Germans write."""
    found = _DOTTED.match(words[0]) if len(words) == 1 else None
    if found is None:
        return None
    return int(found[3]) if found[3] else None, int(found[2]), int(found[1])


def _spelt(words: Sequence[str]) -> _Parts | None:
    """`14 March`, `March 14`, `14. marts 2026`."""
    if len(words) not in (2, 3):
        return None
    year = words[2] if len(words) == 3 else None
    if year is not None and not _YEAR.match(year):
        return None
    for number, name in ((words[0], words[1]), (words[1], words[0])):
        day, month = _NUMBER.match(number.rstrip(",")), _MONTHS.get(name.rstrip(".,").casefold())
        if day is not None and month is not None:
            return int(year) if year else None, month, int(day[1])
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1971 <= year <= 9998 else None
    except ValueError:
        return None


def _of_that_name(month: int, day: int, today: date, *, past: bool) -> date | None:
    """The nearest day of that name; 29 February is looked for in the leap years around."""
    for away in range(9):
        found = _date(today.year - away if past else today.year + away, month, day)
        if found is not None and (found <= today if past else found >= today):
            return found
    return None
