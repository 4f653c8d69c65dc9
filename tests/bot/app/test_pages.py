"""The pages on sources say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.history import SHAPES
from bot.sources import SOURCES
from tests.bot.app.pages import DOCS, pages

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["README.md", *(f"{kind}.md" for kind in sorted(SOURCES))])
def test_the_page_of_every_kind_is_as_the_code_has_it(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == pages()[name].rstrip() + "\n", "run `python -m tests.bot.app.pages`"


def test_no_page_is_left_over() -> None:
    assert {path.name for path in DOCS.iterdir()} == set(pages())


def test_every_shape_of_an_import_is_on_its_page() -> None:
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    assert all(f"`{shape}`" in text for shape in SHAPES)
