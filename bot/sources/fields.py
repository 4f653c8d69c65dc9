"""Finding things in JSON from strangers: any step may be missing or of another type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Places = tuple[tuple[str, tuple[str, ...]], ...]
"""Where a value may stand, the nearest first: whole paths, and the steps of those that have any."""


def places(paths: Iterable[str]) -> Places:
    """Paths, taken apart once; dots reach into nested maps."""
    return tuple((path, tuple(path.split(".")) if "." in path else ()) for path in paths)


def a_map(value: object) -> dict[str, Any]:
    """The value where it is a map, else an empty one."""
    return value if isinstance(value, dict) else {}


def a_list(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def get(record: Any, path: str) -> Any:
    """What stands at a dotted path, or None; a key that itself has the dots comes first."""
    if not isinstance(record, dict):
        return None
    return record[path] if path in record else _reach(record, path.split("."))


def _reach(value: Any, steps: Iterable[str]) -> Any:
    """Step by step; in a list a step is a position from 0."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def first(record: dict[str, Any], where: Places) -> Any:
    """The first value that is there: not None and no empty text."""
    for path, steps in where:
        value = record.get(path)
        if value is None and steps:
            value = _reach(record, steps)
        if value is not None and value != "":
            return value
    return None


def every(record: dict[str, Any], where: Places) -> tuple[Any, ...]:
    """All values that are there, the nearest first."""
    found = []
    for path, steps in where:
        value = record.get(path)
        if value is None and steps:
            value = _reach(record, steps)
        if value is not None:
            found.append(value)
    return tuple(found)


def picked(record: Any, table: Mapping[str, str]) -> dict[str, Any]:
    """Our names with what stands at the vendor's paths, without what is not there."""
    return {ours: value for ours, path in table.items() if (value := get(record, path)) is not None and value != ""}


def filled(wanted: dict[str, Any], more: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A map with what it lacks taken from elsewhere; what is not there fills nothing."""
    missing = {name: value for name, value in more if value not in (None, "") and wanted.get(name) in (None, "")}
    return wanted | missing if missing else wanted


def renamed(record: Mapping[str, Any], names: Mapping[str, str], without: Iterable[str]) -> dict[str, Any]:
    """A flat record under our names, without what is read as something else and what is not there."""
    left_out = frozenset(without)
    return {names.get(key, key): value for key, value in record.items() if key not in left_out and value is not None}


def text_id(*parts: object) -> str:
    """An id put together from several; empty where one of them is missing."""
    return ":".join(map(str, parts)) if all(part not in (None, "") for part in parts) else ""
