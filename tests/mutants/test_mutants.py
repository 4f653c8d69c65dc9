"""Each mutant turns each of its tests red, and without it they are green. `pytest -m full tests/mutants`"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS, DoesNotApply, Mutant
from tests.reliability.process import ROOT

PARTS = ("bot", "scoring", "migrations", "tests", "docs")
FILES = ("pyproject.toml", "README.md", "constraints.txt")
GREEN, RED = 0, 1


def copied(to: Path) -> Path:
    """A copy of the tree that may be broken."""
    to.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(ROOT / file, to / file)
    return to


def outcome(tree: Path, test: str, folder: Path) -> tuple[int, str]:
    """Run a test in a tree: pytest's exit code, and what it said."""
    words = [sys.executable, "-m", "pytest", "-n", "0", "-x", "-p", "no:cacheprovider", f"--basetemp={folder}", test]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(words, cwd=tree, env=environment, capture_output=True, text=True, timeout=900, check=False)
    return ran.returncode, ran.stdout[-3000:] + ran.stderr[-1000:]


def test_there_are_ten_and_each_applies_to_the_code_as_it_is(tmp_path: Path) -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) == 10
    for number, mutant in enumerate(MUTANTS):
        target = tmp_path / str(number) / mutant.file
        target.parent.mkdir(parents=True)
        shutil.copy(ROOT / mutant.file, target)
        mutant.apply(tmp_path / str(number))
        assert target.read_text() != (ROOT / mutant.file).read_text()
        for test in mutant.tests:
            path, _, name = test.partition("::")
            assert f"def {name}" in (ROOT / path).read_text(), f"{mutant.name}: there is no test {test}"


def test_a_mutant_of_code_that_has_changed_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n")
    for before in ("x = 1", "y = 1"):
        with pytest.raises(DoesNotApply, match="not once"):
            Mutant("m", "a.py", before, "z", ()).apply(tmp_path)


@pytest.mark.full
def test_without_a_mutant_all_of_these_tests_are_green(tmp_path: Path) -> None:
    tree = copied(tmp_path / "tree")
    for number, test in enumerate(sorted({test for mutant in MUTANTS for test in mutant.tests})):
        code, said = outcome(tree, test, tmp_path / f"run{number}")
        assert code == GREEN, f"{test}\n{said}"


@pytest.mark.full
@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_a_mutant_turns_each_of_its_tests_red(tmp_path: Path, mutant: Mutant) -> None:
    tree = copied(tmp_path / "tree")
    mutant.apply(tree)
    for number, test in enumerate(mutant.tests):
        code, said = outcome(tree, test, tmp_path / f"run{number}")
        assert code == RED, f"{mutant.name} survives {test} (pytest ended with {code})\n{said}"
