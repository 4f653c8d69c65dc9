"""The value of an engagement category, fast as a number and at length as lines. A test shows the two equal.

In this order: the sum of its rules; forgotten; floor and cap, or the weight. It also tells when time alone changes a
line: the lines of the rules say so themselves, and forgetting takes the sum of the points and frequency rules away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from scoring import texts
from scoring.conditions.operators import as_number, as_text
from scoring.conditions.values import is_there
from scoring.engine.compiled import NO_FACTS, Watcher
from scoring.engine.standing import bounds
from scoring.engine.state import Entry
from scoring.events import ScoringEvent, Value
from scoring.instants import Instant
from scoring.ledger import Line
from scoring.model import EngagementCategory
from scoring.numbers import HUNDRED, Cents, clamp, percent_of
from scoring.rules import NEVER, RuleLine

_SHOWN = 120
_SECONDS = "_s"  # how a property that counts seconds ends: duration_s


def category_value(category: EngagementCategory, entries: list[Entry], at: Instant) -> tuple[Cents, Instant]:
    """The points of a category at an instant, and when time alone next changes one of its lines."""
    points = quiet = 0
    change, latest = NEVER, -NEVER
    for entry in entries:
        if entry.open:
            tally = entry.tally
            cents = tally.cents if tally.start <= at < tally.until else tally.value(at)
            if tally.until < change:
                change = tally.until
            if not tally.remembers:
                quiet += cents
            else:
                points += cents
                latest = max(latest, tally.at[-1])
    if category.forgotten_after is not None and points:
        forgotten_at = latest + category.forgotten_after
        if at >= forgotten_at:
            points = 0
        elif forgotten_at < change:
            change = forgotten_at
    return _bounded(category, points + quiet), change


def _bounded(category: EngagementCategory, total: Cents) -> Cents:
    if category.weight is not None:
        return percent_of(clamp(total, 0, HUNDRED), category.weight)
    if category.floor is not None and total < category.floor:
        total = category.floor
    return category.cap if category.cap is not None and total > category.cap else total


def category_lines(
    category: EngagementCategory, entries: list[Entry], at: Instant, known: Mapping[int, ScoringEvent]
) -> Iterator[Line]:
    """The lines of a category at an instant, then what forgetting, weight, floor and cap change.

    `known` are the events of a lean state, by their numbers. Raises KeyError where one is not there.
    """
    points = quiet = 0
    latest = -NEVER
    for entry in sorted(entries, key=lambda entry: entry.watcher.index):
        if not entry.open:
            continue
        lines = [_line(category.name, entry.watcher, line, known) for line in entry.tally.lines(at)]
        yield from lines
        total = sum(line.cents for line in lines)
        if entry.tally.remembers:
            points += total
            latest = max(latest, entry.tally.at[-1])
        else:
            quiet += total
    if category.forgotten_after is not None and points and at >= latest + category.forgotten_after:
        yield Line(category.name, "forgotten", -points, "adjustment")
        points = 0
    yield from _adjustments(category, points + quiet)


def _adjustments(category: EngagementCategory, total: Cents) -> Iterator[Line]:
    if category.weight is None:
        for name, cents in bounds(category.floor, category.cap, total):
            yield Line(category.name, name, cents, "adjustment")
    elif weighted := _bounded(category, total) - total:
        yield Line(category.name, "weight", weighted, "adjustment")


def _line(category: str, watcher: Watcher, line: RuleLine, known: Mapping[int, ScoringEvent]) -> Line:
    event = known[line.event] if isinstance(line.event, int) else line.event
    changes_at = None if line.changes_at >= NEVER else line.changes_at
    if event is None:
        matched = line.matched or ""
        return Line(
            category, watcher.name, line.cents, "engagement", matched=matched, count=line.seen, changes_at=changes_at
        )
    matched = what_matched(watcher, event)
    identity = (event.source, event.id)
    return Line(
        category,
        watcher.name,
        line.cents,
        "engagement",
        identity,
        event.type,
        event.occurred_at,
        matched,
        None,
        changes_at,
    )


def what_matched(watcher: Watcher, event: ScoringEvent) -> str:
    """What of an event matched a rule, in a few words: the field that the rule reads, or its page, or its type."""
    for field, read in watcher.shows:
        value = read(event, NO_FACTS)
        if is_there(value):
            return _shown(field, value)
    url = event.properties.get("url")
    return _shown("url", url) if isinstance(url, str) and is_there(url) else event.type


def _shown(field: str, value: Value) -> str:
    """A value as it is read without its rule: a page by its path, seconds as a time, another number with its field."""
    if isinstance(value, str) and texts.is_url_field(field):
        return texts.show_page(value)[:_SHOWN]
    if field.endswith(_SECONDS) and (seconds := as_number(value)) is not None:
        return texts.show_seconds(int(seconds))
    values = value if isinstance(value, list) else [value]
    text = ", ".join(as_text(element, texts.clean) for element in values)
    return (f"{field}: {text}" if isinstance(value, int | float | Decimal) else text)[:_SHOWN]
