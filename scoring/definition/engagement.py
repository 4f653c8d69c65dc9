"""Reading `[[engagement]]`: what they do. RULE_READERS is the table of rule kinds, by the key that tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from scoring.conditions.read import read_when
from scoring.definition.fit import read_bounds
from scoring.definition.names import check_names, check_total
from scoring.model import (
    EngagementCategory,
    Fades,
    FrequencyRow,
    FrequencyRule,
    InactivityRule,
    PointsRule,
    RecencyRow,
    Rule,
)
from scoring.reading import Table, read_cents

_FORGETTING: Final = ("half_life", "fades", "recency")


def read_engagement(root: Table) -> tuple[EngagementCategory, ...]:
    """The engagement categories of a model."""
    tables = root.tables("engagement")
    categories = [_read_category(table) for table in tables]
    check_names(tables)
    _check_weights(root, tables, categories)
    return tuple(categories)


def _check_weights(root: Table, tables: list[Table], categories: list[EngagementCategory]) -> None:
    usual = [(table, category) for table, category in zip(tables, categories, strict=True) if not category.minus]
    if not any("weight" in table for table, _ in usual):
        for table, category in zip(tables, categories, strict=True):
            if category.minus:
                table.refuse("minus", "`minus` only beside categories that have a weight")
        return
    missing = [table for table, _ in usual if "weight" not in table]
    for table in missing:
        table.refuse("weight", "a weight in every category without `minus`, or in none")
    if not missing:
        check_total(root, ("engagement",), "the weights", [category.weight for _, category in usual])


def _read_category(table: Table) -> EngagementCategory:
    name = table.text("name", required=True) or ""
    minus = table.flag("minus", default=False)
    weight = table.cents("weight", above=0, highest=100)
    floor, cap = read_bounds(table)
    forgotten_after = table.duration("forgotten_after")
    rule_tables = table.tables("rule", required=True)
    rules = [read_rule(rule) for rule in rule_tables]
    check_names(rule_tables)
    table.finish()
    clash = "minus" if minus else "weight" if "weight" in table else None
    for key in ("cap", "weight") if minus else ("cap", "floor"):
        if clash and key in table:
            table.refuse(key, f"no `{key}` beside `{clash}`", f"`{key}`")
    if "forgotten_after" in table and rule_tables and all("after" in rule for rule in rule_tables):
        table.refuse("forgotten_after", "only beside points or frequency rules")
    if minus:
        _check_minus(rule_tables)
    return EngagementCategory(name, tuple(rules), weight, minus, cap, floor, forgotten_after)


def _check_minus(rules: list[Table]) -> None:
    for rule in rules:
        rows = rule.values.get("rows")
        holders = (
            [rule.values, *(row for row in rows if isinstance(row, Mapping))]
            if isinstance(rows, list)
            else [rule.values]
        )
        if any((read_cents(holder.get("points")) or -1) > 0 or holder.get("points") == 0 for holder in holders):
            rule.refuse("rows" if "rows" in rule else "points", "only negative points in a category with `minus`")


def read_rule(table: Table) -> Rule:
    """A rule of any kind."""
    kind = next((key for key in RULE_READERS if key in table), "points")
    return RULE_READERS[kind](table)


def _read_start(table: Table) -> tuple[str, tuple[str, ...]]:
    return table.text("name", required=True) or "", table.event_types()


def _read_points(table: Table) -> Rule:
    name, events = _read_start(table)
    when = read_when(table, "event", required=False)
    if "points" not in table:
        table.allow("points")
        table.refuse("points", "`points`, or `rows` (frequency), or `after` and `points` (inactivity)")
    points = table.cents("points")
    once_per = table.text("once_per")
    if once_per is not None and (once_per.startswith("lead.") or once_per == "lead"):
        table.refuse("once_per", "a field of the event")
    at_most = table.whole("at_most", lowest=1)
    per = table.duration("per")
    if "per" in table and "at_most" not in table:
        table.refuse("per", "`per` only beside `at_most`")
    rule = PointsRule(
        name, events, when, points or 0, once_per, at_most, per,
        expires_after=table.duration("expires_after"),
        half_life=table.days("half_life"),
        fades=_read_fades(table),
        recency=_read_recency(table),
    )  # fmt: skip
    present = [key for key in table.values if key in _FORGETTING]
    for key in present[1:]:
        table.refuse(key, f"one of {', '.join(_FORGETTING)}", f"`{key}` beside `{present[0]}`")
    table.finish()
    return rule


def _read_fades(table: Table) -> Fades | None:
    fades = table.table("fades")
    if fades is None:
        return None
    percent = fades.cents("percent", required=True, lowest=0, highest=100)
    every = fades.days("every", required=True)
    fades.finish()
    return Fades(percent or 0, every or 1)


def _read_recency(table: Table) -> tuple[RecencyRow, ...]:
    rows = []
    longest = 0
    for row in table.tables("recency"):
        within = row.duration("within", required=True)
        percent = row.cents("percent", required=True, lowest=0, highest=100)
        row.finish()
        if within is not None and within <= longest:
            row.refuse("within", "longer than in the row before")
        longest = within or longest
        rows.append(RecencyRow(within or 1, percent or 0))
    return tuple(rows)


def _read_frequency(table: Table) -> Rule:
    name, events = _read_start(table)
    when = read_when(table, "event", required=False)
    tables = table.tables("rows", required=True)
    rows = [_read_row(row) for row in tables]
    signs = [(row.points > 0) - (row.points < 0) for row in rows]
    first = next((sign for sign in signs if sign), 0)
    for row, sign in zip(tables, signs, strict=True):
        if sign * first < 0:
            row.refuse("points", "points of one sign in all rows")
    for key in ("points", "after"):
        if key in table:
            table.allow(key)
            table.refuse(key, f"no `{key}` beside `rows`", f"`{key}`")
    table.finish()
    return FrequencyRule(name, events, when, tuple(rows))


def _read_row(table: Table) -> FrequencyRow:
    at_least = table.whole("at_least", lowest=1)
    if "at_least" not in table:
        table.refuse("at_least", "a whole number, at least 1")
    within = table.duration("within")
    points = table.cents("points", required=True)
    table.finish()
    return FrequencyRow(at_least or 1, within, points or 0)


def _read_inactivity(table: Table) -> Rule:
    name, events = _read_start(table)
    when = read_when(table, "event", required=False)
    after = table.duration("after", required=True)
    points = table.cents("points", required=True)
    table.finish()
    return InactivityRule(name, events, when, after or 1, points or 0)


RULE_READERS: Final[Mapping[str, Callable[[Table], Rule]]] = {
    "rows": _read_frequency,
    "after": _read_inactivity,
    "points": _read_points,
}
"""A rule is of the first kind whose key it has."""
