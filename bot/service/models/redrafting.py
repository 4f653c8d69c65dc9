"""Changes a value of a model's file and leaves the rest of it as it was written: comments, order, layout. Pure.

The line of a value is known from scoring; on that line the value is replaced. Whether the right thing was replaced is
not hoped but seen: the new text must read as the old one with just that value changed, else it is refused.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from bot.errors import HotleadError
from bot.language import tr
from bot.service.models.draft_views import Edit
from scoring.definition import load_model, read_model
from scoring.definition.examples import crossings, found_values
from scoring.definition.lines import locate
from scoring.engine import History
from scoring.errors import InvalidModel
from scoring.model import Example, Model, Scalar
from scoring.reading import Path, Problems, place_of

_VALUE: Final = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^,\]}}#\n]+?)"""


class CannotEdit(HotleadError):
    """The file is written so that this value cannot be changed by itself."""

    def __init__(self, place: str) -> None:
        super().__init__(
            tr(
                "{place} cannot be changed here, because of how the file is written. Change the file itself.",
                place=place,
            )
        )


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with these values; raises CannotEdit."""
    for path, value in edits:
        text = _edited(text, path, value)
    return text


def _edited(text: str, path: Path, value: Scalar | None) -> str:
    wanted = _parsed(text)
    _put(wanted, path, value)
    for new in _candidates(text, path, value):
        try:
            if _parsed(new) == wanted:
                return new
        except tomllib.TOMLDecodeError:
            continue
    raise CannotEdit(place_of(path))


def _candidates(text: str, path: Path, value: Scalar | None) -> Iterable[str]:
    """Texts that may be meant; whoever asks looks which of them is right."""
    if value is None and path not in locate(text):
        yield text
        return
    lines, known = text.split("\n"), locate(text)
    place = known.get(path)
    if place is None:
        yield from _added(lines, known, path, value)
        return
    line = lines[place - 1]
    for found in re.finditer(
        rf"(?<![\w.-])(?P<key>\"?{re.escape(str(path[-1]))}\"?\s*=\s*)(?P<value>{_VALUE})(?=\s*(?:[,\]}}#]|$))", line
    ):
        before, after = line[: found.start()], line[found.end() :]
        if value is not None:
            yield _with(lines, place, f"{before}{found['key']}{_literal(value)}{after}")
        elif not before.strip():
            yield "\n".join([*lines[: place - 1], *lines[place:]])
        else:
            yield _with(lines, place, before.rstrip().removesuffix(",") + after)
            yield _with(lines, place, before + after.lstrip().removeprefix(",").lstrip())


def _added(lines: list[str], known: Mapping[Path, int], path: Path, value: Scalar | None) -> Iterable[str]:
    """A key that is not there yet comes after one of the same table."""
    table, key = path[:-1], str(path[-1])
    siblings = {one: place for one, place in known.items() if len(one) == len(path) and one[:-1] == table}
    for sibling, place in sorted(siblings.items(), key=lambda one: (one[0][-1] != "points", -one[1])):
        line = lines[place - 1]
        plain = re.match(rf"(\s*)\"?{re.escape(str(sibling[-1]))}\"?\s*=", line)
        if plain is not None:
            yield "\n".join([*lines[:place], f"{plain[1]}{key} = {_literal(value)}", *lines[place:]])
        for found in re.finditer(rf"(?<![\w.-])\"?{re.escape(str(sibling[-1]))}\"?\s*=", line):
            yield _with(lines, place, f"{line[: found.start()]}{key} = {_literal(value)}, {line[found.start() :]}")


def _with(lines: list[str], place: int, line: str) -> str:
    return "\n".join([*lines[: place - 1], line, *lines[place:]])


def _literal(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def _put(values: dict[str, Any], path: Path, value: Scalar | None) -> None:
    holder: Any = values
    try:
        for step in path[:-1]:
            holder = holder[step]
        key = path[-1]
        if value is None:
            holder.pop(key, None)
        else:
            holder[key] = copy.copy(value)
    except (KeyError, IndexError, TypeError, AttributeError):
        raise CannotEdit(place_of(path)) from None


# ---- the examples that a model carries with it


def restated(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with its examples expecting what the model now gives, and the names of those that changed.

    A model that is wrong otherwise is left as it is: reading it says what is wrong.
    """
    problems = Problems()
    try:
        model = read_model(_parsed(text), problems)
    except InvalidModel:
        return text, ()
    if problems.found:
        return text, ()
    names: list[str] = []
    for number, example in enumerate(model.examples):
        edits = [(("example", number, *place), value) for place, value in _unmet(model, example)]
        if edits:
            text = edited(text, edits)
            names.append(example.name)
    return text, tuple(names)


def _unmet(model: Model, example: Example) -> Iterable[tuple[Path, Scalar | None]]:
    history = History(model, example.events)
    until = max((row.at for row in example.expect if "crosses" in row.values), default=None)
    crossed = set() if until is None else set(crossings(model, example.events, until))
    for position, row in enumerate(example.expect):
        found = found_values(history.score(row.at), crosses=row.at in crossed)
        for key, wanted in row.values.items():
            if found[key] != wanted:
                yield ("expect", position, key), found[key]


def redrafted(text: str, edits: Iterable[Edit]) -> tuple[str, tuple[str, ...], Model]:
    """The changed text with its examples restated, their names, and the model; raises CannotEdit, InvalidModel."""
    new, names = restated(edited(text, edits))
    return new, names, load_model(new)
