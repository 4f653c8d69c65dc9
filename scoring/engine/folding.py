"""Attributes of a lead, folded from its events: the latest event that names one sets it.

Traits under `company.` belong to the event's company: they are set by the latest event among all events of that
company, whoever sent them, and the lead's own events without a company.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from scoring.conditions.values import is_there, leaves
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant

Key: TypeAlias = tuple[Instant, str, str]
"""The order of events: time, then id, then source."""

STATUS_CHANGED: Final = "lead.status_changed"
FIRST_STATUS: Final = "new"
_COMPANY: Final = "company."
_Settings: TypeAlias = dict[str, tuple[Key, Value]]


def key_of(event: ScoringEvent) -> Key:
    """Where an event stands in the order of events."""
    return (event.occurred_at, event.id, event.source)


class Folding:
    """The attributes, the company and the status of a lead, as of the events folded so far.

    The lead's own events come in their order; those of colleagues in any.
    """

    __slots__ = ("_attributes", "_companies", "_own", "_reads", "_stray", "company", "status", "version")

    def __init__(self, reads: frozenset[str] | None) -> None:
        self._reads = reads
        self._own: dict[str, Value] = {}
        self._stray: _Settings = {}
        self._companies: dict[str, _Settings] = {}
        self._attributes: dict[str, Value] | None = {}
        self.company: str | None = None
        self.status = FIRST_STATUS
        self.version = 0
        """Grows whenever something changed that may be read."""

    def own(self, event: ScoringEvent) -> None:
        """The lead's next event."""
        if event.company is not None and event.company != self.company:
            self.company = event.company
            if self._companies:
                self._changed()
        if event.traits:
            self._own_traits(event)
        if event.type == STATUS_CHANGED and is_there(status := event.properties.get("to")):
            self.status = str(status)
            self._changed()

    def _own_traits(self, event: ScoringEvent) -> None:
        settings, key = self._stray if event.company is None else None, key_of(event)
        for name, value in leaves(event.traits).items():
            if self._reads is not None and name not in self._reads:
                continue
            if name.startswith(_COMPANY):
                if settings is None:
                    settings = self._companies.setdefault(event.company or "", {})
                _set(settings, name, key, value)
            elif self._own.get(name) == value and type(self._own.get(name)) is type(value):
                continue  # most events name the same address again: nothing changed
            elif value is None:
                self._own.pop(name, None)
            else:
                self._own[name] = value
            self._changed()

    def colleague(self, company: str, event: ScoringEvent) -> None:
        """An event of the company, whoever sent it."""
        key = key_of(event)
        for name, value in company_facts_of(event):
            if self._reads is None or name in self._reads:
                _set(self._companies.setdefault(company, {}), name, key, value)
                if company == self.company:
                    self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._attributes = None

    @property
    def attributes(self) -> dict[str, Value]:
        """Attribute values by flat name; what was cleared is not among them."""
        if self._attributes is None:
            self._attributes = self._merge()
        return self._attributes

    def _merge(self) -> dict[str, Value]:
        merged = dict(self._own)
        of_company = self._companies.get(self.company, {}) if self.company is not None else {}
        for name in self._stray.keys() | of_company.keys():
            settings = [source[name] for source in (self._stray, of_company) if name in source]
            value = max(settings, key=_first)[1]
            if value is not None:
                merged[name] = value
        return merged


def _set(settings: _Settings, name: str, key: Key, value: Value) -> None:
    known = settings.get(name)
    if known is None or known[0] < key:
        settings[name] = (key, value)


def _first(setting: tuple[Key, Value]) -> Key:
    return setting[0]


def company_facts_of(event: ScoringEvent) -> Iterator[tuple[str, Value]]:
    """What an event says of its company that colleagues' scores may read, by flat name; None clears what was said."""
    return ((name, value) for name, value in leaves(event.traits).items() if name.startswith(_COMPANY))


def sets_company_facts(event: ScoringEvent) -> bool:
    """Whether an event says anything of its company that colleagues' scores may read."""
    return any(True for _ in company_facts_of(event))
