"""A back-test: a draft against the published model over the stored history, before anything is published.

Both are replayed as if every event had come when it occurred, so that they are compared by the same yardstick. It only
reads, batch after batch of leads; what it keeps does not grow with their number.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from heapq import heappush, heappushpop
from statistics import median
from typing import Any, Final, NamedTuple

from bot.service.garbage import background_work, set_aside
from bot.service.handling.outcomes import Outcome, StatusKind, outcome_of
from bot.service.logbook import LeadLog, read_logs
from bot.service.models.replay import Crossed, replay
from bot.service.models.versions import Reads
from bot.service.models.views import Backtest, Mover, RuleMove, Side, Standing, Week
from bot.service.views import LeadRef
from bot.storage import log
from bot.storage.store import Tx
from scoring.engine import Score
from scoring.grade import reaches
from scoring.instants import DAY, Instant
from scoring.ledger import Line
from scoring.model import Model
from scoring.numbers import to_decimal

_BATCH: Final = 200
_NAMED: Final = 100
"""Leads named of those that become hot, and of those that stop."""
_RULES: Final = 30
_WEEK: Final = 7 * DAY
_MONDAY: Final = 4 * DAY
"""1970-01-05."""
_LABELS: Final = ("hot", "warm", "cold", "none", "waiting", "ineligible")

Rule = tuple[str | None, str]


class _Played(NamedTuple):
    """One lead under one model."""

    crossed: Sequence[Crossed]
    score: Score


@dataclass(slots=True)
class _Side:
    model: Model
    alerts: int = 0
    weeks: Counter[Instant] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    scores: Counter[int] = field(default_factory=Counter)
    at_label: int = 0
    days: list[float] = field(default_factory=list)
    rejected: int = 0

    def is_at_label(self, score: Score) -> bool:
        return reaches(score.label, self.model.hand_over.label)

    def add(self, played: _Played, outcome: Outcome | None, since: Instant) -> None:
        alerts = [crossed.at for crossed in played.crossed if crossed.alert]
        counted = [at for at in alerts if at >= since]
        self.alerts += len(counted)
        self.weeks.update(_week_of(at) for at in counted)
        if played.score.label is not None and played.score.score_cents is not None:
            self.labels[played.score.label] += 1
            self.scores[played.score.score_cents // 100] += 1
            self.at_label += self.is_at_label(played.score)
        if outcome is not None and outcome.kind == "rejected":
            self.rejected += sum(at < outcome.at for at in counted)
        if outcome is not None and outcome.kind == "won" and outcome.at >= since:
            first = next((at for at in alerts if at < outcome.at), None)
            if first is not None:
                self.days.append((outcome.at - first) / DAY)

    def side(self, weeks: int) -> Side:
        return Side(
            alerts=self.alerts,
            alerts_per_week=round(Decimal(self.alerts) / weeks, 2),
            labels=tuple((label, self.labels[label]) for label in _LABELS if self.labels[label]),
            at_label=self.at_label,
            customers_alerted=len(self.days),
            days_earlier=round(Decimal(median(self.days)), 1) if self.days else None,
            alerts_rejected=self.rejected,
        )


class _Best:
    """The best so many of any number."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Mover]] = []
        self.count = 0

    def add(self, mover: Mover, cents: int) -> None:
        self.count += 1
        item = (cents, -mover.lead.number, mover)
        if len(self._heap) < _NAMED:
            heappush(self._heap, item)
        else:
            heappushpop(self._heap, item)

    def best(self) -> tuple[Mover, ...]:
        return tuple(mover for _, _, mover in sorted(self._heap, reverse=True))


@dataclass(slots=True)
class _Moved:
    before: int = 0
    after: int = 0
    moved: int = 0
    leads: int = 0


class _Comparison:
    """What is found lead by lead."""

    def __init__(self, published: Model, draft: Model, kind_of: StatusKind, since: Instant, until: Instant) -> None:
        self._before = _Side(published)
        self._after = _Side(draft)
        self._kind_of = kind_of
        self._since = since
        self._until = until
        self._rules: dict[Rule, _Moved] = {}
        self._becoming = _Best()
        self._leaving = _Best()
        self.leads = 0
        self.events = 0
        self.customers = 0
        self._first: Instant | None = None

    def add(self, logs: Iterable[LeadLog], names: Mapping[int, Any]) -> None:
        for one in logs:
            if one.events and one.events[0].occurred_at <= self._until:  # others began while this goes on
                self._add(one, names.get(one.lead_id))

    def _add(self, one: LeadLog, name: Any) -> None:
        played = [self._play(side.model, one) for side in (self._before, self._after)]
        outcome = outcome_of(one.events, self._kind_of, self._until)
        self.leads += 1
        self.events += len(one.events)
        self._first = min(self._first or self._until, one.events[0].occurred_at)
        self.customers += outcome is not None and outcome.kind == "won" and outcome.at >= self._since
        self._before.add(played[0], outcome, self._since)
        self._after.add(played[1], outcome, self._since)
        self._compare(one.lead_id, name, played[0].score, played[1].score)
        self._compare_rules(played[0].score.lines, played[1].score.lines)

    def _play(self, model: Model, one: LeadLog) -> _Played:
        return _Played(*replay(model, one.events, one.colleagues, self._until))

    def _compare(self, lead_id: int, name: Any, before: Score, after: Score) -> None:
        was, is_now = self._before.is_at_label(before), self._after.is_at_label(after)
        if was == is_now:
            return
        known = (name["name"], name["email"], name["company"]) if name is not None else (None, None, None)
        mover = Mover(LeadRef(lead_id, *known), _standing(before), _standing(after))
        best = self._becoming if is_now else self._leaving
        best.add(mover, (after if is_now else before).score_cents or 0)

    def _compare_rules(self, before: Iterable[Line], after: Iterable[Line]) -> None:
        old, new = _by_rule(before), _by_rule(after)
        for rule in old.keys() | new.keys():
            moved = self._rules.setdefault(rule, _Moved())
            was, is_now = old.get(rule, 0), new.get(rule, 0)
            moved.before += was
            moved.after += is_now
            moved.moved += abs(is_now - was)
            moved.leads += was != is_now

    def result(self, published: int) -> Backtest:
        since = max(self._since, self._first if self._first is not None else self._since)
        starts = range(_week_of(since), _week_of(self._until) + 1, _WEEK)
        scores = self._before.scores.keys() | self._after.scores.keys()
        return Backtest(
            model=self._after.model.name,
            draft_hash=self._after.model.hash,
            published=published,
            since=since,
            until=self._until,
            leads=self.leads,
            events=self.events,
            customers=self.customers,
            before=self._before.side(len(starts)),
            after=self._after.side(len(starts)),
            weeks=tuple(Week(at, self._before.weeks[at], self._after.weeks[at]) for at in starts),
            becoming=self._becoming.best(),
            becoming_count=self._becoming.count,
            leaving=self._leaving.best(),
            leaving_count=self._leaving.count,
            rules=self._rule_moves(),
            distribution=tuple(
                (score, self._before.scores[score], self._after.scores[score]) for score in sorted(scores)
            ),
        )

    def _rule_moves(self) -> tuple[RuleMove, ...]:
        moved = [(rule, one) for rule, one in self._rules.items() if one.moved]
        moved.sort(key=lambda pair: (-pair[1].moved, pair[0][0] or "", pair[0][1]))
        return tuple(
            RuleMove(*rule, to_decimal(one.before), to_decimal(one.after), to_decimal(one.moved), one.leads)
            for rule, one in moved[:_RULES]
        )


def _by_rule(lines: Iterable[Line]) -> dict[Rule, int]:
    """Points by rule; the tiers of a category are one, and rounding is left out."""
    points: dict[Rule, int] = {}
    for line in lines:
        if line.rule == "rounding" and line.kind == "adjustment":
            continue
        tier = line.kind == "fit" and line.rule.startswith("tier ")
        rule = (line.category, "its tiers" if tier else line.rule)
        points[rule] = points.get(rule, 0) + line.cents
    return points


def _standing(score: Score) -> Standing:
    return Standing(score.score, score.rating, score.label)


def _week_of(at: Instant) -> Instant:
    return (at - _MONDAY) // _WEEK * _WEEK + _MONDAY


async def backtest(
    store: Reads,
    draft: Model,
    published: tuple[int, Model],
    *,
    kind_of: StatusKind,
    since: Instant | None,
    until: Instant,
    stepped: Callable[[int, int], None],
) -> Backtest:
    """Compare a draft with a published model (its version and it) over all leads.

    `since`: alerts and purchases before it are not counted; None: all are. `kind_of` gives the kind of a status.
    """
    comparison = _Comparison(published[1], draft, kind_of, since if since is not None else 0, until)
    total = await store.read(log.count)
    after = done = 0
    with background_work():
        while ids := await store.read(partial(log.leads_after, after=after, limit=_BATCH)):
            logs, names = await store.read(partial(_read, ids))
            await asyncio.to_thread(comparison.add, logs, names)
            after, done = ids[-1], done + len(ids)
            set_aside()
            stepped(min(done, total), total)
    return comparison.result(published[0])


def _read(ids: Sequence[int], tx: Tx) -> tuple[list[LeadLog], dict[int, Any]]:
    return list(read_logs(tx, ids).values()), log.names(tx, ids)
