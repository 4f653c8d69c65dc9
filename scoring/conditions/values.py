"""Values of events and attributes: what counts as there, and how a dotted name finds its value."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Final

from scoring.events import Value

_DEEPEST: Final = 16
"""Maps nested deeper than this are not read: no sender may exhaust the stack."""
_REMEMBERED: Final = 500
_leaves: Final[dict[int, tuple[Mapping[str, Value], Mapping[str, Value]]]] = {}
"""By the identity of traits, which is theirs while they are held here: themselves, and their leaves."""


def is_there(value: Value) -> bool:
    """Whether there is a value: null, blank texts, lists without elements that are not blank, and maps are not."""
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    if isinstance(value, list):
        return any(_is_element(element) for element in value)
    return value is not None and not isinstance(value, Mapping)


def _is_element(value: Value) -> bool:
    """Lists hold single values; lists and maps within a list are not read."""
    return not isinstance(value, list) and is_there(value)


def read_value(value: Value) -> Value:
    """A value as it is read: blank elements of a list are dropped, and what is not there is None."""
    if isinstance(value, list):
        return [element for element in value if _is_element(element)] or None
    return value if is_there(value) else None


def look_up(properties: Mapping[str, Value], name: str) -> Value:
    """The value of a name with dots: a key that itself has the dots comes first, then nested maps."""
    if name in properties:
        return properties[name]
    cut = name.rfind(".")
    while cut > 0:
        nested = properties.get(name[:cut])
        if isinstance(nested, Mapping):
            found = look_up(nested, name[cut + 1 :])
            if found is not None:
                return found
        cut = name.rfind(".", 0, cut)
    return None


def leaves(traits: Mapping[str, Value]) -> Mapping[str, Value]:
    """Traits as flat names: nested maps read as their leaves, blanks left out, null kept (it clears that very name).

    A text sent as `company` is read as `company.name`. A key that itself has the dots comes before nested maps.
    Traits do not change once they are read: every model, and every colleague, asks for those of the same event again.
    """
    known = _leaves.get(id(traits))
    if known is not None:
        return known[1]
    found: dict[str, Value] = {}
    _collect(traits, "", _DEEPEST, found)
    text = found.pop("company", None)
    if isinstance(text, str):
        found.setdefault("company.name", text)
    if len(_leaves) >= _REMEMBERED:
        _leaves.clear()
    _leaves[id(traits)] = traits, found
    return found


def _collect(values: Mapping[str, Value], before: str, levels: int, found: dict[str, Value]) -> None:
    """Every event of every lead comes by here: plain texts are looked at first."""
    for key in sorted(values, key=_dots) if "." in "".join(values) else values:
        value = values[key]
        if type(value) is str:
            if value and not value.isspace():
                found[intern(before + key)] = value  # names are few, and held by every lead
        elif isinstance(value, Mapping):
            if levels:
                _collect(value, f"{before}{key}.", levels - 1, found)
        elif value is None or (value := read_value(value)) is not None:
            found[intern(before + key)] = value


def _dots(key: str) -> int:
    return key.count(".")
