"""Warnings about a model that loads: what is allowed and is seldom meant. WARNINGS is the table.

Some need to know what is stored; they are given it as a value (`Stored`) and stay silent without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scoring.engine.compiled import compiled
from scoring.events import ScoringEvent
from scoring.lint import fields, points
from scoring.lint.asking import Look, ModelWarning, Stored
from scoring.model import Model

__all__ = ["WARNINGS", "ModelWarning", "Stored", "unmatched_rules", "warnings"]

WARNINGS: Final[tuple[Look, ...]] = (
    points.fit_categories,
    fields.short_contains,
    fields.unmatched,
    fields.value_no_lead_has,
    fields.unheard_of,
    fields.odd_numbers,
    points.generic_page_view,
    points.never_forgotten,
    fields.personal_fields,
    fields.open_gates,
    points.all_reach,
    points.floor_left,
)
"""To add a warning: a function of the model and of what is stored, and a test."""


def warnings(model: Model, stored: Stored | None = None) -> tuple[ModelWarning, ...]:
    """Everything that is worth a word about a model."""
    return tuple(warn for check in WARNINGS for warn in check(model, stored or Stored()))


def unmatched_rules(model: Model, events: Iterator[ScoringEvent]) -> frozenset[tuple[str, str]]:
    """(category, rule) of the engagement rules whose condition on the event no event of these meets."""
    prepared = compiled(model)
    waiting = {watcher.index for watcher in prepared.watchers if watcher.category >= 0}
    for event in events:
        waiting -= {watcher.index for watcher in prepared.event_type(event.type).matching(event)}
        if not waiting:
            break
    watchers = [prepared.watchers[index] for index in waiting]
    return frozenset((model.engagement[watcher.category].name, watcher.name) for watcher in watchers)
