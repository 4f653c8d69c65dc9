"""Reading and running `[[example]]`: the model tests itself, and is refused when it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from scoring.definition.names import check_names
from scoring.engine import History, Score
from scoring.events import ScoringEvent, Value
from scoring.handover import HandOver, cooldown_ends, evaluate
from scoring.instants import Instant, UnreadableInstant, parse_instant
from scoring.model import Example, Expectation, Model, Scalar
from scoring.numbers import to_decimal
from scoring.reading import Path, Problems, Table, is_number, show

_NUMBERS: Final = ("score", "fit", "engagement")
_TEXTS: Final = ("letter", "rating", "label")
_FLAGS: Final = ("eligible", "crosses")
_OWN_KEYS: Final = ("id", "type", "at", "source", "traits")


def read_examples(root: Table) -> tuple[Example, ...]:
    """The array `[[example]]`."""
    tables = root.tables("example")
    examples = []
    for table in tables:
        name = table.text("name", required=True) or ""
        events = [_read_event(event, number) for number, event in enumerate(table.tables("events", required=True))]
        expect = [_read_expectation(row) for row in table.tables("expect", required=True)]
        table.finish()
        examples.append(Example(name, tuple(events), tuple(expect)))
    check_names(tables)
    return tuple(examples)


def _read_event(table: Table, number: int) -> ScoringEvent:
    event_type = table.text("type", required=True) or ""
    at = _read_instant(table)
    event_id = table.text("id") or f"{number:06}"
    source = table.text("source") or ""
    traits = table.table("traits")
    properties = {key: value for key, value in table.values.items() if key not in _OWN_KEYS}
    return ScoringEvent(
        source, event_id, event_type, at, _values(properties, table.path, table.problems),
        _values(traits.values, traits.path, table.problems) if traits is not None else {},
    )  # fmt: skip


def _read_instant(table: Table) -> Instant:
    value = table.take("at")
    try:
        return parse_instant(value if isinstance(value, str) else "")
    except UnreadableInstant:
        table.refuse("at", 'an instant with an offset, such as "2026-03-02T09:00:00Z"')
        return 0


def _values(values: Mapping[str, object], path: Path, problems: Problems) -> dict[str, Value]:
    return {key: _value(value, (*path, key), problems) for key, value in values.items()}


def _value(value: object, path: Path, problems: Problems) -> Value:
    if isinstance(value, Mapping):
        return _values(value, path, problems)
    if isinstance(value, list):
        return [_value(element, (*path, index), problems) for index, element in enumerate(value)]
    if isinstance(value, str | bool | int | Decimal):
        return value
    problems.add(path, show(value), "texts, numbers, booleans, lists and tables")
    return None


def _read_expectation(table: Table) -> Expectation:
    at = _read_instant(table)
    values: dict[str, Scalar] = {}
    for key in (*_NUMBERS, "digit"):
        value = table.take(key)
        if value is not None and is_number(value) and isinstance(value, int | Decimal):
            values[key] = value
        elif value is not None:
            table.refuse(key, "a number")
    for key in _TEXTS:
        text = table.text(key)
        if text is not None:
            values[key] = text
    for key in _FLAGS:
        if key in table:
            values[key] = table.flag(key, default=False)
        else:
            table.allow(key)
    if not table.values.keys() & {*_NUMBERS, "digit", *_TEXTS, *_FLAGS}:
        table.refuse("score", ", ".join((*_NUMBERS, "digit", *_TEXTS, *_FLAGS)))
    table.finish()
    return Expectation(at, values)


def run_examples(model: Model, problems: Problems) -> None:
    """Run every example of a model and note each expectation that is not met."""
    for number, example in enumerate(model.examples):
        history = History(model, example.events)
        until = max((row.at for row in example.expect if "crosses" in row.values), default=None)
        crossed = set() if until is None else set(crossings(model, example.events, until))
        for position, row in enumerate(example.expect):
            found = found_values(history.score(row.at), crosses=row.at in crossed)
            for key, wanted in row.values.items():
                if found[key] != wanted:
                    shown = "nothing" if found[key] is None else show(found[key])
                    place = ("example", number, "expect", position, key)
                    problems.add(place, show(wanted), f'{shown}, which the example "{example.name}" gives')


def found_values(score: Score, *, crosses: bool) -> dict[str, Scalar | None]:
    """What of a score an example may expect, by name."""
    points = (score.score_cents, score.fit_cents, score.engagement_cents)
    numbers = [None if cents is None else to_decimal(cents) for cents in points]
    return {
        **dict(zip(_NUMBERS, numbers, strict=True)),
        "digit": score.digit,
        "letter": score.letter,
        "rating": score.rating,
        "label": score.label,
        "eligible": score.eligible,
        "crosses": crosses,
    }


def crossings(model: Model, events: tuple[ScoringEvent, ...], until: Instant) -> Iterator[Instant]:
    """When a lead crosses, up to and including an instant, if every event arrived when it occurred."""
    arrivals = sorted({event.occurred_at for event in events})
    history, state = History(model, events), HandOver.new()
    now = arrivals[0]
    while now <= until:
        score = history.score(now)
        state, crossing = evaluate(state, score, model)
        if crossing is not None:
            yield now
        ends = cooldown_ends(state, model)
        following = [at for at in (*arrivals, score.next_change, ends) if at is not None and at > now]
        if not following:
            return
        now = min(following)
