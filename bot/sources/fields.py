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


def _reach(record: Any, steps: Iterable[str]) -> Any:
    for step in steps:
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


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
