"""docs/reliability.md: every invariant is there, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)))


def test_every_invariant_has_its_line_and_a_test() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 21)]
    assert all(len(row) == 4 and "::" in row[2] for row in ROWS)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    assert re.search(rf"^(async def {name}\(|def {name}\(|{name} = )", (TESTS / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_is_named_for_the_full_size_is_marked_full(row: list[str]) -> None:
    for file, name in re.findall(r"`([\w/]+\.py)::(\w+)`", row[3]):
        assert re.search(rf"mark\.full[^@]*?\b{name}\b|^{name} = pytest\.mark\.full", (TESTS / file).read_text(), re.M)


def test_every_harness_of_the_folder_is_on_the_page() -> None:
    files = {f"reliability/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert files - {file for file, _ in NAMED} == {"reliability/test_docs.py"}


def test_every_mutant_is_on_the_page() -> None:
    words = PAGE.replace("\n", " ")
    assert all(mutant.name in words for mutant in MUTANTS)
