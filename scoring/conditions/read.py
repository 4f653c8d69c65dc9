"""Reading a condition of a file: a table of field names becomes a tree, every problem noted with its place.

Directly under `company`, `lead` and `lead.company` the keys of a bare table are names; below them, as everywhere
else, a table is operators. Other dotted fields are written in quotes.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from scoring import texts
from scoring.conditions.compiled import Scope
from scoring.conditions.operators import OPERATORS, Takes, folding
from scoring.model import ALWAYS, AllOf, AnyOf, Check, Condition, Has, Not, Operand, Scalar
from scoring.reading import Path, Problems, Table, is_number, show
from scoring.regex import BadPattern, compile_search

_ALLOWED: Final[Mapping[Takes, str]] = {
    "scalar": "a text that is not empty, a number, true or false",
    "scalars": "a list of texts, numbers or booleans, not empty",
    "text": "a text that is not empty",
    "texts": "a list of texts, none of them empty",
    "pattern": "a regular expression of RE2",
    "number": "a number",
    "numbers": "two numbers, the lower one first",
    "flag": "true or false",
}
_NAMES_BELOW: Final = {"company": "company.", "lead": "lead.", "lead.company": "lead.company."}


def read_condition(value: object, path: Path, problems: Problems, scope: Scope) -> Condition:
    """The condition of a table; what is wrong with it is noted, and holds always."""
    if not isinstance(value, Mapping):
        problems.add(path, show(value), "a table of field names")
        return ALWAYS
    parts: list[Condition] = []
    for key, inner in value.items():
        parts.extend(_read_key(str(key), inner, (*path, str(key)), problems, scope))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _read_key(key: str, value: object, path: Path, problems: Problems, scope: Scope) -> list[Condition]:
    match key:
        case "any":
            return [AnyOf(_read_list(value, path, problems, scope))]
        case "all":
            return [AllOf(_read_list(value, path, problems, scope))]
        case "not":
            return [Not(read_condition(value, path, problems, scope))]
        case "has":
            return _read_has_key(value, path, problems, scope)
        case _:
            return _read_field(key, value, path, problems)


def _read_list(value: object, path: Path, problems: Problems, scope: Scope) -> tuple[Condition, ...]:
    if not isinstance(value, list) or not value:
        problems.add(path, show(value), "a list of conditions, not empty")
        return ()
    return tuple(read_condition(part, (*path, index), problems, scope) for index, part in enumerate(value))


def _read_has_key(value: object, path: Path, problems: Problems, scope: Scope) -> list[Condition]:
    if scope == "event":
        problems.add(path, "`has`", "conditions on the event: `has` asks a lead")
        return []
    if isinstance(value, Mapping):
        return [_read_has(Table(value, path, problems))]
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        return [_read_has(Table(part, (*path, index), problems)) for index, part in enumerate(value)]
    problems.add(path, show(value), "a table or a list of tables: event, when, within, at_least")
    return []


def _read_has(table: Table) -> Has:
    events = table.event_types()
    when = read_when(table, "event", required=False)
    within = table.duration("within")
    at_least = table.whole("at_least", lowest=1, default=1)
    table.finish()
    return Has(events, when, within, at_least or 1)


def read_when(table: Table, scope: Scope, *, required: bool = True) -> Condition:
    """The condition under the key `when` of a table."""
    value = table.take("when")
    if value is None:
        if required:
            table.refuse("when", "a table of field names; {} always holds")
        return ALWAYS
    return read_condition(value, (*table.path, "when"), table.problems, scope)


def _read_field(field: str, value: object, path: Path, problems: Problems) -> list[Condition]:
    if field in _NAMES_BELOW:
        if isinstance(value, Mapping) and value:
            below = _NAMES_BELOW[field]
            names = [(below + str(key), inner, (*path, str(key))) for key, inner in value.items()]
            return [part for name, inner, place in names for part in _read_field(name, inner, place, problems)]
        problems.add(path, show(value), f"`{field}` alone is no field; such as {field}.name")
        return []
    if not field.strip():
        problems.add(path, "a field without a name", "field names")
        return []
    if not isinstance(value, Mapping):
        return _read_check(field, "is", value, path, problems)
    if not value:
        problems.add(path, "a field without operators", "a value, or a table of " + ", ".join(OPERATORS))
        return []
    checks = []
    for operator, operand in value.items():
        if operator in OPERATORS:
            checks += _read_check(field, str(operator), operand, (*path, str(operator)), problems)
        else:
            near = get_close_matches(str(operator), OPERATORS, n=1)
            found = f"the unknown operator `{operator}`" + (f" (did you mean `{near[0]}`?)" if near else "")
            hint = f'; a dotted field is written in quotes: "{field}.{operator}"'
            problems.add((*path, str(operator)), found, ", ".join(OPERATORS) + hint)
    return checks


def _read_check(field: str, operator: str, operand: object, path: Path, problems: Problems) -> list[Condition]:
    takes = OPERATORS[operator].takes
    url = texts.is_url_field(field.removeprefix("lead."))
    read = _read_operand(takes, operand, url)
    if read is None:
        problems.add(path, show(operand), _ALLOWED[takes])
        return []
    if takes == "pattern":
        try:
            compile_search(texts.clean(str(read)))
        except BadPattern as error:
            problems.add(path, f"{show(operand)} ({error})", _ALLOWED[takes])
            return []
    return [Check(field, operator, read)]


def _read_operand(takes: Takes, operand: object, url: bool) -> Operand | None:
    match takes:
        case "flag":
            return operand if isinstance(operand, bool) else None
        case "scalar":
            return _read_scalar(operand, url)
        case "number":
            return _read_number(operand)
        case "text" | "pattern":
            return _read_text(operand, url=url and takes == "text")
        case "scalars" | "texts":
            reader = _read_scalar if takes == "scalars" else _read_text
            elements = [reader(element, url) for element in operand] if isinstance(operand, list) else []
            read = tuple(element for element in elements if element is not None)
            return read if read and len(read) == len(elements) else None
        case "numbers":
            bounds = [_read_number(bound) for bound in operand] if isinstance(operand, list) else []
            ordered = len(bounds) == 2 and bounds[0] is not None and bounds[1] is not None and bounds[0] <= bounds[1]
            return (bounds[0] or 0, bounds[1] or 0) if ordered else None


def _read_text(value: object, url: bool) -> str | None:
    return value if isinstance(value, str) and folding(url)(value) else None


def _read_number(value: object) -> int | Decimal | None:
    return value if is_number(value) and isinstance(value, int | Decimal) else None


def _read_scalar(value: object, url: bool) -> Scalar | None:
    if isinstance(value, bool):
        return value
    return _read_text(value, url) if isinstance(value, str) else _read_number(value)
