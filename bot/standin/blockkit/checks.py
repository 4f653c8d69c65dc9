"""The kinds of checks that the tables of Block Kit are made of: each looks at a value and reports what is wrong."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, str, "Report"], None]
Rule = Callable[[Mapping[str, Any], str, "Report"], None]


@dataclass
class Report:
    """The problems found so far, and the ids already seen."""

    files: Collection[str] | None = None
    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    focused: str = ""

    def add(self, problem: str, pointer: str) -> None:
        """One more problem, in the words of Slack's answers."""
        self.problems.append(f"[ERROR] {problem} [json-pointer:{pointer}]")


def string(most: int, least: int = 1, pattern: str = "") -> Check:
    """A string of `least` to `most` characters."""
    shape = re.compile(pattern)

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", pointer)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", pointer)
        elif not shape.match(value):
            report.add("must match the pattern of its kind", pointer)

    return check


def boolean(value: Any, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add("must be a boolean", pointer)


def integer(least: int, most: int) -> Check:
    """A whole number in a range."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            report.add("must be an integer", pointer)
        elif not least <= value <= most:
            report.add(f"must be between {least} and {most}", pointer)

    return check


def one_of(*words: str) -> Check:
    """One of a few words."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if value not in words:
            report.add(f"must be one of: {', '.join(words)}", pointer)

    return check


def list_of(each: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` things."""

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must be an array", pointer)
            return
        if len(value) > most:
            report.add(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            report.add(f"must be at least {least} items", pointer)
        for at, item in enumerate(value):
            each(item, f"{pointer}/{at}", report)

    return check


def shape(
    required: Mapping[str, Check] | None = None, optional: Mapping[str, Check] | None = None, *rules: Rule
) -> Check:
    """An object with these keys and no other; `rules` look at it as a whole when its keys are right."""
    required = required or {}
    checks = {**required, **(optional or {})}

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", pointer)
            return
        before = len(report.problems)
        for name in required:
            if name not in value:
                report.add(f"missing required field: {name}", pointer)
        for name, inner in value.items():
            if name in checks:
                checks[name](inner, f"{pointer}/{name}", report)
            else:
                report.add(f"invalid additional property: {name}", pointer)
        for rule in rules if len(report.problems) == before else ():
            rule(value, pointer, report)

    return check


def typed(table: Mapping[str, Check], *allowed: str) -> Check:
    """An object whose `type` names its check; only the allowed types when some are named."""

    def check(value: Any, pointer: str, report: Report) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            report.add("missing required field: type", pointer)
        elif kind not in table or (allowed and kind not in allowed):
            report.add(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            table[kind](value, pointer, report)

    return check


def exactly_one(*names: str) -> Rule:
    """One of these keys must be there, and only one."""

    def rule(value: Mapping[str, Any], pointer: str, report: Report) -> None:
        found = [name for name in names if name in value]
        if len(found) != 1:
            report.add(f"exactly one of these fields is needed: {', '.join(names)}", pointer)

    return rule


def any_of(*names: str) -> Rule:
    """At least one of these keys must be there."""

    def rule(value: Mapping[str, Any], pointer: str, report: Report) -> None:
        if not any(name in value for name in names):
            report.add(f"missing required field: {' or '.join(names)}", pointer)

    return rule
