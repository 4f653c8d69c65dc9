"""Reading what a score means: `[score]`, `[rating]`, `[[matrix]]` or `[labels]`, `[hand_over]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from scoring.definition.names import check_total
from scoring.grade import CELLS
from scoring.model import LABEL_RANK, Action, Cell, Combination, HandOverRule, Label, Labels, Rating
from scoring.numbers import Cents, to_decimal
from scoring.reading import Table, read_cents

_LETTERS: Final = ("A", "B", "C")
_DIGITS: Final = ("1", "2", "3")
_BOUNDS: Final = ("hot", "warm", "cold")
_A_CELL: Final = 'a letter A to D and a digit 1 to 4, such as "A1", or a range of digits such as "A2-3"'
_CELLS: Final = re.compile(r"([A-D])([1-4])(?:-([1-4]))?\Z")


@dataclass(frozen=True, slots=True)
class Sides:
    """Which sides the file has, and which it gives (whether or not they could be read)."""

    fit: bool
    engagement: bool


def read_combination(root: Table, sides: Sides) -> Combination:
    """The table `[score]`."""
    table = root.table("score")
    if table is None:
        return Combination()
    combine = table.choice("combine", ("sum", "share"), "sum")
    shares = _read_shares(table, sides) if combine == "share" else _refuse_shares(table)
    decimals = table.whole("decimals", lowest=0, highest=2, default=0)
    limits = _read_limits(table, decimals)
    floor = table.cents("engagement_floor")
    table.finish()
    return Combination(shares[0], shares[1], limits, decimals or 0, floor or 0)


def _read_shares(table: Table, sides: Sides) -> list[Cents | None]:
    shares = [table.cents(key, required=True, above=0, highest=100) for key in ("fit_share", "engagement_share")]
    if not (sides.fit and sides.engagement):
        table.refuse("combine", '"share" only in a model with fit and engagement')
    check_total(table, table.path, "fit_share and engagement_share", shares)
    return shares


def _refuse_shares(table: Table) -> list[Cents | None]:
    for key in ("fit_share", "engagement_share"):
        if table.take(key) is not None:
            table.refuse(key, 'shares only with combine = "share"', f"`{key}`")
    return [None, None]


def _read_limits(table: Table, decimals: int | None) -> tuple[Cents, Cents] | None:
    value = table.take("limits")
    if value is None:
        return None
    limits = [read_cents(limit) for limit in value] if isinstance(value, list) else []
    if len(limits) != 2 or limits[0] is None or limits[1] is None or limits[0] >= limits[1]:
        table.refuse("limits", "two numbers with at most two decimals, the lower one first")
        return None
    if decimals is not None and any(limit % 10 ** (2 - decimals) for limit in limits if limit is not None):
        table.refuse("limits", f"no more decimals than `decimals`, which is {decimals}")
    return limits[0], limits[1]


def read_rating(root: Table, sides: Sides) -> Rating:
    """The table `[rating]`."""
    table = root.table("rating")
    if table is None:
        return Rating()
    letters = _read_bounds(table, _LETTERS, sides.fit, "fit")
    digits = _read_bounds(table, _DIGITS, sides.engagement, "engagement")
    table.finish()
    return Rating(letters, digits)


def _read_bounds(table: Table, keys: Sequence[str], wanted: bool, side: str) -> tuple[Cents, ...]:
    if not wanted:
        for key in keys:
            if table.take(key) is not None:
                table.refuse(key, f"no `{key}`, as the model has no {side}", f"`{key}`")
        return ()
    bounds = [table.cents(key, required=True) for key in keys]
    _check_order(table, keys, bounds)
    return tuple(bound or 0 for bound in bounds)


def _check_order(table: Table, keys: Sequence[str], bounds: Sequence[Cents | None]) -> None:
    above: tuple[str, Cents] | None = None
    for key, bound in zip(keys, bounds, strict=True):
        if bound is not None:
            if above is not None and bound >= above[1]:
                table.refuse(key, f"a number below `{above[0]}`, which is {to_decimal(above[1])}")
            above = (key, bound)


def read_matrix(root: Table, sides: Sides) -> dict[str, Cell] | None:
    """The array `[[matrix]]`; None when there is none."""
    tables = root.tables("matrix")
    if "matrix" not in root:
        return None
    if not (sides.fit and sides.engagement and "rating" in root):
        root.problems.add(("matrix",), "a matrix", "only beside [rating], in a model with fit and engagement")
    matrix: dict[str, Cell] = {}
    readable = bool(tables)
    for table in tables:
        readable = _read_row(table, matrix) and readable
    missing = [cell for cell in CELLS if cell not in matrix]
    if readable and missing:
        root.problems.add(("matrix",), f"no row for {', '.join(missing)}", "all 16 cells, each exactly once")
    return matrix


def _read_row(table: Table, matrix: dict[str, Cell]) -> bool:
    names = table.texts("cells", required=True)
    label = table.choice("label", ("hot", "warm", "cold", "none"))
    action = table.choice("action", cast("tuple[Action, ...]", get_args(Action)))
    within = table.duration("follow_up_within")
    table.finish()
    cell = Cell(cast(Label, label or "none"), action or "drop", within)
    readable = bool(names)
    for index, name in enumerate(names):
        cells = read_cells(name)
        place = (*table.path, "cells", index)
        if not cells:
            table.problems.add(place, f'"{name}"', _A_CELL)
            readable = False
        twice = [one for one in cells if one in matrix]
        if twice:
            table.problems.add(place, f"{', '.join(twice)} once more", "all 16 cells, each exactly once")
        matrix.update(dict.fromkeys(cells, cell))
    return readable


def read_cells(name: str) -> list[str]:
    """The cells that a name means: "A1", or "A2-3" for A2 and A3; empty when it is none."""
    found = _CELLS.match(name)
    if found is None:
        return []
    first, last = int(found[2]), int(found[3] or found[2])
    return [f"{found[1]}{digit}" for digit in range(first, last + 1)] if found[3] is None or first < last else []


def read_labels(root: Table) -> Labels | None:
    """The table `[labels]`; None when there is none."""
    table = root.table("labels")
    if table is None:
        return None
    bounds = [table.cents(key, required=key == "hot") for key in _BOUNDS]
    _check_order(table, _BOUNDS, bounds)
    within = table.duration("follow_up_within")
    table.finish()
    return Labels(bounds[0] or 0, bounds[1], bounds[2], within)


def check_one_of_two(root: Table) -> None:
    """Refuse both or neither of matrix and labels."""
    present = [key for key in root.values if key in ("matrix", "labels")]
    if not present:
        root.problems.add(("labels",), "neither [[matrix]] nor [labels]", "one of the two")
    elif len(present) == 2:
        root.refuse(present[1], "one of [[matrix]] and [labels]", "both [[matrix]] and [labels]")


def read_hand_over(root: Table, market: str | None, labels: Labels | None) -> HandOverRule:
    """The table `[hand_over]`."""
    default: Literal["warm", "hot"] = "hot" if market == "b2c" else "warm"
    table = root.table("hand_over")
    if table is None:
        return HandOverRule(default)
    label = cast(Label, table.choice("label", _BOUNDS, default) or default)
    alert = table.flag("alert", default=True)
    rearm_below = table.cents("rearm_below")
    cooldown = table.duration("cooldown", zero=True)
    table.finish()
    if rearm_below is not None and labels is not None and "hot" in cast("dict[str, object]", root.values["labels"]):
        _check_rearm(table, rearm_below, label, labels)
    return HandOverRule(label, alert, rearm_below, cooldown or 0)


def _check_rearm(table: Table, rearm_below: Cents, label: Label, labels: Labels) -> None:
    bounds = {"hot": labels.hot, "warm": labels.warm, "cold": labels.cold}
    reaching = [bound for name, bound in bounds.items() if LABEL_RANK[name] >= LABEL_RANK[label] and bound is not None]
    if label == "cold" and labels.cold is None:
        table.refuse("rearm_below", 'none: without a bound for "cold" every score reaches it')
    elif rearm_below > min(reaching):
        table.refuse("rearm_below", f'at most {to_decimal(min(reaching))}, the lowest bound that reaches "{label}"')
