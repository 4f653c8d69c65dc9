"""Reading who is scored and who may be handed over: `[population]`, `[gates]`, `[[gate]]`, `[[never_alert]]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast, get_args

from scoring.conditions.read import read_when
from scoring.definition.names import check_names
from scoring.model import ALWAYS, Condition, Gate, IfUnknown, NeverAlert
from scoring.reading import Path, Table


def read_population(root: Table) -> Condition:
    """The table `[population]`."""
    table = root.table("population")
    if table is None:
        return ALWAYS
    when = read_when(table, "lead")
    table.finish()
    return when


def read_gates(root: Table) -> tuple[tuple[Gate, ...], bool]:
    """The gates, and whether events before they were first met are ignored."""
    table = root.table("gates")
    earlier = "count"
    if table is not None:
        earlier = table.choice("earlier_events", ("count", "ignore"), "count") or "count"
        table.finish()
    tables = root.tables("gate")
    gates = tuple(_read_gate(gate) for gate in tables)
    check_names(tables)
    if earlier == "ignore":
        for gate in tables:
            for place in _withins(gate.values.get("when"), (*gate.path, "when")):
                root.problems.add(place, "`within`", 'no `within` in gates with earlier_events = "ignore"')
    return gates, earlier == "ignore"


def _read_gate(table: Table) -> Gate:
    name = table.text("name", required=True) or ""
    on = table.choice("on", ("lead", "company"), "lead") or "lead"
    when = read_when(table, "lead")
    if_unknown = table.choice("if_unknown", cast("tuple[IfUnknown, ...]", get_args(IfUnknown)), "wait") or "wait"
    table.finish()
    return Gate(name, on, when, if_unknown)


def _withins(value: object, path: Path) -> Iterator[Path]:
    """Where a condition says `within`: in a `has`, however deep."""
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _withins(part, (*path, index))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in ("any", "all", "not", "has"):
                yield from _withins(inner, (*path, key))
            elif key == "within" and "has" in path:
                yield (*path, key)


def read_never_alert(root: Table) -> tuple[NeverAlert, ...]:
    """The array `[[never_alert]]`."""
    tables = root.tables("never_alert")
    held = []
    for table in tables:
        name = table.text("name", required=True) or ""
        held.append(NeverAlert(name, read_when(table, "lead")))
        table.finish()
    check_names(tables)
    return tuple(held)
