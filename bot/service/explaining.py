"""Explains scores: what is missing, what comes, what it would be worth to know. All of it only reads.

Whatever goes through many leads takes them batch after batch in short reads, and says how many it looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from bot.clock import Clock
from bot.service.explain_views import (
    CoolingPage,
    CoolingRow,
    Forecast,
    MissingFields,
    NearMiss,
    Shift,
    Step,
    Unlock,
)
from bot.service.facts import score_view
from bot.service.handling.state import Statuses, ref
from bot.service.histories import LiveModel
from bot.service.logbook import read_log, read_logs
from bot.service.models.views import Course, PastScore
from bot.service.past import Past
from bot.service.scorebook import Scorebook
from bot.service.views import LeadRef
from bot.storage import leads, standings
from bot.storage.store import Store, Tx
from scoring.engine import History, Score
from scoring.explain import completeness, why_not
from scoring.grade import reaches
from scoring.instants import DAY, Instant
from scoring.model import LABEL_RANK, FrequencyRule, Model, PointsRule

PAGE: Final = 10
COOLING_WITHIN: Final = 14 * DAY
_NEXT: Final = 3
"""Changes that a forecast tells, whatever they are."""
_LABELS: Final = 4
"""Changes of the label that it tells."""
_LOOKED_AT: Final = 1_000
_BATCH: Final = 50
_NAMED: Final = 3
_COURSE_LENGTH: Final = 90 * DAY


class Explaining:
    """Implements bot.service.desk.Explains on the store."""

    def __init__(self, store: Store, scorebook: Scorebook, statuses: Statuses, clock: Clock) -> None:
        self._store = store
        self._scorebook = scorebook
        self._statuses = statuses
        self._clock = clock
        self._past = Past(store)

    @property
    def _live(self) -> LiveModel:
        return next(live for live in self._scorebook.models if live.model.name == self._scorebook.default_model)

    # ---- one lead

    async def why_not(self, number: int) -> NearMiss | None:
        return await self._store.read(lambda tx: self._why_not(tx, number, self._clock()))

    def _why_not(self, tx: Tx, number: int, now: Instant) -> NearMiss | None:
        found = self._history(tx, number)
        if found is None:
            return None
        lead, history = found
        score = history.score(now)
        return NearMiss(ref(lead, score.label), score_view(history.model, score), why_not(history.model, history, now))

    async def forecast(self, number: int) -> Forecast | None:
        return await self._store.read(lambda tx: self._forecast(tx, number, self._clock()))

    def _forecast(self, tx: Tx, number: int, now: Instant) -> Forecast | None:
        found = self._history(tx, number)
        if found is None:
            return None
        lead, history = found
        score = history.score(now)
        return Forecast(ref(lead, score.label), score_view(history.model, score), tuple(_steps(history, score)))

    async def why_at(self, number: int, at: Instant) -> PastScore | None:
        return await self._past.explain(number, at)

    async def course(self, number: int) -> Course | None:
        now = self._clock()
        return await self._past.course(number, now, since=now - _COURSE_LENGTH)

    def _history(self, tx: Tx, number: int) -> tuple[Any, History] | None:
        """A lead and its history under the model that tells of it."""
        lead = leads.get(tx, number)
        if lead is None:
            return None
        return lead, self._scorebook.history_of(read_log(tx, number), self._clock())

    # ---- many leads

    async def cooling(self, page: int = 1) -> CoolingPage:
        """Leads at the hand-over label that leave their label soon, under the model that lists show."""
        live, now = self._live, self._clock()
        wanted = labels_from(live.model.hand_over.label)
        ids = await self._store.read(
            lambda tx: standings.at_labels(
                tx, live.model.name, wanted, due_by=now + COOLING_WITHIN, limit=_LOOKED_AT + 1
            )
        )
        found: list[tuple[Instant, int, str | None]] = []
        for batch in _batches(ids[:_LOOKED_AT]):
            found += await self._store.read(partial(_leaving, model=live.model, lead_ids=batch, now=now))
        found.sort(key=lambda one: one[:2])
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * PAGE : page * PAGE]
        rows = await self._store.read(lambda tx: self._cooling_rows(tx, shown, now))
        return CoolingPage(rows, COOLING_WITHIN // DAY, page, pages, len(found), more=len(ids) > _LOOKED_AT)

    def _cooling_rows(
        self, tx: Tx, shown: Sequence[tuple[Instant, int, str | None]], now: Instant
    ) -> tuple[CoolingRow, ...]:
        rows = {row["id"]: row for row in standings.leads(tx, (lead_id for _, lead_id, _ in shown))}
        logs = read_logs(tx, list(rows))
        found = []
        for at, lead_id, becomes in shown:
            if lead_id in rows:
                score = logs[lead_id].history(self._live.model).score(now)
                lead = _ref(rows[lead_id], score)
                found.append(CoolingRow(lead, score.rating, self._statuses.handling(rows[lead_id]), at, becomes))
        return tuple(found)

    async def missing(self) -> MissingFields:
        """The fields whose knowledge would bring most leads to the hand-over label."""
        live, now = self._live, self._clock()
        label = live.model.hand_over.label
        wanted = labels_from(label)
        ids = await self._store.read(lambda tx: standings.below(tx, live.model.name, wanted, _LOOKED_AT))
        below = await self._store.read(lambda tx: standings.count_below(tx, live.model.name, wanted))
        tally = _Tally(label)
        for batch in _batches(ids):
            await self._store.read(partial(tally.add, model=live.model, lead_ids=batch, now=now))
        named = await self._store.read(lambda tx: {row["id"]: row for row in standings.leads(tx, tally.named)})
        rows = tuple(
            Unlock(field, len(unlocked), waiting, tuple(_ref(named[one], None) for one in unlocked[:_NAMED]))
            for field, unlocked, waiting in tally.ranked()
        )
        return MissingFields(live.model.name, label, rows, len(ids), below)


class _Tally:
    """Whom each field would bring to a label; leads in the order in which they were looked at."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._unlocked: dict[str, list[int]] = {}
        self._waiting: dict[str, int] = {}

    def add(self, tx: Tx, model: Model, lead_ids: Sequence[int], now: Instant) -> None:
        for lead_id, log in read_logs(tx, lead_ids).items():
            found = why_not(model, log.history(model), now)
            if found is None or found.failed_gates:
                continue
            for field in found.waiting_on:
                self._waiting[field] = self._waiting.get(field, 0) + 1
            for one in found.if_known:
                if reaches(one.label, self._label):
                    self._unlocked.setdefault(one.field, []).append(lead_id)

    def ranked(self) -> list[tuple[str, list[int], int]]:
        fields = {*self._unlocked, *self._waiting}
        rows = [(field, self._unlocked.get(field, []), self._waiting.get(field, 0)) for field in fields]
        return sorted(rows, key=lambda row: (-len(row[1]), -row[2], row[0]))

    @property
    def named(self) -> set[int]:
        return {lead_id for unlocked in self._unlocked.values() for lead_id in unlocked[:_NAMED]}


def labels_from(label: str) -> list[str]:
    """A label and every better one."""
    return [one for one, rank in LABEL_RANK.items() if rank >= LABEL_RANK[label] > 0]


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _ref(lead: Any, score: Score | None) -> LeadRef:
    label, points = (score.label, score.score) if score is not None else (None, None)
    return LeadRef(lead["id"], lead["name"], lead["email"], lead["company"], label, points)


def _leaving(tx: Tx, model: Model, lead_ids: Sequence[int], now: Instant) -> list[tuple[Instant, int, str | None]]:
    """When these leads leave their label, if they do so soon, and for which."""
    found: list[tuple[Instant, int, str | None]] = []
    for lead_id, log in read_logs(tx, lead_ids).items():
        history = log.history(model)
        at = history.score(now).forecast
        if at is not None and at <= now + COOLING_WITHIN:
            found.append((at, lead_id, history.score(at).label))
    return found


def _steps(history: History, score: Score) -> Iterable[Step]:
    """The next changes one by one, then from change to change of the label."""
    labels = 0
    for count in range(_NEXT + _LABELS):
        at = score.next_change if count < _NEXT else score.forecast
        if at is None or labels == _LABELS:
            return
        after = history.score(at)
        changes = after.label != score.label
        labels += changes
        yield Step(at, after.score, after.rating, after.label, _shifts(score, after), changes)
        score = after


def _shifts(before: Score, after: Score) -> tuple[Shift, ...]:
    """What of the ledger is worth something else, the largest change first; adjustments follow from the rest."""
    was, becomes = _by_rule(before), _by_rule(after)
    shifts = [
        Shift(*rule, was.get(rule, Decimal(0)), becomes.get(rule, Decimal(0)))
        for rule in dict.fromkeys([*was, *becomes])
    ]
    changed = [shift for shift in shifts if shift.before != shift.after]
    return tuple(sorted(changed, key=lambda shift: -abs(shift.after - shift.before)))


def _by_rule(score: Score) -> dict[tuple[str | None, str], Decimal]:
    points: dict[tuple[str | None, str], Decimal] = {}
    for line in score.lines:
        if line.kind != "adjustment" or line.rule == "forgotten":
            key = (line.category, line.rule)
            points[key] = points.get(key, Decimal(0)) + line.points
    return points


# ---- how complete the picture is


def known_of(history: History, types: Iterable[str], now: Instant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of the fields and kinds of behaviour that the model asks for are known of a lead, and which are not."""
    found = completeness(history.model, history, now)
    seen = set(types)
    known, missing = list(found.known), list(found.missing)
    for wanted in behaviours_of(history.model):
        here = next((one for one in wanted if one in seen), None)
        (known if here else missing).append(here or wanted[0])
    return tuple(dict.fromkeys(known)), tuple(one for one in dict.fromkeys(missing) if one not in known)


def behaviours_of(model: Model) -> list[tuple[str, ...]]:
    """The kinds of events that can give points, a rule's together, in the order of the file."""
    rules = (rule for category in model.engagement if not category.minus for rule in category.rules)
    return list(dict.fromkeys(rule.events for rule in rules if _gives(rule) and "*" not in rule.events))


def _gives(rule: object) -> bool:
    match rule:
        case PointsRule(points=points):
            return points > 0
        case FrequencyRule(rows=rows):
            return rows[0].points > 0
        case _:
            return False
