"""Reading `[[fit]]`: who they are, by weights and tiers or by rules with points."""

from __future__ import annotations

from scoring.conditions.read import read_when
from scoring.definition.names import check_names, check_total
from scoring.model import FitCategory, FitRule, Tier
from scoring.reading import Table


def read_fit(root: Table) -> tuple[FitCategory, ...]:
    """The fit categories of a model."""
    tables = root.tables("fit")
    weighted = [_is_weighted(table) for table in tables]
    categories = [_read_category(table, by_weight) for table, by_weight in zip(tables, weighted, strict=True)]
    check_names(tables)
    if any(weighted) and not all(weighted):
        root.problems.add(("fit",), "categories with a weight beside categories without", "all with a weight, or none")
    elif any(weighted):
        check_total(root, ("fit",), "the weights", [category.weight for category in categories])
    return tuple(categories)


def _is_weighted(table: Table) -> bool:
    return "weight" in table or "tiers" in table


def _read_category(table: Table, by_weight: bool) -> FitCategory:
    name = table.text("name", required=True) or ""
    weight = tiers = None
    rules: list[FitRule] = []
    cap = floor = None
    if by_weight:
        weight = table.cents("weight", required=True, above=0, highest=100)
        tiers = [_read_tier(tier) for tier in table.tables("tiers", required=True)]
        for key in ("cap", "floor", "rule"):
            if key in table:
                table.allow(key)
                table.refuse(key, f"no `{key}` beside `weight`", f"`{key}`")
    else:
        rule_tables = table.tables("rule", required=True)
        rules = [_read_rule(rule) for rule in rule_tables]
        check_names(rule_tables)
        floor, cap = read_bounds(table)
    table.finish()
    return FitCategory(name, weight, tuple(tiers or ()), tuple(rules), cap, floor)


def read_bounds(table: Table) -> tuple[int | None, int | None]:
    """`floor` and `cap` of a category."""
    floor = table.cents("floor", highest=0)
    cap = table.cents("cap")
    if floor is not None and cap is not None and floor > cap:
        second = max(("floor", "cap"), key=list(table.values).index)
        table.refuse(second, "a floor that is not above the cap")
    return floor, cap


def _read_tier(table: Table) -> Tier:
    when = read_when(table, "lead")
    value = table.cents("value", required=True, lowest=0, highest=100)
    table.finish()
    return Tier(when, value or 0)


def _read_rule(table: Table) -> FitRule:
    name = table.text("name", required=True) or ""
    when = read_when(table, "lead")
    points = table.cents("points", required=True)
    table.finish()
    return FitRule(name, when, points or 0)
