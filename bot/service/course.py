"""A lead's score over time: every event and every change that time brings, each under the model live then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from bot.service.logbook import LeadLog
from bot.service.models.views import Course, CoursePoint, PostedScore
from bot.service.views import LeadRef
from scoring.engine import Score
from scoring.instants import DAY, Duration, Instant
from scoring.model import Model
from scoring.numbers import to_decimal

AHEAD: Final[Duration] = 30 * DAY
_POINTS: Final = 1_500
"""A picture is no wider: of changes closer together than this allows, the later one is shown."""


class Span(NamedTuple):
    """From when a version was live; its model is read when it is needed."""

    since: Instant
    model: Callable[[], Model]


def course_of(
    lead: LeadRef,
    one: LeadLog,
    spans: Sequence[Span],
    crossings: tuple[PostedScore, ...],
    publications: tuple[tuple[Instant, int], ...],
    *,
    since: Instant | None,
    now: Instant,
) -> Course:
    """The course of a lead from `since` (else its first event) to `now`, and what comes if nothing happens."""
    first = one.events[0].occurred_at if one.events else now
    begin = min(max(first, since) if since is not None else first, now)
    step = max(1, (now - begin) // _POINTS)
    points: list[CoursePoint] = []
    for span, upto in _parts(spans, begin, now):
        points += _walk(one, span.model(), max(begin, span.since) if points else begin, upto, step)
    live = spans[-1].model()
    future = _walk(one.until(now), live, now, now + AHEAD, AHEAD // 200)
    return Course(
        lead=lead,
        model=live.name,
        points=tuple(points),
        now=now,
        ahead=tuple(future),
        crossings=tuple(one for one in crossings if one.at >= begin),
        publications=tuple(pair for pair in publications if pair[0] >= begin),
        bounds=_bounds(live),
    )


def _parts(spans: Sequence[Span], begin: Instant, now: Instant) -> Iterator[tuple[Span, Instant]]:
    """The versions that were live between two instants, each with the instant up to which."""
    for number, span in enumerate(spans):
        upto = spans[number + 1].since - 1 if number + 1 < len(spans) else now
        if upto >= begin:
            yield span, min(upto, now)


def _walk(one: LeadLog, model: Model, begin: Instant, upto: Instant, step: Duration) -> Iterator[CoursePoint]:
    """The score at `begin` and after every change up to an instant, no two closer than `step`."""
    history = one.history(model)
    coming = sorted(
        {event.occurred_at for events in (one.events, *one.colleagues.values()) for event in events}, reverse=True
    )
    at = begin
    while True:
        score = history.score(at)
        yield _point(score)
        while coming and coming[-1] <= at:
            coming.pop()
        changes = [next_ for next_ in (score.next_change, coming[-1] if coming else None) if next_ is not None]
        following = min(changes, default=None)
        if following is None or following > upto:
            return
        at = min(max(following, at + step), upto)


def _point(score: Score) -> CoursePoint:
    return CoursePoint(score.at, score.score, score.label)


def _bounds(model: Model) -> tuple[tuple[str, Decimal], ...]:
    if model.labels is None:
        return ()
    known = (("hot", model.labels.hot), ("warm", model.labels.warm), ("cold", model.labels.cold))
    return tuple((name, to_decimal(cents)) for name, cents in known if cents is not None)
