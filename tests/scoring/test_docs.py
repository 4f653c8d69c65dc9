"""The page about the model format: every block of it loads, and every key of the format is on it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scoring.conditions.operators import OPERATORS
from scoring.definition import load_model
from scoring.schema import model_schema

PAGE = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
VISITS = '[[engagement]]\nname = "Any"\nrule = [ { name = "Any", event = "any", points = 0 } ]\n'


def whole(block: str) -> str:
    """A part of a model, with what it leaves out."""
    given = tomllib.loads(block)
    head = "".join(f'{key} = "{value}"\n' for key, value in (("name", "t"), ("market", "b2b")) if key not in given)
    tail = "" if {"labels", "matrix"} & given.keys() else "[labels]\nhot = 100\nwarm = 60\n"
    return head + block + ("" if {"fit", "engagement"} & given.keys() else VISITS) + tail


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[:30].replace("\n", " "))
def test_every_block_of_the_page_loads(block: str) -> None:
    assert load_model(whole(block)).name


def keys_of(schema: Any) -> Iterator[str]:
    """Every key that the format knows."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            if key == "properties":
                yield from inner
            yield from keys_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys_of(inner)


@pytest.mark.parametrize("key", sorted(set(keys_of(model_schema())) | set(OPERATORS)))
def test_every_key_of_the_format_is_on_the_page(key: str) -> None:
    written = re.compile(rf"(^|[\[{{ .(,]){key}(\]| = |\.)|`{key}`", re.MULTILINE)
    assert written.search(PAGE), key


def test_every_operator_and_rule_kind_has_a_runnable_example() -> None:
    proved = "".join(block for block in BLOCKS if "[[example]]" in block)
    for operator in sorted(OPERATORS):
        assert re.search(rf"[{{ ]{operator} = ", proved) or operator == "is"
    for key in ("points = ", "rows = ", "after = "):
        assert key in proved
