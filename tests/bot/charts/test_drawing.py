"""The same shapes as SVG and as PNG."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bot.charts import Drawing, to_png, to_svg
from bot.charts.drawing import RED, Box, Dot, Frame, Path, Words, round_steps
from bot.charts.png import plain

DRAWING = Drawing(
    200,
    100,
    "Søren & <co>",
    (Box(10, 10, 50, 30, RED), Path(((0, 90), (200, 90)), dashed=True), Dot(100, 50, 4, RED), Words(5, 95, "<b>&")),
)


def test_svg_is_xml_whatever_the_words_say() -> None:
    root = ET.fromstring(to_svg(DRAWING))  # noqa: S314 -- our own
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert texts == ["<b>&"]
    assert root.attrib["viewBox"] == "0 0 200 100"


def test_png_shows_the_shapes_at_twice_the_size() -> None:
    image = Image.open(BytesIO(to_png(DRAWING)))
    assert image.size == (400, 200)
    assert image.getpixel((60, 50)) == (0xD1, 0x35, 0x2B)
    assert image.getpixel((300, 20)) == (255, 255, 255)


def test_letters_that_the_font_lacks_are_drawn_plainly() -> None:
    assert plain("Søren Åse – Łódź × 3, 日") == "Soren Ase - Lodz x 3, ?"


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [(0, 100, [0, 20, 40, 60, 80, 100]), (0, 7, [0, 2, 4, 6]), (-30, 60, [-20, 0, 20, 40, 60]), (0, 0, [0])],
)
def test_rules_are_at_round_values(low: float, high: float, steps: list[float]) -> None:
    assert round_steps(low, high) == pytest.approx(steps)


def test_a_frame_of_one_value_has_a_place_for_it() -> None:
    frame = Frame(0, 0, 100, 100, 5, 5, 0, 10)
    assert frame.x(5) == 0
    assert frame.y(10) == 0
