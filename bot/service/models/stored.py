"""What warnings about a model ask of the store: which values leads have, and which rules no stored event matched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final

from bot.service.logged import scoring_event
from bot.service.models.versions import Reads
from bot.storage import log
from scoring.conditions.compiled import read_property
from scoring.conditions.values import is_there, leaves
from scoring.engine.compiled import NO_FACTS
from scoring.events import ScoringEvent, Value
from scoring.lint import Stored, unmatched_rules
from scoring.model import Check, Condition, Has, Model, parts_of

_BATCH: Final = 2_000
_VALUES: Final = 5_000
"""A field with more distinct values than this is a free text: nobody lists its values."""
_NAMES: Final = 5_000


async def stored_of(store: Reads, model: Model, stepped: Callable[[int, int], None]) -> Stored:
    """Look through the whole log, batch after batch."""
    attributes, properties = _asked(model)
    values = _Values(attributes, properties)
    unmatched: frozenset[tuple[str, str]] | None = None
    seq, total = 0, await store.read(log.count_events)
    while rows := await store.read(partial(log.events_after, seq=seq, limit=_BATCH)):
        events = [scoring_event(row, None) for row in rows if row["quarantined"] is None]
        missing = unmatched_rules(model, iter(events))
        unmatched = missing if unmatched is None else unmatched & missing
        for event in events:
            values.add(event)
        seq = rows[-1]["seq"]
        stepped(min(seq, total), total)
    if unmatched is None:
        return Stored()
    return Stored(values.attributes(), values.properties(), unmatched, values.names)


class _Values:
    """Each distinct value of the fields that a model asks for."""

    def __init__(self, attributes: Iterable[str], properties: Iterable[str]) -> None:
        self._attributes: dict[str, dict[str, Value]] = {name: {} for name in attributes}
        self._properties: dict[str, dict[str, Value]] = {name: {} for name in properties}
        self._reads = {name: read_property(name) for name in self._properties}
        self.names: set[str] = set()

    def add(self, event: ScoringEvent) -> None:
        if event.traits:
            for name, value in leaves(event.traits).items():
                if len(self.names) < _NAMES:
                    self.names.add(name)
                if name in self._attributes and is_there(value):
                    _remember(self._attributes[name], value)
        for name, read in self._reads.items():
            found: Any = read(event, NO_FACTS)
            if is_there(found):
                _remember(self._properties[name], found)

    def attributes(self) -> dict[str, list[Value]]:
        return _listed(self._attributes)

    def properties(self) -> dict[str, list[Value]]:
        return _listed(self._properties)


def _remember(known: dict[str, Value], value: Value) -> None:
    if len(known) <= _VALUES:
        known.setdefault(json.dumps(value, default=str), value)


def _listed(known: dict[str, dict[str, Value]]) -> dict[str, list[Value]]:
    return {name: list(values.values()) for name, values in known.items() if values and len(values) <= _VALUES}


def _asked(model: Model) -> tuple[set[str], set[str]]:
    """The attributes and the properties that a model's conditions ask for."""
    attributes: set[str] = set()
    properties: set[str] = set()
    for condition, of_lead in _conditions(model):
        for part in parts_of(condition):
            match part:
                case Check(name):
                    on_lead = of_lead or name.startswith("lead.")
                    (attributes if on_lead else properties).add(name.removeprefix("lead.") if on_lead else name)
                case Has(_, when):
                    properties |= {inner.field for inner in parts_of(when) if isinstance(inner, Check)}
                case _:
                    pass
    return attributes, properties


def _conditions(model: Model) -> Iterator[tuple[Condition, bool]]:
    for condition in model.lead_conditions():
        yield condition, True
    for category in model.engagement:
        for rule in category.rules:
            yield rule.when, False
