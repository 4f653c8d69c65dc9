"""The models that come with hotlead."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.service.models.live import SHIPPED, shipped
from scoring.definition import load_model

DOCS = Path(__file__).parents[4] / "docs" / "model.md"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_loads_with_its_examples_and_is_explained(name: str) -> None:
    assert load_model(shipped(name)).examples
    assert f"| `{name}` |" in DOCS.read_text(encoding="utf-8")


def test_no_model_is_shipped_that_nobody_is_told_of() -> None:
    folder = Path(__file__).parents[4] / "scoring" / "examples"
    assert {path.stem for path in folder.glob("*.toml")} == set(SHIPPED)
