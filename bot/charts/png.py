"""A drawing as PNG, for Slack. Its font is the one that Pillow carries: plain letters, so `ø` is drawn as `o`."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from bot.charts.drawing import Box, Dot, Drawing, Path, Point, Shape, Words

_SCALE: Final = 2
"""Pixels per pixel: telephones have fine screens."""
_DASH, _GAP = 4.0, 3.0
_ANCHORS: Final = {"start": "ls", "middle": "ms", "end": "rs"}
_LETTERS: Final = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d"} | {
    "–": "-", "—": "-", "×": "x", "≥": ">=", "·": "-", "…": "...", "’": "'"
})  # fmt: skip


def to_png(drawing: Drawing) -> bytes:
    """The picture as the bytes of a PNG file, twice as large as it says."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), "#ffffff")
    pen = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        _draw(pen, shape)
    written = BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw(pen: ImageDraw.ImageDraw, shape: Shape) -> None:
    match shape:
        case Path(points, color, width, dashed):
            for part in _dashes(points) if dashed else [points]:
                pen.line(_scaled(part), color, max(1, round(width * _SCALE)), joint="curve")
        case Box(x, y, width, height, color):
            if width > 0 and height > 0:
                pen.rectangle((*_scaled([(x, y)])[0], *_scaled([(x + width, y + height)])[0]), color)
        case Dot(x, y, radius, color):
            pen.circle(_scaled([(x, y)])[0], radius * _SCALE, color)
        case Words(x, y, text, size, color, anchor):
            pen.text(_scaled([(x, y)])[0], plain(text), color, _font(size * _SCALE), _ANCHORS[anchor])


def _scaled(points: Any) -> list[Point]:
    return [(x * _SCALE, y * _SCALE) for x, y in points]


def plain(text: str) -> str:
    """A text in the letters that the font has."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c if c.isascii() else "?" for c in apart if not unicodedata.combining(c))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _dashes(points: tuple[Point, ...]) -> Iterator[tuple[Point, Point]]:
    for (x1, y1), (x2, y2) in pairwise(points):
        length = math.hypot(x2 - x1, y2 - y1)
        at = 0.0
        while at < length:
            to = min(at + _DASH, length)
            yield _between(x1, y1, x2, y2, at / length), _between(x1, y1, x2, y2, to / length)
            at = to + _GAP


def _between(x1: float, y1: float, x2: float, y2: float, part: float) -> Point:
    return (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
