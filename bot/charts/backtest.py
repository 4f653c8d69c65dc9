"""The picture of a back-test: how the scores are distributed, and the alerts per week, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.charts.drawing import BLUE, GREY, INK, Box, Drawing, Frame, Path, Shape, Words
from bot.language import counted
from bot.service.models.views import Backtest
from scoring.instants import Instant, to_datetime

_WIDTH, _HEIGHT = 900, 620
_BINS: Final = 25
_ROUND: Final = [factor * 10**power for power in range(12) for factor in (1, 2, 5)]
_OLD, _NEW = "#b9bec4", BLUE


def backtest_picture(found: Backtest) -> Drawing:
    """Two plots: scores now, alerts per week; the published model grey, the draft blue."""
    title = f"{found.model}: draft against version {found.published}"
    span = (
        f"{_day(found.since)} to {_day(found.until)}, {counted(found.leads, 'lead')}, {counted(found.events, 'event')}"
    )
    shapes: list[Shape] = [
        Words(60, 30, title, 18),
        Words(60, 50, span, 12, GREY),
        *_legend(found),
        *_distribution(found),
        *_weeks(found),
    ]
    return Drawing(_WIDTH, _HEIGHT, title, tuple(shapes))


def _day(at: Instant) -> str:
    return to_datetime(at).strftime("%Y-%m-%d")


def _legend(found: Backtest) -> Iterator[Shape]:
    sides = ((560, _OLD, f"version {found.published}", found.before), (730, _NEW, "draft", found.after))
    for x, color, name, side in sides:
        yield Box(x, 20, 12, 12, color)
        yield Words(x + 18, 31, f"{name}: {side.alerts_per_week} a week", 12, INK)


def bins_of(distribution: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, int]]:
    """At most so many bins of equal, round width: (from, up to but not, before, after)."""
    if not distribution:
        return []
    low, high = distribution[0][0], distribution[-1][0] + 1
    width = next(round_ for round_ in _ROUND if round_ * _BINS >= high - low)
    low -= low % width
    bins = [[start, start + width, 0, 0] for start in range(low, high, width)]
    for score, before, after in distribution:
        place = (score - low) // width
        bins[place][2] += before
        bins[place][3] += after
    return [(one[0], one[1], one[2], one[3]) for one in bins]


def _distribution(found: Backtest) -> Iterator[Shape]:
    bins = bins_of(found.distribution)
    yield Words(60, 84, "Leads by score, now", 13)
    if not bins:
        return
    most = max(max(before, after) for _, _, before, after in bins)
    frame = Frame(60, 96, _WIDTH - 120, 200, bins[0][0], bins[-1][1], 0, most)
    yield from frame.rules()
    slot = frame.width / len(bins)
    for number, (start, _, before, after) in enumerate(bins):
        x = frame.left + number * slot
        for shift, count, color in ((0.1, before, _OLD), (0.5, after, _NEW)):
            top = frame.y(count)
            yield Box(x + shift * slot, top, 0.4 * slot, frame.top + frame.height - top, color)
        yield Words(x, frame.top + frame.height + 16, str(start), 11, GREY)


def _weeks(found: Backtest) -> Iterator[Shape]:
    yield Words(60, 354, "Alerts per week", 13)
    weeks = found.weeks
    if not weeks:
        return
    most = max(1, *(max(week.before, week.after) for week in weeks))
    frame = Frame(60, 366, _WIDTH - 120, 200, 0, max(1, len(weeks) - 1), 0, most)
    yield from frame.rules()
    for color, counts in ((_OLD, [week.before for week in weeks]), (_NEW, [week.after for week in weeks])):
        yield Path(tuple((frame.x(n), frame.y(count)) for n, count in enumerate(counts)), color, 2)
    step = max(1, -(-len(weeks) // 8))
    for number in range(0, len(weeks), step):
        yield Words(frame.x(number), frame.top + frame.height + 16, _day(weeks[number].starts), 11, GREY, "middle")
