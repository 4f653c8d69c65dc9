"""The picture of a digest: what became of the alerts of a period, as bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.charts.drawing import BLUE, GREEN, GREY, INK, PALE, RED, Box, Drawing, Shape, Words
from bot.language import mark, number, tr, trn
from bot.service.handling.views import ResultRow

_WIDTH: Final = 640
_LEFT, _RIGHT, _TOP, _ROW = 130.0, 50.0, 56.0, 30.0


def result_words(total: ResultRow) -> tuple[tuple[str, int, str], ...]:
    """What became of alerts: (words, how many, colour); only what there is."""
    found = (
        (mark("accepted"), total.accepted, GREEN),
        (mark("not a fit"), total.rejected, RED),
        (mark("not now"), total.recycled, GREY),
        (mark("pending"), total.pending, BLUE),
        (mark("unanswered"), total.unanswered, "#d88a1d"),
        (mark("joined"), total.joined, PALE),
        (mark("superseded"), total.superseded, PALE),
    )
    return tuple((tr(words), count, color) for words, count, color in found if count)


def results_picture(total: ResultRow) -> Drawing:
    """One bar for each result, the longest across the whole width."""
    found = result_words(total)
    said = ", ".join(f"{number(count)} {words}" for words, count, _ in found) or tr("nothing yet")
    heading = trn("{count} lead passed on", "{count} leads passed on", total.passed)
    title = f"{heading}: {said}"
    height = int(_TOP + _ROW * max(1, len(found)) + 16)
    return Drawing(_WIDTH, height, title, (Words(20, 30, heading, 17), *_bars(found)))


def _bars(found: tuple[tuple[str, int, str], ...]) -> Iterator[Shape]:
    most = max((count for _, count, _ in found), default=1)
    for place, (words, count, color) in enumerate(found):
        y = _TOP + place * _ROW
        width = (_WIDTH - _LEFT - _RIGHT) * count / most
        yield Words(_LEFT - 12, y + 15, words, 13, INK, "end")
        yield Box(_LEFT, y, width, 20, color)
        yield Words(_LEFT + width + 8, y + 15, str(count), 13, INK)
