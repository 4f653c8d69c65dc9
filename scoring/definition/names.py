"""What the arrays of a model file share: names that may not repeat, and parts that total 100."""

from __future__ import annotations

from collections.abc import Iterable

from scoring import texts
from scoring.numbers import HUNDRED, to_decimal
from scoring.reading import Path, Table, show


def check_names(tables: Iterable[Table]) -> None:
    """Refuse a name that an earlier element of the array has; names are compared as texts are."""
    seen: set[str] = set()
    for table in tables:
        name = table.values.get("name")
        if isinstance(name, str) and name.strip():
            folded = texts.fold(name)
            if folded in seen:
                found = f"{show(name)}, as an earlier one is called"
                table.refuse("name", "names that differ within their array, in more than case and spaces", found)
            seen.add(folded)


def check_total(root: Table, place: Path, what: str, parts: list[int | None]) -> None:
    """Refuse parts that do not total 100, once all of them could be read."""
    read = [part for part in parts if part is not None]
    if len(read) == len(parts) and sum(read) != HUNDRED:
        root.problems.add(place, f"{what} total {to_decimal(sum(read))}", f"{what} total 100")
