"""One lead under one model, as of the events applied so far: tallies of rules, folded facts, and the score from them.

Events are applied in their order, and never taken away (the history then starts from zero). Time is not state: any
instant from the latest applied event on may be asked, in any order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from scoring.conditions.compiled import HasTest
from scoring.engine.compiled import NO_EVENT, CompiledModel, Watcher
from scoring.engine.folding import Folding
from scoring.engine.standing import Standing, standings_of
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant
from scoring.rules import NEVER, Tally


class Entry:
    """A rule that at least one event of the lead has met."""

    __slots__ = ("add", "candidates", "lean", "open", "tally", "watcher")

    def __init__(self, watcher: Watcher, *, lean: bool) -> None:
        self.watcher = watcher
        self.lean = lean
        self.tally: Tally = watcher.plan.new_tally(lean=lean)
        self.open = True
        """Whether what the rule asks of the lead holds."""
        self.candidates: list[ScoringEvent] = []
        self.add: Callable[[ScoringEvent], None] = self.tally.add if watcher.mixed is None else self.candidates.append

    def ask_again(self, state: State) -> None:
        """The facts or the events have changed: ask what the condition asks of the lead."""
        watcher = self.watcher
        self.open = watcher.guard is None or watcher.guard(NO_EVENT, state)
        if watcher.mixed is not None:
            self.tally = watcher.plan.new_tally(lean=self.lean)
            for event in self.candidates:
                if watcher.mixed(event, state):
                    self.tally.add(event)
            self.open = self.open and bool(self.tally.at)


StandingKey: TypeAlias = tuple[bool, ...]


class State:
    """A lead as of the events applied so far. It is the facts that conditions on the lead read.

    A lean one holds no events: whoever wants its lines finds them by their numbers.
    """

    __slots__ = (
        "_asked_version",
        "_asking",
        "_batch",
        "_entries",
        "_lean",
        "_standings",
        "applied_until",
        "at",
        "categories",
        "compiled",
        "folding",
        "latest",
        "since",
    )

    def __init__(self, compiled: CompiledModel, *, lean: bool = False) -> None:
        self.compiled = compiled
        self._lean = lean
        self.folding = Folding(compiled.reads)
        self.at: Instant = -NEVER
        self.applied_until: Instant = -NEVER
        """No instant before this one can be asked."""
        self.latest: ScoringEvent | None = None
        """The latest event applied."""
        self.since: Instant | None = None if compiled.model.ignore_earlier_events else -NEVER
        """From which instant on events count for engagement; None: the gates were never met."""
        self.categories: dict[int, list[Entry]] = {}
        """The entries of each engagement category that has any."""
        self._entries: dict[int, Entry] = {}
        self._asking: list[Entry] = []
        self._asked_version = 0
        self._standings: dict[StandingKey, Standing] = {}
        self._batch: list[tuple[ScoringEvent, tuple[Watcher, ...]]] = []

    # ---- the facts that conditions read

    @property
    def attributes(self) -> dict[str, Value]:
        """Attribute values by flat name."""
        return self.folding.attributes

    @property
    def status(self) -> str:
        """The lead's status."""
        return self.folding.status

    def reached(self, has: HasTest) -> bool:
        """Whether the lead has so many matching events at the instant asked."""
        entry = self._entries.get(self.compiled.has_index[has])
        return entry is not None and entry.open and entry.tally.value(self.at) > 0

    # ---- applying events

    def apply(self, event: ScoringEvent) -> None:
        """The lead's next event, by their order."""
        self.latest = event
        if event.occurred_at > self.applied_until:
            self.applied_until = event.occurred_at
        self.folding.own(event)
        matching = self.compiled.event_type(event.type).matching(event)
        if self.since is None:
            self._batch.append((event, matching))
            matching = tuple(watcher for watcher in matching if watcher.category < 0)
        self._feed(matching, event)

    def apply_colleague(self, company: str, event: ScoringEvent) -> None:
        """An event that a colleague sent; their order does not matter."""
        self.applied_until = max(self.applied_until, event.occurred_at)
        self.folding.colleague(company, event)

    def end_of_instant(self, at: Instant) -> None:
        """All events of an instant are applied: where earlier events are ignored, were the gates first met now?"""
        if self.since is None and self.latest is not None and self.standing(at).met:
            self.since = at
            for event, matching in self._batch:
                if event.occurred_at == at:
                    self._feed(tuple(watcher for watcher in matching if watcher.category >= 0), event)
        self._batch = []

    def _feed(self, matching: tuple[Watcher, ...], event: ScoringEvent) -> None:
        entries = self._entries
        for watcher in matching:
            entry = entries.get(watcher.index)
            if entry is None:
                entry = entries[watcher.index] = self._open(watcher)
            entry.add(event)
            if watcher.asks_lead:
                self._asked_version = -1

    def _open(self, watcher: Watcher) -> Entry:
        entry = Entry(watcher, lean=self._lean)
        if watcher.category >= 0:
            self.categories.setdefault(watcher.category, []).append(entry)
        if watcher.asks_lead:
            self._asking.append(entry)
        return entry

    @property
    def instants(self) -> int:
        """How many instants of events its rules hold."""
        return sum([len(entry.tally.at) for entry in self._entries.values()])

    # ---- what the facts say

    def standing(self, at: Instant) -> Standing:
        """Population, gates and fit at an instant."""
        self.at = at
        version = self.folding.version
        if self._asked_version != version:
            self._ask_again(version)
        compiled = self.compiled
        key = tuple([self.reached(has) for has in compiled.has]) if compiled.has else ()
        found = self._standings.get(key)
        if found is None:
            found = self._standings[key] = standings_of(compiled).find(self, key)
        return found

    def _ask_again(self, version: int) -> None:
        self._asked_version = version
        self._standings = {}
        for entry in self._asking:
            entry.ask_again(self)

    def standing_changes_at(self, now: Standing, at: Instant, before: Instant) -> Instant:
        """When time alone first changes what the facts say, if that is before an instant; else that instant."""
        while (at := self.next_fall(at)) < before:
            if not self.standing(at).same_as(now):
                return at
        return before

    def next_fall(self, at: Instant) -> Instant:
        """When time alone next makes a `has ... within` fail that holds at an instant; it may change nothing."""
        falls = [
            entry.tally.until
            for has in self.compiled.timed
            if (entry := self._entries.get(self.compiled.has_index[has])) is not None
            and entry.open
            and entry.tally.value(at)
        ]
        return min(falls, default=NEVER)
