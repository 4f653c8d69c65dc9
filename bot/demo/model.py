"""The model that the demo runs: the shipped example for B2B."""

from __future__ import annotations

from importlib import resources
from typing import Final

_NAME: Final = "b2b.toml"


def model_text() -> str:
    """The text of the shipped model file."""
    return resources.files("scoring").joinpath("examples", _NAME).read_text(encoding="utf-8")
