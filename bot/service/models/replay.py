"""When a lead crosses if every event arrives when it occurs: hand-over played through, as a back-test needs it.

An evaluation is due at every event, at every change that time brings, and at the end of a cooldown. Most leads only
lose points while nothing happens: then nothing can cross between two events but at the end of a cooldown, and whether
the lead dips is seen just before whatever comes next, so that the changes between need not be visited one by one. A
lead for which that is not sure (a rule that takes points away, which come back with time; a gate that looks back for a
while) is played through change by change. A test holds both ways equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from itertools import pairwise
from typing import NamedTuple

from scoring.engine import History, Score
from scoring.engine.compiled import compiled
from scoring.events import ScoringEvent
from scoring.handover import HandOver, cooldown_ends, evaluate
from scoring.instants import Instant
from scoring.model import FrequencyRule, InactivityRule, Model, Rule


class Crossed(NamedTuple):
    """A crossing in a replay. `alert`: people would be told."""

    at: Instant
    alert: bool
    score: Score


def replay(
    model: Model,
    events: Sequence[ScoringEvent],
    colleagues: Mapping[str, Iterable[ScoringEvent]],
    until: Instant,
    *,
    step_by_step: bool | None = None,
) -> tuple[list[Crossed], Score]:
    """The crossings of a lead up to an instant, and its score then. `step_by_step`: for the test of both ways."""
    history = History(model, events, colleagues)
    others = sorted({event.occurred_at for known in colleagues.values() for event in known})
    arrivals = [at for at in _each_once(merge((event.occurred_at for event in events), others)) if at <= until]
    player = _Player(model, history)
    if step_by_step if step_by_step is not None else _may_rise(model, events):
        player.by_changes(arrivals, until)
    else:
        player.by_events(arrivals, until)
    return player.crossed, history.score(until)


def _each_once(instants: Iterable[Instant]) -> Iterator[Instant]:
    last: Instant | None = None
    for at in instants:
        if at != last:
            yield at
        last = at


class _Player:
    def __init__(self, model: Model, history: History) -> None:
        self._model = model
        self._history = history
        self._state = HandOver.new()
        self.crossed: list[Crossed] = []

    def _evaluate(self, at: Instant) -> Score:
        score = self._history.score(at)
        self._state, crossing = evaluate(self._state, score, self._model)
        if crossing is not None:
            self.crossed.append(Crossed(at, crossing.alert, score))
        return score

    def by_events(self, arrivals: Sequence[Instant], until: Instant) -> None:
        """For a lead that only loses points while nothing happens."""
        for at, following in pairwise([*arrivals, until + 1]):
            self._evaluate(at)
            ends = cooldown_ends(self._state, self._model)
            if ends is not None and at < ends < following:
                self._look_just_before(ends, at)
                self._evaluate(ends)
            self._look_just_before(following, at)

    def _look_just_before(self, instant: Instant, since: Instant) -> None:
        """Whether a disarmed lead has dipped by then."""
        if not self._state.armed and not self._state.dipped and instant - 1 > since:
            self._evaluate(instant - 1)

    def by_changes(self, arrivals: Sequence[Instant], until: Instant) -> None:
        """Every change that time brings is visited."""
        waiting = list(reversed(arrivals))
        now = waiting.pop() if waiting else None
        while now is not None and now <= until:
            while waiting and waiting[-1] <= now:
                waiting.pop()
            score = self._evaluate(now)
            coming = (score.next_change, cooldown_ends(self._state, self._model), waiting[-1] if waiting else None)
            now = min((at for at in coming if at is not None and at > now), default=None)


def _may_rise(model: Model, events: Iterable[ScoringEvent]) -> bool:
    """Whether time alone might give a lead points: what it does not know it takes for possible."""
    if compiled(model).timed or _pays_for_silence(model):
        return True
    taking = _taking(model)
    if not taking:
        return False
    prepared = compiled(model)
    return any(
        watcher.index in taking for event in events for watcher in prepared.event_type(event.type).matching(event)
    )


@lru_cache(maxsize=8)
def _pays_for_silence(model: Model) -> bool:
    rules = (rule for category in model.engagement for rule in category.rules)
    return any(isinstance(rule, InactivityRule) and rule.points > 0 for rule in rules)


@lru_cache(maxsize=8)
def _taking(model: Model) -> frozenset[int]:
    """The rules that take points away for events: these come back with time."""
    rules = [rule for category in model.engagement for rule in category.rules]
    return frozenset(index for index, rule in enumerate(rules) if _takes(rule))


def _takes(rule: Rule) -> bool:
    if isinstance(rule, InactivityRule):
        return False
    if isinstance(rule, FrequencyRule):
        return any(row.points < 0 for row in rule.rows)
    return rule.points < 0
