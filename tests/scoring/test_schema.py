"""The JSON Schema of the model format: it accepts what loads, and refuses what it can know to be wrong."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from scoring.schema import RULE_SCHEMAS, model_schema

VALIDATOR = jsonschema.Draft202012Validator(model_schema())
GOOD: dict[str, Any] = {
    "name": "t",
    "market": "b2b",
    "engagement": [{"name": "W", "rule": [{"name": "R", "event": "x", "points": 1}]}],
    "labels": {"hot": 1},
}


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(model_schema())


@pytest.mark.parametrize("name", ["b2b", "b2c", "points", "mail", "ready150"])
def test_it_accepts_the_shipped_models(name: str) -> None:
    VALIDATOR.validate(tomllib.loads((files("scoring") / "examples" / f"{name}.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "change",
    [
        {"foo": 1},
        {"market": "b2x"},
        {"labels": {}},
        {"engagement": []},
        {"hand_over": {"cooldown": "1y"}},
        {"population": {"when": {"a": {"like": 1}}}},
        {"engagement": [{"name": "W", "rule": [{"name": "R", "event": "x", "after": "1d"}]}]},
    ],
    ids=str,
)
def test_it_refuses_what_is_wrong(change: dict[str, Any]) -> None:
    VALIDATOR.validate(GOOD)
    assert not VALIDATOR.is_valid(GOOD | change)


def test_it_knows_every_rule_kind() -> None:
    from scoring.rules import RULE_KINDS

    assert [kind.__name__.removesuffix("Rule").lower() for kind in RULE_KINDS] == list(RULE_SCHEMAS)
