"""Reading tables of a file: every value checked, every problem collected with its place, nothing raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, TypeAlias, TypeVar

from scoring.instants import DAY, Duration, UnreadableInstant, parse_duration
from scoring.numbers import ONE, Cents, to_cents

Path: TypeAlias = tuple[str | int, ...]

NOTHING: Final = "nothing"
_LARGEST: Final = 10**9
_LONGEST: Final = 365_000 * DAY
_SHOWN: Final = 60

_T = TypeVar("_T", bound=str)


class Problems:
    """What is wrong, in the order in which it was found."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str, str]] = []

    def add(self, path: Path, found: str, allowed: str) -> None:
        """Note a problem: its place, what was found there, what is allowed."""
        self.found.append((path, found, allowed))


def place_of(path: Path) -> str:
    """A path as people write it: engagement[0].rule[2].points."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def show(value: object) -> str:
    """A value as its file would have it, short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _SHOWN else f'"{value[:_SHOWN]}…"'
    if isinstance(value, Mapping):
        return "a table" if value else "an empty table"
    if isinstance(value, list):
        text = f"[{', '.join(show(element) for element in value)}]"
        return text if len(text) <= _SHOWN else f"a list of {len(value)}"
    return str(value) if isinstance(value, int | Decimal) else f"a date or time, {value}"


def is_number(value: object) -> bool:
    """Whether a value is a number that can be used: no boolean, finite, not beyond a billion."""
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value) <= _LARGEST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


class Table:
    """A table being read. What is asked for is what is allowed; `finish` refuses every other key."""

    def __init__(self, values: Mapping[str, object], path: Path, problems: Problems) -> None:
        self.values = values
        self.path = path
        self.problems = problems
        self._asked: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def take(self, key: str) -> object:
        """The raw value of a key, None when it is absent; from now on the key is allowed."""
        self._asked.append(key)
        return self.values.get(key)

    def allow(self, *keys: str) -> None:
        """Keys that are read elsewhere or were refused already."""
        self._asked.extend(keys)

    def refuse(self, key: str, allowed: str, found: str | None = None) -> None:
        """Note a problem with the value of a key."""
        shown = show(self.values[key]) if key in self.values else NOTHING
        self.problems.add((*self.path, key), found or shown, allowed)

    def finish(self) -> None:
        """Refuse every key that nobody asked for."""
        known = sorted(set(self._asked))
        for key in self.values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f" (did you mean `{near[0]}`?)" if near else ""
                self.problems.add((*self.path, key), f"the unknown key `{key}`{hint}", ", ".join(known))

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A text that is not blank."""
        value = self.take(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None or required:
            self.refuse(key, "a text that is not empty")
        return None

    def choice(self, key: str, allowed: Sequence[_T], default: _T | None = None) -> _T | None:
        """One of some words; without a default it is required."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        found = next((word for word in allowed if word == value and isinstance(value, str)), None)
        if found is None:
            self.refuse(key, " or ".join(f'"{word}"' for word in allowed))
        return found

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.refuse(key, "true or false")
        return default

    def cents(
        self,
        key: str,
        *,
        required: bool = False,
        lowest: int | None = None,
        highest: int | None = None,
        above: int | None = None,
    ) -> Cents | None:
        """A number with at most two decimals, as hundredths; the bounds are in whole points."""
        value = self.take(key)
        if value is None and not required:
            return None
        cents = read_cents(value)
        bounds = [f"at least {lowest}" * (lowest is not None), f"at most {highest}" * (highest is not None)]
        bounds.append(f"above {above}" * (above is not None))
        inside = (
            cents is not None
            and (lowest is None or cents >= lowest * ONE)
            and (highest is None or cents <= highest * ONE)
            and (above is None or cents > above * ONE)
        )
        if not inside:
            self.refuse(key, ", ".join(["a number with at most two decimals", *filter(None, bounds)]))
            return None
        return cents

    def whole(self, key: str, *, lowest: int, highest: int = _LARGEST, default: int | None = None) -> int | None:
        """A whole number within bounds."""
        value = self.take(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        upper = "" if highest == _LARGEST else f", at most {highest}"
        self.refuse(key, f"a whole number, at least {lowest}{upper}")
        return None

    def duration(self, key: str, *, required: bool = False, zero: bool = False) -> Duration | None:
        """One whole number above 0 and one unit."""
        value = self.take(key)
        if value is None and not required:
            return None
        if zero and value == "0s":
            return 0
        try:
            length = parse_duration(value) if isinstance(value, str) else 0
        except UnreadableInstant:
            length = 0
        if 0 < length <= _LONGEST:
            return length
        allowed = 'a text such as "24h": a whole number above 0 and s, m, h, d or w, at most "365000d"'
        self.refuse(key, allowed + ', or "0s"' * zero)
        return None

    def days(self, key: str, *, required: bool = False) -> int | None:
        """A duration of whole days, as their number."""
        before = len(self.problems.found)
        length = self.duration(key, required=required)
        if length is None or length % DAY == 0:
            return None if length is None else length // DAY
        if len(self.problems.found) == before:
            self.refuse(key, 'whole days, such as "14d"')
        return None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts that is not empty, nor any text in it."""
        value = self.take(key)
        if isinstance(value, list) and value and all(isinstance(text, str) and text.strip() for text in value):
            return tuple(value)
        if value is not None or required:
            self.refuse(key, "a list of texts, none of them empty")
        return ()

    def event_types(self, key: str = "event") -> tuple[str, ...]:
        """A type, a list of types, or "*"; required."""
        value = self.take(key)
        types = value if isinstance(value, list) else [value]
        if types and all(isinstance(word, str) and word.strip() for word in types):
            return tuple(dict.fromkeys(types))
        self.refuse(key, 'an event type, a list of event types, or "*" for every type')
        return ()

    def table(self, key: str) -> Table | None:
        """A table within this one; None when it is absent (or no table, which is refused)."""
        value = self.take(key)
        if isinstance(value, Mapping):
            return Table(value, (*self.path, key), self.problems)
        if value is not None:
            self.refuse(key, "a table")
        return None

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        """A list of tables, not empty."""
        value = self.take(key)
        if isinstance(value, list) and value and all(isinstance(element, Mapping) for element in value):
            return [Table(element, (*self.path, key, index), self.problems) for index, element in enumerate(value)]
        if value is not None or required:
            self.refuse(key, "a list of tables, not empty")
        return []


def read_cents(value: object) -> Cents | None:
    """The hundredths of a number of a file; None when it is no number or has more than two decimals."""
    return to_cents(value) if is_number(value) and isinstance(value, int | Decimal) else None
