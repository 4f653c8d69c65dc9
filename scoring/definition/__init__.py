"""From a model file (TOML) to a Model, or to every problem it has in one go.

One module per part of the file reads its tables; a value that cannot be used is noted as a problem and replaced by a
harmless one, so that reading goes on. Only a file without problems runs its examples.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal, cast

from scoring.definition.engagement import read_engagement
from scoring.definition.examples import read_examples, run_examples
from scoring.definition.fit import read_fit
from scoring.definition.gates import read_gates, read_never_alert, read_population
from scoring.definition.grading import (
    Sides,
    check_one_of_two,
    read_combination,
    read_hand_over,
    read_labels,
    read_matrix,
    read_rating,
)
from scoring.definition.lines import locate
from scoring.errors import InvalidModel, Problem
from scoring.model import Model
from scoring.reading import NOTHING, Path, Problems, Table, place_of
from scoring.texts import plain

__all__ = ["load_model"]

_SYNTAX: Final = "TOML: texts and durations in quotes, numbers as 12.5, each { } on one line"
_SHOWN: Final = 60
_LINE: Final = re.compile(r"\(at (?:line ([0-9]+), column [0-9]+|end of document)\)")
_NOT_SCORING: Final = frozenset({"name", "owners", "review_every", "default", "example"})


def load_model(text: str) -> Model:
    """The model of a file; raises InvalidModel with every problem. Its examples are run too."""
    values = _parse(text)
    problems = Problems()
    model = read_model(values, problems)
    if not problems.found:
        run_examples(model, problems)
    if problems.found:
        raise InvalidModel(_located(problems, text))
    return model


def _parse(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        message = _LINE.sub("", str(error)).strip()
        raise InvalidModel((Problem("", _beside(message, text, line), _SYNTAX, line),)) from None
    except RecursionError:
        raise InvalidModel((Problem("", "brackets nested too deep to be read", _SYNTAX, 1),)) from None


def _beside(message: str, text: str, line: int) -> str:
    """What the parser says, and the line at which it says so."""
    here = text.split("\n")[line - 1 : line]
    shown = here[0].strip() if here else ""
    return f"{message}: {shown[:_SHOWN]}" if shown else message


def read_model(values: Mapping[str, object], problems: Problems) -> Model:
    """The model of the tables of a file; problems are noted, and then it is not to be used."""
    root = Table(values, (), problems)
    sides = Sides("fit" in root, "engagement" in root)
    name = root.text("name", required=True) or ""
    market = cast("Literal['b2b', 'b2c'] | None", root.choice("market", ("b2b", "b2c")))
    owners = root.texts("owners")
    review_every = root.duration("review_every")
    default = root.flag("default", default=False)
    population = read_population(root)
    gates, ignore_earlier_events = read_gates(root)
    fit, engagement = read_fit(root), read_engagement(root)
    if not (sides.fit or sides.engagement):
        problems.add(("engagement",), NOTHING, "[[fit]] or [[engagement]]")
    score, rating = read_combination(root, sides), read_rating(root, sides)
    check_one_of_two(root)
    matrix, labels = read_matrix(root, sides), read_labels(root)
    hand_over = read_hand_over(root, market, labels)
    never_alert, examples = read_never_alert(root), read_examples(root)
    root.finish()
    return Model(
        name=name, market=market or "b2b", hand_over=hand_over, hash=content_hash(values), fit=fit,
        engagement=engagement, score=score, rating=rating, matrix=matrix, labels=labels, population=population,
        gates=gates, ignore_earlier_events=ignore_earlier_events, never_alert=never_alert, examples=examples,
        owners=owners, review_every=review_every, default=default,
    )  # fmt: skip


def content_hash(values: Mapping[str, object]) -> str:
    """SHA-256 (hex) of all that scoring reads; name, owners, review, default and examples are not among it."""
    read = {key: value for key, value in values.items() if key not in _NOT_SCORING}
    text = json.dumps(read, sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str | int:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value() and abs(value) < 10**15:
        return int(value)
    return plain(value) if isinstance(value, Decimal) else str(value)


def _located(problems: Problems, text: str) -> tuple[Problem, ...]:
    """The problems with their lines, in the order of the file."""
    lines = locate(text)
    located = [Problem(place_of(path), found, allowed, _line(path, lines)) for path, found, allowed in problems.found]
    return tuple(sorted(located, key=lambda problem: problem.line or 0))


def _line(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of a place; of an absent key, that of the table it is absent from."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
