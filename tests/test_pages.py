"""Whoever follows a comment to one of our pages finds it, with the heading that was named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = re.compile(r"(?<![/\w.-])((?:docs/)?[A-Za-z_/-]+\.md)\b(?:, ([A-Z][^)(:;,.`\"\n]+))?")


def _named() -> Iterator[tuple[str, str, str]]:
    """(file, page, heading or "") for every page that a comment or docstring names."""
    for folder in ("bot", "scoring", "migrations", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for page, heading in PAGE.findall(file.read_text(encoding="utf-8")):
                if page.startswith("docs/") or page[:-3].isupper():
                    yield file.relative_to(ROOT).as_posix(), page, heading


NAMED = sorted(set(_named()))


@pytest.mark.parametrize(("file", "page", "heading"), NAMED, ids=[f"{file}:{page}" for file, page, _ in NAMED])
def test_a_page_that_code_names_is_there(file: str, page: str, heading: str) -> None:
    assert (ROOT / page).is_file(), f"{file} names {page}"
    if heading:
        text = (ROOT / page).read_text(encoding="utf-8")
        assert re.search(rf"^#+ {re.escape(heading)}", text, re.MULTILINE), f"{file} names {heading!r} of {page}"


def test_pages_are_named() -> None:
    assert {page for _, page, _ in NAMED} >= {"docs/handling.md", "docs/identity.md", "docs/model.md", "docs/slack.md"}
