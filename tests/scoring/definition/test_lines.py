"""On which line a key stands, in whatever way TOML writes it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from scoring.definition.lines import locate
from scoring.reading import Path

TEXT = '''# a comment with [brackets]
name = "a \\" # not a comment"
[a.b]   # [c]
"quoted.key" = 1
dotted . key = [ 1,
  2, { x = """
three
lines""" } ]
[[list]]
at = 1979-05-27T07:32:00Z
[list.sub]
y = 'it''s' '''.replace("'it''s'", "'its'")


def test_every_key_has_its_line() -> None:
    lines = locate(TEXT)
    wanted: dict[Path, int] = {
        ("name",): 2,
        ("a", "b"): 3,
        ("a", "b", "quoted.key"): 4,
        ("a", "b", "dotted", "key", 0): 5,
        ("a", "b", "dotted", "key", 2, "x"): 6,
        ("list", 0): 9,
        ("list", 0, "at"): 10,
        ("list", 0, "sub", "y"): 12,
    }
    assert {path: lines[path] for path in wanted} == wanted


def test_an_escaped_key_is_found_by_what_it_means() -> None:
    assert locate('"l\\u00f8n" = 1\n') == {("løn",): 1}


def paths_of(value: object, path: Path = ()) -> Iterator[Path]:
    """Every path of a parsed file."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths_of(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from paths_of(inner, (*path, index))


@pytest.mark.parametrize("name", ["b2b", "b2c", "points"])
def test_every_path_of_a_shipped_model_has_a_line(name: str) -> None:
    text = (files("scoring") / "examples" / f"{name}.toml").read_text(encoding="utf-8")
    lines = locate(text)
    for path in paths_of(tomllib.loads(text)):
        line = text.splitlines()[lines[path] - 1]
        assert isinstance(path[-1], int) or str(path[-1]) in line
