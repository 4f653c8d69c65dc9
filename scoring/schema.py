"""The model format as a JSON Schema (2020-12), for editors: it knows every key, and leaves meaning to `load_model`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from scoring.conditions.operators import OPERATORS, Takes

Schema: TypeAlias = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string", "minLength": 1}
_NUMBER: Final[Schema] = {"type": "number"}
_FLAG: Final[Schema] = {"type": "boolean"}
_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"], "minLength": 1}
_POINTS: Final[Schema] = {"type": "number", "description": "at most two decimals"}
_PERCENT: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 100}
_SHARE: Final[Schema] = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 1}
_DURATION: Final[Schema] = {"type": "string", "pattern": "^0*[1-9][0-9]*[smhdw]$"}
_COOLDOWN: Final[Schema] = {"anyOf": [_DURATION, {"const": "0s"}]}
_DAYS: Final[Schema] = {"type": "string", "pattern": "^0*[1-9][0-9]*[smhdw]$", "description": "whole days"}
_INSTANT: Final[Schema] = {"type": "string", "description": "ISO 8601 with an offset"}
_CONDITION: Final[Schema] = {"$ref": "#/$defs/condition"}


def _list(items: Schema, length: int | None = None) -> Schema:
    schema: Schema = {"type": "array", "items": items, "minItems": length or 1}
    return schema | ({"maxItems": length} if length else {})


def _words(*words: str) -> Schema:
    return {"enum": list(words)}


def _table(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


_TYPES: Final[Schema] = {"anyOf": [_TEXT, _list(_TEXT)]}
_TAKEN: Final[Mapping[Takes, Schema]] = {
    "scalar": _SCALAR,
    "scalars": _list(_SCALAR),
    "text": _TEXT,
    "texts": _list(_TEXT),
    "pattern": _TEXT,
    "number": _NUMBER,
    "numbers": _list(_NUMBER, 2),
    "flag": _FLAG,
}

_BASE: Final[Mapping[str, Schema]] = {"name": _TEXT, "event": _TYPES, "when": _CONDITION}
_RECENCY: Final = _list(_table({"within": _DURATION, "percent": _PERCENT}, ["within", "percent"]))
_FADES: Final = _table({"percent": _PERCENT, "every": _DAYS}, ["percent", "every"])
_ROWS: Final = _list(_table({"at_least": _COUNT, "within": _DURATION, "points": _POINTS}, ["at_least", "points"]))

RULE_SCHEMAS: Final[Mapping[str, Schema]] = {
    "points": _table(
        {
            **_BASE,
            "points": _POINTS,
            "once_per": _TEXT,
            "at_most": _COUNT,
            "per": _DURATION,
            "expires_after": _DURATION,
            "half_life": _DAYS,
            "fades": _FADES,
            "recency": _RECENCY,
        },
        ["name", "event", "points"],
    ),
    "frequency": _table({**_BASE, "rows": _ROWS}, ["name", "event", "rows"]),
    "inactivity": _table({**_BASE, "after": _DURATION, "points": _POINTS}, ["name", "event", "after", "points"]),
}
"""The tables of an engagement rule, by kind."""


def _condition_defs() -> Schema:
    operators = _table({name: _TAKEN[operator.takes] for name, operator in OPERATORS.items()}) | {"minProperties": 1}
    has = _table({"event": _TYPES, "when": _CONDITION, "within": _DURATION, "at_least": _COUNT}, ["event"])
    value: Schema = {"anyOf": [_SCALAR, {"$ref": "#/$defs/operators"}]}
    names: Schema = {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}, "minProperties": 1}
    lead: Schema = names | {"properties": {"company": {"$ref": "#/$defs/names"}}}
    condition: Schema = {
        "type": "object",
        "properties": {
            "any": _list(_CONDITION),
            "all": _list(_CONDITION),
            "not": _CONDITION,
            "has": {"anyOf": [{"$ref": "#/$defs/has"}, _list({"$ref": "#/$defs/has"})]},
            "company": {"$ref": "#/$defs/names"},
            "lead": lead,
        },
        "additionalProperties": {"$ref": "#/$defs/value"},
    }
    return {"operators": operators, "has": has, "value": value, "names": names, "condition": condition}


def _fit() -> Schema:
    tier = _table({"when": _CONDITION, "value": _PERCENT}, ["when", "value"])
    rule = _table({"name": _TEXT, "when": _CONDITION, "points": _POINTS}, ["name", "when", "points"])
    by_weight = _table({"name": _TEXT, "weight": _SHARE, "tiers": _list(tier)}, ["name", "weight", "tiers"])
    by_points = _table({"name": _TEXT, "rule": _list(rule), "cap": _POINTS, "floor": _POINTS}, ["name", "rule"])
    return _list({"anyOf": [by_weight, by_points]})


def _engagement() -> Schema:
    keys: Mapping[str, Schema] = {
        "name": _TEXT,
        "weight": _SHARE,
        "minus": _FLAG,
        "cap": _POINTS,
        "floor": _POINTS | {"maximum": 0},
        "forgotten_after": _DURATION,
        "rule": _list({"anyOf": list(RULE_SCHEMAS.values())}),
    }
    return _list(_table(keys, ["name", "rule"]))


def _grading() -> Mapping[str, Schema]:
    score = {
        "combine": _words("sum", "share"),
        "fit_share": _SHARE,
        "engagement_share": _SHARE,
        "limits": _list(_POINTS, 2),
        "decimals": {"enum": [0, 1, 2]},
        "engagement_floor": _POINTS,
    }
    row = {
        "cells": _list({"type": "string", "pattern": "^[A-D][1-4](-[1-4])?$"}),
        "label": _words("hot", "warm", "cold", "none"),
        "action": _words("sales", "nurture", "drop"),
        "follow_up_within": _DURATION,
    }
    labels = {"hot": _POINTS, "warm": _POINTS, "cold": _POINTS, "follow_up_within": _DURATION}
    hand_over = {
        "label": _words("hot", "warm", "cold"),
        "alert": _FLAG,
        "rearm_below": _POINTS,
        "cooldown": _COOLDOWN,
    }
    return {
        "score": _table(score),
        "rating": _table(dict.fromkeys("ABC123", _POINTS)),
        "matrix": _list(_table(row, ["cells", "label", "action"])),
        "labels": _table(labels, ["hot"]),
        "hand_over": _table(hand_over),
    }


def _example() -> Schema:
    event: Schema = {
        "type": "object",
        "properties": {"id": _TEXT, "type": _TEXT, "at": _INSTANT, "source": _TEXT, "traits": {"type": "object"}},
        "required": ["type", "at"],
    }
    row = {
        "at": _INSTANT,
        **dict.fromkeys(("score", "fit", "engagement", "digit"), _NUMBER),
        **dict.fromkeys(("letter", "rating", "label"), _TEXT),
        **dict.fromkeys(("eligible", "crosses"), _FLAG),
    }
    keys = {"name": _TEXT, "events": _list(event), "expect": _list(_table(row, ["at"]) | {"minProperties": 2})}
    return _list(_table(keys, ["name", "events", "expect"]))


def model_schema() -> Schema:
    """The JSON Schema of a model file."""
    gate = {
        "name": _TEXT,
        "on": _words("lead", "company"),
        "when": _CONDITION,
        "if_unknown": _words("wait", "pass", "fail"),
    }
    keys: Mapping[str, Schema] = {
        "name": _TEXT,
        "market": _words("b2b", "b2c"),
        "owners": _list(_TEXT),
        "review_every": _DURATION,
        "default": _FLAG,
        "population": _table({"when": _CONDITION}, ["when"]),
        "gates": _table({"earlier_events": _words("count", "ignore")}),
        "gate": _list(_table(gate, ["name", "when"])),
        "fit": _fit(),
        "engagement": _engagement(),
        **_grading(),
        "never_alert": _list(_table({"name": _TEXT, "when": _CONDITION}, ["name", "when"])),
        "example": _example(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A lead-scoring model of hotlead",
        **_table(keys, ["name", "market"]),
        "$defs": _condition_defs(),
    }
