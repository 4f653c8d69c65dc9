"""constraints.txt pins everything that an installation brings, so that it is the same tomorrow."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
STATED = (
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["dev"],
)
BUILD = PROJECT["build-system"]["requires"]
"""What pip builds with, in an environment of its own that constraints do not reach."""


def needed() -> set[str]:
    """Every package that hotlead and its tests need here, and what these need."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [Requirement(one) for one in STATED]
    while todo:
        asked = todo.pop()
        name = canonicalize_name(asked.name)
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:  # for another platform or Python
            continue
        found.add(name)
        for inner in map(Requirement, requires):
            extras = {"", *asked.extras}
            wanted = inner.marker is None or any(inner.marker.evaluate({"extra": one}) for one in extras)
            if wanted and str(inner) not in seen:
                seen.add(str(inner))
                todo.append(inner)
    return found


def test_every_line_pins_one_package_to_one_version_and_names_no_place() -> None:
    for line in LINES:
        assert re.fullmatch(r"[A-Za-z0-9][\w.-]*==\d[\w.!+]*", line), line


def test_everything_that_is_needed_is_pinned_also_what_it_needs_itself() -> None:
    pinned = {canonicalize_name(line.partition("==")[0]) for line in LINES}
    assert needed() - pinned == set()
    assert {"aiohttp", "multidict", "pytest", "schemathesis"} <= needed()


def test_nothing_is_pinned_that_nothing_needs() -> None:
    pinned = {canonicalize_name(line.partition("==")[0]) for line in LINES}
    assert pinned - needed() == set()


def test_what_a_package_is_needed_for_has_a_lower_bound() -> None:
    assert all(any(one.operator == ">=" for one in Requirement(each).specifier) for each in (*STATED, *BUILD))
